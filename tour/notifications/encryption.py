"""A payload as only one browser can read it: one aes128gcm record (RFC 8188, RFC 8291).

The same bytes as `pywebpush.WebPusher.encode()`, which the tests compare, for two thirds of its
time: the HKDF steps are single blocks, so each is one HMAC (RFC 5869, 2.3).
"""

import base64
import hmac
import os
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
EXCHANGE = ec.ECDH()
RECORD_BYTES = 4096
SALT_BYTES = 16
LAST_RECORD = b"\x02"
"""The delimiter after the text; nothing is padded."""


def encrypt(payload: bytes, p256dh: str, auth: str) -> bytes:
    """For the browser with these keys (base64url), under a new key and salt of ours each time.

    Raises ValueError for keys that are none.
    """
    private = ec.generate_private_key(CURVE)
    return seal(payload, decoded(p256dh), decoded(auth), private, os.urandom(SALT_BYTES))


def seal(
    payload: bytes, browser: bytes, auth: bytes, private: ec.EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """`private` and `salt` must never be used again. `browser` is an uncompressed P-256 point."""
    ours = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, browser)
    shared = _hmac(auth, private.exchange(EXCHANGE, theirs))
    secret = _hmac(shared, b"WebPush: info\0" + browser + ours + b"\x01")
    root = _hmac(salt, secret)
    key = _hmac(root, b"Content-Encoding: aes128gcm\0\x01")[:16]
    nonce = _hmac(root, b"Content-Encoding: nonce\0\x01")[:12]
    header = salt + struct.pack("!LB", RECORD_BYTES, len(ours)) + ours
    return header + AESGCM(key).encrypt(nonce, payload + LAST_RECORD, None)


def decoded(base64url: str) -> bytes:
    return base64.urlsafe_b64decode(base64url + "=" * (-len(base64url) % 4))


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
