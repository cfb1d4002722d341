"""Loading the catalogue: all of it or nothing, once or often, today or a year later."""

import dataclasses
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tortoise.exceptions import BaseORMException

from tests.conftest import NOON
from tests.reservations.ledger import seats_by_place
from tests.test_migrations import count_rows
from tour.accounts.models import Account
from tour.changes.reading import newest
from tour.demo.catalogue import Catalogue, read_catalogue, read_places
from tour.demo.load import Loaded, load, load_places
from tour.demo.write_events import next_date
from tour.events.models import Event, Participation
from tour.programmes.models import Programme, Slot
from tour.reservations.models import Reservation
from tour.sites.models import HoursException, OpeningHours, Site, Station
from tour.sites.opening.hours import HolidayRule

TOKYO = ZoneInfo("Asia/Tokyo")
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(Path(__file__).resolve().parents[2] / "data" / "geo")


async def load_at(catalogue: Catalogue, now: datetime = NOON) -> bool:
    return await load(catalogue, zone=TOKYO, now=now)


async def test_everything_of_the_files_is_there(catalogue: Catalogue) -> None:
    assert await load_at(catalogue)
    slots = sum(len(programme.slots) for programme in catalogue.programmes)
    assert await Site.all().count() == len(catalogue.sites)
    assert (await Site.get(slug="asukayama-museum")).holiday_rule == HolidayRule.OPEN_THEN_REST
    assert await Station.all().count() == len(catalogue.stations)
    assert await OpeningHours.all().count() == len(catalogue.hours)
    assert await Programme.all().count() == len(catalogue.programmes)
    assert await Slot.all().count() == slots
    assert await Event.filter(is_published=True).count() == len(catalogue.events)
    assert await newest() == 1


async def test_loading_twice_changes_nothing(catalogue: Catalogue) -> None:
    await load_at(catalogue)
    rows, revision = await count_rows(), await newest()
    slots = await Slot.all().order_by("id").values()
    assert not await load_at(catalogue, NOON + timedelta(hours=1))
    assert await count_rows() == rows
    assert await newest() == revision
    assert await Slot.all().order_by("id").values() == slots


async def test_what_people_changed_since_is_kept(catalogue: Catalogue) -> None:
    await load_at(catalogue)
    slug = catalogue.sites[0].slug
    await Site.filter(slug=slug).update(name="改名した工房")
    await load_at(catalogue)
    assert (await Site.get(slug=slug)).name == "改名した工房"


async def test_what_is_missing_is_added(catalogue: Catalogue) -> None:
    await load_at(dataclasses.replace(catalogue, programmes=catalogue.programmes[:1]))
    before = await Slot.all().count()
    assert await load_at(catalogue)
    assert await Programme.all().count() == len(catalogue.programmes)
    assert await Slot.all().count() > before


async def test_events_lie_in_the_near_future_on_their_weekday(catalogue: Catalogue) -> None:
    await load_at(catalogue)
    today = NOON.astimezone(TOKYO).date()
    for record in catalogue.events:
        event = await Event.get(slug=record.slug)
        assert event.starts_on.weekday() == record.weekday
        assert today < event.starts_on <= today + timedelta(days=record.not_before_days + 6)
        assert (event.ends_on - event.starts_on).days == record.days - 1
        for slot in await Slot.filter(programme__event_id=event.id):
            local = slot.starts_at.astimezone(TOKYO)
            assert event.starts_on <= local.date() <= event.ends_on
            assert event.opens_minute <= local.hour * 60 + local.minute


async def test_an_event_that_is_over_moves_to_its_next_date(catalogue: Catalogue) -> None:
    await load_at(catalogue)
    first = {e.slug: e for e in await Event.all()}
    rows = await count_rows()
    later = NOON + timedelta(days=200)
    assert await load_at(catalogue, later)
    for event in await Event.all():
        assert event.id == first[event.slug].id
        assert event.starts_on > later.date()
        coming = await Slot.filter(programme__event_id=event.id, starts_at__gt=later).count()
        assert coming
    assert await Event.all().count() == rows["event"]
    assert await Participation.all().count() == rows["participation"]
    assert await Site.all().count() == rows["site"]
    assert not await load_at(catalogue, later)


async def test_an_event_of_today_stays_until_it_is_over(catalogue: Catalogue) -> None:
    await load_at(catalogue)
    event = await Event.all().order_by("ends_on").first()
    assert event
    evening = datetime(event.ends_on.year, event.ends_on.month, event.ends_on.day, 23, tzinfo=TOKYO)
    assert not await load_at(catalogue, evening)
    assert await load_at(catalogue, evening + timedelta(hours=2))


