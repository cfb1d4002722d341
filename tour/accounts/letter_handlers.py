"""Letters on paper: typing the code of one, and signing in again with it where one has no mail."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts.errors import InvitationUnusable, LetterUnusable
from tour.accounts.handlers import signed_in_response
from tour.accounts.people import invitations
from tour.accounts.signing_in import attempts, paper
from tour.accounts.signing_in.cookies import device_name
from tour.accounts.tokens import written_code
from tour.errors import REFUSALS
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.web import now, private, render
from tour.web.forms import Form, read_form, refused_page

CODE_WRONG = _("A letter has 16 letters and digits, such as K7M4-93QX-DHTA-6RWP. Please check it.")


async def letter(request: Request) -> Response:
    """Where somebody types the code whose phone does not read the square."""
    return _page(request, Form({}))


async def type_letter(request: Request) -> Response:
    """On to what the letter is: an invitation, or a way to sign in again."""
    typed = Form({"code": str((await read_form(request, 5)).get("code", ""))})
    code = written_code(typed.value("code"))
    try:
        await attempts.count_code(request)
    except REFUSALS as exc:
        return refused_page(_page(request, typed.refused_by(exc), exc.status), exc)
    if not code:
        return _page(request, typed.refused(code=CODE_WRONG), 422)
    name, problem = await _what_it_is(request, code)
    if problem:
        return _page(request, typed.refused(code=problem), 403)
    return RedirectResponse(request.app.url_path_for(name, token=code), status_code=303)


async def open_letter(request: Request) -> Response:
    """Shows the button that signs in: opening alone uses nothing up."""
    token = request.path_params["token"]
    found = await paper.usable(token, now=now(request))
    page = render(request, "accounts/open_letter.html", token=token, name=found.account.name)
    return private(page)


async def use_letter(request: Request) -> Response:
    await attempts.count_code(request)
    device = device_name(request)
    token = await paper.use(request.path_params["token"], device=device, now=now(request))
    on = str(request.app.url_path_for("accounts:account"))
    return signed_in_response(request, token, on)


async def _what_it_is(request: Request, code: str) -> tuple[str, Text | None]:
    """The name of the page that the code opens, or why it opens none."""
    try:
        await paper.usable(code, now=now(request))
    except LetterUnusable as exc:
        problem = exc.message
    else:
        return "accounts:open_letter", None
    try:
        await invitations.usable(code, now=now(request))
    except InvitationUnusable:
        return "", problem
    return "accounts:invitation", None


def _page(request: Request, typed: Form, status: int = 200) -> Response:
    return private(render(request, "accounts/letter.html", status, form=typed))
