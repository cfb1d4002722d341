"""What could stand in the window now: of the event that is next, else of the whole town."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tour.events.entries import EventEntry
from tour.pages.town_now import TownNow
from tour.pages.window.rules import Offer, Traits
from tour.programmes.entries import ProgrammeEntry, SlotEntry
from tour.programmes.rules import RESERVABLE, Availability
from tour.sites.choices import KINDS
from tour.sites.entries import SiteEntry

TO_HAVE = frozenset((*RESERVABLE, Availability.DRAW))
TO_COME = frozenset((Availability.SOON,))


@dataclass(frozen=True, slots=True)
class Stock:
    """Times that can be had now; `opens_at`, where none can: when booking of these begins."""

    offers: tuple[Offer, ...]
    programme_ids: Collection[int]
    """Of all sessions that are held, those that are full too."""
    opens_at: datetime | None = None
    is_of_event: bool = False


def stock_of(town: TownNow, event: EventEntry | None) -> Stock:
    """Of the event if there is anything to have or to wait for, else of all that comes."""
    ours = _of_event(town, event) if event else []
    for is_of_event, slots in ((True, ours), (False, town.board.slots)):
        for wanted in (TO_HAVE, TO_COME):
            if offers := tuple(_offers(town, slots, wanted)):
                held = {slot.programme_id for slot in slots}
                return Stock(offers, held, _opening(town, slots, wanted), is_of_event)
    return Stock((), ())


def _of_event(town: TownNow, event: EventEntry) -> list[SlotEntry]:
    """Sessions at its places on its days, whether listed for it or not: who comes can have both."""
    sites, days = {part.site_id for part in event.participants}, frozenset(event.dates)
    return [
        slot
        for site in sites
        for slot in town.board.by_site.get(site, ())
        if _day(town, slot) in days
    ]


def _day(town: TownNow, slot: SlotEntry) -> date:
    return slot.starts_at.astimezone(town.zone).date()


def _offers(
    town: TownNow, slots: Iterable[SlotEntry], wanted: Collection[Availability]
) -> Iterable[Offer]:
    known: dict[int, Traits | None] = {}
    for slot in slots:
        availability = slot.availability(town.now)
        if availability not in wanted:
            continue
        if slot.programme_id not in known:
            known[slot.programme_id] = _traits(town, town.board.programmes[slot.programme_id])
        if traits := known[slot.programme_id]:
            starts_at = slot.starts_at.astimezone(town.zone)
            yield Offer(slot.id, starts_at, availability == Availability.DRAW, traits)


def _traits(town: TownNow, programme: ProgrammeEntry) -> Traits | None:
    """None where its place is not published."""
    site = town.catalogue.by_id.get(programme.site_id)
    return _of_session(programme, site) if site else None


def _of_session(programme: ProgrammeEntry, site: SiteEntry) -> Traits:
    return Traits(
        programme_id=programme.id,
        site_id=site.id,
        kind=site.kind,
        price_yen=programme.price_yen,
        min_age=programme.min_age or 0,
        max_age=programme.max_age,
        is_indoors=KINDS[site.kind].is_building,
    )


def _opening(
    town: TownNow, slots: Iterable[SlotEntry], wanted: Collection[Availability]
) -> datetime | None:
    if wanted is not TO_COME:
        return None
    opens = [s.booking_opens_at for s in slots if s.availability(town.now) in TO_COME]
    return min(opened for opened in opens if opened)
