"""Every address has a name of its own, and reading changes nothing."""

from collections import Counter

from starlette.applications import Starlette
from starlette.convertors import IntegerConvertor
from starlette.routing import Mount, Route  # noqa: TID251 - the table is what is tested

from tests.factories import make_course, make_event, make_programme, make_site, make_slot
from tests.test_migrations import count_rows
from tour.demo.catalogue import read_catalogue
from tour.demo.load import load
from tour.settings import ROOT


def table(app: Starlette) -> list[Route]:
    found = [route for route in app.routes if isinstance(route, Route)]
    assert len(found) + sum(isinstance(r, Mount) for r in app.routes) == len(app.routes)
    return found


async def test_every_address_has_a_name_of_its_own(app: Starlette) -> None:
    names = [route.name for route in table(app)]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert [name for name in names if name.partition(":")[2] == ""] == []


async def test_no_address_is_served_twice(app: Starlette) -> None:
    served = Counter((r.path, m) for r in table(app) for m in r.methods or ())
    assert [pair for pair, times in served.items() if times > 1] == []


async def test_what_can_be_read_and_changed_at_one_address_is_one_thing(app: Starlette) -> None:
    """GET and HEAD beside a method that changes something: only in the API, or a form's page."""
    for route in table(app):
        if route.methods and route.methods > {"GET", "HEAD"} and "POST" not in route.methods:
            assert route.path.startswith("/api/"), route.path


async def test_reading_changes_no_row(app: Starlette, client, clock) -> None:
    catalogue = read_catalogue(ROOT / "data" / "geo")
    await load(catalogue, zone=catalogue.town.timezone, now=clock())
    site = await make_site()
    event = await make_event(site)
    programme = await make_programme(site=site, event=event)
    slot = await make_slot(programme=programme)
    course = await make_course(site)
    names = {"/events/": event.slug, "/courses/": course.slug, "/sites/": site.slug}
    before = await count_rows()
    for route in table(app):
        if "GET" not in (route.methods or ()):
            continue
        slug = next((s for start, s in names.items() if route.path.startswith(start)), "x")
        params = {
            name: slot.id if isinstance(convertor, IntegerConvertor) else slug
            for name, convertor in route.param_convertors.items()
        }
        path = app.url_path_for(route.name, **params)
        answer = await client.get(str(path))
        assert answer.status_code < 500, path
    assert await count_rows() == before
