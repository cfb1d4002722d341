"""The reservation form: text to values, everything typed kept for the next try."""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tour.contacts.addresses import likely_meant, read_address
from tour.errors import Refusal
from tour.i18n import lazy as _
from tour.programmes.views import QuestionView
from tour.reservations.errors import CONTACT, Clashing, KeyReused, SlotFull
from tour.reservations.rules import USUAL_PARTY, Party, read_party
from tour.reservations.wishes import Choice
from tour.web.forms import Form
from tour.words.typed import number_in

FIELDS = (
    "adults",
    "children",
    "name",
    "kana",
    "email",
    "email_asked",
    "phone",
    "consent",
    "idempotency_key",
    "note",
    "photos_asked",
    "photos_ok",
    "again",
    "split",
)
KEY = re.compile(r"[A-Za-z0-9_-]{8,80}")
MAX_NOTE = 500
MAX_ANSWER = 300
MAX_QUESTIONS = 5
CHANGED = ("adults", "children", "name", "kana", "slot")
CONTACT_IS_KNOWN = "03-1234-5678"
"""Stands in for the contact, which a change leaves as it is."""


@dataclass(frozen=True, slots=True)
class ReserveForm(Form):
    """`party`: whom it describes when nothing is wrong with it."""

    party: Party | None = None

    @classmethod
    def empty(cls, adults: int = USUAL_PARTY) -> "ReserveForm":
        key = _new_key()
        return cls({"adults": str(adults), "children": "0", "idempotency_key": key})

    @classmethod
    def parse(cls, raw: Mapping[str, str]) -> "ReserveForm":
        answers = {name: text for name, text in raw.items() if name.startswith("answer-")}
        values = answers | {name: raw.get(name, "") for name in FIELDS}
        values["note"] = values["note"][:MAX_NOTE]
        party, errors = read_party(values)
        if slip := _slip(values):
            errors["email"] = _("Did you mean %(address)s? If not, send it as it is.", address=slip)
        if values["consent"] not in ("1", "on", "true", "True"):
            errors["consent"] = _("Please agree, so that we may keep your details for the session.")
        if not KEY.fullmatch(values["idempotency_key"]):
            # A foreign or forged key must not open somebody else's reservation: make a fresh one.
            values["idempotency_key"] = _new_key()
        return cls(values, errors, None if errors else party)

    @property
    def photos_allowed(self) -> bool | None:
        """None where the form did not ask."""
        return bool(self.value("photos_ok")) if self.value("photos_asked") else None

    def refused_by(self, refusal: Refusal) -> "ReserveForm":
        """Full, or held already, is said above the form, with the way out
        (`reservations.pages.booking`)."""
        if isinstance(refusal, SlotFull | Clashing):
            return self
        if isinstance(refusal, KeyReused):
            return Form.refused_by(self.for_another_wish(), refusal)
        if refusal.field == CONTACT:
            contact = "email" if self.value("email") else "phone"
            return self.refused(**{contact: refusal.message})
        return Form.refused_by(self, refusal)

    def for_another_wish(self) -> "ReserveForm":
        """The same form with a key of its own, as it asks for other sessions from here on."""
        return replace(self, values={**self.values, "idempotency_key": _new_key()})


@dataclass(frozen=True, slots=True)
class ChangeForm(Form):
    """What a party changes by itself: its size, at one session alone if it says so, its name."""

    adults: int = 0
    children: int = 0

    @property
    def slot_id(self) -> int | None:
        """The session whose number of people is meant; None for all that are open."""
        return number_in(self.value("slot"))

    @classmethod
    def parse(cls, raw: Mapping[str, str]) -> "ChangeForm":
        values = {name: raw.get(name, "") for name in CHANGED}
        party, errors = read_party({**values, "phone": CONTACT_IS_KNOWN})
        if party is None:
            return cls(values, errors)
        values |= {"name": party.name, "kana": party.kana}
        return cls(values, errors, party.adults, party.children)


def _slip(values: dict[str, str]) -> str | None:
    """What the address was probably meant to be, asked about once: `email_asked` remembers it."""
    address = read_address(values["email"])
    if address is None or address == read_address(values["email_asked"]):
        return None
    values["email_asked"] = address
    return likely_meant(address)


def _new_key() -> str:
    """For the second press of a button: it asks for the same as the first."""
    return secrets.token_urlsafe(18)


def choice_in(typed: Mapping[str, str]) -> Choice:
    """What a party chose by the ticks of a form, as `reservations/_clash.html` shows them."""
    return Choice(bool(typed.get("again")), bool(typed.get("split")))


def answer_field(slot_id: int, number: int) -> str:
    """The name of the field for a slot's question of that number, from 0 on."""
    return f"answer-{slot_id}-{number}"


@dataclass(frozen=True, slots=True)
class AskedField:
    """A host's question as a field of a form."""

    name: str
    text: str
    is_required: bool
    for_children: bool
    """Asked only of a party that brings some."""


def asked_fields(slot_id: int, questions: Iterable[QuestionView]) -> list[AskedField]:
    """The fields for what is asked of whoever comes to this slot."""
    return [
        AskedField(
            answer_field(slot_id, number),
            question.text,
            question.is_required,
            question.for_children,
        )
        for number, question in enumerate(questions)
    ]


def answers_in(typed: Mapping[str, str], slot_ids: Iterable[int]) -> dict[int, list[str]]:
    """The answers to each slot's questions: fields `answer-SLOT-0`, `answer-SLOT-1` …, each at its
    question's place, though one before it was not sent."""
    found = {}
    for slot_id in slot_ids:
        names = [answer_field(slot_id, number) for number in range(MAX_QUESTIONS)]
        while names and names[-1] not in typed:
            names.pop()
        if names:
            found[slot_id] = [typed.get(name, "")[:MAX_ANSWER] for name in names]
    return found
