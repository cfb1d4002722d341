"""The pages of those who tend the app know whether mail leaves."""

from contextlib import suppress

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from tour.errors import Unavailable
from tour.notifications.queries import mail_stands_since
from tour.web import now

CONSOLES = ("/staff", "/host")
KEY = "mail_stands_since"


class MailWatch:
    """Looks before each page of a console; `mail_since` gives it to the page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(CONSOLES):
            at = now(Request(scope))
            # A database that is away is for the page itself to say: here it would be a fault.
            with suppress(Unavailable):
                scope.setdefault("state", {})[KEY] = await mail_stands_since(at)
        await self._app(scope, receive, send)


def mail_since(request: Request) -> object:
    """Since when no mail has left though some should have, or None."""
    return request.scope.get("state", {}).get(KEY)
