"""What one may choose for a place has its words everywhere; a new kind is named where not."""

from tour.settings import ROOT
from tour.sites.facts import ACCESS_WORDS, LANGUAGE_WORDS
from tour.sites.hours import HolidayRule
from tour.sites.labels import ACCESS, HOLIDAYS, KINDS, LANGUAGES
from tour.sites.states import ACCESS_FEATURES, SiteKind


def test_each_choice_is_called_something_and_is_found_by_words() -> None:
    assert set(KINDS) == set(SiteKind)
    assert set(ACCESS) == set(ACCESS_WORDS) == set(ACCESS_FEATURES)
    assert set(LANGUAGES) == set(LANGUAGE_WORDS)
    assert set(HOLIDAYS) == set(HolidayRule)


def test_each_choice_is_told_to_those_who_write_a_towns_file() -> None:
    sources = (ROOT / "data" / "geo" / "SOURCES.md").read_text(encoding="utf-8")
    for choice in (*SiteKind, *LANGUAGES, *HolidayRule):
        assert f"`{choice}`" in sources, choice
