import pytest
from starlette.applications import Starlette

from tour.changes import NewsReader
from tour.publishing.collect import Sources
from tour.routes.walks.walks import Walks
from tour.sites.catalogue import CatalogueCache


@pytest.fixture
def read_sources(database: str) -> "ReadSources":  # noqa: ARG001 - it is read from there
    return ReadSources()


class ReadSources:
    """What maps are made from, read at the moment of the call."""

    async def __call__(self) -> Sources:
        catalogue = await CatalogueCache(lambda _sites, _stations: {}, NewsReader()).current()
        return Sources(catalogue, Walks(), ("ja", "en"))


async def sources_in(app: Starlette) -> Sources:
    """The same, of a running app."""
    catalogue = await app.state.parts.catalogue.current()
    return Sources(catalogue, app.state.parts.walks, app.state.parts.town.languages)
