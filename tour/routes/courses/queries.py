"""Model courses, found for pages."""

from collections.abc import Collection
from dataclasses import dataclass

from tour.errors import NotFound
from tour.events.models import Participation
from tour.events.states import ParticipationAnswer
from tour.i18n import lazy as _
from tour.i18n import localized
from tour.routes.models import Stop, WalkingRoute

COLUMNS = ("id", "slug", "event_id", "title", "summary", "translations")


@dataclass(frozen=True, slots=True)
class CourseStop:
    """`number`: on the map of the course's event; 0 for a course without one."""

    site_id: int
    stay_minutes: int
    number: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """A published walking route with its stops in order: of a course of an event those that take
    part in it. `left` are the others, places that said no, were taken out, or have not answered."""

    slug: str
    event_id: int | None
    own: dict[str, str]
    translations: dict[str, dict[str, str]]
    stops: tuple[CourseStop, ...]
    left: tuple[int, ...] = ()
    is_public: bool = True
    """Whether its event is, where it has one."""

    @property
    def is_offered(self) -> bool:
        """Whether it is a walk at all: from one place to another, of what visitors may see."""
        return self.is_public and len(self.stops) > 1

    def text(self, name: str, lang: str) -> str:
        return localized(self.own, name, lang, self.translations)


async def courses() -> list[Course]:
    """Every published course, in the order they were made, as its places have answered by now."""
    published = WalkingRoute.filter(is_published=True).order_by("id")
    routes = await published.values(*COLUMNS, event_is_public="event__is_published")
    events = {row["id"]: row["event_id"] for row in routes}
    numbers = await _numbers({event for event in events.values() if event})
    stops: dict[int, list[CourseStop]] = {}
    left: dict[int, list[int]] = {}
    wanted = Stop.filter(walking_route_id__in=list(events), site__is_published=True)
    for row in await wanted.order_by("position").values(
        "walking_route_id", "site_id", "stay_minutes"
    ):
        route_id, event_id = row["walking_route_id"], events[row["walking_route_id"]]
        number = numbers.get((event_id, row["site_id"])) if event_id else 0
        if number is None:
            left.setdefault(route_id, []).append(row["site_id"])
        else:
            stop = CourseStop(row["site_id"], row["stay_minutes"], number)
            stops.setdefault(route_id, []).append(stop)
    return [
        Course(
            slug=row["slug"],
            event_id=row["event_id"],
            own={"title": row["title"], "summary": row["summary"]},
            translations=row["translations"],
            stops=tuple(stops.get(row["id"], ())),
            left=tuple(left.get(row["id"], ())),
            is_public=row["event_id"] is None or bool(row["event_is_public"]),
        )
        for row in routes
    ]


async def _numbers(event_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """By event and place, the number on its map of who takes part."""
    parts = Participation.filter(event_id__in=list(event_ids), answer=ParticipationAnswer.ACCEPTED)
    rows = await parts.values("event_id", "site_id", "number")
    return {(row["event_id"], row["site_id"]): row["number"] for row in rows}


async def titles_through(site_ids: Collection[int], lang: str) -> list[str]:
    """Of the published courses that lead to one of these places."""
    stops = Stop.filter(site_id__in=list(site_ids), walking_route__is_published=True)
    found = {
        stop.walking_route.id: stop.walking_route
        for stop in await stops.select_related("walking_route")
    }
    return [
        localized({"title": each.title}, "title", lang, each.translations)
        for _id, each in sorted(found.items())
    ]


async def course(slug: str) -> Course:
    """Raises NotFound where there is none, or none that visitors may see."""
    for found in await courses():
        if found.slug == slug and found.is_public:
            return found
    raise NotFound(_("There is no such model course. It may have been withdrawn."))
