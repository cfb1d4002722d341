"""What the demonstration's texts promise is what its pages have."""

import csv
import tomllib
from typing import Any

import pytest

from tests.demo.test_catalogue import DATA

EVENTS: list[dict[str, Any]] = tomllib.loads((DATA / "events.toml").read_text("utf-8"))["event"]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["slug"])
def test_an_event_sends_to_the_pages_where_one_reserves(event: dict[str, Any]) -> None:
    assert "各会場のページから" in event["description"]
    assert "on each place's page" in event["description_en"]


def test_a_course_begins_where_its_text_does() -> None:
    with (DATA / "sites.csv").open(encoding="utf-8", newline="") as file:
        names = {row["slug"]: row["name"] for row in csv.DictReader(file)}
    course = next(c for e in EVENTS for c in e["course"] if c["slug"] == "jujo-by-hand")
    assert course["summary"][:3] in names[course["stops"][0]["site"]], "べっ甲"
