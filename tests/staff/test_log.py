"""The log of changes, in words that staff understand."""

import re
from itertools import chain

import httpx
import pytest

from tests.publishing.days import make_day
from tour.settings import ROOT
from tour.staff.labels import SUBJECTS, VERBS, action_label, field_label


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
        ("2026-12-05", "2026-12-05"),
    ],
)
def test_a_field_is_called_as_on_its_form(field: str, label: str) -> None:
    assert field_label(field) == label
