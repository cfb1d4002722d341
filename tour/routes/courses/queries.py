"""Model courses, found for pages."""

from collections.abc import Collection
from dataclasses import dataclass

from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.i18n import localized
from tour.routes.models import Stop, WalkingRoute


@dataclass(frozen=True, slots=True)
class CourseCard:
    slug: str
    title: str
    summary: str
    stops: int


@dataclass(frozen=True, slots=True)
class CourseStop:
    site_id: int
    stay_minutes: int


@dataclass(frozen=True, slots=True)
class Course:
    """A published walking route with its stops in order."""

    slug: str
    event_id: int | None
    own: dict[str, str]
    translations: dict[str, dict[str, str]]
    stops: tuple[CourseStop, ...]

    def text(self, name: str, lang: str) -> str:
        return localized(self.own, name, lang, self.translations)

    def card(self, lang: str) -> CourseCard:
        title, summary = self.text("title", lang), self.text("summary", lang)
        return CourseCard(self.slug, title, summary, len(self.stops))


async def courses() -> list[Course]:
    """Every published course, in the order they were made."""
    routes = await WalkingRoute.filter(is_published=True).order_by("id").values()
    stops: dict[int, list[CourseStop]] = {}
    wanted = Stop.filter(walking_route__is_published=True, site__is_published=True)
    for row in await wanted.order_by("position").values(
        "walking_route_id", "site_id", "stay_minutes"
    ):
        stop = CourseStop(row["site_id"], row["stay_minutes"])
        stops.setdefault(row["walking_route_id"], []).append(stop)
    return [
        Course(
            slug=row["slug"],
            event_id=row["event_id"],
            own={"title": row["title"], "summary": row["summary"]},
            translations=row["translations"],
            stops=tuple(stops.get(row["id"], ())),
        )
        for row in routes
    ]


async def courses_through(site_ids: Collection[int]) -> int:
    """How many published courses lead to one of these places."""
    stops = Stop.filter(site_id__in=list(site_ids), walking_route__is_published=True)
    return len({row["walking_route_id"] for row in await stops.values("walking_route_id")})


async def course(slug: str) -> Course:
    """Raises NotFound where there is none, or none that visitors may see."""
    for found in await courses():
        if found.slug == slug:
            return found
    raise NotFound(_("There is no such walk. It may have been withdrawn."))
