"""Whom a letter of staff's is for: parties of some sessions, or the hosts of some places."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tour.accounts.models import Membership
from tour.events.models import Event, Participation
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.door.arrivals import day_bounds
from tour.reservations.draws import draws
from tour.reservations.models import Place, WaitlistEntry
from tour.reservations.states import PlaceStatus, WaitlistStatus
from tour.sites.models import Site
from tour.words.folding import fold

MOST_SESSIONS = 20_000
TO_HOSTS_FOR = timedelta(days=14)
"""How long a letter to hosts matters where no event says it."""


class Who(StrEnum):
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    DRAW = "draw"
    HOSTS = "hosts"


@dataclass(frozen=True, slots=True)
class Audience:
    """`query` is looked for in the names of places and sessions; what is None narrows nothing."""

    who: Who = Who.CONFIRMED
    event_id: int | None = None
    day: date | None = None
    site_id: int | None = None
    slot_id: int | None = None
    query: str = ""

    @property
    def is_chosen(self) -> bool:
        """Whether anything narrows it: nobody writes to the whole town by a slip."""
        return bool(self.event_id or self.day or self.site_id or self.slot_id or self.query)


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is not over, among those of an audience."""

    id: int
    starts_at: datetime
    ends_at: datetime
    title: str
    site_id: int
    site: str


@dataclass(frozen=True, slots=True)
class Reader:
    """`url`: their own page; `starts_at`: of their first session that it is about."""

    recipient_id: int
    url: str
    starts_at: datetime | None
    ends_at: datetime


async def sessions(to: Audience, zone: ZoneInfo, *, now: datetime) -> list[Session]:
    """Those that the choices leave, soonest first; one that takes no more reservations, too."""
    wanted: dict[str, object] = {
        "programme__event_id": to.event_id,
        "programme__site_id": to.site_id,
        "id": to.slot_id,
    }
    if to.day:
        wanted["starts_at__gte"], wanted["starts_at__lt"] = day_bounds(to.day, zone)
    chosen = Slot.filter(ends_at__gt=now, **{n: v for n, v in wanted.items() if v is not None})
    coming = chosen.exclude(status=SlotStatus.CANCELLED).order_by("starts_at", "id")
    rows = await coming.limit(MOST_SESSIONS).values(
        "id",
        "starts_at",
        "ends_at",
        title="programme__title",
        site_id="programme__site_id",
        site="programme__site__name",
        kana="programme__site__name_kana",
    )
    is_named = Named(to.query)
    return [
        Session(**{name: value for name, value in row.items() if name != "kana"})
        for row in rows
        if is_named(row["title"], row["site"], row["kana"])
    ]


async def readers(to: Audience, among: Sequence[Session], *, now: datetime) -> dict[int, Reader]:
    """Everybody it is for, by recipient, each once."""
    if to.who == Who.HOSTS:
        return await _hosts(to, among, now)
    found: dict[int, Reader] = {}
    by_id = {session.id: session for session in among}
    for recipient_id, reference, slot_ids in await _parties(to.who, by_id.keys()):
        mine = [by_id[slot_id] for slot_id in slot_ids if slot_id in by_id]
        known = found.get(recipient_id)
        starts = [session.starts_at for session in mine] + ([known.starts_at] if known else [])
        ends = [session.ends_at for session in mine] + ([known.ends_at] if known else [])
        first = min(start for start in starts if start is not None)
        url = f"/reservations/{reference}"
        found[recipient_id] = Reader(recipient_id, url, first, max(ends))
    return found


async def _parties(who: Who, slot_ids: Collection[int]) -> list[tuple[int, str, list[int]]]:
    """(recipient, reference, the sessions it is about) of each party, or of each of its turns."""
    ids = list(slot_ids)
    if who == Who.DRAW:
        entries = await draws.hoping_for(ids)
        return [
            (e.reservation.recipient_id, e.reservation.reference, _of(e.ranking, slot_ids))
            for e in entries
        ]
    waits = (WaitlistStatus.WAITING, WaitlistStatus.OFFERED)
    rows = (
        Place.filter(slot_id__in=ids, status=PlaceStatus.CONFIRMED)
        if who == Who.CONFIRMED
        else WaitlistEntry.filter(slot_id__in=ids, status__in=waits)
    )
    found = await rows.values(
        "slot_id", reader="reservation__recipient_id", reference="reservation__reference"
    )
    return [(row["reader"], row["reference"], [row["slot_id"]]) for row in found]


async def _hosts(to: Audience, among: Sequence[Session], now: datetime) -> dict[int, Reader]:
    """Who tends the places: of the sessions where a day or a session is chosen, else those that
    take part in the event, else those of that name."""
    event = await Event.get_or_none(id=to.event_id) if to.event_id else None
    ends_at = now + TO_HOSTS_FOR
    if event:
        _begin, over = day_bounds(event.ends_on, ZoneInfo(event.timezone))
        ends_at = max(ends_at, over)
    members = Membership.filter(site_id__in=await _sites(to, among))
    rows = await members.order_by("-id").values(reader="account__recipient_id", slug="site__slug")
    return {
        row["reader"]: Reader(row["reader"], f"/host/{row['slug']}", None, ends_at) for row in rows
    }


async def _sites(to: Audience, among: Sequence[Session]) -> list[int]:
    if to.day or to.slot_id:
        return sorted({session.site_id for session in among})
    places = Site.filter(id=to.site_id) if to.site_id else Site.all()
    if to.event_id:
        parts = Participation.filter(event_id=to.event_id)
        taking_part = await parts.values_list("site_id", flat=True)
        places = places.filter(id__in=list(taking_part))
    is_named = Named(to.query)
    rows = await places.values("id", "name", "name_kana")
    return [row["id"] for row in rows if is_named(row["name"], row["name_kana"])]


class Named:
    """Whether all words that were looked for stand in some texts; each text is folded once."""

    def __init__(self, query: str) -> None:
        self._words = fold(query).split()
        self._folded: dict[str, str] = {}

    def __call__(self, *texts: str) -> bool:
        return all(any(word in self._fold(text) for text in texts) for word in self._words)

    def _fold(self, text: str) -> str:
        if text not in self._folded:
            folded = fold(text)
            self._folded[text] = f"{folded} {''.join(folded.split())}"
        return self._folded[text]


def _of(ranking: Iterable[int], slot_ids: Collection[int]) -> list[int]:
    return [slot_id for slot_id in ranking if slot_id in slot_ids]
