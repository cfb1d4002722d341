"""One person, as administrators look after them: another address, two accounts of theirs made one,
leaving, and coming back."""

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.errors import AddressTaken
from tour.accounts.forms import asking_email_form
from tour.accounts.guards import SignedIn
from tour.accounts.models import Account
from tour.accounts.people import addresses, ending, merging, queries
from tour.accounts.roles import ROLES, Permission, Role
from tour.errors import REFUSALS, Conflict
from tour.i18n import lazy as _
from tour.staff.frame import back_to, staff_page
from tour.staff.people.handlers import person
from tour.staff.people.page import called
from tour.web import now, parts_of
from tour.web.forms import Form, form_again, read_form, texts
from tour.words.typed import number_in


async def person_page(request: Request) -> Response:
    who = await guards.require(request, Permission.MANAGE_PEOPLE)
    return await _page(request, who, await person(request), Form({}))


async def change_address(request: Request) -> Response:
    """For who cannot read the old one any more; in the log, and with word to both addresses."""
    who = await guards.require(request, Permission.MANAGE_PEOPLE)
    account = await person(request)
    typed = asking_email_form(await read_form(request, 5))
    try:
        typed.check()
        seal = parts_of(request).seal
        await addresses.change_for(
            account.id, typed.value("email"), actor=who.actor, seal=seal, now=now(request)
        )
    except AddressTaken as exc:
        said = typed.refused(email=_("Another account has this address. Are they one person?"))
        return await _page(request, who, account, said, exc.status)
    except REFUSALS as exc:
        page = _page(request, who, account, typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    return back_to(request, "staff:person", account_id=account.id)


async def merge(request: Request) -> Response:
    """Another account of the same person goes into this one."""
    who = await guards.require(request, Permission.MANAGE_PEOPLE)
    account = await person(request)
    sent = await read_form(request, 5)
    typed = await _of_two(Form(texts(sent, ("other", "one_person"))))
    try:
        typed.check()
        other = int(typed.value("other"))
        if other == who.account.id:
            raise Conflict(_("This is you. Open your own page, and put the other account into it."))
        seal = parts_of(request).seal
        await merging.merge(account.id, other, actor=who.actor, seal=seal, now=now(request))
    except REFUSALS as exc:
        page = _page(request, who, account, typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    return back_to(request, "staff:person", account_id=account.id)


async def end(request: Request) -> Response:
    """Nothing lets them in any more. One's own end is on the page of one's account."""
    who = await guards.require(request, Permission.MANAGE_PEOPLE)
    account = await person(request)
    try:
        if account.id == who.account.id:
            raise Conflict(_("You end your own account under “My account”."))
        await ending.end(account.id, actor=who.actor, now=now(request))
    except REFUSALS as exc:
        page = _page(request, who, account, Form({}).refused_by(exc), exc.status)
        return await form_again(page, exc)
    return back_to(request, "staff:person", account_id=account.id)


async def reopen(request: Request) -> Response:
    """Take them back, in a role that is chosen anew."""
    who = await guards.require(request, Permission.MANAGE_PEOPLE)
    account = await person(request)
    role = str((await read_form(request, 5)).get("role", ""))
    if role not in list(Role):
        refused = Form({}, {"role": _("Choose a role.")})
        return await _page(request, who, account, refused, 422)
    await ending.reopen(account.id, Role(role), actor=who.actor, now=now(request))
    return back_to(request, "staff:person", account_id=account.id)


async def _of_two(typed: Form) -> Form:
    """With what is missing for one of two accounts to go into the other."""
    other = number_in(typed.value("other"))
    if other is None or not await Account.exists(id=other, ended_at=None):
        typed = typed.refused(other=_("Choose the other account."))
    if not typed.value("one_person"):
        typed = typed.refused(one_person=_("Tick this once you know that both are one person."))
    return typed


async def _page(
    request: Request, who: SignedIn, account: Account, form: Form, status: int = 200
) -> Response:
    account = await Account.get(id=account.id)
    others = Account.filter(ended_at=None).exclude(id=account.id).order_by("name", "id")
    return staff_page(
        request,
        "staff/person.html",
        who,
        status,
        section="people",
        person=account,
        called=called(account),
        role=str(ROLES[account.role]),
        places=[site.name for site in await queries.sites_of(account)],
        is_me=account.id == who.account.id,
        others=[(str(other.id), called(other)) for other in await others if not other.is_sample],
        roles=[(role.value, str(label)) for role, label in ROLES.items()],
        form=form,
    )
