"""How what is not public will look: a place's page and a session's, for those who tend it.

It is the visitors' own page. What is public needs no preview: its address leads there.
"""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.events import queries as events
from tour.events.entries import agenda, joined
from tour.pages.places import Preview, session_page, site_page
from tour.pages.town_now import TownNow, town_now
from tour.programmes import editing
from tour.programmes import queries as programmes
from tour.programmes.entries import ProgrammeEntry
from tour.sites.editing.publication import showing_of
from tour.sites.entries import SiteEntry
from tour.sites.showing import Showing
from tour.web import parts_of


async def site(request: Request) -> Response:
    tending = await guards.tended_site(request)
    showing = showing_of(tending.site)
    if showing is Showing.SHOWN:
        return _to(request, "sites:detail", slug=tending.site.slug)
    entry, town = await _as_if_public(request, tending)
    offered = await programmes.ready_at(entry.id)
    back = _path(request, "hosts:profile", slug=entry.slug)
    preview = _preview(request, showing, back, entry, offered)
    return await site_page(request, town, entry, offered, preview)


async def session(request: Request) -> Response:
    tending = await guards.tended_site(request)
    mine = await editing.programme_of_site(request.path_params["programme_id"], tending.site.id)
    showing = editing.showing_of(mine, showing_of(tending.site))
    if showing is Showing.SHOWN:
        return _to(request, "programmes:detail", programme_id=mine.id)
    entry, town = await _as_if_public(request, tending)
    programme = await programmes.any_programme(mine.id)
    back = _path(request, "hosts:programme", slug=entry.slug, programme_id=mine.id)
    preview = _preview(request, showing, back, entry, [programme])
    return await session_page(request, town, programme, entry, preview)


async def _as_if_public(request: Request, tending: Tending) -> tuple[SiteEntry, TownNow]:
    """The place, and the town with it in the events for which it said that it opens."""
    entry = await parts_of(request).catalogue.as_it_is(tending.site.id)
    town, mine = await town_now(request), await events.parts_of_site(entry.id)
    # Shelves of its own: what others see is not kept beside it.
    with_it = agenda(joined(town.agenda.events, mine))
    return entry, replace(town, agenda=with_it, cards={}, bases={})


def _preview(
    request: Request,
    showing: Showing,
    back: str,
    entry: SiteEntry,
    offered: list[ProgrammeEntry],
) -> Preview:
    return Preview(
        showing=showing,
        back=back,
        site=_path(request, "hosts:site_preview", slug=entry.slug),
        sessions={
            one.id: _path(request, "hosts:preview", slug=entry.slug, programme_id=one.id)
            for one in offered
        },
    )


def _path(request: Request, name: str, **params: object) -> str:
    return str(request.app.url_path_for(name, **params))


def _to(request: Request, name: str, **params: object) -> Response:
    return RedirectResponse(_path(request, name, **params), status_code=303)
