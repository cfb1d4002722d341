"""What the planner is asked, and what is said of its answer: each rule at its boundary."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from tests.routes.days.test_day import DAY, THE_DAY_BEFORE, TOKYO, Door, proposed, town_of, wish_of
from tests.routes.sketch import at
from tour.events.entries import Agenda
from tour.routes.days import proposals
from tour.routes.days.day import (
    FULL_MINUTES,
    OFFICE_WORTH,
    OPEN_WORTH,
    SESSION_WORTH,
    SHORTEST_LOOK,
    Doors,
    Opening,
    TownDay,
    open_doors,
    openings_of,
)
from tour.routes.days.edits import PlannedStop
from tour.routes.days.missed_kinds import Missed
from tour.routes.days.proposals import MOST_DOORS, Alternative, Findings, LeftOut
from tour.routes.days.wishes import COMFORTABLE_M, LUNCH, DayWish, WalkStyle
from tour.routes.paths import STANDARD_PACE
from tour.routes.planner.plan import Wish
from tour.sites.entries import DoorEntry
from tour.sites.states import DoorState, SiteKind

MORNING = datetime(2026, 12, 5, 10, 0, tzinfo=TOKYO).astimezone(UTC)
WALKS = int(3000 / STANDARD_PACE)


# --- the wish ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "asked", "proposed"),
    [
        ({}, None, None),
        ({"most_walking_m": 3000}, WALKS, WALKS),
        ({"most_walking_m": 3000, "comfortably": True}, WALKS, WALKS),
        ({"most_walking_m": 3000, "walked": 10}, WALKS - 10, WALKS - 10),
        ({"most_walking_m": 0, "comfortably": True}, 0, 0),
        ({"comfortably": True}, None, int(COMFORTABLE_M[0] / STANDARD_PACE)),
        ({"comfortably": True, "walked": 7}, None, int(COMFORTABLE_M[0] / STANDARD_PACE) - 7),
        ({"walked": 7}, None, None),
    ],
)
def test_walking_is_limited_by_what_was_asked_or_by_what_is_usual(
    values: dict[str, Any], asked: int | None, proposed: int | None
) -> None:
    wish = wish_of(**values)
    assert (wish.most_minutes, wish.proposed_minutes) == (asked, proposed)


@pytest.mark.parametrize(
    ("values", "most"),
    [
        ({}, COMFORTABLE_M[0]),
        ({"children": 1}, COMFORTABLE_M[1]),
        ({"style": WalkStyle.SLOW}, COMFORTABLE_M[1]),
        ({"style": WalkStyle.NO_STEPS}, COMFORTABLE_M[1]),
        ({"children": 1, "style": WalkStyle.NO_STEPS}, COMFORTABLE_M[2]),
    ],
)
def test_a_party_likes_to_walk_less_with_each_reason(values: dict[str, Any], most: int) -> None:
    assert wish_of(**values).comfortable_m == most


@pytest.mark.parametrize(
    ("starts", "ends", "values", "eats"),
    [
        (720, 780, {}, True),
        (721, 780, {}, False),
        (720, 779, {}, False),
        (720, 780, {"lunch": False}, False),
        (800, 900, {"set_out": 720}, True),
        (600, 900, {"set_out": 721}, False),
    ],
)
def test_who_is_out_over_noon_eats_on_the_way(
    starts: int, ends: int, values: dict[str, Any], eats: bool
) -> None:
    assert wish_of(starts=starts, ends=ends, **{"lunch": True} | values).meal == (
        LUNCH if eats else None
    )


# --- what a place offers -----------------------------------------------------------------------


def openings(door: Door, wish: DayWish | None = None, **day: Any) -> list[Opening]:
    town = replace(town_of(door), **day)
    return openings_of(town, wish or wish_of(), town.catalogue.by_id[1])


def of_host(door: DoorEntry, now: datetime = MORNING) -> TownDay:
    """A day at which the one place, open from 10 to 16, has said something at its door."""
    town = town_of(Door(), now=now)
    site = replace(town.catalogue.sites[0], door=door)
    catalogue = replace(
        town.catalogue, sites=(site,), by_slug={site.slug: site}, by_id={site.id: site}
    )
    return replace(town, catalogue=catalogue)


@pytest.mark.parametrize(
    ("door", "now", "opens", "closes", "stay"),
    [
        (DoorEntry(DAY, DoorState.OPEN, None, 0), MORNING, 600, 960, 30),
        (DoorEntry(DAY, DoorState.OPEN, None, 20), MORNING, 600, 960, 50),
        (DoorEntry(DAY, DoorState.FULL, None, 20), MORNING, 600 + FULL_MINUTES, 960, 30),
        (DoorEntry(DAY, DoorState.CLOSED, 700, 0), MORNING, 600, 700, 30),
        (DoorEntry(DAY, DoorState.CLOSED, 1000, 0), MORNING, 600, 960, 30),
        (DoorEntry(DAY, DoorState.CLOSED, 600 + SHORTEST_LOOK, 0), MORNING, 600, 610, 10),
        (DoorEntry(DAY, DoorState.CLOSED, 600 + SHORTEST_LOOK - 1, 0), MORNING, 0, 0, 0),
        (DoorEntry(DAY, DoorState.CLOSED, 600, 0), MORNING, 0, 0, 0),
        # What was said of another day, or is asked on another, changes nothing.
        (DoorEntry(DAY - timedelta(days=1), DoorState.CLOSED, 600, 0), MORNING, 600, 960, 30),
        (DoorEntry(DAY - timedelta(days=1), DoorState.FULL, None, 20), MORNING, 600, 960, 30),
        (DoorEntry(DAY, DoorState.OPEN, None, 20), THE_DAY_BEFORE, 600, 960, 30),
        (DoorEntry(DAY, DoorState.FULL, None, 20), THE_DAY_BEFORE, 600, 960, 30),
    ],
)
def test_a_place_is_visited_as_its_host_says_at_the_door(
    door: DoorEntry, now: datetime, opens: int, closes: int, stay: int
) -> None:
    town = of_host(door, now)
    found = openings_of(town, wish_of(), town.catalogue.by_id[1])
    wait = stay - min(30, stay) if stay else 0
    expected = [(opens, closes - (stay - wait), stay)] if stay else []
    assert [(one.earliest, one.latest, one.stay) for one in found] == expected


def test_a_look_counts_by_who_opens_the_door() -> None:
    assert [one.worth for one in openings(Door())] == [OPEN_WORTH]
    assert [one.worth for one in openings(Door(kind=SiteKind.PUBLIC))] == [OFFICE_WORTH]
    town = town_of(Door(kind=SiteKind.PUBLIC))
    hosts = Agenda((), MappingProxyType({1: {DAY: object()}}))  # type: ignore[dict-item]
    town = replace(town, agenda=hosts)
    site = town.catalogue.by_id[1]
    assert town.is_host(site)
    assert not replace(town, day=DAY + timedelta(days=1)).is_host(site)


@pytest.mark.parametrize(
    ("lang", "spoken", "worth"),
    [
        ("en", ("en",), 50),
        ("en", (), 40),
        ("en", ("ja", "zh"), 40),
        ("ja", ("ja",), 40),
        ("ja-JP", ("ja-JP",), 40),
    ],
)
def test_a_session_in_the_readers_own_language_counts_more(
    lang: str, spoken: tuple[str, ...], worth: int
) -> None:
    town = town_of(Door(spans=(), slots=((660, 8),)))
    speaks = {1: replace(town.board.programmes[1], languages=spoken)}
    town = replace(town, board=replace(town.board, programmes=speaks))
    [session] = openings_of(town, wish_of(lang=lang), town.catalogue.by_id[1])
    assert session.worth == worth
    assert SESSION_WORTH == 40


def test_what_is_held_is_the_only_way_in_while_it_can_be_had() -> None:
    door = Door(slots=((660, 8), (780, 0)))
    assert [one.slot_id for one in openings(door)] == [100, 101, None]
    held = openings(door, wish_of(held=frozenset({100})))
    assert [one.slot_id for one in held] == [100]
    full = openings(door, wish_of(held=frozenset({101})))
    assert [(one.slot_id, one.full) for one in full] == [(100, False), (101, True), (None, False)]
    reserved = openings(door, wish_of(reserved=frozenset({101})))
    assert [(one.slot_id, one.full) for one in reserved] == [(101, False)]


def test_a_kind_that_is_not_wanted_is_not_proposed_but_by_name() -> None:
    town = town_of(Door(kind=SiteKind.FACTORY))
    unwanted = {SiteKind.FACTORY: 0}
    assert open_doors(town, wish_of(interests=unwanted)) == ([], {})
    [named], _none = open_doors(town, wish_of(interests=unwanted, must=(1,)))
    assert (named.is_must, named.is_reserved) == (True, False)
    full = town_of(Door(spans=(), slots=((660, 0),)))
    assert open_doors(full, wish_of()) == ([], {})


# --- what is asked of the planner --------------------------------------------------------------


def doors(number: int, *worths: int, **values: Any) -> Doors:
    ways = tuple(Opening(600, 700, 30, worth) for worth in worths)
    return Doors(number, SiteKind.CRAFT, at(0, 0), values.pop("openings", ways), **values)


def test_of_too_many_those_are_looked_at_that_were_named_and_then_the_most_promising() -> None:
    usual = [doors(n, 8) for n in range(2, MOST_DOORS + 2)]
    full = (Opening(600, 700, 30, 99, full=True), Opening(600, 700, 30, 1))
    worst, seats_gone = doors(1, 7), doors(200, openings=full)
    assert proposals._most_promising([worst, *usual]) == usual
    assert proposals._most_promising([seats_gone, *usual]) == usual
    little = [doors(n, 1) for n in range(2, MOST_DOORS + 2)]
    all_full = doors(1, openings=full[:1])
    assert proposals._most_promising([all_full, *little]) == little, "nothing is worth less"
    for must in (
        doors(300, 1, is_must=True),
        doors(300, is_must=True),
        doors(300, 1, is_reserved=True),
        doors(300, 1, 9),
    ):
        chosen = proposals._most_promising([must, *usual])
        assert chosen[-1] == must, "in the order of the sites"
        assert len(chosen) == MOST_DOORS
        assert [one.site_id for one in chosen] == sorted(one.site_id for one in chosen)


def test_lunch_is_missed_where_it_was_wanted_and_the_day_has_none() -> None:
    noon = Door(east=0, north=1063, spans=(), slots=((699, 2),))
    wish = wish_of(starts=540, ends=780, children=1, style=WalkStyle.SLOW, lunch=True, must=(1,))
    assert proposed(town_of(noon), wish).findings.lunchless
    assert not proposed(town_of(noon), replace(wish, lunch=False)).findings.lunchless
    assert not proposed(town_of(Door()), wish_of(lunch=True)).findings.lunchless


def test_of_what_was_not_named_nothing_is_said() -> None:
    shut = Door(spans=(), slots=((660, 8),))
    town = town_of(shut, replace(shut, east=-300), replace(shut, east=-600))
    findings = proposed(town, wish_of(must=(1,))).findings
    assert findings.left_out == ()
    too_many = proposed(town, wish_of(must=(1,), too_many=(3,))).findings
    assert [(left.site_id, left.reason) for left in too_many.left_out] == [(3, "too_many")]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"comfortably": True}, "more_than_usual"),
        ({"most_walking_m": 6000}, "too_far"),
        ({"most_walking_m": 6000, "comfortably": True}, "too_far"),
    ],
)
def test_a_limit_that_nobody_chose_is_not_called_theirs(
    values: dict[str, Any], reason: str
) -> None:
    town = town_of(Door(east=4000, spans=((600, 1400),)))
    wish = wish_of(ends=1400, must=(1,), **values)
    assert [left.reason for left in proposed(town, wish).findings.left_out] == [reason]


@pytest.mark.parametrize(
    ("interests", "kinds", "more"),
    [
        ({}, (SiteKind.FACTORY, SiteKind.CRAFT), SiteKind.CRAFT),
        ({SiteKind.FACTORY: 3}, (SiteKind.FACTORY, SiteKind.CRAFT), SiteKind.FACTORY),
        ({SiteKind.FACTORY: 2}, (SiteKind.FACTORY, SiteKind.CRAFT), SiteKind.CRAFT),
        ({SiteKind.SPORTS: 3}, (SiteKind.FACTORY,), SiteKind.FACTORY),
        ({}, (SiteKind.PUBLIC,), None),
        ({}, (), None),
    ],
)
def test_there_is_more_of_what_is_liked_and_offered_crafts_first(
    interests: dict[SiteKind, int], kinds: tuple[SiteKind, ...], more: SiteKind | None
) -> None:
    found = [replace(doors(n, 8), kind=kind) for n, kind in enumerate(kinds, start=1)]
    assert proposals._kind_for_more(wish_of(interests=interests), found) == more


def test_another_day_begins_an_hour_later_and_says_what_is_more_of() -> None:
    """A craft and a factory at the same time: the factory's hosts speak the reader's language."""
    town = town_of(
        Door(spans=(), slots=((660, 8),)),
        Door(spans=(), slots=((660, 8),), kind=SiteKind.FACTORY),
        Door(spans=((800, 960),), kind=SiteKind.PUBLIC),
    )
    speaks = {**town.board.programmes, 2: replace(town.board.programmes[2], languages=("en",))}
    town = replace(town, board=replace(town.board, programmes=speaks))
    proposal = proposed(town, wish_of(starts=600, lang="en"))
    assert [stop.site_id for stop in proposal.stops] == [2, 3]
    found = {
        one.difference: ([stop.site_id for stop in one.stops], one.starts, one.kind)
        for one in proposal.findings.alternatives
    }
    assert found[Wish.OTHER_INTERESTS] == ([1, 3], 600, "craft")
    assert found[Wish.LATER_START] == ([3], 600 + proposals.LATER, "")


def test_what_was_found_is_kept_and_read_as_it_was() -> None:
    stop = PlannedStop(1, 100, 55, not_before=600, ate=(700, 745))
    findings = Findings(
        optimal=True,
        left_out=(LeftOut(1, "conflict", (2, 3)),),
        alternatives=(Alternative(Wish.LATER_START, (stop,), 660, "craft"),),
        lunchless=True,
        mended=(stop,),
        missed=(Missed("craft", 4, "too_far", (1,), 12),),
    )
    assert Findings.from_json(json.loads(json.dumps(findings.as_json()))) == findings
    old = {"optimal": False, "left_out": [], "alternatives": []}
    assert Findings.from_json(old) == Findings(), "as it was kept before there was more to say"
