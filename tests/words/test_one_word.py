"""One word a thing: nobody reads a second word for what has one in docs/words.md."""

import re
from collections.abc import Iterable
from functools import lru_cache

import pytest

from tests.words import texts
from tour.settings import ROOT


@lru_cache
def table(heading: str) -> tuple[dict[str, str], ...]:
    """The rows of the table under this heading of docs/words.md, by the names of its columns."""
    page = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    section = page.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    names, _rule, *rest = rows
    return tuple(dict(zip(names, row, strict=True)) for row in rest)


def words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(",") if word.strip()]


def allowed(word: str) -> list[str]:
    """The phrases within which the word may stand, longest first."""
    phrases = [
        p
        for row in table("Where such a word may stand")
        if row["Word"] == word
        for p in words(row["Within"])
    ]
    return sorted(phrases, key=len, reverse=True)


def pattern(word: str) -> re.Pattern[str]:
    """English words begin where a word begins; Japanese has no such place."""
    return re.compile(rf"\b{re.escape(word)}" if word.isascii() else re.escape(word), re.IGNORECASE)


def where_said(word: str, said: Iterable[texts.Said]) -> list[texts.Said]:
    """The texts that use the word outside the phrases in which it may stand."""
    cut = re.compile("|".join(map(re.escape, allowed(word))) or "(?!)")
    wanted = pattern(word)
    return [
        (where, text)
        for where, text in said
        if wanted.search(cut.sub("", texts.without_placeholders(text)))
    ]


def not_words(heading: str, column: str) -> list[str]:
    return [word for row in table(heading) for word in words(row[column])]


JAPANESE = not_words("The words", "Not in Japanese") + not_words("Spelling", "Not")
ENGLISH = not_words("The words", "Not in English")


@pytest.mark.parametrize("word", JAPANESE)
def test_no_japanese_text_uses_a_second_word(word: str) -> None:
    said = where_said(word, texts.japanese())
    assert said == []


@pytest.mark.parametrize("word", ENGLISH)
def test_no_english_text_uses_a_second_word(word: str) -> None:
    said = where_said(word, texts.english())
    assert said == []


def test_a_word_that_is_said_is_not_forbidden_elsewhere() -> None:
    for row in table("The words"):
        for word in JAPANESE:
            assert word not in row["日本語"] or allowed(word), (word, row["日本語"])


def test_a_second_word_is_found_and_where_it_may_stand_it_is_not() -> None:
    said = [("mail", "アドレスを入力"), ("form", "メールアドレスを入力"), ("list", "%(place)s")]
    assert where_said("アドレス", said) == [("mail", "アドレスを入力")]
    assert where_said("place", said) == []


AMBIGUOUS = {
    "Number": "of a reservation, a draw, a letter, a map?",
    "Code": "six digits of a mail, or what a ticket shows?",
    "By": "by which way, or by whom?",
    "Part": "which part, or how a place takes part?",
    "Message": "one that is sent, or its text?",
}
"""Bare words that once served two things on two pages, each with one Japanese word for both."""


@pytest.mark.parametrize("word", AMBIGUOUS)
def test_no_message_serves_two_things(word: str) -> None:
    assert [english for _context, english, _japanese in texts.messages() if english == word] == []


def test_headings_over_a_draws_result_say_what_stands_under_them() -> None:
    page = (ROOT / "templates/reservations/draw.html").read_text(encoding="utf-8")
    heads = re.findall(r'<th scope="col">\{\{ _\("([^"]+)"\) \}\}</th>', page)
    japanese = {english: text for _context, english, text in texts.messages()}
    assert [japanese[head] for head in heads] == ["順番", "抽選番号", "人数", "当選した体験・日時"]


@pytest.mark.parametrize(("lang", "quoted"), [("ja", r"「([^」]+)」"), ("en", r"“([^”]+)”")])
def test_a_guide_names_only_what_a_page_says(lang: str, quoted: str) -> None:
    column = 2 if lang == "ja" else 1
    there = {texts.without_placeholders(m[column]).rstrip("。.○ ") for m in texts.messages()}
    named = [
        (where, name) for where, text in texts.guides(lang) for name in re.findall(quoted, text)
    ]
    assert len(named) > 40, "the guides name their buttons"
    assert [(where, name) for where, name in named if name.rstrip("。.") not in there] == []
