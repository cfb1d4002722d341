"""Keys that are known to one browser or one mail box, and to the database only as a hash."""

import hashlib
import secrets
from unicodedata import normalize

CODE_DIGITS = 6
PAPER_LETTERS = "2346789ACDEFGHJKMNPQRTWXY"
"""None looks like another of them: there is no 0, O, 1, I, L, 5, S, B, U, V and Z."""
PAPER_LENGTH, PAPER_GROUP = 16, 4
LONGEST_TYPED = 60


def new_token() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Six digits to type."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def new_paper_code() -> str:
    """74 random bits to copy from paper, such as K7M4-93QX-DHTA-6RWP."""
    code = "".join(secrets.choice(PAPER_LETTERS) for _ in range(PAPER_LENGTH))
    groups = range(0, PAPER_LENGTH, PAPER_GROUP)
    return "-".join(code[start : start + PAPER_GROUP] for start in groups)


def written_code(typed: str) -> str:
    """A paper code as it is hashed, of any width and case, with or without what stands between its
    letters; "" for what is none."""
    plain = normalize("NFKC", typed[:LONGEST_TYPED]).upper()
    code = "".join(letter for letter in plain if letter.isalnum())
    is_code = len(code) == PAPER_LENGTH and set(code) <= set(PAPER_LETTERS)
    return code if is_code else ""


def token_hash(token: str) -> str:
    """As it is kept: who reads the database can use none (SHA-256)."""
    return hashlib.sha256(token.encode()).hexdigest()
