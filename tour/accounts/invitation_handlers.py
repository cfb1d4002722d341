"""The page behind an invitation, mailed or printed: who writes and why, taking it up, declining."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.forms import asking_email_form, name_form, phone_form
from tour.accounts.guards import SignedIn
from tour.accounts.handlers import link_sent, signed_in_response
from tour.accounts.models import Invitation
from tour.accounts.people import invitations, joining, queries
from tour.accounts.people.introduction import introduce
from tour.accounts.people.joining import Joiner
from tour.accounts.signing_in import attempts, links
from tour.accounts.signing_in.cookies import browser_key, device_name
from tour.db import transaction
from tour.errors import REFUSALS
from tour.web import lang, now, parts_of, private, render
from tour.web.forms import Form, form_again, read_form


async def invitation(request: Request) -> Response:
    found = await _invitation(request)
    return await _page(request, found, Form({"email": str(found.email)}))


async def accept(request: Request) -> Response:
    """Join at once where the mail box is proved, or where who has none holds a printed letter; else
    by a link mailed there.

    A letter makes a new account. For one that exists it is no key: that account signs in first.
    """
    found = await _invitation(request)
    who = await guards.visitor_account(request)
    form = await read_form(request, 5)
    if who and form.get("as") == "me":
        return await _join_as(request, found, who)
    typed = _asked(form, is_printed=not found.email)
    if typed.errors:
        return await _page(request, found, typed, 422)
    if not typed.value("email"):
        return await _join(request, found, typed)
    is_proved = bool(found.email) and typed.value("email") == str(found.email).lower()
    if is_proved and not await queries.has_account(typed.value("email")):
        return await _join(request, found, typed)
    try:
        await attempts.count_link(request, typed.value("email"))
    except REFUSALS as exc:
        page = _page(request, found, typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    return await _by_link(request, found, typed)


async def decline(request: Request) -> Response:
    """No, thank you; and no more of them, if they say so."""
    found = await _invitation(request)
    form = await read_form(request, 5)
    await joining.decline(found, for_good=bool(form.get("never")), now=now(request))
    return RedirectResponse(request.app.url_path_for("accounts:declined"), status_code=303)


async def declined(request: Request) -> Response:
    return private(render(request, "accounts/declined.html"))


def _asked(form: Mapping[str, Any], *, is_printed: bool) -> Form:
    """A name, and an address to sign in with; who got a letter on paper may have none, and is told
    by telephone."""
    name = name_form(str(form.get("name", "")))
    if is_printed and not str(form.get("email", "")).strip():
        rest = phone_form(form, must=True)
    else:
        rest = asking_email_form(form)
    return Form({**form, **name.values, **rest.values}, {**name.errors, **rest.errors})


async def _join(request: Request, found: Invitation, typed: Form) -> Response:
    """As somebody new. Who has no mail box sees first how they get in the next time."""
    email, phone = typed.value("email"), typed.value("phone")
    joiner = Joiner(email, typed.value("name"), lang(request), _timezone(request), phone)
    async with transaction():
        joined = await joining.join(found, joiner, now=now(request))
        device = device_name(request)
        token = await links.sign_in_account(joined, device=device, now=now(request))
    on = "" if email else str(request.app.url_path_for("accounts:account"))
    return signed_in_response(request, token, on, email)


async def _join_as(request: Request, found: Invitation, who: SignedIn) -> Response:
    """As who is signed in here."""
    await joining.join_as(found, who.account, now=now(request))
    return RedirectResponse(request.app.url_path_for("accounts:console"), status_code=303)


async def _by_link(request: Request, found: Invitation, typed: Form) -> Response:
    browser = browser_key(request)
    wish = links.Wish(
        typed.value("email"),
        browser,
        lang(request),
        _timezone(request),
        invitation=found,
        name=typed.value("name"),
    )
    await links.ask(wish, seal=parts_of(request).seal, now=now(request))
    return link_sent(request, browser)


async def _invitation(request: Request) -> Invitation:
    return await invitations.usable(request.path_params["token"], now=now(request))


async def _page(request: Request, found: Invitation, typed: Form, status: int = 200) -> Response:
    who = await guards.visitor_account(request)
    page = render(
        request,
        "accounts/invitation.html",
        status,
        invitation=found,
        said=await introduce(
            found, lang=lang(request), timezone=_timezone(request), now=now(request)
        ),
        token=request.path_params["token"],
        who=who,
        me=(who.account.name or who.account.address) if who else "",
        form=typed,
    )
    return private(page)


def _timezone(request: Request) -> str:
    return parts_of(request).town.timezone.key
