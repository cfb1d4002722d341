"""Keeping visitors' plans: a link that may change one, a link that may only show it."""

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from tortoise.expressions import Q

from tour.changes import Kind, together
from tour.db import transaction
from tour.db.columns import ids_of
from tour.errors import Conflict, NotAllowed, NotFound
from tour.i18n import lazy as _
from tour.notifications import recipients
from tour.notifications import service as notifications
from tour.notifications.models import Recipient
from tour.programmes.entries import SlotEntry
from tour.programmes.models import Slot
from tour.programmes.queries import SLOT_FIELDS, slot_entry
from tour.reservations import queries as reservations
from tour.reservations.models import Reservation
from tour.reservations.queries import ReservationEntry
from tour.reservations.states import PlaceStatus
from tour.routes.days import edits
from tour.routes.days.edits import Stops
from tour.routes.models import Itinerary, ItineraryReader, ItineraryReservation

TOKEN_BYTES = 18
"""144 random bits: nobody guesses one, whatever he tries."""

MOST_READERS = 20
"""Browsers that are told of one plan; a further one replaces the oldest."""

KEPT = timedelta(days=30)
"""After its day a plan is of use to nobody; it may say where somebody lives."""

BATCH = 500


class ChangedElsewhere(Conflict):
    """Another device has changed the plan since this page of it was opened."""

    problem = "changed-elsewhere"
    said = _("This plan was changed on another device. Here it is as it is now.")

    def __init__(self) -> None:
        super().__init__(self.said)


