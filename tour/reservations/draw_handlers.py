"""A draw: what was promised, entering, leaving, the result and its check."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tour.errors import REFUSALS, Refusal
from tour.reservations import draw_questions, draw_results, draws, lottery, mine, queries, views
from tour.reservations.clash_views import refused
from tour.reservations.draws import MAX_CHOICES
from tour.reservations.errors import Clashing
from tour.reservations.forms import ReserveForm
from tour.reservations.handlers import to_made, to_reservation
from tour.reservations.intake import count_made, count_try, take_in
from tour.reservations.shown import SlotView
from tour.reservations.states import DrawStatus
from tour.web import now, render
from tour.web.forms import form_again, number_in, read_form, texts

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
        can_enter=draw.status == DrawStatus.OPEN and now(request) < draw.entries_close_at,
        problems=lottery.verify(draw.record) if is_drawn else [],
        result=draw_results.readable_result(draw.record) if is_drawn else [],
    )


async def record(request: Request) -> Response:
    """The public list: while entries are open the commitment, after the draw all of it."""
    draw = await queries.draw_by_id(request.path_params["draw_id"])
    return JSONResponse(
        draw_results.public_record(draw), headers={"Access-Control-Allow-Origin": "*"}
    )


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
        answered = draw_questions.answered(form, slots)
        wish = await take_in(request, "draw", ranking, answered)
        made = await draws.enter(draw_id, wish, pools=pools, now=now(request))
    except REFUSALS as exc:
        asked = draw_questions.as_asked(exc, slots)
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
        question_groups=draw_questions.groups_of(shown),
        asks_photos=any(view.programme.asks_photo_consent for view in shown),
        ticked=ticked,
        pools=sorted(await queries.pools_of_draw(draw.id)),
        max_party=max((slot.capacity for slot in slots), default=1),
        can_enter=draw.status == DrawStatus.OPEN and now(request) < draw.entries_close_at,
    )
    mine.remember_form(request, response, form.value("idempotency_key"))
    return response


async def _shown(request: Request, draw_id: int) -> list[SlotView]:
    found = await queries.slots_of_draw(draw_id)
    return [await views.slot_view(request, slot) for slot in found]
