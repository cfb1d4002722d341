"""Making and changing a model course. Each verb is one transaction with its line in the log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.exceptions import IntegrityError

from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.errors import BadInput
from tour.i18n import lazy as _
from tour.routes.models import Stop, WalkingRoute
from tour.sites.editing.page import Stale, Version
from tour.words.slugs import free_slug, slug_of

SUBJECT = "course"
TEXTS = ("title", "summary")
STOPS = "stops"


@dataclass(frozen=True, slots=True)
class DraftStop:
    site_id: int
    stay_minutes: int


@dataclass(frozen=True, slots=True)
class CourseDraft:
    """A model course as staff write it; its stops in the order of the walk."""

    texts: Mapping[str, str]
    english: Mapping[str, str]
    stops: Sequence[DraftStop]
    is_published: bool


async def create_course(
    event_id: int, slug: str, draft: CourseDraft, *, actor: Actor, now: datetime
) -> WalkingRoute:
    """Without a `slug` its link is made from its title; BadInput when the one that is asked for is
    another's."""
    slug = slug or await _slug_for(draft)
    try:
        async with edit(actor, None, "course.create", now=now) as change:
            route = await WalkingRoute.create(slug=slug, event_id=event_id, **_columns({}, draft))
            await _write_stops(change, route.id, draft.stops)
            change.subject, change.after = Subject(SUBJECT, route.id), await fields_of(route.id)
    except IntegrityError as exc:
        taken = _("Another course has this in its link already.")
        raise BadInput(taken, {"slug": taken}) from exc
    return route


async def _slug_for(draft: CourseDraft) -> str:
    made = slug_of([draft.english.get("title", ""), draft.texts["title"]], "course")
    return free_slug(made, [route.slug for route in await WalkingRoute.all().only("slug")])


async def change_course(
    route_id: int, draft: CourseDraft, *, version: Version, actor: Actor, now: datetime
) -> None:
    """Write texts and stops; raises Stale. Visitors see a published course at once."""
    async with edit(actor, Subject(SUBJECT, route_id), "course.change", now=now) as change:
        mine = WalkingRoute.filter(id=route_id, updated_at=version.updated_at)
        if not await mine.update(updated_at=version.next_after(now)):
            raise Stale
        route = await WalkingRoute.get(id=route_id)
        change.before = await fields_of(route_id)
        await WalkingRoute.filter(id=route_id).update(**_columns(route.translations, draft))
        await _write_stops(change, route_id, draft.stops)
        change.after = await fields_of(route_id)
        change.only_if_different()


async def fields_of(route_id: int) -> dict[str, Any]:
    """A course under the names of its form's fields, as the log keeps it."""
    route = await WalkingRoute.get(id=route_id)
    english = route.translations.get("en", {})
    stops = await Stop.filter(walking_route_id=route_id).order_by("position").select_related("site")
    return {
        **{name: getattr(route, name) for name in TEXTS},
        **{f"{name}_en": english.get(name, "") for name in TEXTS},
        "published": bool(route.is_published),
        STOPS: in_words((stop.site.name, stop.stay_minutes) for stop in stops),
    }


def in_words(stops: Iterable[tuple[str, int]]) -> str:
    """Names and stays of stops, as one field: half a walk is none."""
    return " → ".join(f"{name} ({minutes})" for name, minutes in stops)


async def _write_stops(_change: Change, route_id: int, stops: Sequence[DraftStop]) -> None:
    await Stop.filter(walking_route_id=route_id).delete()
    await Stop.bulk_create(
        [
            Stop(
                walking_route_id=route_id,
                position=position,
                site_id=stop.site_id,
                stay_minutes=stop.stay_minutes,
            )
            for position, stop in enumerate(stops, start=1)
        ]
    )


def _columns(translations: Mapping[str, Mapping[str, str]], draft: CourseDraft) -> dict[str, Any]:
    english = {name: text for name, text in draft.english.items() if text}
    return {
        **draft.texts,
        "translations": {**translations, "en": english},
        "is_published": draft.is_published,
    }
