"""A proposal never takes out what is reserved without being told to.

Where it would, nothing is kept; the page says what would go, and offers the same once more with
these sessions named. The reservation itself stays until the party cancels it.
"""

from collections.abc import Collection

from tour.errors import Conflict
from tour.i18n import lazy as _
from tour.i18n import translate
from tour.programmes.entries import SlotEntry
from tour.routes.days.edits import Stops
from tour.routes.days.planning import Desk
from tour.sites.opening.hours import clock_text
from tour.words.typed import number_in

MOST = 20


class WouldGiveUp(Conflict):
    """A new proposal has no room for sessions of the plan that its party has reserved."""

    problem = "would-give-up"

    def __init__(self, desk: Desk, slots: Collection[SlotEntry], lang: str) -> None:
        sessions = translate(", ", lang).join(session_text(desk, slot, lang) for slot in slots)
        super().__init__(
            _(
                "This would take out of the plan what you have reserved: %(sessions)s. Your"
                " reservation itself stays until you cancel it.",
                sessions=sessions,
            )
        )
        self.slots = ",".join(str(slot.id) for slot in slots)


def session_text(desk: Desk, slot: SlotEntry, lang: str) -> str:
    """11:00 木版を摺る"""
    programme = desk.town.board.programmes.get(slot.programme_id)
    title = programme.text("title", lang) if programme else ""
    return f"{clock_text(desk.town.minute_of(slot.starts_at))} {title}".strip()


def allowed(text: object) -> frozenset[int]:
    """The sessions that a form names as given up."""
    numbers = text.split(",")[:MOST] if isinstance(text, str) else []
    return frozenset(n for part in numbers if (n := number_in(part)) is not None)


def given_up(desk: Desk, was: Stops, stops: Stops) -> list[SlotEntry]:
    """Reserved sessions to come that were in the plan and would not be any more, soonest first."""
    kept = {stop.slot_id for stop in stops}
    lost = [
        slot
        for stop in was
        if stop.slot_id in desk.wish.reserved and stop.slot_id not in kept
        if (slot := desk.slots.get(stop.slot_id or 0)) and slot.starts_at > desk.town.now
    ]
    return sorted(lost, key=lambda slot: slot.starts_at)


def refuse_to_give_up(
    desk: Desk, was: Stops, stops: Stops, chosen: frozenset[int], lang: str
) -> None:
    """WouldGiveUp unless all that is lost was named as given up."""
    lost = given_up(desk, was, stops)
    if {slot.id for slot in lost} - chosen:
        raise WouldGiveUp(desk, lost, lang)
