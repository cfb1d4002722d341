"""One's own account: another mail address, and leaving for good."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.errors import CodeWrong, SampleStays
from tour.accounts.forms import asking_email_form
from tour.accounts.own_handlers import account_page
from tour.accounts.people import addresses, ending
from tour.accounts.signing_in import attempts
from tour.accounts.signing_in.cookies import forget_session
from tour.errors import REFUSALS
from tour.i18n import lazy as _
from tour.web import now, parts_of
from tour.web.forms import Form, form_again, read_form


async def ask_address(request: Request) -> Response:
    """Mail six digits to the new address; the page of the account waits for them."""
    who = await guards.signed_in(request)
    typed = asking_email_form(await read_form(request, 5))
    try:
        typed.check()
        if who.account.is_sample:
            raise SampleStays
        await attempts.count_link(request, typed.value("email"))
        await addresses.ask(
            who.account,
            typed.value("email"),
            timezone=parts_of(request).town.timezone.key,
            seal=parts_of(request).seal,
            now=now(request),
        )
    except REFUSALS as exc:
        page = account_page(request, who, typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    return _to_account(request)


async def confirm_address(request: Request) -> Response:
    """The digits, typed where they were asked for."""
    who = await guards.signed_in(request)
    typed = Form({"code": str((await read_form(request, 5)).get("code", ""))})
    try:
        await attempts.count_code(request)
        await addresses.confirm(
            who.account,
            typed.value("code"),
            actor=who.actor,
            seal=parts_of(request).seal,
            now=now(request),
        )
    except CodeWrong as exc:
        return await account_page(request, who, typed.refused(code=exc.message), exc.status)
    except REFUSALS as exc:
        page = account_page(request, who, typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    return _to_account(request)


async def end(request: Request) -> Response:
    """Leave for good, once asked whether that is meant; the last administrator stays."""
    who = await guards.signed_in(request)
    sure = str((await read_form(request, 5)).get("sure", ""))
    typed = Form({"sure": sure})
    try:
        if not sure:
            typed = typed.refused(sure=_("Tick this if you mean to leave for good."))
        typed.check()
        await ending.end(who.account.id, actor=who.actor, now=now(request))
    except REFUSALS as exc:
        page = account_page(request, who, typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    response = RedirectResponse(request.app.url_path_for("pages:home"), status_code=303)
    forget_session(response)
    return response


def _to_account(request: Request) -> Response:
    return RedirectResponse(request.app.url_path_for("accounts:account"), status_code=303)
