"""Reading what a browser says about its subscription (`PushSubscription.toJSON()`)."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from tour.errors import BadInput
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications.push.endpoints import EndpointPolicy, RefusedEndpoint

POINT_BYTES = 65
AUTH_BYTES = 16
BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}\Z")


@dataclass(frozen=True, slots=True)
class Subscription:
    """A checked subscription; keys are unpadded base64url (RFC 8291: a P-256 point, 16 bytes)."""

    endpoint: str
    p256dh: str
    auth: str
    service: str

    @classmethod
    def parse(cls, given: Any, policy: EndpointPolicy) -> "Subscription":
        """Raises BadInput, naming no part of what was given."""
        if not isinstance(given, dict) or not isinstance(given.get("keys"), dict):
            raise _bad(_("This browser's subscription cannot be read."))
        try:
            service = policy.service(given.get("endpoint"))
        except RefusedEndpoint as exc:
            raise _bad(_("This browser's push service is not known here.")) from exc
        try:
            point = _decode(given["keys"].get("p256dh"), POINT_BYTES)
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            auth = _decode(given["keys"].get("auth"), AUTH_BYTES)
        except ValueError as exc:
            raise _bad(_("This browser's keys cannot be read.")) from exc
        return cls(given["endpoint"], _encode(point), _encode(auth), service)


def _decode(text: object, size: int) -> bytes:
    if not isinstance(text, str) or not BASE64URL.match(text):
        raise ValueError("not base64url")
    try:
        raw = base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except binascii.Error as exc:
        raise ValueError("not base64url") from exc
    if len(raw) != size:
        raise ValueError(f"{len(raw)} bytes, not {size}")
    return raw


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bad(message: Text) -> BadInput:
    return BadInput(message, {"subscription": message})
