"""Signing in and out, by mail, by passkey, or as a sample of the demonstration."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.demo import SAMPLES
from tour.accounts.errors import CodeWrong, LinkUnusable, SignInNeeded
from tour.accounts.forms import asking_email_form, own_path
from tour.accounts.people import queries
from tour.accounts.roles import Permission
from tour.accounts.signing_in import attempts, codes, links, passkeys, sessions
from tour.accounts.signing_in.cookies import (
    browser_key,
    device_name,
    forget_session,
    has_signed_in,
    remember_browser,
    remember_session,
    remember_signed,
    session_token,
)
from tour.accounts.signing_in.passkeys import RelyingParty
from tour.db import transaction
from tour.errors import REFUSALS, BadInput, NotFound, TooManyRequests
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications import queries as notifications
from tour.web import lang, now, parts_of, private, render
from tour.web.forms import Form, read_form, refused_page
from tour.web.json_body import read_object, text_of
from tour.web.problems import error_page


async def to_sign_in(request: Request, exc: Exception) -> Response:
    """Answers SignInNeeded: a page leads to signing in and back; a form is told what to do."""
    assert isinstance(exc, SignInNeeded)  # noqa: S101 - registered for this class only
    if request.headers.get("accept", "").startswith("application/json"):
        return JSONResponse({"detail": str(exc.message)}, 401)
    if request.method != "GET":
        return error_page(request, 403, exc.message)
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    path = request.app.url_path_for("accounts:sign_in")
    return RedirectResponse(f"{path}?{urlencode({'next': asked})}", status_code=303)


async def sign_in_page(request: Request) -> Response:
    if await guards.visitor_account(request):
        return RedirectResponse(_inside(request, request.query_params.get("next", "")), 303)
    return _sign_in_page(request, Form({}), next_path=request.query_params.get("next", ""))


async def ask_for_link(request: Request) -> Response:
    form = await read_form(request, 5)
    typed, next_path = asking_email_form(form), str(form.get("next", ""))
    try:
        typed.check()
        await attempts.count_link(request, typed.value("email"))
    except REFUSALS as exc:
        again = typed.refused_by(exc)
        page = _sign_in_page(request, again, next_path=next_path, status=exc.status)
        return refused_page(page, exc)
    browser = browser_key(request)
    wish = links.Wish(
        email=typed.value("email"),
        browser=browser,
        lang=lang(request),
        timezone=parts_of(request).town.timezone.key,
        next_path=own_path(next_path),
        is_known=has_signed_in(request, typed.value("email")),
    )
    await links.ask(wish, seal=parts_of(request).seal, now=now(request))
    return link_sent(request, browser)


def link_sent(request: Request, browser: str) -> Response:
    """On to "look into your mail", in a browser that will be known again."""
    response = RedirectResponse(request.app.url_path_for("accounts:link_sent"), status_code=303)
    remember_browser(request, response, browser)
    return response


async def link_sent_page(request: Request) -> Response:
    return await _link_sent_page(request)


async def use_code(request: Request) -> Response:
    """The digits of the mail, typed in the browser that asked for it."""
    form = await read_form(request, 5)
    try:
        await attempts.count_code(request)
        made = await codes.use_code(
            str(form.get("code", "")),
            browser_key(request),
            seal=parts_of(request).seal,
            lang=lang(request),
            timezone=parts_of(request).town.timezone.key,
            device=device_name(request),
            now=now(request),
        )
    except (CodeWrong, LinkUnusable) as exc:
        return await _link_sent_page(request, exc.message, status=403)
    except TooManyRequests as exc:
        page = await _link_sent_page(request, exc.message, status=exc.status)
        return refused_page(page, exc)
    return signed_in_response(request, made.token, made.next_path, made.email)


async def open_link(request: Request) -> Response:
    """Shows the button that signs in; a mail scanner that opens the link uses nothing up."""
    token = request.path_params["token"]
    try:
        await links.check(token, browser_key(request), now=now(request))
    except LinkUnusable as exc:
        return _sign_in_page(request, Form({}), problem=exc.message, status=403)
    return private(render(request, "accounts/open_link.html", token=token))


async def use_link(request: Request) -> Response:
    try:
        made = await links.use(
            request.path_params["token"],
            browser_key(request),
            lang=lang(request),
            timezone=parts_of(request).town.timezone.key,
            device=device_name(request),
            now=now(request),
        )
    except LinkUnusable as exc:
        return _sign_in_page(request, Form({}), problem=exc.message, status=403)
    return signed_in_response(request, made.token, made.next_path, made.email)


async def use_sample(request: Request) -> Response:
    """One tap into the demonstration, as its host or its member of staff."""
    form = await read_form(request, 5)
    sample = SAMPLES.get(str(form.get("as", "")))
    if not parts_of(request).settings.demo or sample is None:
        raise NotFound(_("There is no such sample account."))
    account = await queries.sample_account(sample.email)
    if account is None:
        raise NotFound(_("There is no such sample account."))
    async with transaction():
        device = device_name(request)
        token = await links.sign_in_account(account, device=device, now=now(request))
    return signed_in_response(request, token, str(form.get("next", "")))


async def passkey_options(request: Request) -> Response:
    await attempts.count_passkey(request)
    browser = browser_key(request)
    options = await passkeys.sign_in_options(relying_party(request), browser, now=now(request))
    response = JSONResponse(options)
    remember_browser(request, response, browser)
    return response


async def use_passkey(request: Request) -> Response:
    await attempts.count_passkey(request)
    body, credential = await credential_in(request)
    token = await passkeys.sign_in_with(
        credential,
        relying_party(request),
        browser_key(request),
        device=device_name(request),
        now=now(request),
    )
    response = JSONResponse({"url": _inside(request, text_of(body.get("next")))})
    remember_session(request, response, token)
    return response


async def sign_out(request: Request) -> Response:
    who = await guards.visitor_account(request)
    if who and session_token(request):
        await sessions.end(who.session_id, who.account.id, now=now(request))
    response = RedirectResponse(request.app.url_path_for("pages:home"), status_code=303)
    forget_session(response)
    return response


def signed_in_response(request: Request, token: str, next_path: str, email: str = "") -> Response:
    """`email` where its mail box was shown to be theirs in this browser."""
    response = RedirectResponse(_inside(request, next_path), status_code=303)
    remember_session(request, response, token)
    if email:
        remember_signed(request, response, email)
    return response


async def credential_in(request: Request) -> tuple[dict[str, Any], dict[str, Any]]:
    """The body of a passkey's answer, and the credential in it."""
    body = await read_object(request)
    credential = body.get("credential", {})
    if not isinstance(credential, dict):
        hint = _("The request must be a JSON object.")
        raise BadInput(hint, {"credential": hint})
    return body, credential


