"""Links are made from titles."""

import pytest

from tour.words.slugs import LONGEST, free_slug, is_slug, slug_of


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("ものづくりの日", "monozukuri-no-hi"),
        ("Kita Open Factory Days", "kita-open-factory-days"),
        ("２０２６年 冬", "2026-nen-fuyu"),
        ("🎉", "event"),
        ("", "event"),
        ("---", "event"),
        ("<script>", "script"),
    ],
)
def test_a_title_is_read(title: str, slug: str) -> None:
    assert slug_of([title], "event") == slug


@pytest.mark.parametrize("title", ["東京 " * 100, "a" * 500, "オープンファクトリー" * 40])
def test_a_long_title_makes_a_link(title: str) -> None:
    made = slug_of([title], "event")
    assert is_slug(made)
    assert len(free_slug(made, {made})) <= LONGEST


def test_the_english_title_is_first_and_one_that_is_taken_gets_a_number() -> None:
    assert slug_of(["Open day", "イベント"], "event") == "open-day"
    assert free_slug("open-day", {"open-day", "open-day-2"}) == "open-day-3"
