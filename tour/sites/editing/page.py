"""Changing a site's page: texts, entrance, hours. Each verb is one transaction with its log line.

Two people may edit at once. A form carries the version that it was filled from, and the row is
changed only while it still has it; otherwise `Stale` tells, and the edits of late what the other
did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.changes.models import RecentEdit
from tour.changes.recent import edits_since, last_about
from tour.errors import Conflict
from tour.geo import Point
from tour.i18n import lazy as _
from tour.sites.finding import vocabulary
from tour.sites.models import HoursException, OpeningHours, Site
from tour.sites.opening.closures import Closure, codes
from tour.sites.opening.hours import HolidayRule, Span
from tour.sites.states import PointQuality
from tour.sites.texts import OWN, TRANSLATED, stored
from tour.web.forms import read_instant
from tour.words.typed import number_in

PROFILE = "site.profile"
HOURS = "site.hours"
EXCEPTION = "site.exception"
"""What the log calls the changes that visitors see."""
TICK = timedelta(microseconds=1)
MOST_DIGITS = 15


class Stale(Conflict):
    """Somebody else saved meanwhile. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has saved this page meanwhile."))


@dataclass(frozen=True, slots=True)
class Version:
    """What a form was filled from: the row's last change, and the last of the edits about it."""

    updated_at: datetime
    entry_id: int

    def __str__(self) -> str:
        return f"{self.updated_at.isoformat()}|{self.entry_id}"

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Raises Stale for anything that was never a version."""
        instant, _bar, entry = text.partition("|")
        updated_at = read_instant(instant)
        is_ours = updated_at is not None and updated_at.tzinfo is not None
        edit = number_in(entry, MOST_DIGITS)
        if updated_at is None or not is_ours or edit is None:
            raise Stale
        return cls(updated_at, edit)

    @classmethod
    async def of(cls, row: Any, subject: str) -> "Version":
        """The present version of a row with `id` and `updated_at`."""
        return cls(row.updated_at, await last_about(subject, row.id))

    def next_after(self, now: datetime) -> datetime:
        """`now`, or a tick after this version, so that no two have one instant."""
        return max(now, self.updated_at + TICK)


async def meanwhile(subject: str, row_id: int, since: Version) -> list[RecentEdit]:
    """What others have changed since, in order."""
    return await edits_since(subject, row_id, since.entry_id)


@dataclass(frozen=True, slots=True)
class Profile:
    """A site's page as its host writes it; `texts` and `english` by the names of `texts.TEXTS`."""

    texts: Mapping[str, str]
    english: Mapping[str, str]
    access_features: tuple[str, ...]
    languages: tuple[str, ...]
    entrance: Point | None


def profile_of(site: Site) -> Profile:
    english = site.translations.get("en", {})
    lat, lon = site.entrance_lat, site.entrance_lon
    return Profile(
        texts={name: getattr(site, name) for name in OWN},
        english={name: english.get(name, "") for name in TRANSLATED},
        access_features=tuple(site.access_features),
        languages=tuple(site.languages),
        entrance=None if lat is None or lon is None else Point(lat=lat, lon=lon),
    )


def as_fields(profile: Profile) -> dict[str, Any]:
    """The profile under the names of its form's fields, as the log keeps it."""
    return {
        **stored(profile.texts, profile.english),
        "access_features": sorted(profile.access_features),
        "languages": sorted(profile.languages),
        "entrance": _pin(profile.entrance),
    }


def _pin(at: Point | None) -> str:
    return f"{at.lat:.6f}, {at.lon:.6f}" if at else ""


async def change_profile(
    site_id: int, profile: Profile, *, version: Version, actor: Actor, now: datetime
) -> None:
    """Write the page; raises Stale. Visitors see it at once."""
    await vocabulary.learn(profile.texts.values())
    async with edit(actor, Subject("site", site_id, site_id), PROFILE, now=now) as change:
        site = await _claim(change, site_id, version)
        change.before, change.after = as_fields(profile_of(site)), as_fields(profile)
        change.only_if_different()
        await Site.filter(id=site_id).update(**_columns(site, profile))


async def replace_week(
    site_id: int,
    week: Sequence[Sequence[Span]],
    holiday_rule: HolidayRule,
    closures: Sequence[Closure] = (),
    *,
    version: Version,
    actor: Actor,
    now: datetime,
) -> None:
    """Write the weekly hours, Monday first, what holidays do to them, and the days off beside them;
    raises Stale."""
    async with edit(actor, Subject("site", site_id, site_id), HOURS, now=now) as change:
        await _claim(change, site_id, version)
        change.before = await week_fields(site_id)
        await Site.filter(id=site_id).update(holiday_rule=holiday_rule, closures=codes(closures))
        await OpeningHours.filter(site_id=site_id).delete()
        await OpeningHours.bulk_create(
            [
                OpeningHours(
                    site_id=site_id,
                    weekday=weekday,
                    opens_minute=span.opens,
                    closes_minute=span.closes,
                )
                for weekday, spans in enumerate(week)
                for span in spans
            ]
        )
        change.after = await week_fields(site_id)
        change.only_if_different()


