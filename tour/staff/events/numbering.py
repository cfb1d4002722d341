"""Map numbers along a model course, proposed in the form of who takes part."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tour.errors import NotFound
from tour.events.editing import Part
from tour.events.states import ParticipationAnswer
from tour.i18n import lazy as _
from tour.routes.models import Stop, WalkingRoute
from tour.web.templates import in_reading_language
from tour.words.typed import number_in


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who takes part, numbered along a course; `differs`: not as it is stored."""

    course_id: int
    title: str
    parts: Sequence[Part]
    differs: bool


async def proposal(event_id: int, course: str, parts: Sequence[Part]) -> Proposal | None:
    """`parts` numbered along the course that an address names, or None where it names none.

    NotFound where the event has no such course, by now.
    """
    if not course:
        return None
    route = await WalkingRoute.get_or_none(id=number_in(course) or 0, event_id=event_id)
    if route is None:
        raise NotFound(_("There is no such model course. It may have been withdrawn."))
    stops = await Stop.filter(walking_route_id=route.id).order_by("position").values("site_id")
    numbered = along(parts, [row["site_id"] for row in stops])
    differs = set(numbered) != set(parts)
    return Proposal(route.id, in_reading_language(route, "title"), numbered, differs)


def along(parts: Sequence[Part], stops: Sequence[int]) -> list[Part]:
    """`parts` numbered from 1 in the order of the walk, which counts a place where it comes first.
    The others follow in the order of their present numbers.

    Those that said no come last, on the walk or not: the numbers on the map shall have no gaps.
    A place that has not answered yet keeps its turn, so that its yes renumbers nobody.
    """
    turns = {site_id: turn for turn, site_id in reversed(list(enumerate(stops)))}

    def rank(part: Part) -> tuple[bool, int, int]:
        says_no = part.answer == ParticipationAnswer.DECLINED
        last = len(stops)
        return says_no, last if says_no else turns.get(part.site_id, last), part.number

    ranked = sorted(parts, key=rank)
    return [replace(part, number=number) for number, part in enumerate(ranked, 1)]
