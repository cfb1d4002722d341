"""The forms of a site's page and hours: text to values, everything typed kept."""

from collections.abc import Mapping
from datetime import date

from starlette.datastructures import FormData

from tour.geo import Point
from tour.i18n import lazy as _
from tour.sites.choices import ACCESS, LANGUAGES
from tour.sites.editing.page import Profile, as_fields
from tour.sites.opening.hours import HolidayRule, Span
from tour.sites.opening.hours_text import read_spans
from tour.sites.texts import ENGLISH, FIELDS, OWN, TRANSLATED, SiteText
from tour.web.forms import Form, Reading, read_date, texts

LISTS = ("access_features", "languages")
PIN = "entrance"
PROFILE_FIELDS = (*FIELDS, "lat", "lon", *LISTS)
WEEKDAY_FIELDS = tuple(f"weekday{day}" for day in range(7))
WEEK_FIELDS = (*WEEKDAY_FIELDS, "holiday_rule")
HOURS_HINT = _("Write hours such as 10:00-12:00, 1:00-4:00 pm, or nothing for closed.")


def profile_values(profile: Profile) -> dict[str, str]:
    """A form filled from what is stored."""
    stored = as_fields(profile)
    values = {name: str(text) for name, text in stored.items() if name not in (*LISTS, PIN)}
    at = profile.entrance
    point = {"lat": f"{at.lat:.6f}" if at else "", "lon": f"{at.lon:.6f}" if at else ""}
    return {**values, **point, **{name: ",".join(stored[name]) for name in LISTS}}


def with_pin(values: Mapping[str, str]) -> dict[str, str]:
    """The form with its point as one field, as the log calls it: half a pin is no place."""
    lat, lon = values["lat"], values["lon"]
    return {**values, PIN: f"{lat}, {lon}" if lat or lon else ""}


def without_pin(values: Mapping[str, str]) -> dict[str, str]:
    lat, _comma, lon = values[PIN].partition(", ")
    return {**values, "lat": lat, "lon": lon}


def submitted_profile(form: FormData) -> dict[str, str]:
    values = texts(form, PROFILE_FIELDS)
    for name in LISTS:
        values[name] = ",".join(v for v in form.getlist(name) if isinstance(v, str))
    return values


def read_profile(
    values: dict[str, str], bounds: tuple[float, float, float, float]
) -> tuple[Profile, Form]:
    """The profile, and the form with what is wrong in it. `bounds` is the town's: W, S, E, N."""
    read = Reading(values)
    texts = {field: _text(read, text, field) for field, text in FIELDS.items()}
    profile = Profile(
        texts={name: texts[name] for name in OWN},
        english={name: texts[name + ENGLISH] for name in TRANSLATED},
        access_features=tuple(f for f in ACCESS if f in values["access_features"].split(",")),
        languages=tuple(code for code in LANGUAGES if code in values["languages"].split(",")),
        entrance=_entrance(read, bounds),
    )
    return profile, read.typed


def read_week(values: dict[str, str]) -> tuple[list[tuple[Span, ...]], HolidayRule, Form]:
    """Seven days, Monday first, what holidays do, and the form with what is wrong in it."""
    read = Reading(values)
    week = [_spans(read, name) for name in WEEKDAY_FIELDS]
    return week, _holiday_rule(read), read.typed


def read_exception(
    values: Mapping[str, str], today: date
) -> tuple[date, tuple[Span, ...], str, Form]:
    """(date, hours, note) of one exception, and the form with what is wrong in it."""
    read = Reading(values)
    on_date = read_date(values["on_date"])
    if on_date is None:
        on_date = today
        read.errors["on_date"] = _("Give a date such as 2026-12-05.")
    if on_date < today:
        read.errors["on_date"] = _("This date is over.")
    return on_date, _spans(read, "hours"), read.text("note", 200), read.typed


def _spans(read: Reading, name: str) -> tuple[Span, ...]:
    spans = read_spans(read.values[name])
    if spans is None:
        read.errors[name] = HOURS_HINT
        return ()
    return spans


def _holiday_rule(read: Reading) -> HolidayRule:
    """A form that does not ask about holidays leaves them days like any other."""
    try:
        return HolidayRule(read.values["holiday_rule"] or HolidayRule.NONE)
    except ValueError:
        read.errors["holiday_rule"] = _("Choose one of these.")
        return HolidayRule.NONE


def _text(read: Reading, text: SiteText, field: str) -> str:
    written = text.written(read.values[field])
    if problem := text.problem(field, written):
        read.errors[field] = problem
    return written


def _entrance(read: Reading, bounds: tuple[float, float, float, float]) -> Point | None:
    """Within the town, or somebody has dragged the pin away by mistake."""
    lat, lon = read.values["lat"], read.values["lon"]
    if not lat and not lon:
        return None
    west, south, east, north = bounds
    try:
        at = Point(lat=round(float(lat), 6), lon=round(float(lon), 6))
    except ValueError:
        at = None
    if at is None or not (south <= at.lat <= north and west <= at.lon <= east):
        read.errors["lat"] = _("This point is not in the town. Please drag the pin again.")
        return None
    return at
