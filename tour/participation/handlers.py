"""The page behind a mail's link: an event, and two buttons. Who holds the link answers."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts.tokens import token_hash
from tour.audit.service import Actor
from tour.errors import BadInput
from tour.events import answers
from tour.events.models import Participation
from tour.events.states import ParticipationAnswer
from tour.i18n import lazy as _
from tour.participation.queries import invitation
from tour.web import lang, now, private, render
from tour.web.forms import read_form

SAYS = {"accept": ParticipationAnswer.ACCEPTED, "decline": ParticipationAnswer.DECLINED}


def said(form_value: object) -> ParticipationAnswer:
    """The answer that a button means; raises BadInput for any other."""
    found = SAYS.get(str(form_value))
    if found is None:
        message = _("Please go back and use the buttons of the page.")
        raise BadInput(message, {"do": message})
    return found


async def answer_page(request: Request) -> Response:
    """Opening changes nothing: mail programs look at links before people do."""
    row = await _by_link(request)
    page = render(
        request,
        "participation/answer.html",
        invitation=invitation(row, lang(request), now(request)),
        done=bool(request.query_params.get("done")),
    )
    return private(page)


async def answer(request: Request) -> Response:
    row = await _by_link(request)
    form = await read_form(request, 5)
    by_link = Actor(None, str(row.site.name))
    await answers.answer(row, said(form.get("do")), actor=by_link, now=now(request))
    return RedirectResponse(f"{request.url.path}?done=1", status_code=303)


async def _by_link(request: Request) -> Participation:
    return await answers.invitation_by(token_hash(request.path_params["token"]))
