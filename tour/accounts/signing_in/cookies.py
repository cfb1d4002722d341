"""The three cookies: who is signed in, which browser asked for a link, and which has been signed
in before."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts.signing_in.sessions import LASTS_WITHOUT_MAIL
from tour.accounts.tokens import new_token
from tour.web import parts_of

SESSION = "account"
BROWSER = "browser"
SIGNED = "signed"
SIGNED_LASTS = timedelta(days=365)
MOST_SIGNED, SIGNED_LETTERS = 3, 32
BROWSER_LASTS = timedelta(hours=1)
BROWSERS = ("Edg/", "OPR/", "Firefox", "CriOS", "Chrome", "Safari")
SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux")
CALLED = {"Edg/": "Edge", "OPR/": "Opera", "CriOS": "Chrome", "Macintosh": "Mac"}


def session_token(request: Request) -> str:
    return request.cookies.get(SESSION, "")


def remember_session(request: Request, response: Response, token: str) -> None:
    """For as long as the longest session: how long this one lasts the database says."""
    _set(request, response, SESSION, token, LASTS_WITHOUT_MAIL)


def forget_session(response: Response) -> None:
    response.delete_cookie(SESSION, httponly=True, samesite="lax")


def browser_key(request: Request) -> str:
    """What ties a mailed link or a passkey's challenge to this browser; new when it has none."""
    return request.cookies.get(BROWSER) or new_token()


def remember_browser(request: Request, response: Response, key: str) -> None:
    _set(request, response, BROWSER, key, BROWSER_LASTS)


def has_signed_in(request: Request, email: str) -> bool:
    """Whether somebody signed in with this address in this browser within the year."""
    return _signed_mark(request, email) in _signed_marks(request)


def remember_signed(request: Request, response: Response, email: str) -> None:
    """A keyed hash of the address: a stranger's wishes do not stop those of this browser."""
    mark = _signed_mark(request, email)
    kept = [mark, *(one for one in _signed_marks(request) if one != mark)][:MOST_SIGNED]
    _set(request, response, SIGNED, ".".join(kept), SIGNED_LASTS)


def _signed_marks(request: Request) -> list[str]:
    return request.cookies.get(SIGNED, "")[: MOST_SIGNED * (SIGNED_LETTERS + 1)].split(".")


def _signed_mark(request: Request, email: str) -> str:
    return parts_of(request).seal.fingerprint(f"signed:{email}")[:SIGNED_LETTERS]


def device_name(request: Request) -> str:
    """Firefox, Android: enough to recognise one's own phone in a list, and no more."""
    agent = request.headers.get("user-agent", "")
    found = [next((n for n in names if n in agent), "") for names in (BROWSERS, SYSTEMS)]
    return ", ".join(CALLED.get(name, name) for name in found if name)


def _set(request: Request, response: Response, name: str, value: str, lasts: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lasts.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=parts_of(request).settings.base_url.startswith("https:"),
    )
