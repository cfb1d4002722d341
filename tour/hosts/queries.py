"""What the console reads beside the services of its features."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tour.changes.models import RecentEdit
from tour.i18n import lazy as _
from tour.i18n import translate_plural
from tour.programmes.models import Programme, Slot
from tour.programmes.states import POOLS
from tour.reservations.calls import figures
from tour.reservations.changes import slots
from tour.sites.editing import page
from tour.sites.models import HoursException
from tour.words.ranges import clock

LATEST = 20
ONE_DAY = timedelta(days=1)
TOLD = frozenset({"parties"})
"""What the log says of a change beside its fields: to how many it was told."""
SENT = {
    "slot.message": _("A message"),
    "slot.cancel": _("Called off"),
    "site.tell_closed": _("Closed early"),
    "day.close": _("Closed early"),
    "day.delay": _("Running late"),
}
"""What tells parties something, and what is said of it where the host wrote no words."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A line of what a site told its parties; complete, whatever its writer left out."""

    at: datetime
    who: str
    words: str
    told: str
    """Whom, and by which way."""


async def coming_slots(programme: Programme, *, now: datetime) -> list[Slot]:
    """A programme's times that are not over, soonest first."""
    coming = Slot.filter(programme_id=programme.id, ends_at__gt=now)
    return await coming.order_by("starts_at", "id")


async def latest_slots(programme: Programme) -> list[Slot]:
    """Its last times, to copy from."""
    return await Slot.filter(programme_id=programme.id).order_by("-starts_at").limit(LATEST)


async def slots_with_parties(site_id: int, *, now: datetime) -> list[Slot]:
    """The coming times of a site in which somebody holds seats, with their programmes."""
    coming = Slot.filter(programme__site_id=site_id, ends_at__gt=now, seats_taken__gt=0)
    return await coming.order_by("starts_at").select_related("programme")


async def coming_exceptions(site_id: int, today: date) -> list[tuple[date, date, str]]:
    """(first date, last date, what holds) from today on, soonest first; days in a row as one."""
    rows = await HoursException.filter(site_id=site_id, on_date__gte=today)
    dates = sorted({row.on_date for row in rows})
    words = await page.exception_fields(site_id, dates)
    found: list[tuple[date, date, str]] = []
    for day in dates:
        said = words[day.isoformat()]
        if found and found[-1][2] == said and day - found[-1][1] == ONE_DAY:
            found[-1] = (found[-1][0], day, said)
        else:
            found.append((day, day, said))
    return found


async def sent_messages(site_id: int, *, now: datetime) -> list[SentMessage]:
    """What this site has told its parties, latest first."""
    chosen = RecentEdit.filter(site_id=site_id, action__in=list(SENT))
    return [
        SentMessage(
            entry.at,
            entry.who,
            str(entry.after.get("message") or SENT[entry.action]),
            await _told(entry, now),
        )
        for entry in await chosen.order_by("-id").limit(LATEST)
    ]


async def _told(entry: RecentEdit, now: datetime) -> str:
    """What tells the door's own news is replaced by the next of its kind: of those the number that
    the log has."""
    parties, key = int(entry.after.get("parties") or 0), ""
    if entry.action == "slot.message":
        key = slots.news_key(entry.subject_id, str(entry.after.get("message") or ""))
    elif entry.action == "slot.cancel":
        key = slots.called_off_key(entry.subject_id)
    told = await figures.of_keys([key], now=now) if key else None
    if told and told.parties:
        return told.said
    return translate_plural("%(num)d party", "%(num)d parties", parties)


async def own_entry(entry_id: int, site_id: int, account_id: int) -> RecentEdit | None:
    """A change that this account made at this site."""
    return await RecentEdit.get_or_none(id=entry_id, site_id=site_id, account_id=account_id)


async def own_entry_locked(entry_id: int, site_id: int, account_id: int) -> RecentEdit | None:
    """As `own_entry`, the caller's transaction's own until it ends.

    On PostgreSQL a row lock; on SQLite the transaction holds the only write lock already.
    """
    mine = RecentEdit.filter(id=entry_id, site_id=site_id, account_id=account_id)
    return await mine.select_for_update(no_key=True).first()


async def was_touched_again(entry: RecentEdit) -> bool:
    """Whether a later change, or its undoing, concerned one of the fields that this one changed."""
    later = RecentEdit.filter(subject=entry.subject, subject_id=entry.subject_id, id__gt=entry.id)
    names = [name for name in entry.after if name not in TOLD]
    return any(name in other.after for other in await later for name in names)


async def usual_seats(programme: Programme) -> dict[str, str]:
    """Seats of the programme's last time, and who gets them; nothing where it has had none."""
    last = await Slot.filter(programme_id=programme.id).order_by("-starts_at").first()
    return _seats_of(last) if last else {}


def _seats_of(slot: Slot) -> dict[str, str]:
    return {
        "capacity": str(slot.capacity),
        "seats_kept": str(slot.seats_kept),
        **{f"pool_{name}": str(slot.pools.get(name, 0)) for name in POOLS},
        "allocation": str(slot.allocation),
    }


async def usual_times(programme: Programme, zone: ZoneInfo) -> dict[str, str]:
    """As `usual_seats`, with the first and the last hour of the programme's last times."""
    slots = await latest_slots(programme)
    if not slots:
        return {}
    day = slots[0].starts_at.astimezone(zone).date()
    clocks = [at for s in slots if (at := s.starts_at.astimezone(zone)).date() == day]
    return {
        **_seats_of(slots[0]),
        "first": clock(min(clocks)),
        "last": clock(max(clocks)),
        "every": str(programme.minutes),
    }
