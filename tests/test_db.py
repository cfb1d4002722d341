"""The tables are what the models say, and refuse by themselves what must never be."""

import re
from datetime import timedelta
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.fields.relational import ForeignKeyFieldInstance, OneToOneFieldInstance
from tortoise.models import Model

from tests.factories import (
    DAY_AHEAD,
    make_course,
    make_craft,
    make_event,
    make_programme,
    make_site,
    make_slot,
)
from tests.schema import Columns, read_schema
from tour.events.models import Participation
from tour.programmes.models import Programme, Slot
from tour.routes.models import Stop
from tour.settings import ROOT
from tour.sites.models import Craft, HoursException, OpeningHours, Site

pytestmark = pytest.mark.usefixtures("database")


def models() -> list[type[Model]]:
    apps = Tortoise.apps
    assert apps is not None
    return sorted(apps["models"].values(), key=lambda model: model._meta.db_table)


async def test_every_model_has_its_table_and_every_table_its_model() -> None:
    assert [m._meta.db_table for m in models()] == sorted(await read_schema())


async def test_columns_and_their_nullability_agree() -> None:
    schema = await read_schema()
    for model in models():
        wanted = {
            field.source_field or name: field.null
            for name, field in model._meta.fields_map.items()
            if name in model._meta.db_fields
        }
        assert schema[model._meta.db_table].nullable == wanted, model


async def test_texts_are_as_long_in_the_table_as_in_the_model() -> None:
    schema = await read_schema()
    for model in models():
        lengths = schema[model._meta.db_table].lengths
        for name in model._meta.db_fields:
            field = model._meta.fields_map[name]
            limit = getattr(field, "max_length", None)
            if limit and not field.reference:
                assert lengths.get(field.source_field or name) == limit, (model, name)


async def test_what_a_model_calls_unique_is_unique_in_the_table() -> None:
    schema = await read_schema()
    for model in models():
        missing = _unique_by(model) - {frozenset(c) for c in schema[model._meta.db_table].unique}
        assert missing == set(), model


async def test_every_foreign_key_is_one_in_the_table_and_deletes_as_the_model_says() -> None:
    schema = await read_schema()
    for model in models():
        wanted = {
            f"{name}_id": (field.related_model._meta.db_table, str(field.on_delete))
            for name, field in model._meta.fields_map.items()
            if isinstance(field, ForeignKeyFieldInstance | OneToOneFieldInstance)
        }
        assert schema[model._meta.db_table].foreign_keys == wanted, model


async def test_every_foreign_key_has_an_index() -> None:
    for name, table in (await read_schema()).items():
        firsts = {columns[0] for columns in table.indexes}
        assert set(table.foreign_keys) <= firsts, name


INTENDED: list[tuple[str, Columns]] = [
    ("hours_exception", ("site_id", "on_date")),
    ("slot", ("starts_at",)),
    ("slot", ("programme_id", "starts_at")),
    ("participation", ("event_id", "number")),
    ("stop", ("walking_route_id", "position")),
    ("push_subscription", ("endpoint",)),
    ("reservation", ("reference",)),
    ("reservation", ("door_code",)),
    ("reservation", ("idempotency_key",)),
]


@pytest.mark.parametrize(("table", "columns"), INTENDED)
async def test_what_is_looked_up_has_an_index(table: str, columns: Columns) -> None:
    assert columns in (await read_schema())[table].indexes


IMPOSSIBLE_SLOTS: list[dict[str, Any]] = [
    {"capacity": 4, "seats_taken": 5},
    {"capacity": 4, "seats_taken": -1},
    {"capacity": -1, "seats_taken": 0},
    {"capacity": 4, "seats_kept": -1},
    {"capacity": 4, "seats_taken": 3, "seats_kept": 2},
    {"ends_at": DAY_AHEAD},
    {"ends_at": DAY_AHEAD - timedelta(minutes=1)},
]


