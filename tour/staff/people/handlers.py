"""People: who has which role, changing a role, signing somebody out everywhere."""

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.models import Account, Membership
from tour.accounts.people import invitations, people
from tour.accounts.roles import Permission, Role
from tour.errors import REFUSALS, BadInput, Conflict, NotFound
from tour.i18n import lazy as _
from tour.staff.frame import back_to
from tour.staff.people.page import people_response, role_field
from tour.web import now
from tour.web.forms import Form, form_again, read_form


async def people_page(request: Request) -> Response:
    who = await guards.require(request, Permission.INVITE)
    site = request.query_params.get("site", "")
    return await people_response(request, who, Form({"site": site}))


async def change_role(request: Request) -> Response:
    """Nobody changes their own: the last administrator would lock everybody out."""
    who = await guards.require(request, Permission.MANAGE_PEOPLE)
    account = await person(request)
    role = str((await read_form(request, 5)).get("role", ""))
    name = role_field(account.id)
    try:
        if role not in list(Role):
            hint = _("Choose a role.")
            raise BadInput(hint, {name: hint})
        if account.id == who.account.id:
            raise Conflict(_("Nobody changes their own role. Ask another administrator."))
        await invitations.change_role(account.id, Role(role), actor=who.actor, now=now(request))
    except REFUSALS as exc:
        again = Form({name: role}).refused_by(exc)
        return await form_again(people_response(request, who, again, exc.status), exc)
    return back_to(request, "staff:people")


async def end_sessions(request: Request) -> Response:
    who = await guards.require(request, Permission.MANAGE_PEOPLE)
    account = await person(request)
    await people.end_sessions(account.id, actor=who.actor, now=now(request))
    return back_to(request, "staff:people")


async def remove_from_site(request: Request) -> Response:
    """Somebody no longer looks after a place, from their next click. Inviting again undoes it."""
    who = await guards.require(request, Permission.MANAGE_PEOPLE)
    account = await person(request)
    site_id = request.path_params["site_id"]
    if not await Membership.filter(account=account, site_id=site_id).exists():
        raise NotFound(_("This person does not look after this place."))
    await invitations.remove_from_site(account, site_id, actor=who.actor, now=now(request))
    return back_to(request, "staff:people")


async def person(request: Request) -> Account:
    """The account of the address (`account_id`), or NotFound."""
    account = await Account.get_or_none(id=request.path_params["account_id"])
    if account is None:
        raise NotFound(_("There is no such account."))
    return account
