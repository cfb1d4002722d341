"""What hosts ask those who enter a draw: once for each programme, though it has many times there.

The fields are named as on the form of a reservation, for the first slot of the programme in the
draw, which speaks for its others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tour.errors import BadInput, Refusal
from tour.programmes.entries import SlotEntry
from tour.reservations.booking_page import Question, questions_of
from tour.reservations.forms import MAX_QUESTIONS, ReserveForm, answer_field
from tour.reservations.shown import SlotView


@dataclass(frozen=True, slots=True)
class Group:
    """The questions of one programme, and the slots of the draw by which it is chosen."""

    title: str
    slot_ids: tuple[int, ...]
    questions: tuple[Question, ...]


def groups_of(shown: Sequence[SlotView]) -> list[Group]:
    """One group for each programme of the draw that asks something, in the order of its slots."""
    by_programme: dict[int, list[SlotView]] = {}
    for view in shown:
        by_programme.setdefault(view.programme.id, []).append(view)
    return [
        Group(
            views[0].programme.title,
            tuple(view.slot.id for view in views),
            tuple(questions_of(views[:1])),
        )
        for views in by_programme.values()
        if views[0].programme.questions
    ]


def answered(form: ReserveForm, slots: Sequence[SlotEntry]) -> ReserveForm:
    """The form as if each slot of the draw had been asked by itself."""
    values = dict(form.values)
    for slot_id, speaker in _speakers(slots).items():
        for number in range(MAX_QUESTIONS):
            if (asked := answer_field(speaker, number)) in form.values:
                values[answer_field(slot_id, number)] = form.values[asked]
    return replace(form, values=values)


def as_asked(refusal: Refusal, slots: Sequence[SlotEntry]) -> Refusal:
    """The refusal under the names of the fields that the page has."""
    if not isinstance(refusal, BadInput):
        return refusal
    asked = {"ranking": "choice-1"} | {
        answer_field(slot_id, number): answer_field(speaker, number)
        for slot_id, speaker in _speakers(slots).items()
        for number in range(MAX_QUESTIONS)
    }
    errors = {asked.get(name, name): problem for name, problem in refusal.errors.items()}
    return BadInput(refusal.message, errors)


def _speakers(slots: Sequence[SlotEntry]) -> dict[int, int]:
    """By slot, the first slot of its programme."""
    first: dict[int, int] = {}
    return {slot.id: first.setdefault(slot.programme_id, slot.id) for slot in slots}
