"""How often one network may try to sign in (decision 0013)."""

from starlette.requests import Request

from tour.accounts.signing_in.cookies import has_signed_in
from tour.contacts.addresses import counting_key
from tour.errors import TooManyRequests
from tour.i18n import lazy as _
from tour.limits.counting import Limit, client_of, count, limits

LINKS = Limit(5, 15 * 60)
"""To one mail address, asked for from one network."""


async def count_passkey(request: Request) -> None:
    await count(request, "passkey")


async def count_code(request: Request) -> None:
    """How often one person's code may be tried is counted with the code itself (`codes`)."""
    await count(request, "sign-in-code")


async def count_link(request: Request, email: str) -> None:
    """Raises TooManyRequests, whether or not the address has an account."""
    client = client_of(request)
    if has_signed_in(request, email):
        # This browser has wishes of its own, whatever others behind the same address ask for.
        client = "known"
    await count(request, "sign-in")
    try:
        await limits(request).hit((LINKS, f"link:{client}:{counting_key(email)}"))
    except TooManyRequests as exc:
        raise TooManyRequests(
            _(
                "Several links are on their way to this address. Look into your email, or "
                "ask again in a quarter of an hour."
            ),
            retry_after=exc.retry_after,
        ) from None
