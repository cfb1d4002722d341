"""How it goes on the day of an event: what is open, where one waits, what begins soon."""

from dataclasses import dataclass
from datetime import date, timedelta

from tour.events.entries import EventEntry
from tour.pages.town_now import Found, TownNow
from tour.programmes.states import SlotStatus
from tour.programmes.views import SlotCard
from tour.sites.opening.hours import clock_text

SOON = timedelta(hours=1)
MOST = 4


@dataclass(frozen=True, slots=True)
class DayNow:
    """`opens`: when it begins, before it has; `next_day`: the next one, once this one is over."""

    open_places: tuple[Found, ...]
    """Those with a word from the door first."""
    open_count: int
    starting: tuple[SlotCard, ...]
    opens: str = ""
    is_over: bool = False
    next_day: date | None = None


def day_now(town: TownNow, event: EventEntry | None) -> DayNow | None:
    """None on a day on which the event is not held."""
    if event is None or town.today not in event.dates:
        return None
    hosts = {host.site_id for host in event.hosts if host.opens_on(town.today)}
    places = [found for found in town.places_of(event) if found.site.id in hosts]
    open_places = [found for found in places if found.site.open_now]
    open_places.sort(key=lambda found: not found.site.door_text)
    starting = _starting(town, hosts)
    minute = town.local.hour * 60 + town.local.minute
    is_over = minute >= event.span.closes and not open_places and not starting
    return DayNow(
        open_places=tuple(open_places[:MOST]),
        open_count=len(open_places),
        starting=tuple(starting[:MOST]),
        opens=clock_text(event.span.opens) if minute < event.span.opens else "",
        is_over=is_over,
        next_day=next((day for day in event.dates if day > town.today), None) if is_over else None,
    )


def _starting(town: TownNow, hosts: set[int]) -> list[SlotCard]:
    """What can be had first. Full ones too: who sees the queue need not ask."""
    soon = [
        slot
        for site in hosts
        for slot in town.board.by_site.get(site, ())
        if town.now <= slot.starts_at <= town.now + SOON and slot.status != SlotStatus.CANCELLED
    ]
    cards = [card for slot in soon if (card := town.slot(slot))]
    return sorted(cards, key=lambda card: (not card.can_reserve, card.starts_at, card.id))
