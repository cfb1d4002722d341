"""Keys that are known to one browser or one mail box, and to the database only as a hash."""

import hashlib
import secrets

CODE_DIGITS = 6


def new_token() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Six digits to type."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def token_hash(token: str) -> str:
    """As it is kept: who reads the database can use none (SHA-256)."""
    return hashlib.sha256(token.encode()).hexdigest()
