"""The page of one's own account: name, browsers, passkeys; and taking an invitation up."""

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.forms import asking_email_form, name_form
from tour.accounts.guards import SignedIn
from tour.accounts.handlers import (
    credential_in,
    link_sent,
    may_see_staff,
    relying_party,
    signed_in_response,
)
from tour.accounts.models import Invitation
from tour.accounts.people import invitations, people, queries
from tour.accounts.people.invitations import Joiner
from tour.accounts.signing_in import attempts, links, passkeys, sessions
from tour.accounts.signing_in.cookies import browser_key, device_name, remember_browser
from tour.db import transaction
from tour.errors import REFUSALS
from tour.web import lang, now, parts_of, private, render
from tour.web.forms import Form, form_again, read_form
from tour.words.typed import number_in


async def console(request: Request) -> Response:
    """Where somebody who has signed in belongs: their site, their list of sites."""
    who = await guards.signed_in(request)
    sites = await queries.sites_of(who.account)
    if len(sites) == 1 and not may_see_staff(who):
        path = request.app.url_path_for("hosts:today", slug=sites[0].slug)
        return RedirectResponse(path, status_code=303)
    return render(
        request, "accounts/console.html", who=who, sites=sites, is_staff=may_see_staff(who)
    )


async def account(request: Request) -> Response:
    return await _page(request, await guards.signed_in(request))


async def rename(request: Request) -> Response:
    who = await guards.signed_in(request)
    typed = name_form(str((await read_form(request, 5)).get("name", "")))
    if typed.errors:
        return await _page(request, who, typed, status=422)
    await people.rename(who.account.id, typed.value("name"), actor=who.actor, now=now(request))
    return _to_account(request)


async def end_session(request: Request) -> Response:
    """Sign one browser out, or every one of this account."""
    who = await guards.signed_in(request)
    form = await read_form(request, 5)
    chosen = str(form.get("session", ""))
    if chosen == "all":
        await people.end_sessions(who.account.id, actor=who.actor, now=now(request))
    elif (session_id := number_in(chosen)) is not None:
        await sessions.end(session_id, who.account.id, now=now(request))
    return _to_account(request)


async def new_passkey_options(request: Request) -> Response:
    who = await guards.signed_in(request)
    browser = browser_key(request)
    options = await passkeys.registration_options(
        who.account, relying_party(request), browser, now=now(request)
    )
    response = JSONResponse(options)
    remember_browser(request, response, browser)
    return response


async def add_passkey(request: Request) -> Response:
    who = await guards.signed_in(request)
    _body, credential = await credential_in(request)
    await passkeys.register(
        who.account,
        credential,
        device_name(request),
        relying_party(request),
        browser_key(request),
        now=now(request),
    )
    return JSONResponse({"url": str(request.app.url_path_for("accounts:account"))}, 201)


async def remove_passkey(request: Request) -> Response:
    who = await guards.signed_in(request)
    await passkeys.remove(request.path_params["passkey_id"], who.account, now=now(request))
    return _to_account(request)


async def invitation(request: Request) -> Response:
    found = await _invitation(request)
    return await _invitation_page(request, found, Form({"email": str(found.email)}))


async def accept(request: Request) -> Response:
    """Join at once where the mail box is proved, else by a link mailed there.

    A letter makes a new account. For one that exists it is no key: that account signs in first.
    """
    found = await _invitation(request)
    who = await guards.visitor_account(request)
    form = await read_form(request, 5)
    if who and form.get("as") == "me":
        return await _join(request, found, str(who.account.email))
    typed = asking_email_form(form)
    if typed.errors:
        return await _invitation_page(request, found, typed, 422)
    is_proved = bool(found.email) and typed.value("email") == str(found.email).lower()
    if is_proved and not await queries.has_account(typed.value("email")):
        return await _join(request, found, typed.value("email"))
    try:
        await attempts.count_link(request, typed.value("email"))
    except REFUSALS as exc:
        page = _invitation_page(request, found, typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    browser = browser_key(request)
    wish = links.Wish(
        typed.value("email"), browser, lang(request), _timezone(request), invitation=found
    )
    await links.ask(wish, seal=parts_of(request).seal, now=now(request))
    return link_sent(request, browser)


async def _join(request: Request, found: Invitation, email: str) -> Response:
    joiner = Joiner(email, "", lang(request), _timezone(request))
    async with transaction():
        joined = await invitations.join(found, joiner, now=now(request))
        device = device_name(request)
        token = await links.sign_in_account(joined, device=device, now=now(request))
    return signed_in_response(request, token, "", email)


async def _invitation(request: Request) -> Invitation:
    return await invitations.usable(request.path_params["token"], now=now(request))


async def _invitation_page(
    request: Request, found: Invitation, typed: Form, status: int = 200
) -> Response:
    page = render(
        request,
        "accounts/invitation.html",
        status,
        invitation=found,
        token=request.path_params["token"],
        who=await guards.visitor_account(request),
        form=typed,
    )
    return private(page)


async def _page(
    request: Request, who: SignedIn, typed: Form | None = None, status: int = 200
) -> Response:
    return render(
        request,
        "accounts/account.html",
        status,
        who=who,
        form=typed or Form({"name": str(who.account.name)}),
        sessions=await sessions.live_sessions(who.account.id, now=now(request)),
        passkeys=await passkeys.of_account(who.account),
        passkeys_possible=relying_party(request).is_possible,
    )


def _to_account(request: Request) -> Response:
    return RedirectResponse(request.app.url_path_for("accounts:account"), status_code=303)


def _timezone(request: Request) -> str:
    return parts_of(request).town.timezone.key
