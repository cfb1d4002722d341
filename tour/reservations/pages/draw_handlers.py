"""A draw: what was promised, entering, leaving, the result and its check."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tour.errors import REFUSALS, BadInput, Refusal
from tour.programmes.entries import SlotEntry
from tour.reservations import queries
from tour.reservations.draws import draws, lottery, results
from tour.reservations.draws.draws import MAX_CHOICES
from tour.reservations.errors import Clashing
from tour.reservations.pages.booking import questions_of
from tour.reservations.pages.clashes import refused
from tour.reservations.pages.form_terms import form_terms
from tour.reservations.pages.handlers import to_made, to_reservation
from tour.reservations.pages.party_size import without_sum
from tour.reservations.parties import my_reservations
from tour.reservations.parties.forms import (
    MAX_QUESTIONS,
    AskedField,
    ReserveForm,
    answer_field,
)
from tour.reservations.parties.intake import count_made, count_try, take_in
from tour.reservations.standing import views
from tour.reservations.standing.shown import SlotView
from tour.reservations.states import DrawStatus
from tour.web import now, render
from tour.web.forms import form_again, read_form, texts
from tour.words.typed import number_in

MOST_FIELDS = 600
"""An event may have a hundred programmes of five questions in one draw."""


async def detail(request: Request) -> Response:
    draw = await queries.draw_by_id(request.path_params["draw_id"])
    is_drawn = draw.status == DrawStatus.DRAWN
    return render(
        request,
        "reservations/draw.html",
        nav="explore",
        draw=draw,
        is_drawn=is_drawn,
        slots=[view.slot for view in await _shown(request, draw.id)],
        entries=await queries.entries_in_draw(draw.id),
        can_enter=draws.is_open(draw, now(request)),
        problems=lottery.verify(draw.record) if is_drawn else [],
        result=results.readable_result(draw.record) if is_drawn else [],
    )


async def record(request: Request) -> Response:
    """The public list: while entries are open the commitment, after the draw all of it."""
    draw = await queries.draw_by_id(request.path_params["draw_id"])
    return JSONResponse(results.public_record(draw), headers={"Access-Control-Allow-Origin": "*"})


async def new(request: Request) -> Response:
    form = ReserveForm.empty()
    first = request.query_params.get("slot", "")
    return await _form_page(request, form, [first])


async def enter(request: Request) -> Response:
    raw = await read_form(request, MOST_FIELDS)
    form = ReserveForm.parse(texts(raw))
    chosen = [str(raw.get(f"choice-{number}", "")) for number in range(1, MAX_CHOICES + 1)]
    pools = [str(name) for name in raw.getlist("pool")]
    ranking = [number for text in chosen if (number := number_in(text)) is not None]
    draw_id = request.path_params["draw_id"]
    slots = await queries.slots_of_draw(draw_id)
    try:
        answered = _answered(form, slots)
        wish = await take_in(request, "draw", ranking, answered)
        made = await draws.enter(draw_id, wish, pools=pools, now=now(request))
    except REFUSALS as exc:
        asked = _as_asked(exc, slots)
        page = _form_page(request, form.refused_by(asked), chosen, pools, exc)
        return await form_again(page, exc)
    await count_made(request, wish.party)
    return to_made(request, made)


async def leave(request: Request) -> Response:
    await count_try(request, "change")
    made = await draws.leave(request.path_params["reference"])
    return to_reservation(request, made)


async def _form_page(
    request: Request,
    form: ReserveForm,
    chosen: list[str],
    ticked: Sequence[str] = (),
    refusal: Refusal | None = None,
) -> Response:
    clash = await refused(request, refusal) if isinstance(refusal, Clashing) else None
    draw = await queries.draw_by_id(request.path_params["draw_id"])
    shown = await _shown(request, draw.id)
    slots = [view.slot for view in shown]
    response = render(
        request,
        "reservations/draw_entry.html",
        refusal.status if refusal else 200,
        nav="explore",
        draw=draw,
        slots=slots,
        form=form,
        clash=clash,
        is_refused=clash is not None,
        chosen=[*chosen, *[""] * MAX_CHOICES][: min(MAX_CHOICES, len(slots))],
        question_groups=_groups_of(shown),
        asks_photos=any(view.programme.asks_photo_consent for view in shown),
        ticked=ticked,
        pools=sorted(await queries.pools_of_draw(draw.id)),
        terms=await form_terms([view.programme for view in shown]),
        size=without_sum(max((view.programme.max_party for view in shown), default=1)),
        can_enter=draws.is_open(draw, now(request)),
    )
    my_reservations.remember_form(request, response, form.value("idempotency_key"))
    return response


async def _shown(request: Request, draw_id: int) -> list[SlotView]:
    found = await queries.slots_of_draw(draw_id)
    return [await views.slot_view(request, slot) for slot in found]


@dataclass(frozen=True, slots=True)
class Questions:
    """What the hosts of one programme ask those who enter, once, though it has many times in the
    draw; `slot_ids`: those by which it is chosen.

    The fields are named as on the form of a reservation, for the first slot of the programme, which
    speaks for its others.
    """

    title: str
    slot_ids: tuple[int, ...]
    questions: tuple[AskedField, ...]


def _groups_of(shown: Sequence[SlotView]) -> list[Questions]:
    """One group for each programme of the draw that asks something, in the order of its slots."""
    by_programme: dict[int, list[SlotView]] = {}
    for view in shown:
        by_programme.setdefault(view.programme.id, []).append(view)
    return [
        Questions(
            views[0].programme.title,
            tuple(view.slot.id for view in views),
            tuple(questions_of(views[:1])),
        )
        for views in by_programme.values()
        if views[0].programme.questions
    ]


def _answered(form: ReserveForm, slots: Sequence[SlotEntry]) -> ReserveForm:
    """The form as if each slot of the draw had been asked by itself."""
    values = dict(form.values)
    for slot_id, speaker in _speakers(slots).items():
        for number in range(MAX_QUESTIONS):
            if (asked := answer_field(speaker, number)) in form.values:
                values[answer_field(slot_id, number)] = form.values[asked]
    return replace(form, values=values)


def _as_asked(refusal: Refusal, slots: Sequence[SlotEntry]) -> Refusal:
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
