"""The page behind a mail's link: an event, its days, two buttons. Who holds the link answers."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts.tokens import token_hash
from tour.audit.service import Actor
from tour.errors import REFUSALS
from tour.events import answers
from tour.events.models import Participation
from tour.participation.forms import read_answer
from tour.participation.queries import invitation
from tour.web import lang, now, private, render
from tour.web.forms import Form, form_again, read_form

MOST_FIELDS = 50
"""Of an answer: a tick for each day, and what is said with it."""


async def answer_page(request: Request) -> Response:
    """Opening changes nothing: mail programs look at links before people do."""
    return await _page(request, Form({}))


async def _page(request: Request, form: Form, status: int = 200) -> Response:
    row = await _by_link(request)
    page = render(
        request,
        "participation/answer.html",
        status,
        invitation=invitation(row, lang(request), now(request)),
        form=form,
        done=bool(request.query_params.get("done")),
    )
    return private(page)


async def answer(request: Request) -> Response:
    row = await _by_link(request)
    said, typed = read_answer(await read_form(request, MOST_FIELDS), row.event.days)
    if said is None:
        return await _page(request, typed, 422)
    by_link = Actor(None, str(row.site.name))
    try:
        await answers.answer(row, said, actor=by_link, now=now(request))
    except REFUSALS as exc:
        return await form_again(_page(request, typed.refused_by(exc), exc.status), exc)
    return RedirectResponse(f"{request.url.path}?done=1", status_code=303)


async def _by_link(request: Request) -> Participation:
    return await answers.invitation_by(token_hash(request.path_params["token"]))