@dataclass(frozen=True, slots=True)
class Sent:
    """A change as a page sends it: made to one version, and named by all that it asks for."""

    version: int
    mark: str = ""

    @classmethod
    def of(cls, version: int, asked: Mapping[str, Any]) -> "Sent":
        told = json.dumps(asked, sort_keys=True)
        return cls(version, sha256(told.encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class ItineraryEntry:
    """A plan as one of its links opens it; `edit_token` is None behind the showing one."""

    id: int
    edit_token: str | None
    show_token: str
    day: date
    wish: Mapping[str, Any]
    stops: Stops
    before: Stops | None
    findings: Mapping[str, Any]
    version: int
    last_change: str
    reservations: tuple[ReservationEntry, ...]

    @property
    def token(self) -> str:
        """The one that this page was opened with."""
        return self.edit_token or self.show_token

    @property
    def reserved(self) -> dict[int, str]:
        """Slots in which the party has a place, with the reference of the reservation."""
        return {
            place.slot.id: entry.reservation.reference
            for entry in self.reservations
            for place in entry.places
            if place.status == PlaceStatus.CONFIRMED
        }

    def is_made_by(self, sent: Sent) -> bool:
        """Whether the plan is what this change made of it: then it comes a second time."""
        return self.version == sent.version + 1 and self.last_change == sent.mark != ""


async def create(
    day: date, wish: Mapping[str, Any], stops: Stops, findings: Mapping[str, Any]
) -> ItineraryEntry:
    """Keep a plan under two new links."""
    made = await Itinerary.create(
        edit_token=secrets.token_urlsafe(TOKEN_BYTES),
        show_token=secrets.token_urlsafe(TOKEN_BYTES),
        on_date=day,
        wish=dict(wish),
        stops=_rows(stops),
        findings=dict(findings),
    )
    return _entry(made, made.edit_token, ())


async def find(token: str) -> ItineraryEntry:
    """The plan that a link opens, or NotFound, which never tells how near a guess came."""
    made = await Itinerary.get_or_none(Q(edit_token=token) | Q(show_token=token))
    if made is None:
        raise NotFound(_("There is no plan at this address. Is a part of the link missing?"))
    references = await ItineraryReservation.filter(itinerary_id=made.id).values_list(
        "reservation__reference", flat=True
    )
    return _entry(made, token, await reservations.by_references([str(r) for r in references]))


async def find_to_edit(token: str) -> ItineraryEntry:
    """As `find`, or NotAllowed where the link only shows."""
    entry = await find(token)
    if entry.edit_token is None:
        raise NotAllowed(
            _("This link only shows the plan. Its owner has another one to change it.")
        )
    return entry


async def change(entry: ItineraryEntry, sent: Sent, stops: Stops, mended: Stops = ()) -> None:
    """Keep other stops, and a proposal beside them. ChangedElsewhere, and nothing kept, when they
    were not made to the newest version."""
    findings = {**entry.findings, "optimal": False, "missed": [], "mended": _rows(mended)}
    await _update(entry, sent, stops=_rows(stops), before=_rows(entry.stops), findings=findings)


async def replan(
    entry: ItineraryEntry,
    sent: Sent,
    stops: Stops,
    findings: Mapping[str, Any],
    *,
    day: date,
    wish: Mapping[str, Any],
    for_good: bool = False,
) -> None:
    """Keep another proposal, as `change` does; `for_good` where seats changed with it, which no
    undoing of the plan would bring back."""
    await _update(
        entry,
        sent,
        on_date=day,
        wish=dict(wish),
        stops=_rows(stops),
        before=_rows(entry.stops) if day == entry.day and not for_good else None,
        findings=dict(findings),
    )


async def keep_mended(entry: ItineraryEntry, stops: Stops) -> None:
    """Note a proposal beside the plan, unless it has been changed since it was read."""
    findings = {**entry.findings, "mended": _rows(stops)}
    await Itinerary.filter(id=entry.id, version=entry.version).update(findings=findings)


async def attach(entry: ItineraryEntry, reservation: Reservation) -> None:
    """Remember that a reservation belongs to this plan; twice is the same as once."""
    async with together(now=datetime.now(UTC)) as part:
        await ItineraryReservation.get_or_create(
            itinerary_id=entry.id, reservation_id=reservation.id
        )
        part.told(Kind.PLAN, [entry.id])


async def readers(entry_id: int) -> list[int]:
    """The recipients of the browsers that asked to be told of a plan, the oldest first."""
    rows = ItineraryReader.filter(itinerary_id=entry_id).order_by("id")
    return [int(row["recipient_id"]) for row in await rows.values("recipient_id")]


async def add_reader(entry: ItineraryEntry, *, lang: str, timezone: str) -> Recipient:
    """One more browser to be told of this plan; needs a transaction."""
    await Itinerary.select_for_update(no_key=True).get(id=entry.id)
    for oldest in (await readers(entry.id))[: -MOST_READERS + 1]:
        await remove_reader(oldest)
    recipient = await recipients.new_recipient(lang=lang, timezone=timezone)
    await ItineraryReader.create(itinerary_id=entry.id, recipient_id=recipient.id)
    return recipient


async def remove_reader(recipient_id: int) -> None:
    """Tell it nothing more, and forget it."""
    await ItineraryReader.filter(recipient_id=recipient_id).delete()
    await notifications.erase([recipient_id])


async def erase(itinerary_ids: Collection[int]) -> None:
    """Forget plans for good, and the browsers that were told of them."""
    async with transaction():
        rows = ItineraryReader.filter(itinerary_id__in=itinerary_ids)
        told = [int(row["recipient_id"]) for row in await rows.values("recipient_id")]
        await notifications.erase(told)
        await Itinerary.filter(id__in=itinerary_ids).delete()


async def slots(slot_ids: Collection[int]) -> dict[int, SlotEntry]:
    """The slots of a plan as they are in the database now, those that are over too."""
    rows = await Slot.filter(id__in=list(slot_ids)).values(*SLOT_FIELDS)
    return {row["id"]: slot_entry(row) for row in rows}


async def sites_of_slots(slot_ids: Collection[int]) -> dict[int, int]:
    """The site of each slot, also of one that is not shown."""
    rows = Slot.filter(id__in=list(slot_ids)).values_list("id", "programme__site_id")
    return {int(slot): int(site) for slot, site in await rows} if slot_ids else {}


async def _update(entry: ItineraryEntry, sent: Sent, **values: Any) -> None:
    """One UPDATE that checks the version: of two devices that change at once, one is told. When to
    leave by the plan is promised anew afterwards, and were this process to end before, by the news
    of it."""
    async with together(now=datetime.now(UTC)) as part:
        if entry.reservations:
            part.told(Kind.PLAN, [entry.id])
        changed = await Itinerary.filter(id=entry.id, version=sent.version).update(
            version=sent.version + 1, last_change=sent.mark, **values
        )
    if not changed:
        raise ChangedElsewhere


async def forget_plans(*, now: datetime) -> int:
    """Erase plans whose day is long over; how many."""
    erased = 0
    over = Itinerary.filter(on_date__lt=(now - KEPT).date())
    while ids := await ids_of(over.order_by("id").limit(BATCH)):
        await erase(ids)
        erased += len(ids)
    return erased


def _entry(made: Itinerary, token: str, reserved: Sequence[ReservationEntry]) -> ItineraryEntry:
    return ItineraryEntry(
        id=made.id,
        edit_token=made.edit_token if secrets.compare_digest(token, made.edit_token) else None,
        show_token=made.show_token,
        day=made.on_date,
        wish=made.wish,
        stops=edits.from_json(made.stops),
        before=edits.from_json(made.before) if made.before is not None else None,
        findings=made.findings,
        version=made.version,
        last_change=made.last_change,
        reservations=tuple(reserved),
    )


def _rows(stops: Stops) -> list[dict[str, Any]]:
    return [stop.as_json() for stop in stops]
