"""Addresses, names and ways back, as they are typed and sent."""

import re
import unicodedata

from tour.i18n import lazy as _
from tour.web.forms import Typed

MAX_EMAIL = 254
MAX_NAME = 100
EMAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s.<>,;\"]+(\.[^@\s.<>,;\"]+)+")


def email_form(text: str) -> Typed:
    """One address: half-width, lower case."""
    email = unicodedata.normalize("NFKC", text).strip().lower()
    if len(email) > MAX_EMAIL or not EMAIL.fullmatch(email):
        problem = _("This does not look like an e-mail address. Is a letter missing?")
        return Typed({"email": text}, {"email": problem})
    return Typed({"email": email})


def name_form(text: str) -> Typed:
    shown = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    name = " ".join(unicodedata.normalize("NFC", shown).split())
    if not name or len(name) > MAX_NAME:
        problem = _("Give a name of 1 to %(n)s characters.", n=MAX_NAME)
        return Typed({"name": text}, {"name": problem})
    return Typed({"name": name})


def own_path(text: str) -> str:
    """A path of ours to go on to, or none: an address elsewhere would send people away."""
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\"))
    has_odd = any(c.isspace() or unicodedata.category(c) == "Cc" for c in text)
    return text if is_ours and not has_odd and len(text) <= 300 else ""
