"""A shared computer forgets whoever used it: at a library's desk, at a friend's."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.signing_in import sessions
from tour.web import now, render

CLEARED = '"cache", "storage"'
"""Kept pages, the service worker with its push, and what scripts kept (W3C Clear Site Data).
Cookies are taken back one by one: another app may share the host."""


async def page(request: Request) -> Response:
    """What is forgotten, what is not, and one button."""
    who = await guards.visitor_account(request)
    is_done = request.query_params.get("done") == "1"
    return render(request, "forget_device.html", is_done=is_done, is_signed_in=who is not None)


async def forget(request: Request) -> Response:
    """End the session, take every cookie of ours but the language back, and what scripts kept."""
    if who := await guards.visitor_account(request):
        await sessions.end(who.session_id, who.account.id, now=now(request))
    path = request.app.url_path_for("pages:forget_device")
    response = RedirectResponse(f"{path}?done=1", status_code=303)
    for name in sorted(OWN & request.cookies.keys()):
        response.delete_cookie(name, httponly=True, samesite="lax")
    response.headers["Clear-Site-Data"] = CLEARED
    return response


OWN = frozenset({"account", "browser", "signed", "reservations", "forms", "known", "plans"})
"""The names of our cookies but `lang`; `test_forgetting` finds one that is missing."""
