"""Letters by which somebody without a mail box signs in again."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.errors import NotYours
from tour.accounts.guards import SignedIn
from tour.accounts.models import Account
from tour.accounts.roles import Permission
from tour.accounts.signing_in import paper
from tour.staff.frame import staff_page
from tour.staff.people.handlers import person
from tour.staff.people.page import may_print_for
from tour.web import now, parts_of, private
from tour.web.qr import qr_svg


async def sign_in_letter(request: Request) -> Response:
    """Write one, and on to the page to print. Letters before it let nobody in any more."""
    who = await guards.require(request, Permission.INVITE)
    account = await person(request)
    _check(who, account)
    code = await paper.write(account.id, actor=who.actor, now=now(request))
    path = request.app.url_path_for("staff:printed_letter", token=code)
    return RedirectResponse(path, status_code=303)


async def printed_letter(request: Request) -> Response:
    """The page to print and hand over. The code is in its address only: it is kept nowhere."""
    who = await guards.require(request, Permission.INVITE)
    code = request.path_params["token"]
    letter = await paper.usable(code, now=now(request))
    account = letter.account
    _check(who, account)
    base, path_for = parts_of(request).settings.base_url, request.app.url_path_for
    page = staff_page(
        request,
        "staff/sign_in_letter.html",
        who,
        section="people",
        account=account,
        letter=letter,
        code=code,
        typed_at=base + path_for("accounts:letter"),
        qr=qr_svg(base + path_for("accounts:open_letter", token=code)),
    )
    return private(page)


def _check(who: SignedIn, account: Account) -> None:
    if not may_print_for(who, account):
        raise NotYours
