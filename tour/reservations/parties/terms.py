"""The slots of a wish as they are offered: their sessions, places and the rules of their events.

Read before anything is written. What decides under load, whether a slot is open and has seats, is
asked by the statement that takes them.
"""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

from tour.errors import BadInput, NotFound
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes.models import BookingRules, Slot
from tour.programmes.queries import PUBLIC_SLOT, entry_of
from tour.programmes.rules import RESERVABLE
from tour.reservations.answers import must_answer
from tour.reservations.errors import BookingRefused
from tour.reservations.parties.forms import answer_field
from tour.reservations.rules import Audience, Party, booking_problem, party_problem
from tour.reservations.wishes import Wish

SECONDS = 1.0
"""How old a copy may be in a rush: old texts and times refuse late, and never oversell."""
MOST = 1000
MISSING = _("Some fields need correcting.")


@dataclass(frozen=True, slots=True)
class Terms:
    """`slots` by id, each with its programme and site; `limits`: reservations of one contact by
    event id, of the events that have a limit."""

    slots: tuple[Slot, ...]
    limits: Mapping[int, int]
    checks_contact: bool

    @property
    def close_at(self) -> datetime:
        """When the first of them takes no more reservations."""
        return min(slot.booking_closes_at for slot in self.slots)

    @property
    def is_plain(self) -> bool:
        """Whether a party can be confirmed without looking at what else it holds."""
        return not self.limits and not self.checks_contact


async def read_terms(slot_ids: Iterable[int]) -> Terms:
    """For a new reservation, turn or entry: raises NotFound when a slot is missing, of a paused
    programme or at a site that has withdrawn."""
    wanted = set(slot_ids)
    slots = await _with_programmes(Slot.filter(id__in=wanted, **PUBLIC_SLOT))
    if len(slots) != len(wanted) or not slots:
        raise NotFound(_("There is no such time. It may have been withdrawn."))
    return await _terms_of(slots)


async def terms_of_existing(slot_ids: Iterable[int]) -> Terms:
    """For what exists already, whose slots may have been hidden since."""
    return await _terms_of(await slots_with_programmes(slot_ids))


async def slots_with_programmes(slot_ids: Iterable[int]) -> list[Slot]:
    """The slots of what exists already, by id, each with its programme and site, public or not."""
    return await _with_programmes(Slot.filter(id__in=set(slot_ids)))


_known: WeakKeyDictionary[Any, dict[int, tuple[Terms, float]]] = WeakKeyDictionary()
"""By database connection: a copy is never shown to another database."""


async def read_terms_lately(slot_id: int) -> Terms:
    """As `read_terms` for one slot, at most a second old: in a rush it is read once a second, not
    once a form."""
    known = _known.setdefault(get_connection("default"), {})
    terms, read_at = known.get(slot_id, (None, 0.0))
    if terms is None or time.monotonic() - read_at >= SECONDS:
        read_at = time.monotonic()
        terms = await read_terms([slot_id])
        if len(known) >= MOST:
            known.clear()
        known[slot_id] = terms, read_at
    return terms


async def _with_programmes(slots: QuerySet[Slot]) -> list[Slot]:
    return await slots.order_by("id").select_related("programme__site")


async def _terms_of(slots: Sequence[Slot]) -> Terms:
    events = {slot.programme.event_id for slot in slots if slot.programme.event_id is not None}
    rules = await _rules_of(events)
    limits = {r.event_id: r.reservations_per_contact for r in rules if r.reservations_per_contact}
    return Terms(tuple(slots), limits, any(r.checks_contact for r in rules))


async def checks_contact(event_ids: Collection[int]) -> bool:
    """Whether one of these events wants a code from whoever reserves."""
    return any(rules.checks_contact for rules in await _rules_of(event_ids))


async def _rules_of(events: Collection[int]) -> list[BookingRules]:
    return await BookingRules.filter(event_id__in=events) if events else []


def refuse_unless_fits(wish: Wish, terms: Terms, now: datetime) -> None:
    """Raise BookingRefused where the party may not have one of the slots now, whatever its seats,
    or BadInput, field by field, for a host's question that must be answered and is not. Pure."""
    missing = _unanswered(wish, terms)
    for slot in terms.slots:
        problem, field = _misfit(wish.party, slot, wish.asks, now)
        if problem:
            raise BookingRefused(problem, slot.id, field)
    if missing:
        raise BadInput(MISSING, missing)


def _misfit(party: Party, slot: Slot, asks: str, now: datetime) -> tuple[Text | None, str]:
    """What is wrong, and with which field: the session itself with none."""
    entry = entry_of(slot)
    reserves = not asks and entry.availability(now) in RESERVABLE
    audience = replace(audience_of(slot), seats_left=entry.seats_left if reserves else None)
    misfit = party_problem(party.adults, party.children, audience)
    if problem := booking_problem(entry.availability(now), entry.booking_opens_at):
        return problem, ""
    return misfit, "adults"


def refuse_unanswered(wish: Wish, terms: Terms) -> None:
    """The latter half of `refuse_unless_fits`: of all slots together. Pure."""
    if missing := _unanswered(wish, terms):
        raise BadInput(MISSING, missing)


def _unanswered(wish: Wish, terms: Terms) -> dict[str, Text]:
    """Every host's question that must be answered and is not, by its field."""
    missing: dict[str, Text] = {}
    for slot in terms.slots:
        answers = wish.answers.get(slot.id, [])
        for number, question in enumerate(slot.programme.questions):
            is_answered = number < len(answers) and answers[number].strip()
            if must_answer(question, wish.party.children) and not is_answered:
                missing[answer_field(slot.id, number)] = _("Please answer this question.")
    return missing


def audience_of(slot: Slot) -> Audience:
    """Who its session is for."""
    programme = slot.programme
    return Audience(
        max_party=programme.max_party,
        capacity=slot.capacity - slot.seats_kept,
        needs_adult=programme.needs_adult,
        min_age=programme.min_age,
    )
