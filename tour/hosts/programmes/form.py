"""The form of a programme and its times: text to values, everything typed kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from tour.i18n import bracketed
from tour.i18n import lazy as _
from tour.programmes.editing import ENTRIES_CLOSE_BEFORE, Times
from tour.programmes.outline import (
    MOST_QUESTIONS,
    TEXTS,
    Outline,
    Question,
    as_fields,
)
from tour.programmes.slot_editing import MAX_CAPACITY
from tour.programmes.states import POOLS, Allocation
from tour.programmes.timetable import MOST_A_DAY, Rhythm, instants
from tour.sites.choices import LANGUAGES
from tour.web.forms import Form, Reading, read_date, texts
from tour.words.amounts import AGE, MINUTES, PEOPLE, YEN

QUESTION_FIELDS = tuple(
    f"question_{number}{part}"
    for number in range(1, MOST_QUESTIONS + 1)
    for part in ("", "_en", "_required", "_children")
)
QUESTION_TICKS = {"_required": _("Must be answered"), "_children": _("Only where children come")}
OUTLINE_FIELDS = (
    *TEXTS,
    *(f"{name}_en" for name in TEXTS),
    "minutes",
    "price_yen",
    "min_age",
    "max_age",
    "max_party",
    "languages",
    "needs_adult",
    "asks_photo_consent",
    *QUESTION_FIELDS,
)
TIME_FIELDS = (
    "days",
    "first",
    "last",
    "every",
    "break",
    "break_from",
    "break_until",
    "capacity",
    "seats_kept",
    "allocation",
    "pool_children",
    "pool_residents",
    "may_overlap",
    "may_be_outside",
)
MOST_DAYS = 14
MOST_LETTERS = 120
"""Of a question: it must stand on a phone."""
FIELD_LABELS = {
    "title": _("Title"),
    "summary": _("What one does"),
    "bring": _("What to bring"),
    "minutes": _("Minutes"),
    "price_yen": _("Price in yen"),
    "min_age": _("From what age"),
    "max_age": _("Up to what age"),
    "needs_adult": _("Children come with an adult"),
    "asks_photo_consent": _("Ask whether they may be in photos"),
    "max_party": _("People in one party"),
    "languages": _("Languages"),
}
USUAL_OUTLINE = {
    **dict.fromkeys(OUTLINE_FIELDS, ""),
    "minutes": "60",
    "price_yen": "0",
    "max_party": "6",
    "languages": "ja",
}


@dataclass(frozen=True, slots=True)
class EventDays:
    """The dates of an event that the site takes part in, and when its booking opens."""

    event_id: int
    title: str
    dates: tuple[date, ...]
    booking_opens_at: datetime | None


def outline_values(outline: Outline) -> dict[str, str]:
    """A form filled from what is stored."""
    values = {name: "" if v is None else v for name, v in as_fields(outline).items()}
    return {**values, "languages": ",".join(values["languages"])} | {
        name: str(values[name]) for name in values if name != "languages"
    }


def submitted(form: FormData, *, with_times: bool) -> dict[str, str]:
    """What was sent, as text; several of one name are joined by commas."""
    names = (*OUTLINE_FIELDS, *(TIME_FIELDS if with_times else ()))
    values = texts(form, names)
    for name in ("languages", "days"):
        if name in values:
            sent = [v for v in form.getlist(name) if isinstance(v, str) and v]
            values[name] = ",".join(sent)
    return values


def read_outline(values: dict[str, str]) -> tuple[Outline, Form]:
    """The outline, and the form with what is wrong in it."""
    read = Reading(values)
    spoken = [code for code in values["languages"].split(",") if code in LANGUAGES]
    outline = Outline(
        texts={
            "title": read.text("title", 100, required=True),
            "summary": read.text("summary", 2000),
            "bring": read.text("bring", 500),
        },
        english={name: read.text(f"{name}_en", 2000) for name in TEXTS},
        minutes=read.whole("minutes", 5, 600, MINUTES),
        price_yen=read.whole("price_yen", 0, 1_000_000, YEN),
        min_age=read.whole_or_none("min_age", 0, 99, AGE),
        max_age=read.whole_or_none("max_age", 0, 99, AGE),
        max_party=read.whole("max_party", 1, 20, PEOPLE),
        languages=tuple(spoken),
        needs_adult=bool(values["needs_adult"]),
        asks_photo_consent=bool(values["asks_photo_consent"]),
        questions=_questions(read),
    )
    if outline.max_age is not None and outline.max_age < (outline.min_age or 0):
        read.errors.setdefault("max_age", _("The highest age is below the lowest."))
    return outline, read.typed


def _questions(read: Reading) -> tuple[Question, ...]:
    """Those that say something; the others move up."""
    asked = [
        Question(
            read.text(f"question_{number}", MOST_LETTERS),
            read.text(f"question_{number}_en", MOST_LETTERS),
            bool(read.values[f"question_{number}_required"]),
            bool(read.values[f"question_{number}_children"]),
        )
        for number in range(1, MOST_QUESTIONS + 1)
    ]
    return tuple(question for question in asked if question.text)


def read_times(
    values: dict[str, str],
    minutes: int,
    events: list[EventDays],
    zone: ZoneInfo,
    now: datetime,
) -> tuple[Times | None, Form]:
    """The times, or None and what is wrong with them."""
    read = Reading(values)
    days = _days(read)
    rhythm = _rhythm(read)
    starts = rhythm.starts(minutes)
    capacity = read.whole("capacity", 1, MAX_CAPACITY, PEOPLE)
    kept = _kept_seats(read, capacity)
    if not read.errors and not 0 < len(starts) <= MOST_A_DAY:
        read.errors["first"] = _("That gives %(n)s times a day. Please look again.", n=len(starts))
    if read.errors:
        return None, read.typed
    event = _event_of(days, events)
    draw = values["allocation"] == Allocation.DRAW
    chosen = instants(days, starts, zone)
    if draw and min(chosen) - ENTRIES_CLOSE_BEFORE <= now:
        read.errors["allocation"] = _(
            "A draw needs five days for entries. Choose later times, or first come."
        )
        return None, read.typed
    times = Times(
        starts=chosen,
        capacity=capacity,
        allocation=Allocation.DRAW if draw else Allocation.FIRST_COME,
        booking_opens_at=event.booking_opens_at if event else None,
        event_id=event.event_id if event else None,
        may_overlap=bool(values["may_overlap"]),
        seats_kept=kept["seats_kept"],
        pools={name: n for name in POOLS if draw and (n := kept[f"pool_{name}"])},
    )
    return times, read.typed


def _kept_seats(read: Reading, capacity: int) -> dict[str, int]:
    """Seats that not everybody can have: together at most all of them. Empty is none."""
    fields = ["seats_kept"]
    if read.values["allocation"] == Allocation.DRAW:
        fields += [f"pool_{name}" for name in POOLS]
    kept = {name: read.whole_or_none(name, 0, capacity, PEOPLE) or 0 for name in fields}
    if not read.errors and sum(kept.values()) > capacity:
        read.errors["seats_kept"] = _("More seats are kept than there are.")
    return kept


def _days(read: Reading) -> list[date]:
    found: set[date] = set()
    for text in filter(None, read.values["days"].split(",")):
        if day := read_date(text):
            found.add(day)
        else:
            read.errors["days"] = _("Give dates such as 2026/12/5.")
    if not found or len(found) > MOST_DAYS:
        read.errors.setdefault("days", _("Choose 1 to %(n)s days.", n=MOST_DAYS))
    return sorted(found)


def _rhythm(read: Reading) -> Rhythm:
    first, last = read.clock("first"), read.clock("last")
    every = read.whole("every", 5, 600, MINUTES)
    break_from = break_until = 0
    if read.values["break"]:
        break_from, break_until = read.clock("break_from"), read.clock("break_until")
        if break_until < break_from:
            read.errors.setdefault("break_until", _("The break ends before it begins."))
    if last < first:
        read.errors.setdefault("last", _("The last start comes before the first."))
    return Rhythm(first, last, every, break_from, break_until)


def _event_of(days: list[date], events: list[EventDays]) -> EventDays | None:
    """The event that all the days belong to, if there is one."""
    return next((event for event in events if set(days) <= set(event.dates)), None)


def labels() -> dict[str, str]:
    """What the fields are called, for the list of what somebody else has changed."""
    named = {name: str(label) for name, label in FIELD_LABELS.items()}
    for number in range(1, MOST_QUESTIONS + 1):
        named[f"question_{number}"] = str(_("Question %(n)s", n=number))
    english = {f"{name}_en": f"{label}{bracketed('English')}" for name, label in named.items()}
    ticks = {
        f"question_{number}{part}": f"{named[f'question_{number}']} ({label})"
        for number in range(1, MOST_QUESTIONS + 1)
        for part, label in QUESTION_TICKS.items()
    }
    return {**named, **english, **ticks}


@dataclass(frozen=True, slots=True)
class Unfolded:
    """Which parts of the form stand open: those in which something is written or wrong."""

    description: bool
    questions: bool
    kept_seats: bool

    @classmethod
    def of(cls, form: Form) -> Self:
        kept = ("seats_kept", *(f"pool_{name}" for name in POOLS))
        return cls(
            description=bool(form.value("summary") or form.value("bring") or form.errors),
            questions=bool(form.value("question_1") or form.value("asks_photo_consent")),
            kept_seats=form.value("seats_kept") not in ("", "0")
            or any(form.error(name) for name in kept),
        )


@dataclass(frozen=True, slots=True)
class DayChoices:
    """The days to tick of each event, (date, is it ticked), and the days typed beside them."""

    events: tuple[tuple[str, tuple[tuple[date, bool], ...]], ...]
    typed: tuple[str, ...]

    @classmethod
    def of(cls, form: Form, events: Sequence[EventDays], today: date) -> Self:
        chosen = form.value("days").split(",")
        offered = {str(day) for event in events for day in event.dates}
        ticks = (tuple((d, str(d) in chosen) for d in e.dates if d >= today) for e in events)
        typed = tuple(text for text in chosen if text and text not in offered)
        return cls(tuple(zip((e.title for e in events), ticks, strict=True)), typed or ("",))
