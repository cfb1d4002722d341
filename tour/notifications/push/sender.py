"""One encrypted message to one push service (RFC 8030, 8292).

py_vapid signs. pywebpush's `webpush()` would follow redirects, wait for ever and open a
connection a message: ours is one session without any of that.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from aiohttp.abc import AbstractResolver
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02, VapidException
from yarl import URL

from tour.errors import ConfigurationError
from tour.notifications.answers import Outcome, Verdict, Whose, judge
from tour.notifications.push.encryption import decoded, encrypt
from tour.notifications.push.endpoints import (
    EndpointPolicy,
    GuardedResolver,
    RefusedAddress,
    RefusedEndpoint,
)
from tour.notifications.push.keys import vapid_keys, vapid_subject
from tour.settings import Settings

TIMEOUT = aiohttp.ClientTimeout(total=15)
ANSWER_BYTES = 2048
ANSWER_SECONDS = 2
TOKEN_LASTS = 12 * 3600
"""Half of what RFC 8292 allows, so that a clock that is hours off does no harm."""
TOKEN_IS_FRESH = 6 * 3600


@dataclass(frozen=True, slots=True)
class Push:
    """One message for one browser. `ttl` in seconds, above 0 (Windows refuses 0)."""

    endpoint: str
    p256dh: str
    auth: str
    payload: bytes
    topic: str
    ttl: int


class PushSender:
    """Sends through one session. Make it with `open_sender`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        policy: EndpointPolicy,
        *,
        tokens: "VapidTokens",
        trusted_ssl: ssl.SSLContext,
    ) -> None:
        self._session = session
        self._policy = policy
        self._tokens = tokens
        self._trusted_ssl = trusted_ssl

    async def send(self, push: Push) -> Outcome:
        """Try once. Never raises for what a service, a network or a subscription does."""
        try:
            origin = f"https://{self._policy.service(push.endpoint)}"
            body = encrypt(push.payload, push.p256dh, push.auth)
        except RefusedEndpoint:
            return Outcome(Verdict.FAILED, "not a known push service")
        except ValueError:
            return Outcome(Verdict.FAILED, "the browser's keys cannot be used")
        try:
            return await self._post(origin, body, push)
        except aiohttp.ClientConnectorError as exc:
            if isinstance(exc.os_error, RefusedAddress):
                return Outcome(Verdict.FAILED, "the push service's address is not public")
            return Outcome(Verdict.RETRY, "no connection", whose=Whose.UNCLEAR)
        except TimeoutError:
            return Outcome(Verdict.RETRY, "no answer in time", whose=Whose.UNCLEAR)
        except (aiohttp.ClientError, OSError):
            return Outcome(Verdict.RETRY, "connection lost", whose=Whose.UNCLEAR)

    async def _post(self, origin: str, body: bytes, push: Push) -> Outcome:
        url = URL(push.endpoint, encoded=True)
        headers = {
            "Authorization": self._tokens.header(origin),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(push.ttl),
            "Urgency": "high",
            "Topic": push.topic,
        }
        trusted = self._policy.is_trusted(url.raw_host or "", url.port or 443)
        async with self._session.post(
            url,
            data=body,
            headers=headers,
            allow_redirects=False,
            ssl=self._trusted_ssl if trusted else True,
        ) as response:
            await _finish_reading(response)
            return judge(response.status, response.headers, now=datetime.now(UTC))


async def _finish_reading(response: aiohttp.ClientResponse) -> None:
    """The status says all. A short answer is read so that the connection can be used again;
    a long or slow one is not worth it."""
    if response.content.at_eof():
        return
    with suppress(aiohttp.ClientError, TimeoutError, OSError):
        async with asyncio.timeout(ANSWER_SECONDS):
            await response.content.read(ANSWER_BYTES)
            if response.content.at_eof():
                return
    response.close()


class VapidTokens:
    """The Authorization header for each origin, signed anew every six hours.

    By the real clock, not the app's: push services do not take part in a demonstration.
    """

    def __init__(
        self, private_key: str, subject: str, seconds: Callable[[], float] = time.time
    ) -> None:
        number = int.from_bytes(decoded(private_key), "big")
        self._vapid = Vapid02(ec.derive_private_key(number, ec.SECP256R1()))
        self._subject = subject
        self._seconds = seconds
        self._kept: dict[str, tuple[float, str]] = {}
        try:
            self.header("https://example.org")
        except VapidException as exc:
            raise ConfigurationError(
                "TOUR_VAPID_SUBJECT: must be mailto:NAME@HOST or https://HOST without a path"
            ) from exc

    def header(self, origin: str) -> str:
        now = self._seconds()
        made_at, header = self._kept.get(origin, (0.0, ""))
        # A token from the future was made before the clock was set back.
        if not made_at <= now < made_at + TOKEN_IS_FRESH:
            claims = {"aud": origin, "exp": int(now) + TOKEN_LASTS, "sub": self._subject}
            header = str(self._vapid.sign(claims)["Authorization"])
            self._kept[origin] = (now, header)
        return header


@asynccontextmanager
async def open_sender(
    settings: Settings,
    *,
    timeout: aiohttp.ClientTimeout = TIMEOUT,  # noqa: ASYNC109 - aiohttp's, for each request
    names: AbstractResolver | None = None,
) -> AsyncIterator[PushSender]:
    """A sender by the operator's settings; its connections are closed in the end.

    `names` resolves host names instead of the system; what it answers is checked all the same.
    """
    policy = EndpointPolicy.parse(settings.push_hosts)
    tokens = VapidTokens(vapid_keys(settings).private, vapid_subject(settings))
    # The worker bounds what is in flight for each service, so the connector does not.
    resolver = GuardedResolver(policy, names)
    connector = aiohttp.TCPConnector(limit=0, resolver=resolver, ttl_dns_cache=60)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        trust_env=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        headers={"User-Agent": "open-factory-tour"},
    ) as session:
        yield PushSender(session, policy, tokens=tokens, trusted_ssl=_trusted_ssl(settings))


def _trusted_ssl(settings: Settings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.push_ca or None)
    except (OSError, ssl.SSLError) as exc:
        raise ConfigurationError(f"TOUR_PUSH_CA: {settings.push_ca}: {exc}") from exc