@pytest.mark.parametrize("days", [0, 200])
async def test_seats_taken_are_those_of_the_parties_in_every_slot(
    catalogue: Catalogue, days: int
) -> None:
    await load_at(catalogue)
    await load_at(catalogue, NOON + timedelta(days=days))
    for slot in await Slot.all():
        assert slot.seats_taken == await seats_by_place(slot.id)
        assert 0 <= slot.seats_taken <= slot.capacity
    assert await Slot.filter(seats_taken__gt=0).exists()


async def test_everybody_in_it_is_invented(catalogue: Catalogue) -> None:
    await load_at(catalogue)
    parties = await Reservation.all()
    assert parties
    assert all(p.is_sample and not p.email for p in parties)
    # No mobile number begins so (the ministry's numbering plan has 090-1 to 090-9).
    assert all(p.phone.startswith("090-0000-") for p in parties if p.phone)
    assert len({p.recipient_id for p in parties}) == len(parties)  # type: ignore[attr-defined]
    assert all(p.name.startswith(("見本", "Sample")) for p in parties)


async def test_closed_days_of_the_turn_of_the_year_are_there(catalogue: Catalogue) -> None:
    await load_at(catalogue)
    garden = await Site.get(slug="kyu-furukawa-gardens")
    closed = HoursException.filter(site=garden, opens_minute=None).order_by("on_date")
    days = await closed.values_list("on_date", flat=True)
    assert date(2026, 12, 29) in days
    assert date(2027, 1, 1) in days


async def test_one_wrong_row_leaves_nothing(catalogue: Catalogue) -> None:
    last = dataclasses.replace(catalogue.programmes[-1], minutes=-5)
    broken = dataclasses.replace(catalogue, programmes=(*catalogue.programmes[:-1], last))
    with pytest.raises(BaseORMException):
        await load_at(broken)
    rows = await count_rows()
    left = {name for name, number in rows.items() if number}
    assert left == {"catalogue_revision", "word"}, "how words are read is no part of a catalogue"
    assert await newest() == 0


@pytest.mark.parametrize("weekday", range(7))
def test_the_next_date_is_the_first_of_its_weekday(catalogue: Catalogue, weekday: int) -> None:
    record = dataclasses.replace(catalogue.events[0], weekday=weekday, not_before_days=10)
    for day in range(14):
        today = date(2026, 2, 20) + timedelta(days=day)
        found = next_date(record, today)
        assert found.weekday() == weekday
        assert 10 <= (found - today).days <= 16


@pytest.fixture(scope="module")
def places() -> Catalogue:
    return read_places(Path(__file__).resolve().parents[2] / "data" / "geo")


async def test_a_town_begins_with_its_places_and_no_samples(
    catalogue: Catalogue, places: Catalogue
) -> None:
    own = {site.slug for site in catalogue.sites if not site.is_sample}
    assert 0 < len(own) < len(catalogue.sites)
    assert await load_places(places, zone=TOKYO, now=NOON) == Loaded(len(own), 0)
    assert set(await Site.all().values_list("slug", flat=True)) == own
    assert await Site.filter(is_published=False).count() == 0
    assert await Station.all().count() == len(catalogue.stations)
    assert await OpeningHours.all().count() > 0
    assert await HoursException.filter(on_date__gte=NOON.date()).count() > 0
    for table in (Event, Programme, Reservation, Account):
        assert await table.all().count() == 0


async def test_loading_places_again_adds_what_is_new_and_sets_nothing_back(
    places: Catalogue,
) -> None:
    first = dataclasses.replace(places, sites=places.sites[1:])
    await load_places(first, zone=TOKYO, now=NOON)
    with_hours = {row.site for row in places.hours} - {places.sites[0].slug}
    changed = await Site.filter(slug__in=with_hours).order_by("id").first()
    assert changed is not None
    await Site.filter(id=changed.id).update(name="改名した館")
    await OpeningHours.filter(site_id=changed.id).delete()
    again = await load_places(places, zone=TOKYO, now=NOON + timedelta(days=400))
    assert again == Loaded(1, len(places.sites) - 1)
    await changed.refresh_from_db()
    assert changed.name == "改名した館"
    assert await OpeningHours.filter(site_id=changed.id).count() == 0


def test_a_town_needs_no_events(tmp_path: Path) -> None:
    data = Path(__file__).resolve().parents[2] / "data" / "geo"
    for name in ("town.toml", "crafts.csv", "stations.csv", "sites.csv", "hours.csv"):
        shutil.copy(data / name, tmp_path)
    lines = (data / "hours_exceptions.csv").read_text(encoding="utf-8").splitlines()
    kept = "\n".join(line for line in lines if "event:" not in line)
    (tmp_path / "hours_exceptions.csv").write_text(kept + "\n", encoding="utf-8")
    assert read_places(tmp_path).sites
