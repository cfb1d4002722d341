"""Sites as the pages show them, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tour.geo import Point
from tour.i18n import translate
from tour.sites.choices import ACCESS, HOLIDAYS, KINDS, LANGUAGES, WEEKDAYS
from tour.sites.entries import Approach, DoorEntry, SiteEntry
from tour.sites.opening.hours import (
    DayException,
    HolidayRule,
    Hours,
    Span,
    clock_text,
    grouped_weekdays,
)
from tour.sites.states import DoorState, PointQuality, SiteKind
from tour.sites.subjects import subject_of
from tour.web.templates import dates_text, day_text
from tour.words.ranges import follow_each_other, from_to, week_order

HOST_SOURCE = "host"
SAMPLE_SOURCE = "sample"
"""What stands for a source that has no name, in rows and in a town's file."""


@dataclass(frozen=True, slots=True)
class SiteCard:
    """One site in a list; what depends on the moment is added by the `with_…` functions."""

    id: int
    slug: str
    name: str
    name_kana: str
    kind: SiteKind
    kind_label: str
    craft_label: str
    craft_emblem: str
    """The drawing of its craft; of a place that makes nothing, of what its name says that it is."""
    summary: str
    address: str
    sample: bool
    approximate: bool
    walkable: bool
    station_text: str
    access: tuple[tuple[str, str], ...]
    languages: tuple[str, ...]
    point: Point | None
    distance_m: float | None = None
    hours_today: str = ""
    session_hours: str = ""
    """When it is open today for those of a session alone."""
    open_now: bool | None = None
    is_over: bool = False
    """It was open today, and is not any more."""
    next_open: str = ""
    """Where nobody can come any more today: the next day on which somebody can, and its hours."""
    number: int | None = None
    is_nearby: bool = False
    """On an event's map as something to see on the way, not as one that takes part."""
    event_hours: tuple[tuple[str, str], ...] = ()
    """On an event's own pages, while it is to come: its days, and when the place is open then."""
    event_days: tuple[date, ...] = ()
    """In the list of an event, the days on which it takes part, where these are not all."""
    photo: str = ""
    photo_alt: str = ""
    says_sample: bool = False
    """Whether its name has that word in it, so that no mark need say it again."""
    is_public: bool = True
    """Whether it has a page; whoever has reserved at a place keeps its card when it withdraws."""
    door_text: str = ""
    """How it stands at the door at this moment, where the host has said so."""
    phone: str = ""
    """Whom those who have reserved may ring on the day."""
    is_closed_early: bool = False
    """Today's usual hours are not true any more."""


def site_card(site: SiteEntry, lang: str) -> SiteCard:
    """The card of a site, the same all day."""
    return SiteCard(
        id=site.id,
        slug=site.slug,
        name=site.text("name", lang),
        name_kana=site.name_kana if lang.startswith("ja") else "",
        kind=site.kind,
        kind_label=KINDS[site.kind].label.in_language(lang),
        craft_label=site.craft.name_in(lang) if site.craft else "",
        craft_emblem=site.craft.emblem if site.craft else subject_of(site.kind, site.own["name"]),
        summary=site.text("summary", lang),
        address=site.text("address", lang),
        sample=site.is_sample,
        says_sample=_says(site.text("name", lang), translate("Sample", lang)),
        approximate=site.quality == PointQuality.TOWN,
        walkable=site.is_walkable,
        station_text=approach_text(site.approach, lang) if site.approach else "",
        access=tuple((a, ACCESS[a].in_language(lang)) for a in site.access_features if a in ACCESS),
        languages=tuple(language_name(code, lang) for code in site.languages),
        point=site.point,
        photo=site.photos[0].name if site.photos else "",
        phone=site.phone.partition("/")[0],
        photo_alt=site.photos[0].alt_in(lang) if site.photos else "",
    )


def _says(name: str, word: str) -> bool:
    return word.casefold() in name.casefold()


def with_hours(card: SiteCard, hours: Hours, local: datetime, lang: str) -> SiteCard:
    """The card with today's hours, whether the doors are open at a local time, and when they open
    next where they do not today, or any more."""
    if not hours.is_known:
        return card
    today = local.date()
    left = hours.is_left_on(local)
    return replace(
        card,
        hours_today=spans_text(hours.on(today), lang),
        session_hours=spans_text(hours.sessions_on(today), lang),
        open_now=hours.is_open_at(local),
        is_over=hours.expects_on(today) and not left,
        next_open="" if left else _next_open(hours, today, lang),
    )


def with_event(card: SiteCard, hours: Hours, days: Iterable[date], lang: str) -> SiteCard:
    """The card for somebody who comes on one of these days: nothing is said of today."""
    by_hours: dict[str, list[date]] = {}
    for day in filter(hours.expects_on, days):
        text = day_hours(hours.on(day), hours.sessions_on(day), lang)
        by_hours.setdefault(text, []).append(day)
    said = tuple((dates_text(of_text, lang), text) for text, of_text in by_hours.items())
    return replace(
        card,
        hours_today="",
        session_hours="",
        open_now=None,
        is_over=False,
        next_open="",
        event_hours=said,
    )


def _next_open(hours: Hours, today: date, lang: str) -> str:
    day = hours.next_day(today)
    if day is None:
        return ""
    return f"{day_text(day, lang)} {day_hours(hours.on(day), hours.sessions_on(day), lang)}"


