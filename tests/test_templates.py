"""Every page is made of the same frame, and of nothing that another page gave it."""

import re
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from tour.events.states import EventStage, ParticipationAnswer
from tour.hosts.steps import SessionNeed, StepKey
from tour.hosts.today.opening import Panel
from tour.hosts.today.rows import DrawLine, PartyStage, SlotTaps
from tour.programmes.rules import Availability, Way
from tour.programmes.states import SlotStatus
from tour.reservations.standing.going import Going
from tour.routes.plan_pages.rows import StopStage
from tour.settings import ROOT
from tour.sites.showing import OF_PLACES, Showing
from tour.staff.queries import Tended
from tour.staff.reservations.parties import Dealing
from tour.town import read_town
from tour.web.templates import make_environment

TEMPLATES = ROOT / "templates"
FRAMELESS = {
    "base.html",
    "mail/message.html",
    "publishing/archive.html",
    "publishing/embed.html",
    "publishing/sheet.html",
}
"""The frame itself; mails, prints and embedded pages have their own."""
MACRO = re.compile(r"{% macro (\w+)\(.*?%}(.*?){%-? ?endmacro", re.DOTALL)


LONELY_DOT = re.compile(r"</(?:span|b|strong)>\s*・|^\s*・", re.MULTILINE)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_line_begins_with_a_middle_dot(path: Path) -> None:
    """It stays at the end of what is before it: between two boxes it may fall to the next line."""
    assert not LONELY_DOT.search(path.read_text(encoding="utf-8"))


def names() -> list[str]:
    return sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


def source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def pages() -> list[str]:
    return [n for n in names() if not Path(n).name.startswith("_") and n not in FRAMELESS]


def frames_of(name: str) -> list[str]:
    """The templates that a template extends, itself first."""
    found = re.search(r'{% extends "([^"]+)" %}', source(name))
    return [name, *(frames_of(found[1]) if found else [])]


@pytest.mark.parametrize("name", pages())
def test_every_full_page_stands_in_the_frame_and_has_a_title(name: str) -> None:
    frames = frames_of(name)
    assert frames[-1] == "base.html"
    titles = [re.search(r"{% block title %}(.+?){% endblock %}", source(f)) for f in frames[:-1]]
    assert any(titles)


@pytest.mark.parametrize("name", sorted(FRAMELESS))
def test_a_page_with_its_own_frame_has_a_title_too(name: str) -> None:
    assert "<title>" in source(name)
    assert "<html lang=" in source(name)


@pytest.mark.parametrize("name", names())
def test_no_template_has_inline_code(name: str) -> None:
    text = source(name)
    assert not re.search(r"<script(?![^>]*(?:\bsrc=|\bnonce=|application/))", text)
    assert not re.search(r"\son\w+=", text)
    assert "javascript:" not in text
    if name not in ("mail/message.html", "publishing/sheet.html"):
        assert "<style" not in text


@pytest.mark.parametrize("name", names())
def test_no_template_names_another_host(name: str) -> None:
    links = re.findall(r'(?:src|href|action)="(https?:)?//', source(name))
    assert links == []


def test_every_template_can_be_compiled() -> None:
    environment = make_environment(read_town(ROOT / "data" / "geo"), lambda name: name)
    for name in names():
        environment.get_template(name)


def test_macros_that_are_kept_have_names_of_their_own() -> None:
    """Fragments are kept by the macro's name: two macros of one name would show each other's."""
    kept = {m for name in names() for m in re.findall(r"\bonce\((\w+)", source(name))}
    defined = Counter(m for name in names() for m in re.findall(r"{% macro (\w+)\(", source(name)))
    assert kept
    assert {macro: defined[macro] for macro in kept if defined[macro] != 1} == {}


def test_macros_that_are_kept_depend_on_their_values_only() -> None:
    """The address, the nonce and the reader's browser are not among the values."""
    kept = {m for name in names() for m in re.findall(r"\bonce\((\w+)", source(name))}
    for name in names():
        for macro, body in re.findall(
            r"{% macro (\w+)\(.*?%}(.*?){%-? ?endmacro", source(name), re.S
        ):
            if macro in kept:
                assert not re.search(r"\b(request|csp_nonce|demo|nav)\b", body), f"{name}: {macro}"


def macros(template: str) -> set[str]:
    environment = make_environment(read_town(ROOT / "data" / "geo"), lambda name: name)
    found: dict[str, Any] = vars(environment.get_template(template).make_module({}))
    return {name for name in found if not name.startswith("_")}


@pytest.mark.parametrize("stage", EventStage)
def test_each_stage_of_an_event_says_when_and_what_to_do_first(stage: EventStage) -> None:
    assert {"when", "first_step"} <= macros(f"events/stage/_{stage}.html")


def test_there_is_no_template_of_a_stage_that_is_none() -> None:
    found = {path.name for path in (TEMPLATES / "events" / "stage").iterdir()}
    assert found == {f"_{stage}.html" for stage in EventStage}


@pytest.mark.parametrize(
    ("template", "stages"),
    [
        ("programmes/_said.html", Availability),
        ("programmes/_ways.html", Way),
        ("reservations/_going.html", Going),
        ("routes/_stop_stages.html", StopStage),
        ("host/_draw_lines.html", DrawLine),
        ("host/_party_stages.html", PartyStage),
        ("host/_slot_lines.html", SlotStatus),
        ("host/_slot_taps.html", SlotTaps),
        ("participation/_answers.html", ParticipationAnswer),
        ("staff/_dealings.html", Dealing),
        ("staff/_tended.html", Tended),
    ],
)
def test_each_stage_has_its_block_and_no_block_is_left_over(
    template: str, stages: type[StrEnum]
) -> None:
    assert macros(template) == {str(stage) for stage in stages}


OF_SESSIONS = OF_PLACES | {Showing.DRAFT, Showing.PAUSED}


@pytest.mark.parametrize(
    ("template", "blocks"),
    [
        ("_preview_why.html", {"": OF_SESSIONS - {Showing.SHOWN}}),
        ("_showing.html", {"": OF_SESSIONS}),
        ("host/_place.html", {"page_": OF_PLACES, "line_": OF_PLACES, "saved_": OF_PLACES}),
        (
            "host/_session_showing.html",
            {"line_": OF_SESSIONS | {Showing.OVER}, "buttons_": OF_SESSIONS},
        ),
        ("participation/_on_the_map.html", {"": OF_PLACES}),
        ("staff/_showing.html", {"": OF_PLACES, "button_": OF_PLACES, "tag_": OF_PLACES}),
    ],
)
def test_what_visitors_see_is_said_of_each_that_can_be_so(
    template: str, blocks: dict[str, frozenset[Showing]]
) -> None:
    said = {f"{block}{showing}" for block, of in blocks.items() for showing in of}
    assert macros(template) == said


def test_each_step_of_a_new_place_has_its_line() -> None:
    sessions = {f"session_{need}" for need in SessionNeed}
    assert macros("host/_step.html") == {*StepKey} - {StepKey.SESSION} | sessions


def test_what_stands_at_the_door_has_a_template_each() -> None:
    found = {path.name for path in (TEMPLATES / "host" / "door").iterdir()}
    assert found == {f"_{panel}.html" for panel in Panel}
