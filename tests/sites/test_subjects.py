"""What a place is by its name: its scene is of that, in the colours of its kind."""

import re

import pytest

from tour.settings import ROOT
from tour.sites.states import SiteKind
from tour.sites.subjects import SUBJECTS, subject_of


@pytest.mark.parametrize(
    ("kind", "name", "subject"),
    [
        (SiteKind.PUBLIC, "音無親水公園", "park"),
        (SiteKind.PUBLIC, "北区役所", ""),
        (SiteKind.CULTURE, "北区立中央図書館（赤レンガ図書館）", "library"),
        (SiteKind.CULTURE, "北区中央公園文化センター", "hall"),
        (SiteKind.CULTURE, "紙の博物館", ""),
        (SiteKind.CULTURE, "お札と切手の博物館", ""),
        (SiteKind.CULTURE, "北区飛鳥山博物館", "pot"),
        (SiteKind.CULTURE, "田端文士村記念館", "archive"),
        (SiteKind.HERITAGE, "旧古河庭園", "garden"),
        (SiteKind.HERITAGE, "ふるさと農家体験館（旧松澤家住宅）", "farmhouse"),
        (SiteKind.SPORTS, "赤羽スポーツの森公園競技場", ""),
        (SiteKind.SPORTS, "滝野川体育館", "gym"),
        (SiteKind.FACTORY, "公園前製作所", ""),
        (SiteKind.CULTURE, "", ""),
    ],
)
def test_the_word_that_ends_last_says_what_it_is(kind: SiteKind, name: str, subject: str) -> None:
    assert subject_of(kind, name) == subject


@pytest.mark.parametrize("kind", SUBJECTS)
def test_each_is_drawn_in_the_colours_of_its_kind(kind: SiteKind) -> None:
    for scene in SUBJECTS[kind].values():
        drawing = (ROOT / f"static/scenes/{scene}.svg").read_text("utf-8")
        found = re.search(r'class="(\w+)"', drawing)
        assert found
        assert found[1] == kind
