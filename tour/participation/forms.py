"""What was typed with a question to places, and with their answer: text to values."""

from collections.abc import Sequence
from datetime import date

from starlette.datastructures import FormData

from tour.events.answers import LONGEST_WORD, Answer, Question
from tour.i18n import lazy as _
from tour.web.forms import LONGEST_NAME, WHOLE, Form, Reading, read_date, texts

QUESTION = ("word", "answer_by")
ANSWER = ("comment", "by")
ACCEPT, DECLINE = "accept", "decline"


def read_question(form: FormData, *, today: date, last_day: date) -> tuple[Question, Form]:
    """A word and a date to answer by, both optional; the date is to come, and not after the
    event."""
    read = Reading(texts(form, QUESTION))
    word = read.text("word", LONGEST_WORD)
    typed = read.values["answer_by"]
    day = read_date(typed) if typed else None
    if typed and day is None:
        read.errors["answer_by"] = _("Give a date such as 2026/12/5.")
    elif day and not today <= day <= last_day:
        read.errors["answer_by"] = _("The date is not before today, and not after the event.")
    return Question(word, day), read.typed


def read_answer(
    form: FormData, days: Sequence[date], *, is_noted: bool = False
) -> tuple[Answer | None, Form]:
    """A yes to the ticked days, or a no; a form that does not name days means all. None where it
    does not say what. `is_noted`: staff write it down, and whose word it is.
    """
    do, ticked = str(form.get("do", "")), [str(day) for day in form.getlist("day")]
    read = Reading({**texts(form, ANSWER), "ticked": ",".join(ticked)})
    comment, by = (
        read.text("comment", LONGEST_WORD),
        read.text("by", LONGEST_NAME, required=is_noted),
    )
    asked = tuple(d for text in str(form.get("days", "")).split(",") if (d := read_date(text)))
    chosen = [day for day in asked if day.isoformat() in ticked] if asked else list(days)
    if do == DECLINE:
        chosen = []
    elif do != ACCEPT:
        read.errors[WHOLE] = _("Please go back and use the buttons of the page.")
    elif not chosen:
        read.errors["days"] = _("Tick the days on which you take part, or answer no.")
    if read.errors:
        return None, read.typed
    return Answer(asked or tuple(days), chosen, comment, by), read.typed
