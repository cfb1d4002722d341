"""What was sent, what waits and what failed: numbers and reasons, never to whom."""

from collections.abc import Mapping
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.roles import Permission
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications import queries
from tour.staff.frame import staff_page
from tour.staff.message_kinds import KINDS, OTHER
from tour.staff.reasons import reason
from tour.web import now
from tour.words.typed import number_in

SINCE = timedelta(days=7)
STATUSES: Mapping[str, Text] = {
    "waiting": _("Waiting"),
    "together": _("Said in another message"),
    "sent": _("Sent"),
    "gone": _("Unsubscribed"),
    "failed": _("Failed"),
    "expired": _("Too late"),
    "cancelled": _("Cancelled"),
}


async def page(request: Request) -> Response:
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    before_id = number_in(request.query_params.get("before"), 15)
    problems_only = request.query_params.get("show") == "problems"
    at = now(request)
    lines = await queries.deliveries(before_id=before_id, problems_only=problems_only)
    queue = await queries.queue_state(at)
    return staff_page(
        request,
        "staff/deliveries.html",
        who,
        section="deliveries",
        lines=[
            (
                line,
                KINDS.get(line.kind, OTHER),
                _service(line.service),
                STATUSES[line.status],
                reason(line.problem),
            )
            for line in lines
        ],
        queue=queue,
        oldest_minutes=int(queue.oldest.total_seconds() // 60),
        services=[(_service(e.service), e) for e in await queries.by_service(at - SINCE)],
        problems_only=problems_only,
        next_before=lines[-1].id if len(lines) == queries.PAGE else None,
    )


def _service(name: str) -> Text | str:
    """What a service of browsers or mail is called."""
    return _("Email") if name == "mail" else name