@pytest.mark.parametrize("values", IMPOSSIBLE_SLOTS)
async def test_the_database_refuses_an_impossible_slot(values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        await make_slot(**values)


async def test_the_database_refuses_to_oversell_or_to_give_back_too_much() -> None:
    slot = await make_slot(capacity=4, seats_taken=3)
    for seats in (5, -1):
        with pytest.raises(IntegrityError):
            await Slot.filter(id=slot.id).update(seats_taken=seats)
    with pytest.raises(IntegrityError):
        await Slot.filter(id=slot.id).update(capacity=2)
    await slot.refresh_from_db()
    assert (slot.capacity, slot.seats_taken) == (4, 3)


@pytest.mark.parametrize(
    "values",
    [
        {"lat": 91.0},
        {"lon": -181.0},
        {"lat": None},
        {"entrance_lat": 35.7},
        {"entrance_lat": -91.0, "entrance_lon": 139.7},
        {"craft_id": "no-such-craft"},
    ],
)
async def test_the_database_refuses_an_impossible_site(values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        await make_site(**values)


@pytest.mark.parametrize("hours", [(7, 600, 900), (-1, 600, 900), (0, 900, 600), (0, -1, 600)])
async def test_the_database_refuses_impossible_hours(hours: tuple[int, int, int]) -> None:
    with pytest.raises(IntegrityError):
        await make_site(hours=[hours])


@pytest.mark.parametrize("span", [(600, None), (None, 600), (900, 600), (600, 2881)])
async def test_the_database_refuses_an_impossible_exception(span: tuple[Any, Any]) -> None:
    with pytest.raises(IntegrityError):
        await make_site(exceptions=[(DAY_AHEAD.date(), *span)])


@pytest.mark.parametrize(
    "values",
    [
        {"opens_minute": 600, "closes_minute": 600},
        {"closes_minute": 2881},
        {"ends_on": DAY_AHEAD.date() - timedelta(days=30)},
    ],
)
async def test_the_database_refuses_an_impossible_event(values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        await make_event(**values)


@pytest.mark.parametrize(
    "values", [{"minutes": 0}, {"price_yen": -1}, {"max_party": 0}, {"min_age": -1}]
)
async def test_the_database_refuses_an_impossible_programme(values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        await make_programme(**values)


async def test_two_places_of_an_event_never_share_a_number() -> None:
    first, second = await make_site(), await make_site()
    event = await make_event(first)
    for site, number in ((second, 1), (first, 2), (second, 0)):
        with pytest.raises(IntegrityError):
            await Participation.create(event=event, site=site, number=number)


async def test_deleting_a_site_takes_what_is_its_own_along() -> None:
    site = await make_site(hours=[(0, 600, 900)], exceptions=[(DAY_AHEAD.date(), None, None)])
    other = await make_slot()
    await make_event(site)
    await make_course(site)
    await make_slot(programme=await make_programme(site=site))
    await site.delete()
    rows = [OpeningHours, HoursException, Participation, Stop]
    assert [await model.all().count() for model in rows] == [0] * len(rows)
    assert await Slot.all().values_list("id", flat=True) == [other.id]


async def test_a_craft_in_use_and_a_programmes_event_are_not_lost() -> None:
    await make_site(craft=await make_craft())
    with pytest.raises((IntegrityError, OperationalError)):
        await Craft.all().delete()
    event = await make_event()
    programme = await make_programme(event=event)
    await event.delete()
    assert (await Programme.get(id=programme.id)).event_id is None


async def test_instants_come_back_as_the_same_instants() -> None:
    slot = await make_slot()
    kept = await Slot.get(id=slot.id)
    assert kept.starts_at == DAY_AHEAD
    assert kept.starts_at.utcoffset() == timedelta(0)
    assert await Slot.filter(starts_at__gte=DAY_AHEAD, starts_at__lt=kept.ends_at).count() == 1
    assert await Slot.filter(starts_at__gt=DAY_AHEAD).count() == 0


async def test_texts_of_every_script_come_back_as_written() -> None:
    name = "𠮷野🏭 がら‑す\u3000「工」'\"\\ %s"
    site = await make_site(name=name, translations={"zh-Hant": {"name": name}})
    kept = await Site.get(id=site.id)
    assert (kept.name, kept.translations) == (name, {"zh-Hant": {"name": name}})


def test_one_place_asks_which_database_it_is() -> None:
    """`db.plain`; what writes and runs migrations' own SQL is handed its connection."""
    allowed = {"tour/db/plain.py", "tour/db/ddl.py"}
    asking = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "tour").rglob("*.py")
        if re.search(r"\.dialect\b", file.read_text("utf-8"))
    }
    assert asking <= allowed


async def test_foreign_keys_are_on_and_the_journal_is_made_for_many_readers() -> None:
    client = get_connection("default")
    if client.capabilities.dialect != "sqlite":
        pytest.skip("SQLite's own switches")
    settings = {}
    for name in ("foreign_keys", "journal_mode", "busy_timeout"):
        (row,) = await client.execute_query_dict(f"PRAGMA {name}")
        settings[name] = next(iter(row.values()))
    assert settings == {"foreign_keys": 1, "journal_mode": "wal", "busy_timeout": 8000}


def _unique_by(model: type[Model]) -> set[frozenset[str]]:
    meta = model._meta
    found = {frozenset(map(_column(model), names)) for names in meta.unique_together}
    for name in meta.db_fields:
        if meta.fields_map[name].unique or meta.fields_map[name].pk:
            found.add(frozenset([meta.fields_map[name].source_field or name]))
    return found


def _column(model: type[Model]) -> Any:
    def column(name: str) -> str:
        field = model._meta.fields_map[name]
        is_relation = isinstance(field, ForeignKeyFieldInstance | OneToOneFieldInstance)
        return f"{name}_id" if is_relation else name

    return column