def with_door(card: SiteCard, door: DoorEntry | None, local: datetime, lang: str) -> SiteCard:
    """The card with what the host has said about today, if anything."""
    if door is None or door.on_date != local.date():
        return card
    if door.state == DoorState.CLOSED:
        at = clock_text(door.closed_minute or 0)
        closed = translate("Closed for today at %(time)s", lang, time=at)
        shut = replace(card, open_now=False, hours_today="", session_hours="")
        return replace(shut, is_closed_early=True, door_text=closed)
    return replace(card, door_text=_door_text(door, lang))


def _door_text(door: DoorEntry, lang: str) -> str:
    """Full, waiting and late are said together: each is true by itself."""
    said = []
    if door.state == DoorState.FULL:
        said.append(translate("Full at the moment", lang))
    if door.waiting_minutes:
        said.append(translate("About %(n)s min to wait", lang, n=door.waiting_minutes))
    if door.delay_minutes:
        said.append(translate("Sessions run %(n)s min late", lang, n=door.delay_minutes))
    return ("・" if lang.startswith("ja") else ", ").join(said)


def source_text(source: str, lang: str) -> str:
    """Who says where a place is, as people read it; empty where it need not be named."""
    if source == SAMPLE_SOURCE:
        return ""
    return translate("the place itself", lang) if source == HOST_SOURCE else source


def approach_text(approach: Approach, lang: str) -> str:
    """王子駅から徒歩8分・590m; 目安 where it is a straight line."""
    station, minutes = approach.station.name_in(lang), approach.minutes
    if approach.approximate:
        return translate(
            "%(station)s: about %(minutes)s min on foot (estimate)",
            lang,
            station=station,
            minutes=minutes,
        )
    return translate("%(station)s: %(minutes)s min on foot", lang, station=station, minutes=minutes)


def spans_text(spans: tuple[Span, ...], lang: str) -> str:
    """10:00～12:00, 13:00～16:00; empty where it is closed."""
    return ", ".join(span.in_language(lang) for span in spans)


def day_hours(spans: tuple[Span, ...], sessions: tuple[Span, ...], lang: str) -> str:
    """What one day has: its hours, its sessions at other times, or that it is closed."""
    if not sessions:
        return spans_text(spans, lang) or translate("Closed", lang)
    at = spans_text(sessions, lang)
    if not spans:
        return translate("For sessions only: %(hours)s", lang, hours=at)
    return translate("%(hours)s; sessions also %(at)s", lang, hours=spans_text(spans, lang), at=at)


def hours_table(hours: Hours, lang: str) -> list[tuple[str, str]]:
    """(weekdays, hours) lines, days with the same hours together."""
    closed = translate("Closed", lang)
    return [
        (weekdays_text(days, lang), spans_text(spans, lang) or closed)
        for days, spans in grouped_weekdays(hours)
        if any(hours.week)
    ]


def holiday_text(hours: Hours, lang: str) -> str:
    """What national holidays change; empty where they change nothing."""
    has_days_off = not all(hours.week) or bool(hours.closures)
    changes = any(hours.week) and (hours.holiday_rule == HolidayRule.CLOSED or has_days_off)
    if hours.holiday_rule == HolidayRule.NONE or not changes:
        return ""
    return HOLIDAYS[hours.holiday_rule].in_language(lang)


def weekdays_text(days: list[int], lang: str) -> str:
    """月～金, 日・月, or 月・水 when they do not follow each other."""
    ordered = week_order(days)
    names = [WEEKDAYS[day].in_language(lang) for day in ordered]
    if len(ordered) > 2 and follow_each_other(ordered):
        return from_to(names[0], names[-1], lang)
    return ("・" if lang.startswith("ja") else ", ").join(names)


@dataclass(frozen=True, slots=True)
class OtherHours:
    """Days in a row with the same hours, other than on their weekdays."""

    first: date
    last: date
    hours: str
    note: str

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def coming_exceptions(hours: Hours, today: date, lang: str, *, days: int = 60) -> list[OtherHours]:
    """What the next `days` have other than their weekdays, soonest first; days in a row as one.
    A day on which it is open for a session alone is never said to be closed."""
    found: list[OtherHours] = []
    for day in (today + timedelta(days=n) for n in range(days + 1)):
        exception = hours.exceptions.get(day) or _by_rule(hours, day, lang)
        if exception is None and hours.sessions_on(day):
            exception = DayException(hours.on(day))
        if exception is None:
            continue
        note = exception.translations.get(lang, {}).get("note") or exception.note
        other = OtherHours(day, day, day_hours(exception.spans, hours.sessions_on(day), lang), note)
        if found and replace(found[-1], first=day, last=day) == other and _follows(found[-1], day):
            found[-1] = replace(found[-1], last=day)
        else:
            found.append(other)
    return found


def _by_rule(hours: Hours, day: date, lang: str) -> DayException | None:
    """What regular days off and holidays make of a day, if they make it another."""
    spans = hours.on(day)
    if spans == hours.week[day.weekday()]:
        return None
    if not spans and any(each.falls_on(day) for each in hours.closures):
        return DayException(spans, translate("Regular day off", lang))
    if hours.is_holiday(day):
        return DayException(spans, translate("National holiday", lang))
    return DayException(spans, translate("Closed in return for a holiday", lang))


def _follows(other: OtherHours, day: date) -> bool:
    return day - other.last == timedelta(days=1)


def language_name(code: str, lang: str) -> str:
    return LANGUAGES[code].in_language(lang) if code in LANGUAGES else code
