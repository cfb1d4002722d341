"""What every page of the console shares: its sections, and what this person may do."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications.console import mail_since
from tour.reservations.models import CallOff
from tour.web import parts_of, render


@dataclass(frozen=True, slots=True)
class Section:
    """A line of the console's menu; `url` is the name of its first page."""

    key: str
    url: str
    label: Text
    permission: Permission


SECTIONS = (
    Section("today", "staff:today", _("Today"), Permission.SEE_STAFF_CONSOLE),
    Section("events", "staff:events", _("Events and maps"), Permission.EDIT_EVENTS),
    Section("sites", "staff:sites", _("All places"), Permission.TEND_ANY_SITE),
    Section("approvals", "staff:approvals", _("Approvals"), Permission.APPROVE),
    Section("reservations", "staff:reservations", _("Reservations"), Permission.SEE_PARTIES),
    Section("calls", "staff:calls", _("To phone"), Permission.SEE_PARTIES),
    Section("messages", "staff:messages", _("Messages"), Permission.CHANGE_RESERVATIONS),
    Section("deliveries", "staff:deliveries", _("Sent messages"), Permission.CHANGE_RESERVATIONS),
    Section("imports", "staff:imports", _("Import"), Permission.IMPORT),
    Section("people", "staff:people", _("People and roles"), Permission.INVITE),
    Section("log", "staff:log", _("Log of changes"), Permission.READ_AUDIT),
)


def staff_page(
    request: Request,
    template: str,
    who: SignedIn,
    status: int = 200,
    *,
    section: str,
    undoable: CallOff | None = None,
    **context: Any,
) -> Response:
    """A page of the console; its menu has only what this person may open. `undoable`: what was
    called off with an event a moment ago, offered to those who may take it back."""
    settings = parts_of(request).settings
    return render(
        request,
        template,
        status,
        who=who,
        section=section,
        sections=[part for part in SECTIONS if who.may(part.permission)],
        can={permission.value: who.may(permission) for permission in Permission},
        mail_since=mail_since(request),
        mail_folder="" if settings.smtp_url else str(settings.var / "mail"),
        undoable=undoable if who.may(Permission.CHANGE_RESERVATIONS) else None,
        done=request.query_params.get("done", ""),
        **context,
    )


def back_to(request: Request, name: str, *, done: str = "1", **params: Any) -> Response:
    """303 to a page of the console, which says that it is done."""
    path = request.app.url_path_for(name, **params)
    return RedirectResponse(f"{path}?done={done}" if done else str(path), status_code=303)
