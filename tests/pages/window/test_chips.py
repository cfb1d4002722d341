"""The chips: each leads to one address, where it narrows and where it is let go."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.pages.window.test_rules import SATURDAY, offer
from tour.pages.window.chips import chips, near, query_string, read
from tour.pages.window.rules import ANYTHING, DayPart, Narrowing

SUNDAY = SATURDAY + timedelta(days=1)
MIXED = [
    offer(1),
    offer(2, starts_at=SATURDAY + timedelta(hours=4), price_yen=0),
    offer(3, starts_at=SUNDAY, min_age=10),
    offer(4, starts_at=SUNDAY + timedelta(hours=4), is_indoors=False),
]


def labels(offers: list, wish: Narrowing = ANYTHING, lang: str = "ja") -> list[str]:
    return [chip.label for chip in chips(offers, wish, lang)]


def test_all_that_tells_sessions_apart_is_offered_and_nothing_else() -> None:
    assert labels(MIXED) == ["午前", "午後", "土曜", "日曜", "子どもと", "無料", "雨でも"]
    assert labels(MIXED[:1]) == []
    assert labels([]) == []


def test_in_english_days_have_their_names_too() -> None:
    assert labels(MIXED, lang="en")[2:4] == ["Saturday", "Sunday"]


def test_days_a_week_apart_are_told_by_their_dates() -> None:
    weeks = [offer(n, starts_at=SATURDAY + timedelta(days=7 * n)) for n in range(3)]
    assert labels(weeks) == ["12月12日(土)", "12月19日(土)", "12月26日(土)"]


def test_a_town_with_sessions_every_day_offers_the_next_few() -> None:
    daily = [offer(n, starts_at=SATURDAY + timedelta(days=n)) for n in range(60)]
    assert len(labels(daily)) == 4


def test_what_is_chosen_stays_in_sight_though_nothing_is_left_of_it() -> None:
    gone = Narrowing(day=date(2026, 12, 24), free=True)
    chosen = [chip for chip in chips(MIXED[:1], gone, "ja") if chip.is_chosen]
    assert [chip.label for chip in chosen] == ["12月24日(木)", "無料"]


@pytest.mark.parametrize("wish", [ANYTHING, Narrowing(part=DayPart.MORNING, free=True)])
def test_a_chip_leads_to_its_choice_and_back(wish: Narrowing) -> None:
    for chip in chips(MIXED, wish, "ja"):
        tapped = read(dict(pair.split("=") for pair in chip.query.split("&") if pair))
        assert tapped != wish
        back = next(c for c in chips(MIXED, tapped, "ja") if c.id == chip.id)
        assert back.is_chosen is not chip.is_chosen
        if chip.is_chosen:
            assert back.query == query_string(wish)


def test_a_day_takes_the_place_of_another_and_a_part_of_the_other() -> None:
    wish = Narrowing(part=DayPart.MORNING, day=SATURDAY.date())
    found = {chip.label: chip.query for chip in chips(MIXED, wish, "ja")}
    assert found["日曜"] == "part=am&date=2026-12-13"
    assert found["午後"] == "part=pm&date=2026-12-12"


@pytest.mark.parametrize(
    ("query", "wish"),
    [
        ({"part": "pm", "free": "1"}, Narrowing(part=DayPart.AFTERNOON, free=True)),
        ({"part": "night", "free": "yes", "date": "2026-02-30", "q": "x"}, ANYTHING),
        ({"date": "9" * 5000, "children": ""}, ANYTHING),
        ({"date": "2026-12-12"}, Narrowing(day=date(2026, 12, 12))),
    ],
)
def test_nonsense_in_an_address_is_left_out(query: dict[str, str], wish: Narrowing) -> None:
    assert read(query) == wish


def test_where_nothing_is_left_each_choice_that_helps_when_given_up_is_named() -> None:
    wish = Narrowing(part=DayPart.MORNING, free=True)
    assert [(one.label, one.query, one.count) for one in near(MIXED, wish, "ja")] == [
        ("午前", "free=1", 1),
        ("無料", "part=am", 2),
    ]
    assert near([], wish, "ja") == []


def test_noon_is_afternoon() -> None:
    noon = offer(1, starts_at=datetime(2026, 12, 12, 12, 0, tzinfo=UTC))
    assert noon.part == DayPart.AFTERNOON
