"""Languages: every message of the code has its translation, and every reader gets a language."""

import re
from functools import lru_cache
from io import BytesIO
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from tour.i18n import (
    LOCALES,
    NAMES,
    current_language,
    lazy,
    localized,
    negotiate,
    translate,
    translate_plural,
)
from tour.settings import ROOT

KEYWORDS = {"_": None, "lazy": None, "translate": None}
KEYWORDS |= {"translate_plural": (1, 2), "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
SIX = tuple(NAMES)
TRANSLATED = [lang for lang in NAMES if lang != "en"]
"""A town may offer any of them, whichever the first one does."""

Message = str | tuple[str, ...]


@lru_cache
def messages_of_the_code() -> frozenset[Message]:
    """Every message id in `tour/` and `templates/`, as Babel collects them (`make messages`)."""
    with (ROOT / "locales" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found: set[Message] = set()
    for folder in ("tour", "templates"):
        # The patterns of babel.cfg begin at the root of the project.
        methods_here = [(pattern.removeprefix(f"{folder}/"), m) for pattern, m in methods]
        options_here = {p.removeprefix(f"{folder}/"): o for p, o in options.items()}
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder, methods_here, options_here, KEYWORDS
        ):
            found.add(message)
    return frozenset(found)


@lru_cache
def catalogue(lang: str) -> dict[Message, Any]:
    path = LOCALES / lang.replace("-", "_") / "LC_MESSAGES" / "messages.po"
    return {m.id: m for m in read_po(BytesIO(path.read_bytes())) if m.id}


def test_the_extraction_finds_messages_of_code_and_pages() -> None:
    assert "Closed" in messages_of_the_code()
    assert "Find a place" in messages_of_the_code()
    assert ("%(num)d place", "%(num)d places") in messages_of_the_code()


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_message_is_translated(lang: str) -> None:
    missing = [m for m in messages_of_the_code() if m not in catalogue(lang)]
    empty = [m.id for m in catalogue(lang).values() if not all(_strings(m.string))]
    unsure = [m.id for m in catalogue(lang).values() if m.fuzzy]
    assert (sorted(map(str, missing)), empty, unsure) == ([], [], [])


@pytest.mark.parametrize("lang", TRANSLATED)
def test_no_translation_is_left_of_a_message_that_is_gone(lang: str) -> None:
    assert [m for m in catalogue(lang) if m not in messages_of_the_code()] == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_placeholders_agree(lang: str) -> None:
    for message in catalogue(lang).values():
        wanted = set(PLACEHOLDER.findall(_strings(message.id)[-1]))
        for text in _strings(message.string):
            assert set(PLACEHOLDER.findall(text)) == wanted, message.id
            if wanted:
                text % dict.fromkeys(re.findall(r"%\((\w+)\)", text), 1)


@pytest.mark.parametrize("lang", TRANSLATED)
def test_markup_and_ends_of_sentences_agree(lang: str) -> None:
    for message in catalogue(lang).values():
        is_joiner = message.id != message.id.strip() if isinstance(message.id, str) else False
        for text in _strings(message.string):
            assert re.findall(r"</?\w+", text) == re.findall(r"</?\w+", _strings(message.id)[0])
            assert text == text.strip() or is_joiner


def test_no_japanese_message_holds_an_english_sentence() -> None:
    with (LOCALES / "ja" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        for form in filter(None, forms if message.id else ()):
            assert not re.search(r"[A-Z][a-z]+( [a-z]+){3}", form), message.id


def test_a_message_speaks_the_language_it_is_shown_in() -> None:
    text = lazy("Closed")
    assert (text.in_language("ja"), text.in_language("en")) == ("休み", "Closed")
    token = current_language.set("ja")
    try:
        assert (str(text), translate("Closed"), translate("Closed", "en")) == (
            "休み",
            "休み",
            "Closed",
        )
    finally:
        current_language.reset(token)


def test_plurals_follow_each_language() -> None:
    forms = ("%(num)d place", "%(num)d places")
    assert translate_plural(*forms, 1, "en") == "1 place"
    assert translate_plural(*forms, 2, "en") == "2 places"
    assert translate_plural(*forms, 1, "ja") == translate_plural(*forms, 2, "ja").replace("2", "1")


def test_an_unknown_message_and_a_language_without_catalogue_read_english() -> None:
    assert translate("no such message 100 %", "ja") == "no such message 100 %"
    assert translate("Closed", "fr") == "Closed"


LOCALIZED = [
    ("ja", {}, "木版"),
    ("ja", {"en": {"name": "woodcut"}}, "木版"),
    ("en", {"en": {"name": "woodcut"}}, "woodcut"),
    ("ko", {"en": {"name": "woodcut"}}, "woodcut"),
    ("ko", {"ko": {"name": "목판"}, "en": {"name": "woodcut"}}, "목판"),
    ("ko", {"ko": {"name": ""}, "en": {"name": "woodcut"}}, "woodcut"),
    ("ko", {}, "木版"),
    ("ja-easy", {"en": {"name": "woodcut"}}, "木版"),
    ("ja-easy", {"ja-easy": {"name": "きの えの ところ"}}, "きの えの ところ"),
]


@pytest.mark.parametrize(("lang", "translations", "shown"), LOCALIZED)
def test_a_hosts_text_falls_back_sensibly(lang: str, translations: Any, shown: str) -> None:
    assert localized({"name": "木版"}, "name", lang, translations) == shown


ACCEPTED = [
    ("", "ja"),
    ("*", "ja"),
    ("fr-FR,fr;q=0.9", "ja"),
    ("en", "en"),
    ("en-GB,en-US;q=0.9,ja;q=0.8", "en"),
    ("ja;q=0.3, en;q=0.7", "en"),
    ("en;q=0.1,ja;q=0.2", "ja"),
    ("en; q=0.1 , ja; q=0.2", "ja"),
    ("fr, en; q=0.5", "en"),
    ("en;q=0, ko", "ko"),
    ("en;q=0", "ja"),
    ("zh-CN,zh;q=0.9", "zh-Hans"),
    ("zh-TW", "zh-Hant"),
    ("zh-HK", "zh-Hant"),
    ("zh-Hant-HK", "zh-Hant"),
    ("zh-Hans-HK", "zh-Hans"),
    ("zh-MO", "zh-Hant"),
    ("zh-SG", "zh-Hans"),
    ("zh", "zh-Hans"),
    ("KO-kr", "ko"),
    ("ja-JP", "ja"),
    ("ja-easy", "ja-easy"),
    ("en;q=x,ko;q=0.5", "ko"),
    ("en;q=nan,ko;q=0.5", "ko"),
    (",,;q=,=", "ja"),
]


@pytest.mark.parametrize(("header", "chosen"), ACCEPTED)
def test_accept_language_is_read_as_rfc_9110_says(header: str, chosen: str) -> None:
    assert negotiate(header, SIX) == chosen


@given(st.text(max_size=80))
def test_no_header_breaks_the_choice(header: str) -> None:
    assert negotiate(header, ("ja", "en")) in ("ja", "en")


def _strings(texts: Message) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else texts
