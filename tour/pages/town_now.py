"""Everything a visitor's page reads, as it stands at the moment of the request."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request

from tour.events.entries import Agenda, EventEntry, ParticipantEntry
from tour.events.states import ParticipationRole
from tour.events.views import EventCard, event_card
from tour.pages.searching import FinderShelf
from tour.programmes.entries import Board, SlotEntry
from tour.programmes.rules import Availability
from tour.programmes.views import RESERVABLE, SlotCard, slot_card
from tour.sites.entries import Catalogue, SiteEntry
from tour.sites.finding.ranking import Hit
from tour.sites.opening.hours import Hours
from tour.sites.views import SiteCard, site_card, with_door, with_event, with_hours
from tour.web import lang, now, parts_of


@dataclass(frozen=True, slots=True)
class Found:
    """A site in a list, with the slot to show with it."""

    site: SiteCard
    slot: SlotCard | None
    why: str = ""
    """By what a query found it, where its card does not say so."""

    def taking_part(self, part: ParticipantEntry) -> "Found":
        """The same with its number on the map of an event, and its days."""
        site = replace(
            self.site,
            number=part.number,
            is_nearby=part.role == ParticipationRole.NEARBY,
            event_days=part.days or (),
        )
        return replace(self, site=site)


SiteKey = tuple[int, str]
"""A site and a language."""
BaseCards = dict[SiteKey, tuple[SiteEntry, SiteCard]]


@dataclass(frozen=True, slots=True)
class TownNow:
    """The catalogue, the agenda and the board at one instant, for a reader of one language."""

    catalogue: Catalogue
    agenda: Agenda
    board: Board
    now: datetime
    local: datetime
    lang: str
    finders: FinderShelf
    cards: dict[SiteKey, Found]
    """Cards made of the same copies in the same minute; see `CardShelf`."""
    bases: BaseCards

    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.local.date()

    def search(self, query: str) -> list[Hit]:
        """The sites that a query finds, best first."""
        return self.finders.of(self.catalogue, self.board).find(query)

    def hours_of(self, site: SiteEntry) -> Hours:
        """When it is open, on the days of an event, too, and when for a session alone."""
        return self.board.besides(site.id, self.agenda.hours_of(site), self.zone)

    def card(self, site: SiteEntry) -> SiteCard:
        base = self.base_card(site)
        open_today = with_hours(base, self.hours_of(site), self.local, self.lang)
        return with_door(open_today, site.door, self.local, self.lang)

    def base_card(self, site: SiteEntry) -> SiteCard:
        """What a card says of a site whatever the hour."""
        key = (site.id, self.lang)
        if key not in self.bases or self.bases[key][0] is not site:
            self.bases[key] = (site, site_card(site, self.lang))
        return self.bases[key][1]

    def slot(self, slot: SlotEntry) -> SlotCard | None:
        """The card of a slot, or None when its site is not published."""
        programme = self.board.programmes[slot.programme_id]
        site = self.catalogue.by_id.get(programme.site_id)
        if site is None:
            return None
        return slot_card(slot, programme, self.base_card(site), lang=self.lang, now=self.now)

    def slots_of(self, site: SiteEntry) -> tuple[SlotEntry, ...]:
        return self.board.by_site.get(site.id, ())

    def next_day(self, site: SiteEntry) -> date:
        """The local day of the site's next session; the last of all days where it has none."""
        slots = self.slots_of(site)
        return slots[0].starts_at.astimezone(self.local.tzinfo).date() if slots else date.max

    def found(self, site: SiteEntry) -> Found:
        """The card of a site and of the slot to show with it, made once a minute at most."""
        key = (site.id, self.lang)
        if key not in self.cards:
            self.cards[key] = Found(self.card(site), self.next_slot(site))
        return self.cards[key]

    def places_of(self, event: EventEntry) -> list[Found]:
        """The event's places in the order of its map, numbered as there."""
        by_id = self.catalogue.by_id
        return [
            self._coming_to(event, by_id[part.site_id], part)
            for part in event.participants
            if part.site_id in by_id
        ]

    def _coming_to(self, event: EventEntry, site: SiteEntry, part: ParticipantEntry) -> Found:
        """A place of an event; until that begins, with its hours then and none of today's."""
        found = self.found(site).taking_part(part)
        if self.today >= event.starts_on:
            return found
        days = part.days or event.dates
        return replace(found, site=with_event(found.site, self.hours_of(site), days, self.lang))

    def next_slot(self, site: SiteEntry) -> SlotCard | None:
        """The soonest slot that can be booked, else the soonest that is full or drawn."""
        second_best = None
        for slot in self.slots_of(site):
            availability = slot.availability(self.now)
            if availability in RESERVABLE:
                return self.slot(slot)
            if second_best is None and availability in SHOWN_ANYWAY:
                second_best = slot
        return self.slot(second_best) if second_best else None

    def event(self, event: EventEntry) -> EventCard:
        return event_card(event, self.lang, self.today)


SHOWN_ANYWAY = (Availability.DRAW, Availability.SOON, Availability.FULL)


class CardShelf:
    """Keeps the cards made of the present copies; other copies or another minute empty it.

    The card of a site alone stays as long as its entry does, and no entry of an older catalogue is
    kept for its card's sake.
    """

    def __init__(self) -> None:
        self._catalogue: Catalogue | None = None
        self._bases: BaseCards = {}
        self._made_of: tuple[object, ...] = ()
        self._cards: dict[SiteKey, Found] = {}

    def of(self, *copies: object, minute: datetime) -> dict[SiteKey, Found]:
        same = len(self._made_of) == len(copies) + 1 and self._made_of[-1] == minute
        if not same or any(a is not b for a, b in zip(self._made_of, copies, strict=False)):
            self._made_of, self._cards = (*copies, minute), {}
        return self._cards

    def bases(self, catalogue: Catalogue) -> BaseCards:
        if catalogue is not self._catalogue:
            kept = self._bases.items()
            self._bases = {k: v for k, v in kept if catalogue.by_id.get(k[0]) is v[0]}
            self._catalogue = catalogue
        return self._bases


async def town_now(request: Request) -> TownNow:
    parts = parts_of(request)
    instant = now(request)
    local = instant.astimezone(parts.town.timezone)
    catalogue = await parts.catalogue.current()
    agenda = await parts.agenda.current(local.date())
    board = await parts.board.current(instant)
    minute = local.replace(second=0, microsecond=0)
    return TownNow(
        catalogue=catalogue,
        agenda=agenda,
        board=board,
        now=instant,
        local=local,
        lang=lang(request),
        zone=parts.town.timezone,
        finders=parts.finders,
        bases=parts.cards.bases(catalogue),
        cards=parts.cards.of(catalogue, agenda, board, minute=minute),
    )
