"""The VAPID key pair (RFC 8292): our name towards push services, and what browsers subscribe to."""

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tour.errors import ConfigurationError
from tour.secret import kept_secret
from tour.settings import Settings

FILE = "vapid-private-key"


@dataclass(frozen=True, slots=True)
class VapidKeys:
    """`private` and `public` as base64url: a P-256 scalar (32 bytes), an uncompressed point."""

    private: str
    public: str


def new_private_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _encode(number.to_bytes(32, "big"))


def vapid_keys(settings: Settings) -> VapidKeys:
    """The operator's key, else the one kept in `var/`, else a new one that is kept from now on."""
    if settings.vapid_private_key:
        return _pair(settings.vapid_private_key, "TOUR_VAPID_PRIVATE_KEY")
    path = settings.var / FILE
    return _pair(kept_secret(path, new_private_key), str(path))


def vapid_subject(settings: Settings) -> str:
    """Whom a push service may write to. Apple refuses what does not look reachable."""
    if settings.vapid_subject:
        return settings.vapid_subject
    parts = urlsplit(settings.base_url)
    if parts.scheme == "https":
        return f"https://{parts.hostname}"
    return f"mailto:{settings.mail_from or 'noreply@example.org'}"


@lru_cache(maxsize=4)
def _pair(private: str, source: str) -> VapidKeys:
    try:
        raw = base64.urlsafe_b64decode(private + "=" * (-len(private) % 4))
        key = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
        if len(raw) != 32:
            raise ValueError
    except (ValueError, binascii.Error):
        # Not chained: the exception could show the key.
        raise ConfigurationError(f"{source}: not a VAPID key; `tour vapid new` makes one") from None
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return VapidKeys(private.rstrip("="), _encode(point))


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
