"""What to say on the telephone: one sentence, in the language of who rings, true at this moment.

A sentence is made of what is so now, not of what was so when the message was written: nobody rings
about an offer that is over, or about a session that the party holds no more.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tour.i18n import Text, current_language
from tour.i18n import lazy as _
from tour.notifications.told import Told
from tour.programmes.states import SlotStatus
from tour.reservations.calls.facts import EventOff, Facts, Row
from tour.reservations.calls.kinds import Rung
from tour.reservations.messages import reminders
from tour.reservations.states import EntryStatus, PlaceStatus, WaitlistStatus
from tour.web.templates import day_text
from tour.words.ranges import clock

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Saying:
    """`slots`: the sessions it is about, soonest first; `words`: what somebody wrote to all."""

    slots: tuple[int, ...]
    sentence: Text
    words: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One message to one party, and the zone in which its day is told."""

    told: Told
    party_id: int
    facts: Facts
    zone: ZoneInfo

    @property
    def subject(self) -> int:
        """The number behind the first part of the key: of a session, a place, a draw …"""
        return int(self.told.key.split(":")[1])

    @property
    def kind(self) -> Rung:
        return Rung(self.told.key.partition(":")[0])

    def sessions(self, slot_ids: list[int]) -> str:
        """12月5日(土) 10:30 木版を摺る (見本 木版工房); several with a comma between."""
        lang = current_language.get()
        lines = [
            reminders.line(self.facts.slots[i], lang, self.zone, with_day=True) for i in slot_ids
        ]
        return ("、" if lang.startswith("ja") else ", ").join(lines)

    def clock(self, at: datetime) -> str:
        """10:30, and the day where that is another than today."""
        local, today = at.astimezone(self.zone), self.facts.now.astimezone(self.zone).date()
        day = "" if local.date() == today else f"{day_text(local.date(), current_language.get())} "
        return f"{day}{clock(local)}"


def saying(asked: Asked) -> Saying | None:
    """None where there is nothing to say (any more) to this party."""
    return SAYINGS[asked.kind](asked)


def _called_off(asked: Asked) -> Saying | None:
    slot = asked.facts.slots.get(asked.subject)
    if slot is None or slot.status != SlotStatus.CANCELLED or slot.ends_at <= asked.facts.now:
        return None
    said = _("%(session)s is called off.", session=asked.sessions([slot.id]))
    place = _row(asked.facts.places.get(asked.party_id, ()), "slot_id", slot.id)
    return Saying((slot.id,), said, place["reason"] if place else "")


def _event_off(asked: Asked) -> Saying | None:
    off = asked.facts.called_off.get(asked.subject, EventOff())
    mine = asked.facts.all_of(asked.party_id) & off.slots
    gone = asked.facts.coming(mine)
    if not gone:
        return None
    said = _("The organiser has called off: %(sessions)s.", sessions=asked.sessions(gone))
    return Saying(tuple(gone), said, off.reason)


def _late(asked: Asked) -> Saying | None:
    """Of the sessions of its place that the party still comes to, on the day of the message."""
    _kind, site_id, day = asked.told.key.split(":")
    slots = asked.facts.slots
    here = [
        slot_id
        for slot_id in asked.facts.held(asked.party_id)
        if slots[slot_id].programme.site.id == int(site_id)
        and slots[slot_id].starts_at.astimezone(asked.zone).date().isoformat() == day
    ]
    if not here:
        return None
    minutes = slots[here[0]].delay_minutes
    said = _("It is on time again: %(sessions)s.")
    if minutes:
        said = _("It runs %(n)s minutes late. The new times: %(sessions)s.", n=minutes)
    return Saying(tuple(here), said.filled(sessions=asked.sessions(here)))


def _door(asked: Asked) -> Saying | None:
    if asked.subject not in asked.facts.held(asked.party_id):
        return None
    slot = asked.facts.slots[asked.subject]
    day = slot.starts_at.astimezone(asked.zone).date()
    said = _("It is open as planned after all: %(session)s.")
    if (slot.programme.site.id, day) in asked.facts.closed_doors:
        said = _("The place closes early that day, but the seats stay: %(session)s.")
    return Saying((slot.id,), said.filled(session=asked.sessions([slot.id])))


def _news(asked: Asked) -> Saying | None:
    if asked.subject not in asked.facts.held(asked.party_id):
        return None
    session = asked.sessions([asked.subject])
    words = _behind_first_line(asked.told.body)
    return Saying((asked.subject,), _("A message about %(session)s.", session=session), words)


