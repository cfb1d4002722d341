"""The form of a model course: up to twelve stops, each a site and how long one stays."""

from collections.abc import Mapping
from itertools import pairwise

from tour.i18n import bracketed
from tour.i18n import lazy as _
from tour.routes.courses.editing import STOPS, TEXTS, CourseDraft, DraftStop, in_words
from tour.routes.courses.outing import MOST_STOPS
from tour.routes.models import Stop, WalkingRoute
from tour.sites.models import Site
from tour.web.forms import Form, Reading
from tour.words.amounts import MINUTES

LIMITS = {"title": 200, "summary": 500}
POSITIONS = tuple(range(1, MOST_STOPS + 1))
FIELDS = (
    "slug",
    *TEXTS,
    *(f"{name}_en" for name in TEXTS),
    "published",
    *(f"stop{n}" for n in POSITIONS),
    *(f"stay{n}" for n in POSITIONS),
)
FIELD_LABELS = {
    "title": _("Heading"),
    "summary": _("In one sentence"),
    "published": _("Visitors see this course"),
    STOPS: _("Stops in order"),
}
STAY = 30
LONGEST_STAY = 240


async def course_values(route: WalkingRoute) -> dict[str, str]:
    english = route.translations.get("en", {})
    return {
        **{name: getattr(route, name) for name in TEXTS},
        **{f"{name}_en": english.get(name, "") for name in TEXTS},
        "slug": route.slug,
        "published": "1" if route.is_published else "",
        **await stop_values(route.id),
    }


async def with_stops(values: Mapping[str, str], draft: CourseDraft) -> dict[str, str]:
    """The form with its stops as one field, as the log calls it."""
    sites = await Site.filter(id__in=[stop.site_id for stop in draft.stops])
    names = {site.id: str(site.name) for site in sites}
    stops = [(names.get(stop.site_id, ""), stop.stay_minutes) for stop in draft.stops]
    return {**values, STOPS: in_words(stops)}


async def stop_values(route_id: int) -> dict[str, str]:
    """The fields of the stops as they are stored, those that are not used empty."""
    found = Stop.filter(walking_route_id=route_id).order_by("position").select_related("site")
    empty = {f"{name}{n}": "" for n in POSITIONS for name in ("stop", "stay")}
    for n, stop in enumerate(await found, 1):
        empty |= {f"stop{n}": str(stop.site.slug), f"stay{n}": str(stop.stay_minutes)}
    return empty


def labels() -> dict[str, str]:
    named = {name: str(label) for name, label in FIELD_LABELS.items()}
    return {**named, **{f"{name}_en": f"{named[name]}{bracketed('English')}" for name in TEXTS}}


def read_course(
    values: Mapping[str, str], sites: Mapping[str, int]
) -> tuple[CourseDraft | None, Form]:
    """The course, or None with what is wrong; `sites` are those that may be on it, by slug."""
    read = Reading(values)
    own = {name: read.text(name, LIMITS[name], required=name == "title") for name in TEXTS}
    english = {name: read.text(f"{name}_en", LIMITS[name] * 2) for name in TEXTS}
    stops = [_stop(read, n, sites) for n in POSITIONS if values.get(f"stop{n}")]
    ids = [stop.site_id for stop in stops]
    if len(ids) < 2:
        read.errors.setdefault("stop1", _("Choose at least two places."))
    if any(a == b for a, b in pairwise(ids)):
        read.errors.setdefault("stop1", _("One place stands twice in a row."))
    if read.errors:
        return None, read.typed
    return CourseDraft(own, english, stops, values.get("published") == "1"), read.typed


def _stop(read: Reading, n: int, sites: Mapping[str, int]) -> DraftStop:
    slug = read.values[f"stop{n}"]
    if slug not in sites:
        read.errors[f"stop{n}"] = _(
            "Choose a place that takes part and that a walk can reach, or leave this stop out."
        )
    field = f"stay{n}"
    stay = read.whole(field, 5, LONGEST_STAY, MINUTES) if read.values.get(field) else STAY
    return DraftStop(sites.get(slug, 0), stay)
