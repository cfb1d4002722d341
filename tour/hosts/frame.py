"""What every page of the console shares."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts.guards import Tending
from tour.accounts.roles import Permission
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications.console import mail_since
from tour.sites.editing.publication import showing_of
from tour.web import parts_of, render


@dataclass(frozen=True, slots=True)
class Tab:
    """`url` is the name of its page; `of_parties`: for those who see who comes."""

    key: str
    url: str
    label: Text
    icon: str
    of_parties: bool


TABS = (
    Tab("today", "hosts:today", _("Today"), "people", of_parties=True),
    Tab("programmes", "hosts:programmes", _("Sessions"), "calendar", of_parties=False),
    Tab("profile", "hosts:profile", _("Our page"), "pin", of_parties=False),
    Tab("messages", "hosts:messages", _("Messages"), "bell", of_parties=True),
)


def host_page(
    request: Request,
    template: str,
    tending: Tending,
    status: int = 200,
    *,
    tab: str,
    **context: Any,
) -> Response:
    """A page about one site, for those who tend it."""
    settings, is_staff = parts_of(request).settings, tending.who.may(Permission.SEE_STAFF_CONSOLE)
    names_folder = is_staff and not settings.smtp_url
    return render(
        request,
        template,
        status,
        site=tending.site,
        place=showing_of(tending.site),
        who=tending.who,
        tab=tab,
        tabs=[part for part in TABS if tending.sees_parties or not part.of_parties],
        may_invite=tending.may(Permission.INVITE),
        mail_since=mail_since(request),
        mail_folder=str(settings.var / "mail") if names_folder else "",
        **context,
    )


def site_path(request: Request, name: str, tending: Tending, **params: Any) -> str:
    return str(request.app.url_path_for(name, slug=tending.site.slug, **params))
