"""The form of a site's page: text to values, everything typed kept."""

from collections.abc import Mapping

from starlette.datastructures import FormData

from tour.geo import Point
from tour.i18n import lazy as _
from tour.sites.choices import ACCESS, LANGUAGES
from tour.sites.editing.page import Profile, as_fields
from tour.sites.texts import ENGLISH, FIELDS, OWN, TRANSLATED, SiteText
from tour.web.forms import Form, Reading, texts

LISTS = ("access_features", "languages")
PIN = "entrance"
PROFILE_FIELDS = (*FIELDS, "lat", "lon", *LISTS)


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