def relying_party(request: Request) -> RelyingParty:
    parts = parts_of(request)
    return RelyingParty.of(parts.settings.base_url, parts.town.brand)


def may_see_staff(who: guards.SignedIn) -> bool:
    return who.may(Permission.SEE_STAFF_CONSOLE)


def _inside(request: Request, next_path: str) -> str:
    return own_path(next_path) or str(request.app.url_path_for("accounts:console"))


async def _link_sent_page(
    request: Request, problem: Text | None = None, *, status: int = 200
) -> Response:
    settings = parts_of(request).settings
    folder = "" if settings.smtp_url else str(settings.var / "mail")
    page = render(
        request,
        "accounts/link_sent.html",
        status,
        mail_folder=folder,
        code_error=problem,
        is_mail_away=await notifications.is_mail_away(),
    )
    return private(page)


def _sign_in_page(
    request: Request,
    typed: Form,
    *,
    status: int = 200,
    problem: Text | None = None,
    next_path: str = "",
) -> Response:
    page = render(
        request,
        "accounts/sign_in.html",
        status,
        form=typed,
        samples=list(SAMPLES.values()) if parts_of(request).settings.demo else [],
        passkeys=relying_party(request).is_possible,
        problem=problem,
        next_path=own_path(next_path),
    )
    return private(page)
