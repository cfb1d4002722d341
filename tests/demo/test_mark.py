"""Samples come into an empty database and into a demonstration's, never into a town's."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from tests.accounts.signing import make_account
from tests.conftest import NOON
from tests.factories import make_event, make_site
from tests.test_migrations import count_rows
from tour.accounts.models import Account
from tour.accounts.roles import Role
from tour.demo.catalogue import Catalogue, read_catalogue, read_places
from tour.demo.cli import fill
from tour.demo.load import load_places
from tour.demo.mark import Demonstration
from tour.errors import ConfigurationError
from tour.settings import ROOT
from tour.sites.models import Site
from tour.town import read_town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "data" / "geo")


async def a_place() -> None:
    await make_site()


async def an_event() -> None:
    await make_event()


async def an_account() -> None:
    await make_account("officer@example.org", Role.ADMINISTRATOR)


async def its_own_catalogue() -> None:
    """As `tour catalogue load` writes it: places of the same files, and no samples."""
    town = read_town(ROOT / "data" / "geo")
    await load_places(read_places(ROOT / "data" / "geo"), zone=town.timezone, now=NOON)


TOWNS = [a_place, an_event, an_account, its_own_catalogue]


@pytest.mark.parametrize("begun", TOWNS, ids=lambda begun: begun.__name__)
async def test_a_town_gets_no_samples_and_is_told_in_both_languages(
    catalogue: Catalogue, begun: Callable[[], Awaitable[None]]
) -> None:
    await begun()
    before = await count_rows()
    with pytest.raises(ConfigurationError, match=r"TOUR_DEMO.*町のデータ") as refused:
        await fill(catalogue, now=NOON)
    assert "\n" not in str(refused.value)
    assert await count_rows() == before


async def test_an_empty_database_becomes_a_demonstrations_and_stays_one(
    catalogue: Catalogue,
) -> None:
    assert await fill(catalogue, now=NOON)
    await make_account("guest@example.org", Role.HOST)
    await make_site(slug="of-somebody-who-tries", name="ためした場所")
    before = await count_rows()
    assert not await fill(catalogue, now=NOON)
    assert await count_rows() == before
    assert await Demonstration.all().count() == 1


async def before_there_were_marks(catalogue: Catalogue) -> None:
    await fill(catalogue, now=NOON)
    await Demonstration.all().delete()


async def test_an_older_demonstration_in_which_people_tried_things_goes_on(
    catalogue: Catalogue,
) -> None:
    await before_there_were_marks(catalogue)
    await make_account("guest@example.org", Role.HOST)
    await make_event()
    before = await count_rows()
    assert not await fill(catalogue, now=NOON)
    assert await Demonstration.all().count() == 1
    assert await count_rows() == {**before, "demonstration": 1}


async def test_an_older_demonstration_that_began_with_its_operator_goes_on(
    catalogue: Catalogue,
) -> None:
    await make_account("operator@example.org", Role.ADMINISTRATOR)
    await Demonstration.create(id=1, since=NOON)
    await before_there_were_marks(catalogue)
    assert not await fill(catalogue, now=NOON)


async def test_an_older_demonstration_without_its_accounts_is_completed(
    catalogue: Catalogue,
) -> None:
    """The process ended between the places and the accounts."""
    await before_there_were_marks(catalogue)
    await Account.all().delete()
    await fill(catalogue, now=NOON)
    assert await Account.filter(is_sample=True).count() == 2


async def test_a_town_with_samples_in_it_by_mistake_is_a_town(
    catalogue: Catalogue,
) -> None:
    await make_account("officer@example.org", Role.ADMINISTRATOR)
    await make_site(slug="its-own", name="町の工房")
    await Demonstration.create(id=1, since=NOON - timedelta(days=1))
    await before_there_were_marks(catalogue)
    assert await Site.filter(is_sample=True).exists()
    with pytest.raises(ConfigurationError):
        await fill(catalogue, now=NOON)
