"""The log of changes, in words that staff understand."""

import ast
import re
from dataclasses import asdict
from datetime import date
from itertools import chain
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.hosts.setting import OUTLINE
from tests.publishing.days import make_day
from tour.events.editing import EventDraft
from tour.events.editing import as_fields as event_fields
from tour.programmes import outline
from tour.programmes.booking_rules import RulesDraft
from tour.settings import ROOT
from tour.sites.editing import day as days
from tour.sites.editing import page as editing
from tour.sites.opening.hours import Span
from tour.staff.log.labels import SUBJECTS, VERBS, action_label, field_label, has_label
from tour.staff.log.values import in_words, shown

TOKYO = ZoneInfo("Asia/Tokyo")
TODAY = date(2026, 12, 1)
SAID = {"before", "after"}
"""What a verb sets of its change."""
TOLD = {"closed_slots", "delay_minutes", "parties"}
"""Added by a function of their own."""


def actions() -> set[str]:
    """Whatever the code logs, as it stands in the code."""
    files = chain((ROOT / "tour").rglob("*.py"))
    found = {
        text for path in files for text in re.findall(r'"([a-z]+\.[a-z_]+)"', path.read_text())
    }
    return {action for action in found if action.partition(".")[0] in SUBJECTS}


def test_everything_that_is_logged_has_words() -> None:
    wordless = {a for a in actions() if a.partition(".")[2] not in VERBS} - {"reservation.ics"}
    assert wordless == set()
    assert len(actions()) > 40


def logged_fields() -> set[str]:
    """Whatever the code writes into `before` and `after`, as it stands in the verbs, and what the
    features call the fields of their forms."""
    found = {
        str(key.value)
        for path in (ROOT / "tour").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign) and says(node)
        for literal in ast.walk(node.value)
        if isinstance(literal, ast.Dict)
        for key in literal.keys
        if isinstance(key, ast.Constant)
    }
    forms = {
        *editing.as_fields(editing.Profile({}, {}, (), (), None)),
        *(f"{name}_en" for name in outline.TEXTS),
        *outline.as_fields(OUTLINE),
        *(f"weekday{day}" for day in range(7)),
        "holiday_rule",
        *days.FIELDS,
        *asdict(RulesDraft()),
        *("capacity", "hours", "point", "stops"),
        *event_fields(EventDraft({}, {}, TODAY, TODAY, Span(600, 960), None)),
    }
    return {*found, *forms, *TOLD}


def says(node: ast.Assign) -> bool:
    """`change.after = …`, or both at once."""
    targets = (target for each in node.targets for target in ast.walk(each))
    return any(isinstance(t, ast.Attribute) and t.attr in SAID for t in targets)


def test_every_logged_field_has_a_label() -> None:
    fields = logged_fields()
    assert len(fields) > 70
    assert {name for name in fields if not has_label(name)} == set()


def test_two_questions_of_one_name_are_both_read() -> None:
    told = {"question_1": "左ききですか", "question_2": "車で来ますか", "question_2_required": "1"}
    text = in_words(told, {}, TOKYO)
    assert "左ききですか" in text
    assert "車で来ますか" in text


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("published", True, "yes"),
        ("removed", False, "no"),
        ("role", "editor", "Editor"),
        ("status", "closed", "Takes no more"),
        ("state", "full", "Full now"),
        ("languages", ["en", "sign"], "English, Sign language"),
        ("needs_adult", "1", "yes"),
        ("closed_minute", 905, "15:05"),
        ("closed_minute", 0, "0:00"),
        ("walk_in_cap", 0, "0"),
        ("cover", {"name": "3f2a", "alt": "The kiln"}, "The kiln"),
        ("file", "3f2a", ""),
        ("answer-12", "accepted", "Takes part"),
        ("times", 3, "3"),
        ("days_off", ["2026-12-12"], "12 Dec 2026"),
        ("holiday_rule", "closed", "Closed on national holidays"),
    ],
)
def test_a_value_reads_as_words(field: str, value: object, text: str) -> None:
    assert shown(field, value) == text


def test_instants_are_read_in_the_towns_time() -> None:
    told = {"times": ["2026-12-01T03:00:00+00:00"], "booking_opens_at": ""}
    assert in_words(told, {}, TOKYO) == "Times: 1 Dec 2026 12:00"


async def test_the_log_is_in_japanese_words(staff: httpx.AsyncClient) -> None:
    event = await make_day(3)
    await staff.post(f"/staff/events/{event.id}/visibility", data={"do": "withdraw"})
    page = (await staff.get("/staff/log")).text
    assert "公開中：はい" in page
    assert "True" not in page


@pytest.mark.parametrize("action", ["no.such", "event", "event.no_such"])
def test_what_has_no_words_is_shown_as_it_is_kept(action: str) -> None:
    assert action_label(action) == action


async def test_staff_read_who_did_what(staff: httpx.AsyncClient) -> None:
    event = await make_day(3)
    await staff.post(f"/staff/events/{event.id}/visibility", data={"do": "withdraw"})
    page = (await staff.get("/staff/log?lang=en")).text
    assert "Event: withdrawn" in page
    assert "event.withdraw" not in page


@pytest.mark.parametrize(
    ("field", "label"),
    [
        ("summary_en", "In one sentence (English)"),
        ("weekday0", "Hours (Monday)"),
        ("weekday6", "Hours (Sunday)"),
        ("question_2_en", "What you ask each party (English)"),
        ("price_yen", "Price in yen"),
        ("2026-12-05", "Hours on 5 Dec 2026"),
    ],
)
def test_a_field_is_called_as_on_its_form(field: str, label: str) -> None:
    assert field_label(field) == label
