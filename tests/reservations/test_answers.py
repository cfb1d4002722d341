"""What a party answers to what a host asks: asked of whom, kept with what wording."""

import pytest

from tour.reservations.answers import Answer, in_words, kept, read, with_gaps

ALLERGY = {
    "text": "アレルギーは？",
    "required": True,
    "translations": {"en": {"text": "Allergies?"}},
}
AGES = {"text": "お子さんの年齢は？", "required": True, "for_children": True}
HAND = {"text": "利き手は？", "required": False}
ASKED = [ALLERGY, AGES, HAND]


def test_answers_stand_with_the_words_that_they_were_asked_with() -> None:
    rows = kept(ASKED, ["そば", "", "左"], children=0)
    assert read(rows, "ja") == (Answer("アレルギーは？", "そば"), Answer("利き手は？", "左"))
    assert read(rows, "en") == (Answer("Allergies?", "そば"), Answer("利き手は？", "左"))


@pytest.mark.parametrize(("children", "answered"), [(0, []), (1, ["7歳"])])
def test_what_is_asked_of_children_is_kept_of_those_who_bring_some(
    children: int, answered: list[str]
) -> None:
    assert [row["answer"] for row in kept(ASKED, ["", " 7歳 "], children)] == answered


def test_what_was_asked_later_or_is_due_since_children_come_is_said_to_be_missing() -> None:
    rows = kept([ALLERGY], ["そば"], children=0)
    assert with_gaps(rows, ASKED, 0, "ja") == (Answer("アレルギーは？", "そば"),)
    [_said, missing] = with_gaps(rows, ASKED, 1, "ja")
    assert missing == Answer("お子さんの年齢は？", "")
    assert in_words(missing) == "お子さんの年齢は？: not answered"


def test_a_question_that_was_changed_or_taken_out_leaves_its_answers_as_they_were() -> None:
    rows = kept([ALLERGY, HAND], ["そば", "左"], children=0)
    today = [{"text": "靴のサイズは？", "required": False}]
    assert [a.question for a in with_gaps(rows, today, 0, "ja")] == ["アレルギーは？", "利き手は？"]


def test_an_answer_older_than_its_wording_is_still_read() -> None:
    [old] = read([{"text": "", "translations": {}, "answer": "そば"}], "en")
    assert old == Answer("A question that is not asked any more", "そば")
