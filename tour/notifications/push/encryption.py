"""A payload as only one browser can read it: one aes128gcm record (RFC 8188, RFC 8291)."""

import base64
import os

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec

SALT_BYTES = 16


def encrypt(payload: bytes, p256dh: str, auth: str) -> bytes:
    """For the browser with these keys (base64url), under a new key and salt of ours each time.

    Raises ValueError for keys that are none.
    """
    private = ec.generate_private_key(ec.SECP256R1())
    return seal(payload, decoded(p256dh), decoded(auth), private, os.urandom(SALT_BYTES))


def seal(
    payload: bytes, browser: bytes, auth: bytes, private: ec.EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """`private` and `salt` must never be used again. `browser` is an uncompressed P-256 point."""
    return bytes(
        http_ece.encrypt(payload, salt=salt, private_key=private, dh=browser, auth_secret=auth)
    )


def decoded(base64url: str) -> bytes:
    """Padding may be missing (RFC 4648, 5); ValueError for what is no base64url."""
    return base64.urlsafe_b64decode(base64url + "=" * (-len(base64url) % 4))
