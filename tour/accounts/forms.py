"""Addresses, names and ways back, as they are typed and sent."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from tour.contacts.addresses import likely_meant, read_address
from tour.contacts.telephones import read_telephone
from tour.i18n import lazy as _
from tour.web.forms import Form
from tour.words.names import TURNING, is_seen, one_line, written

MAX_NAME = 100


def email_form(text: str) -> Form:
    """One address, in lower case."""
    email = read_address(text)
    if email is None:
        problem = _("Please check the email address (such as hanako@example.jp).")
        return Form({"email": text}, {"email": problem})
    return Form({"email": email.lower()})


def asking_email_form(sent: Mapping[str, Any]) -> Form:
    """As `email_form`, of a form's `email`; a likely slip in it is asked about once."""
    typed = email_form(str(sent.get("email", "")))
    email = typed.value("email")
    if typed.errors or not (meant := likely_meant(email)):
        return typed
    values = {"email": email, "email_asked": email}
    if email == sent.get("email_asked"):
        return Form(values)
    problem = _("Did you mean %(address)s? If not, send it as it is.", address=meant)
    return Form(values, {"email": problem})


def name_form(text: str, field: str = "name") -> Form:
    """What somebody is called, in a form's `field`."""
    name = one_line(text, MAX_NAME)
    if not name or len(name) > MAX_NAME:
        problem = _("Give a name of 1 to %(n)s characters.", n=MAX_NAME)
        return Form({field: text}, {field: problem})
    return Form({field: name})


def phone_form(sent: Mapping[str, Any], *, must: bool) -> Form:
    """The `phone` of a form; where it `must` be there, it is the only way to somebody."""
    typed = str(sent.get("phone", ""))
    number = read_telephone(typed)
    if number is None:
        problem = _("Give the phone number with its area code (such as 03-1234-5678).")
        return Form({"phone": typed}, {"phone": problem})
    if must and not number:
        problem = _("Give a phone number or an email address: the organiser must reach you.")
        return Form({"phone": ""}, {"phone": problem})
    return Form({"phone": number})


def own_form(sent: Mapping[str, Any], *, has_mail: bool) -> Form:
    """Name and, if they like, office and telephone of somebody's own account."""
    typed, phone = name_form(str(sent.get("name", ""))), phone_form(sent, must=not has_mail)
    office = one_line(str(sent.get("office", "")), MAX_NAME)
    values = {**typed.values, **phone.values, "office": office}
    form = Form(values, {**typed.errors, **phone.errors})
    if len(office) > MAX_NAME:
        form = form.refused(office=_("At most %(n)s characters.", n=MAX_NAME))
    return form


def note_form(sent: Mapping[str, Any], most: int) -> Form:
    """The `note` of a form: a word of its writer's own, lines as they are, perhaps none."""
    note = TURNING.sub("", written(str(sent.get("note", "")))).replace("\r\n", "\n").strip()
    if len(note) > most:
        return Form({"note": note}, {"note": _("At most %(n)s characters.", n=most)})
    return Form({"note": note if is_seen(note) else ""})


def own_path(text: str) -> str:
    """A path of ours to go on to, or none: an address elsewhere would send people away."""
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\"))
    has_odd = any(c.isspace() or unicodedata.category(c) == "Cc" for c in text)
    return text if is_ours and not has_odd and len(text) <= 300 else ""
