"""A mail address as a person types it, as mail is sent to it, and as its owner is counted.

`read_address` gives one addr-spec (RFC 5321, 4.1.2) or nothing; `counting_key` is the same for
every spelling of one mail box; `likely_meant` is what a slip of the finger stands for.
"""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from tour.words.slips import one_slip_apart

MAX_TYPED = 500
"""With a name before it and what surrounds it; longer is not looked at."""
MAX_ADDRESS = 254
MAX_LOCAL = 64
OF_CARRIERS = frozenset({"au.com", "docomo.ne.jp", "ezweb.ne.jp"})
"""They once gave out `taro..t@` and `taro.@`, against RFC 5321; people have them still."""
CARRIER_LOCAL = re.compile(r"[a-z0-9][a-z0-9._+?/-]*", re.IGNORECASE)
COMMENT = re.compile(r"\([^()]*\)")
IN_BRACKETS = re.compile(r"[^<>]*<([^<>]*)>[^<>]*")
SCHEME = re.compile(r"(mailto|e-?mail|メール)\s*:\s*", re.IGNORECASE)
AROUND = " ,;:.、。・'`()[]<>{}「」『』【】〈〉《》“”‘’"
"""What stands around an address in a sentence, and in none at either end."""
GOOGLE = frozenset({"gmail.com", "googlemail.com"})
COMMON = (
    "gmail.com",
    "yahoo.co.jp",
    "icloud.com",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "softbank.ne.jp",
    "i.softbank.jp",
    "outlook.com",
    "outlook.jp",
    "hotmail.com",
    "hotmail.co.jp",
    "yahoo.com",
    "ymobile.ne.jp",
    "rakuten.jp",
)
"""Where most mail boxes of visitors are."""
REAL_NEIGHBOURS = frozenset(
    {"au.com", "email.com", "gmx.com", "live.jp", "mail.com", "me.com", "msn.com", "ymail.com"}
)
"""One letter from a common one, and not a slip."""
WRONG_ENDINGS = {
    "docomo.co.jp": "docomo.ne.jp",
    "docomo.jp": "docomo.ne.jp",
    "docomo.ne": "docomo.ne.jp",
    "ezweb.co.jp": "ezweb.ne.jp",
    "ezweb.jp": "ezweb.ne.jp",
    "gmail.co": "gmail.com",
    "gmail.co.jp": "gmail.com",
    "gmail.jp": "gmail.com",
    "gmail.ne.jp": "gmail.com",
    "icloud.co.jp": "icloud.com",
    "icloud.jp": "icloud.com",
    "outlook.co.jp": "outlook.jp",
    "softbank.co.jp": "softbank.ne.jp",
    "yahoo.co": "yahoo.co.jp",
    "yahoo.jp": "yahoo.co.jp",
    "yahoo.ne.jp": "yahoo.co.jp",
}


def read_address(text: str) -> str | None:
    """The one address in what was typed, to be written to as it stands; None where there is none
    or more than one. The part before the @ keeps its case; the domain is in lower case and ASCII
    (IDNA 2008)."""
    if len(text) > MAX_TYPED:
        return None
    bare = _bare(text)
    local, at, domain = bare.rpartition("@")
    if at and domain.lower() in OF_CARRIERS:
        is_one = len(local) <= MAX_LOCAL and CARRIER_LOCAL.fullmatch(local)
        return f"{local}@{domain.lower()}" if is_one else None
    return _by_standard(bare)


def counting_key(address: str) -> str:
    """The same for all spellings of one mail box: without case, `+tag`, and what Gmail ignores.
    For counting and finding only; mail goes to the address as it was given."""
    local, _at, domain = address.casefold().rpartition("@")
    if not domain:
        return ""
    local = local.partition("+")[0] or local
    if domain in GOOGLE:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def likely_meant(address: str) -> str | None:
    """The address that was probably meant by one with a well-known domain misspelt, or None."""
    local, _at, domain = address.rpartition("@")
    if domain in COMMON or domain in REAL_NEIGHBOURS:
        return None
    meant = WRONG_ENDINGS.get(domain)
    if meant is None:
        meant = next((known for known in COMMON if one_slip_apart(domain, known)), None)
    return f"{local}@{meant}" if meant else None


def _bare(text: str) -> str:
    """Without signs that are not seen, a name before it, and what a sentence puts around it."""
    shown = "".join(
        c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf"
    )
    bare = COMMENT.sub("", shown)
    if bracketed := IN_BRACKETS.fullmatch(bare):
        bare = bracketed[1]
    bare = bare.strip(AROUND)
    if scheme := SCHEME.match(bare):
        bare = bare[scheme.end() :].partition("?")[0].strip(AROUND)
    if '"@' not in bare:
        bare = bare.strip('"' + AROUND)
    return bare.replace("。", ".")


def _by_standard(bare: str) -> str | None:
    try:
        found = validate_email(
            bare,
            allow_smtputf8=False,
            allow_quoted_local=True,
            check_deliverability=False,
            strict=True,
        )
    except EmailNotValidError:
        return None
    address = found.ascii_email
    if address is None or address.startswith('"') or len(address) > MAX_ADDRESS:
        return None
    local, _at, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"
