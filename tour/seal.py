"""Text that the database keeps and cannot read: sealed under the server's secret.

What stands in a letter may be a key (a link to sign in, a code). Everywhere else such a key is kept
as a hash only; the outbox must say it, so there it is kept in AES-GCM (NIST SP 800-38D).
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PURPOSE = b"tour seal 1"
PRINTS = b"tour fingerprint 1"
MARK = "sealed:"
NONCE_BYTES = 12


class Unsealable(Exception):
    """Sealed under another secret, or changed since."""


class Seal:
    """Closes and opens text under one secret; any process that has the secret can."""

    def __init__(self, secret: str) -> None:
        self._cipher = AESGCM(hashlib.sha256(PURPOSE + secret.encode()).digest())
        self._print_key = hashlib.sha256(PRINTS + secret.encode()).digest()

    def close(self, text: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        closed = nonce + self._cipher.encrypt(nonce, text.encode(), None)
        return MARK + urlsafe_b64encode(closed).decode()

    def open(self, text: str) -> str:
        """The text as it was; what was never sealed is as it is. Raises Unsealable."""
        if not text.startswith(MARK):
            return text
        try:
            raw = urlsafe_b64decode(text.removeprefix(MARK))
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()
        except (InvalidTag, ValueError) as exc:
            raise Unsealable from exc

    def fingerprint(self, text: str) -> str:
        """A hash that only who has the secret can try out: for what is short, such as a code."""
        return hmac.new(self._print_key, text.encode(), "sha256").hexdigest()
