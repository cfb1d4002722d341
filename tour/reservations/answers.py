"""What a party answers to the questions of a session, kept as it was asked. Pure.

A host may change or take out a question while answers to it are held: each answer carries the
wording it was given to, in the town's language and the translations, so that no answer ever stands
beside another question. Rows of `Place`, `WaitlistEntry` and `DrawEntry` hold a list of these.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tour.i18n import localized, translate

Kept = dict[str, Any]
"""{"text": the question, "translations": {lang: {"text": …}}, "answer": …}"""


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` is empty where a question that must be answered was not."""

    question: str
    text: str


def is_asked(question: Mapping[str, Any], children: int) -> bool:
    """Whether a party with so many children is asked this at all."""
    return children > 0 or not question.get("for_children")


def must_answer(question: Mapping[str, Any], children: int) -> bool:
    return bool(question.get("required")) and is_asked(question, children)


def kept(questions: Sequence[Mapping[str, Any]], given: Sequence[str], children: int) -> list[Kept]:
    """The answers that say something, each with its question; `given`: one for each, in order."""
    return [
        {
            "text": question["text"],
            "translations": question.get("translations", {}),
            "answer": text.strip(),
        }
        for question, text in zip(questions, given, strict=False)
        if text.strip() and is_asked(question, children)
    ]


def read(rows: Iterable[Kept], lang: str) -> tuple[Answer, ...]:
    """What was answered, to the questions as they were put, in the reader's language."""
    return tuple(Answer(_asked(row, lang), str(row["answer"])) for row in rows)


def with_gaps(
    rows: Sequence[Kept], questions: Sequence[Mapping[str, Any]], children: int, lang: str
) -> tuple[Answer, ...]:
    """As `read`, and behind it each of today's questions that the party would have to answer and
    has not: it came before the question did, or before its children."""
    answered = {row["text"] for row in rows}
    gaps = [q for q in questions if must_answer(q, children) and q["text"] not in answered]
    return read(rows, lang) + tuple(Answer(_asked(q, lang), "") for q in gaps)


def in_words(answer: Answer) -> str:
    """Question and answer in one line, for a cell or a note."""
    return answer.question + translate(": ") + (answer.text or translate("not answered"))


def _asked(row: Mapping[str, Any], lang: str) -> str:
    """Answers older than their wording stand without it (migration `answers_as_asked`)."""
    found = localized(row, "text", lang, row.get("translations", {}))
    return found or translate("A question that is not asked any more")
