"""The form of a model course: up to twelve stops, each a site and how long one stays."""

from collections.abc import Mapping
from itertools import pairwise

from tour.i18n import lazy as _
from tour.routes.editing import TEXTS, CourseDraft, DraftStop
from tour.routes.models import Stop, WalkingRoute
from tour.routes.outing import MOST_STOPS
from tour.web.forms import Reading, Typed

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
STAY = 30
LONGEST_STAY = 240


def course_values(route: WalkingRoute, stops: list[Stop]) -> dict[str, str]:
    english = route.translations.get("en", {})
    return {
        **{name: getattr(route, name) for name in TEXTS},
        **{f"{name}_en": english.get(name, "") for name in TEXTS},
        "slug": route.slug,
        "published": "1" if route.is_published else "",
        **{f"stop{n}": str(stop.site.slug) for n, stop in enumerate(stops, 1)},
        **{f"stay{n}": str(stop.stay_minutes) for n, stop in enumerate(stops, 1)},
    }


def read_course(
    values: Mapping[str, str], sites: Mapping[str, int]
) -> tuple[CourseDraft | None, Typed]:
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
        read.errors[f"stop{n}"] = _("Choose a place of this event that a walk can reach.")
    stay = read.whole(f"stay{n}", 5, LONGEST_STAY) if read.values.get(f"stay{n}") else STAY
    return DraftStop(sites.get(slug, 0), stay)
