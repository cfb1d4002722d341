"""The rules of an event's reservations: limits, contact check, no-shows, how long data is kept."""

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.errors import REFUSALS
from tour.events.models import Event
from tour.i18n import lazy as _
from tour.programmes.booking_rules import (
    RulesDraft,
    change_rules,
    rules_of_event,
)
from tour.staff import queries
from tour.staff.frame import back_to, staff_page
from tour.web import now
from tour.web.forms import Form, Reading, form_again, read_form, texts
from tour.words.amounts import DAYS

FIELDS = ("reservations_per_contact", "checks_contact", "releases_absent", "retention_days")
MOST_PER_CONTACT = 20
LONGEST_RETENTION = 365


async def rules_page(request: Request) -> Response:
    who = await guards.require(request, Permission.PUBLISH)
    event = await queries.event_by_id(request.path_params["event_id"])
    return await _page(request, who, event, _typed(await rules_of_event(event.id)))


async def change(request: Request) -> Response:
    who = await guards.require(request, Permission.PUBLISH)
    event = await queries.event_by_id(request.path_params["event_id"])
    form = await read_form(request, 10)
    draft, typed = read_rules(texts(form, FIELDS))
    version = str(form.get("version", ""))
    try:
        typed.check()
        await change_rules(event, draft, version=version, actor=who.actor, now=now(request))
    except REFUSALS as exc:
        page = _page(request, who, event, typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    return back_to(request, "staff:event_rules", event_id=event.id)


def read_rules(values: dict[str, str]) -> tuple[RulesDraft, Form]:
    """The rules, and the form with what is wrong in it."""
    read = Reading(values)
    name = "reservations_per_contact"
    draft = RulesDraft(
        reservations_per_contact=read.whole_or_none(name, 1, MOST_PER_CONTACT),
        checks_contact=bool(values["checks_contact"]),
        releases_absent=bool(values["releases_absent"]),
        retention_days=read.whole("retention_days", 1, LONGEST_RETENTION, DAYS),
    )
    return draft, read.typed


def _typed(rules: RulesDraft) -> Form:
    most = rules.reservations_per_contact
    return Form(
        {
            "reservations_per_contact": "" if most is None else str(most),
            "checks_contact": "1" if rules.checks_contact else "",
            "releases_absent": "1" if rules.releases_absent else "",
            "retention_days": str(rules.retention_days),
        }
    )


async def _page(
    request: Request, who: SignedIn, event: Event, form: Form, status: int = 200
) -> Response:
    return staff_page(
        request,
        "staff/event_rules.html",
        who,
        status,
        section="events",
        tab="rules",
        event=event,
        form=form,
        version=(await rules_of_event(event.id)).version,
        title=_("Rules for reservations"),
    )
