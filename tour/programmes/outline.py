"""A programme as its host writes it: texts and terms, to and from its row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tour.programmes.models import Programme

TEXTS = ("title", "summary", "bring")
MOST_QUESTIONS = 5


@dataclass(frozen=True, slots=True)
class Question:
    """What a host asks each party, in both languages."""

    text: str
    english: str
    is_required: bool
    for_children: bool = False
    """Asked only of a party that brings some."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A programme as its host writes it; `texts` and `english` by the names in TEXTS."""

    texts: Mapping[str, str]
    english: Mapping[str, str]
    minutes: int
    price_yen: int
    min_age: int | None
    max_party: int
    languages: tuple[str, ...]
    max_age: int | None = None
    needs_adult: bool = False
    asks_photo_consent: bool = False
    questions: tuple[Question, ...] = ()


def outline_of(programme: Programme) -> Outline:
    english = programme.translations.get("en", {})
    return Outline(
        texts={name: getattr(programme, name) for name in TEXTS},
        english={name: english.get(name, "") for name in TEXTS},
        minutes=programme.minutes,
        price_yen=programme.price_yen,
        min_age=programme.min_age,
        max_party=programme.max_party,
        languages=tuple(programme.languages),
        max_age=programme.max_age,
        needs_adult=programme.needs_adult,
        asks_photo_consent=programme.asks_photo_consent,
        questions=tuple(_read_question(row) for row in programme.questions),
    )


def _read_question(row: Mapping[str, Any]) -> Question:
    english = row.get("translations", {}).get("en", {}).get("text", "")
    return Question(row["text"], english, bool(row.get("required")), bool(row.get("for_children")))


def as_fields(outline: Outline) -> dict[str, Any]:
    """The outline under the names of its form's fields, as the log keeps it."""
    return {
        **outline.texts,
        **{f"{name}_en": text for name, text in outline.english.items()},
        "minutes": outline.minutes,
        "price_yen": outline.price_yen,
        "min_age": outline.min_age,
        "max_party": outline.max_party,
        "languages": sorted(outline.languages),
        "max_age": outline.max_age,
        "needs_adult": "1" if outline.needs_adult else "",
        "asks_photo_consent": "1" if outline.asks_photo_consent else "",
        **_question_fields(outline.questions),
    }


def _question_fields(questions: Sequence[Question]) -> dict[str, str]:
    """Every one of the five, so that the log sees one that was taken out."""
    empty = Question("", "", is_required=False)
    return {
        name: text
        for number, one in enumerate([*questions, *[empty] * (MOST_QUESTIONS - len(questions))], 1)
        for name, text in (
            (f"question_{number}", one.text),
            (f"question_{number}_en", one.english),
            (f"question_{number}_required", "1" if one.is_required else ""),
            (f"question_{number}_children", "1" if one.for_children else ""),
        )
    }


def columns(outline: Outline, translations: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    english = {name: text for name, text in outline.english.items() if text}
    return {
        **outline.texts,
        "translations": {**translations, "en": english} if english else {**translations},
        "minutes": outline.minutes,
        "price_yen": outline.price_yen,
        "min_age": outline.min_age,
        "max_party": outline.max_party,
        "languages": list(outline.languages),
        "max_age": outline.max_age,
        "needs_adult": outline.needs_adult,
        "asks_photo_consent": outline.asks_photo_consent,
        "questions": [_question_row(question) for question in outline.questions],
    }


def _question_row(question: Question) -> dict[str, Any]:
    english = {"en": {"text": question.english}} if question.english else {}
    return {
        "text": question.text,
        "required": question.is_required,
        "for_children": question.for_children,
        "translations": english,
    }
