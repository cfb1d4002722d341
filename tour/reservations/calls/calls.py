"""Please ring these: parties that a message concerns and reaches in no other way."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tour.db.columns import ids_of
from tour.i18n import NAMES
from tour.notifications import told as outbox
from tour.notifications.models import PhoneCall
from tour.notifications.states import CallState
from tour.notifications.told import Told
from tour.programmes.models import Slot
from tour.reservations.calls.facts import facts_of
from tour.reservations.calls.kinds import Rung
from tour.reservations.calls.sentences import Asked, Saying, saying
from tour.reservations.models import DrawEntry, Place, Reservation, WaitlistEntry

KINDS = frozenset(str(kind) for kind in Rung)
SETTLED = frozenset({CallState.TOLD, CallState.DONE})


@dataclass(frozen=True, slots=True)
class Call:
    """One party to ring about one message."""

    id: int
    """Of the message."""
    revision: int
    key: str
    party: Reservation
    saying: Saying
    slots: tuple[Slot, ...]
    """What it is about, soonest first; a party that holds nothing any more has none."""
    tick: PhoneCall | None
    """How the last attempt went; None while nobody has tried."""

    @property
    def state(self) -> str:
        return str(self.tick.state) if self.tick else ""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to ring: nobody has, or nobody answered."""
        return self.tick is None or self.tick.state not in SETTLED

    @property
    def can_be_rung(self) -> bool:
        return bool(self.party.phone)

    @property
    def language(self) -> str:
        """Which language they read."""
        return NAMES.get(self.party.lang, self.party.lang)


async def calls_to(recipient_ids: Collection[int], zone: ZoneInfo, *, now: datetime) -> list[Call]:
    """As `open_calls`, to these readers only."""
    messages = await outbox.unreached(KINDS, now=now, recipient_ids=recipient_ids)
    return await _calls(messages, zone, now)


async def open_calls(zone: ZoneInfo, *, now: datetime, site_id: int | None = None) -> list[Call]:
    """All that are to be rung about what is still to come, and who was rung already; soonest first.

    `site_id`: about that place's sessions only. An entry goes when its session is over, or when
    there is nothing to say any more.
    """
    readers = None if site_id is None else await _readers_at(site_id, now)
    messages = await outbox.unreached(KINDS, now=now, recipient_ids=readers)
    calls = await _calls(messages, zone, now)
    return calls if site_id is None else [call for call in calls if _is_at(call, site_id)]


async def _calls(messages: Sequence[Told], zone: ZoneInfo, now: datetime) -> list[Call]:
    parties = await _parties({told.recipient_id for told in messages})
    ticks = await _ticks([told.reminder_id for told in messages])
    facts = await facts_of([party.id for party in parties.values()], messages, now=now)
    found = []
    for told in messages:
        if party := parties.get(told.recipient_id):
            said = saying(Asked(told, party.id, facts, zone))
            if said:
                slots = tuple(facts.slots[slot_id] for slot_id in said.slots)
                tick = ticks.get((told.reminder_id, told.revision))
                call = Call(told.reminder_id, told.revision, told.key, party, said, slots, tick)
                found.append(call)
    return sorted(found, key=lambda call: _order(call, now))


async def _parties(recipient_ids: Collection[int]) -> Mapping[int, Reservation]:
    """By recipient; who was forgotten is in no list."""
    known = Reservation.filter(recipient_id__in=list(recipient_ids), erased_at=None)
    return {party.recipient_id: party for party in await known.order_by("id")}


async def _ticks(reminder_ids: Collection[int]) -> dict[tuple[int, int], PhoneCall]:
    rows = await PhoneCall.filter(reminder_id__in=list(reminder_ids))
    return {(tick.reminder_id, tick.revision): tick for tick in rows}


async def _readers_at(site_id: int, now: datetime) -> set[int]:
    """Everybody who has to do with this place's sessions that are not over."""
    slots = await ids_of(Slot.filter(programme__site_id=site_id, ends_at__gt=now))
    found: set[int] = set()
    for concerned in (
        Place.filter(slot_id__in=slots),
        WaitlistEntry.filter(slot_id__in=slots),
        DrawEntry.filter(draw__draw_slots__slot_id__in=slots),
    ):
        found |= set(await ids_of(concerned, "reservation__recipient_id"))
    return found


def _is_at(call: Call, site_id: int) -> bool:
    return any(slot.programme.site.id == site_id for slot in call.slots)


def _order(call: Call, now: datetime) -> tuple[datetime, str, str, int]:
    starts_at = call.slots[0].starts_at if call.slots else now
    return starts_at, call.party.kana or call.party.name, call.party.name, call.id