async def set_exception(
    site_id: int,
    dates: Sequence[date],
    spans: Sequence[Span],
    note_text: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """What holds on these dates instead of the weekday's hours; no spans: closed."""
    async with edit(actor, Subject("site", site_id, site_id), EXCEPTION, now=now) as change:
        await change.lock(Site, site_id)
        change.before = await exception_fields(site_id, dates)
        await HoursException.filter(site_id=site_id, on_date__in=dates).delete()
        await HoursException.bulk_create(
            [
                HoursException(
                    site_id=site_id,
                    on_date=on_date,
                    opens_minute=span.opens if span else None,
                    closes_minute=span.closes if span else None,
                    note=note_text,
                )
                for on_date in dates
                for span in spans or (None,)
            ]
        )
        change.after = await exception_fields(site_id, dates)
        change.only_if_different()


async def clear_exception(
    site_id: int, dates: Sequence[date], *, actor: Actor, now: datetime
) -> None:
    """The weekday's hours hold again."""
    async with edit(actor, Subject("site", site_id, site_id), EXCEPTION, now=now) as change:
        await change.lock(Site, site_id)
        change.before = await exception_fields(site_id, dates)
        await HoursException.filter(site_id=site_id, on_date__in=dates).delete()
        change.after = {}


async def week_fields(site_id: int) -> dict[str, str]:
    """{weekday0: "10:00–16:00", …, holiday_rule: "none", closures: "2WE"}, as the log keeps it."""
    rows = await OpeningHours.filter(site_id=site_id).order_by("opens_minute")
    site = await Site.get(id=site_id)
    week = {
        f"weekday{day}": ", ".join(
            str(Span(row.opens_minute, row.closes_minute)) for row in rows if row.weekday == day
        )
        for day in range(7)
    }
    return {**week, "holiday_rule": str(site.holiday_rule), "closures": site.closures}


async def exception_fields(site_id: int, dates: Sequence[date]) -> dict[str, str]:
    """{2026-12-29: "10:00–12:00 why"} for those of the dates that have hours of their own."""
    chosen = HoursException.filter(site_id=site_id, on_date__in=dates)
    by_date: dict[date, list[HoursException]] = {}
    for row in await chosen.order_by("on_date", "opens_minute"):
        by_date.setdefault(row.on_date, []).append(row)
    return {day.isoformat(): _as_logged(rows) for day, rows in by_date.items()}


def _as_logged(rows: Sequence[HoursException]) -> str:
    spans = [
        str(Span(row.opens_minute, row.closes_minute))
        for row in rows
        if row.opens_minute is not None and row.closes_minute is not None
    ]
    return f"{', '.join(spans)} {rows[0].note}".strip()


async def _claim(change: Change, site_id: int, version: Version) -> Site:
    """One UPDATE decides whose save it is; the other one is stale."""
    mine = Site.filter(id=site_id, updated_at=version.updated_at)
    if not await mine.update(updated_at=version.next_after(change.now)):
        raise Stale
    return await Site.get(id=site_id)


def _columns(site: Site, profile: Profile) -> dict[str, Any]:
    english = {name: text for name, text in profile.english.items() if text}
    kept = {**site.translations.get("en", {})}
    kept = {name: text for name, text in kept.items() if name not in TRANSLATED}
    columns: dict[str, Any] = {
        **profile.texts,
        "translations": {**site.translations, "en": {**kept, **english}},
        "access_features": list(profile.access_features),
        "languages": list(profile.languages),
    }
    return columns | _entrance_columns(site, profile.entrance)


def _entrance_columns(site: Site, at: Point | None) -> dict[str, Any]:
    """Without an entrance walks end at the building again, whose own point is not as sure."""
    if _pin(at) == _pin(profile_of(site).entrance):
        return {}
    if at is None:
        return {
            "entrance_lat": None,
            "entrance_lon": None,
            "point_quality": PointQuality.APPROXIMATE,
        }
    columns: dict[str, Any] = {
        "entrance_lat": at.lat,
        "entrance_lon": at.lon,
        "point_quality": PointQuality.ENTRANCE,
        "point_source": "host",
    }
    return columns if site.lat is not None else {**columns, "lat": at.lat, "lon": at.lon}