def _letter(asked: Asked) -> Saying:
    """To everybody of an event or a day; it is about whatever the party has to come."""
    title, body = asked.told.title, asked.told.body
    if held := asked.facts.held(asked.party_id):
        said = _("A message from the organiser: “%(title)s”. They have reserved: %(sessions)s.")
        sentence = said.filled(title=title, sessions=asked.sessions(held))
        return Saying(tuple(held), sentence, body)
    if waits := _waiting_for(asked):
        said = _("A message from the organiser: “%(title)s”. They wait for: %(sessions)s.")
        sentence = said.filled(title=title, sessions=asked.sessions(list(waits)))
        return Saying(waits, sentence, body)
    return Saying((), _("A message from the organiser: “%(title)s”.", title=title), body)


def _staff(asked: Asked) -> Saying:
    held = asked.facts.held(asked.party_id)
    said = _("The organiser has changed the reservation. It holds nothing any more.")
    if held:
        said = _(
            "The organiser has changed the reservation. It holds now: %(sessions)s.",
            sessions=asked.sessions(held),
        )
    return Saying(tuple(held), said)


def _offer(asked: Asked) -> Saying | None:
    turn = _row(asked.facts.turns.get(asked.party_id, ()), "id", asked.subject)
    if turn is None or turn["status"] != WaitlistStatus.OFFERED:
        return None
    if turn["offer_ends_at"] is None or turn["offer_ends_at"] <= asked.facts.now:
        return None
    said = _(
        "Seats have come free: %(session)s. They are kept until %(time)s.",
        session=asked.sessions([turn["slot_id"]]),
        time=asked.clock(turn["offer_ends_at"]),
    )
    return Saying((turn["slot_id"],), said)


def _draw(asked: Asked) -> Saying | None:
    entry = _row(asked.facts.entries.get(asked.party_id, ()), "draw_id", asked.subject)
    if entry is None:
        return None
    held = asked.facts.held(asked.party_id)
    if entry["status"] == EntryStatus.WON:
        won = [slot_id for slot_id in held if slot_id == entry["won_slot_id"]]
        said = _("The draw has given them seats: %(session)s.", session=asked.sessions(won))
        return Saying(tuple(won), said) if won else None
    ranked = asked.facts.coming(entry["ranking"])
    if held or not ranked or entry["status"] != EntryStatus.LOST:
        return None
    waits = [slot_id for slot_id in _waiting_for(asked) if slot_id in ranked]
    said = _("They have no seats in the draw: %(sessions)s.", sessions=asked.sessions(ranked))
    if waits:
        said = _(
            "They have no seats in the draw, but stand on the waiting list: %(sessions)s.",
            sessions=asked.sessions(waits),
        )
    return Saying(tuple(waits or ranked), said)


def _free_now(asked: Asked) -> Saying | None:
    turn = _row(asked.facts.turns.get(asked.party_id, ()), "slot_id", asked.subject)
    slot = asked.facts.slots.get(asked.subject)
    if turn is None or slot is None or slot.seats_left < turn["seats"]:
        return None
    session = asked.sessions([slot.id])
    return Saying((slot.id,), _("Seats are free at the door now: %(session)s.", session=session))


def _released(asked: Asked) -> Saying | None:
    place = _row(asked.facts.places.get(asked.party_id, ()), "id", asked.subject)
    if place is None or place["id"] in asked.facts.arrived:
        return None
    said = {
        PlaceStatus.RELEASED: _("Nobody came, so the seats went to others: %(session)s."),
        PlaceStatus.CONFIRMED: _("The seats are theirs again: %(session)s."),
    }.get(PlaceStatus(place["status"]))
    slot_id = place["slot_id"]
    return Saying((slot_id,), said.filled(session=asked.sessions([slot_id]))) if said else None


SAYINGS: Mapping[Rung, Callable[[Asked], Saying | None]] = {
    Rung.CALLED_OFF: _called_off,
    Rung.EVENT_OFF: _event_off,
    Rung.LATE: _late,
    Rung.DOOR: _door,
    Rung.NEWS: _news,
    Rung.LETTER: _letter,
    Rung.STAFF: _staff,
    Rung.OFFER: _offer,
    Rung.DRAW: _draw,
    Rung.FREE_NOW: _free_now,
    Rung.RELEASED: _released,
}


def _waiting_for(asked: Asked) -> tuple[int, ...]:
    turns = asked.facts.turns.get(asked.party_id, ())
    waits = (WaitlistStatus.WAITING, WaitlistStatus.OFFERED)
    return tuple(asked.facts.coming(t["slot_id"] for t in turns if t["status"] in waits))


def _behind_first_line(body: str) -> str:
    """What its writer said: the first line names the session."""
    return body.partition("\n")[2].strip()


def _row(rows: Iterable[Row], column: str, value: int) -> Row | None:
    return next((row for row in rows if row[column] == value), None)
