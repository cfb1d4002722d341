"""Which push endpoints we call: an endpoint is an address that a stranger gives us.

Two layers, and both are needed. `EndpointPolicy` looks at the address itself, when it is stored and
before each sending. `GuardedResolver` looks at what a name resolves to, inside the HTTP client, so
that a name which moves to our own network after the check (DNS rebinding) is refused as well.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from tour.errors import ConfigurationError
from tour.words.typed import read_whole

KNOWN_HOSTS = frozenset(
    {
        "fcm.googleapis.com",  # Chrome, Edge on Android, Samsung Internet, Opera
        "jmt17.google.com",  # Chromium built without a release channel, as Debian's is
        "updates.push.services.mozilla.com",
    }
)
KNOWN_SUFFIXES = (
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
MAX_LENGTH = 2048
DNS_NAME = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+\Z")
ADDRESS = re.compile(r"[!-\[\]-~]+\Z")
"""Printable ASCII without space and backslash, which browsers and servers read differently."""
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class RefusedEndpoint(ValueError):
    """This address is not called."""


class RefusedAddress(OSError):
    """A push host's name leads to an address that is not public."""


@dataclass(frozen=True, slots=True)
class EndpointPolicy:
    """Known push services on https, port 443, and the operator's extra hosts (TOUR_PUSH_HOSTS).

    `extra` holds (host, port) pairs, which are exempt from the checks of host, port and address.
    """

    extra: frozenset[tuple[str, int]]

    @classmethod
    def parse(cls, push_hosts: tuple[str, ...]) -> "EndpointPolicy":
        """From `host:port` entries; raises ConfigurationError."""
        return cls(frozenset(_host_and_port(entry) for entry in push_hosts))

    def service(self, endpoint: object) -> str:
        """The host that counts as one service, with its port when it is an extra one.

        Raises RefusedEndpoint for anything else than a push service's https address.
        """
        parts = _split(endpoint)
        return self._service_at(parts.scheme, parts.netloc)

    @lru_cache(maxsize=256)  # noqa: B019 - a policy lives as long as its process
    def _service_at(self, scheme: str, netloc: str) -> str:
        """The few services we call, each looked at once."""
        try:
            parts = SplitResult(scheme, netloc, "", "", "")
            host, port = parts.hostname or "", parts.port or 443
        except ValueError:
            raise RefusedEndpoint("does not parse") from None
        if scheme != "https" or "@" in netloc:
            raise RefusedEndpoint("must be https without user")
        if (host, port) in self.extra:
            # An origin, as VAPID's `aud` is one, does not name port 443 (RFC 6454, 6.2).
            return host if port == 443 else f"{host}:{port}"
        known = host in KNOWN_HOSTS or host.endswith(KNOWN_SUFFIXES)
        if port != 443 or not known or not DNS_NAME.match(host):
            raise RefusedEndpoint("not a known push service")
        return host

    def is_trusted(self, host: str, port: int) -> bool:
        """The operator vouches for it: its address is not checked, its CA may be a private one."""
        return (host, port) in self.extra


def _split(endpoint: object) -> SplitResult:
    """The parts of an address that has a path and nothing strange, or RefusedEndpoint."""
    if not isinstance(endpoint, str) or not 16 <= len(endpoint) <= MAX_LENGTH:
        raise RefusedEndpoint("length")
    if not ADDRESS.match(endpoint):
        raise RefusedEndpoint("characters")
    try:
        parts = urlsplit(endpoint)
    except ValueError:
        raise RefusedEndpoint("does not parse") from None
    if "#" in endpoint or len(parts.path) < 2:
        raise RefusedEndpoint("must have a path and no fragment")
    return parts


def _host_and_port(entry: str) -> tuple[str, int]:
    host, _colon, port = entry.rpartition(":")
    number = read_whole(port, 1, 65535)
    if not host or number is None:
        raise ConfigurationError(f"TOUR_PUSH_HOSTS: {entry!r} is not host:port")
    return host.strip("[]"), number


def is_public(text: str) -> bool:
    """Whether an address may be connected to: globally reachable, and no disguise of another."""
    address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(str(address.ipv4_mapped))
        if address.sixtofour or address.teredo or address in TRANSLATED:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class GuardedResolver(AbstractResolver):
    """aiohttp connects to exactly what this answers, so check and use cannot differ.

    It is not asked about literal addresses: those `EndpointPolicy` refuses.
    """

    def __init__(self, policy: EndpointPolicy, inner: AbstractResolver | None = None) -> None:
        self._policy = policy
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if self._policy.is_trusted(host, port):
            return found
        if not found or not all(is_public(result["host"]) for result in found):
            raise RefusedAddress("a push host resolves to an address that is not public")
        return found

    async def close(self) -> None:
        await self._inner.close()
