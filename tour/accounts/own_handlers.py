"""The page of one's own account: name, browsers, passkeys."""

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.forms import own_form
from tour.accounts.guards import SignedIn
from tour.accounts.handlers import credential_in, may_see_staff, relying_party
from tour.accounts.people import addresses, people, queries
from tour.accounts.signing_in import passkeys, sessions
from tour.accounts.signing_in.cookies import browser_key, device_name, remember_browser
from tour.notifications.mail.boxes import reader_key
from tour.notifications.models import Recipient
from tour.sites.editing.publication import showing_of
from tour.web import now, parts_of, render
from tour.web.forms import Form, read_form
from tour.words.typed import number_in

OWN_WORDS = ("name", "office", "phone")


async def console(request: Request) -> Response:
    """Where somebody who has signed in belongs: their site, their list of sites."""
    who = await guards.signed_in(request)
    sites = await queries.sites_of(who.account)
    if len(sites) == 1 and not may_see_staff(who):
        path = request.app.url_path_for("hosts:today", slug=sites[0].slug)
        return RedirectResponse(path, status_code=303)
    return render(
        request,
        "accounts/console.html",
        who=who,
        sites=[(site, showing_of(site)) for site in sites],
        is_staff=may_see_staff(who),
    )


async def account(request: Request) -> Response:
    return await account_page(request, await guards.signed_in(request))


async def rename(request: Request) -> Response:
    who = await guards.signed_in(request)
    typed = own_form(await read_form(request, 5), has_mail=bool(who.account.address))
    if typed.errors:
        return await account_page(request, who, typed, status=422)
    await people.call(who.account.id, typed.values, actor=who.actor, now=now(request))
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


async def account_page(
    request: Request, who: SignedIn, typed: Form | None = None, status: int = 200
) -> Response:
    known = {word: str(getattr(who.account, word)) for word in OWN_WORDS}
    reader = await Recipient.get(id=who.account.recipient_id)
    mails = request.app.url_path_for("notifications:recipient", token=reader.token)
    return render(
        request,
        "accounts/account.html",
        status,
        mail_stopped=bool(reader.stopped_at or reader.mail_stopped_at),
        # Who has signed in has read a mail there.
        mails=f"{mails}?reader={reader_key(reader.token, parts_of(request).seal)}",
        who=who,
        form=Form({**known, **(typed.values if typed else {})}, typed.errors if typed else {}),
        asked_address=await addresses.asked(who.account.id, now=now(request)),
        sessions=await sessions.live_sessions(who.account.id, now=now(request)),
        passkeys=await passkeys.of_account(who.account),
        passkeys_possible=relying_party(request).is_possible,
    )


def _to_account(request: Request) -> Response:
    return RedirectResponse(request.app.url_path_for("accounts:account"), status_code=303)
