"""Who may reserve what. Pure: one validator for page and API, for making and for changing."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import jaconv
import phonenumbers

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes.rules import Availability

MAX_PARTY = 20
OLDEST_CHILD = 15
"""Children are counted up to the end of junior high school, as the form says."""
MAX_NAME = 100
MAX_EMAIL = 254
DIGITS = re.compile("[0-9０-９]{1,3}")
"""Half or full width; what else Unicode calls a number, nobody types for people."""
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Bidirectional overrides would turn what stands beside a name; no name needs them."""
KANA = re.compile(r"[ァ-ヺー・ 　]+")
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
REGION = "JP"
"""The region whose phone numbers may be written without a country code."""
OFFER_LASTS = (
    (timedelta(days=7), timedelta(hours=24)),
    (timedelta(days=2), timedelta(hours=6)),
    (timedelta(days=1), timedelta(hours=2)),
    (timedelta(hours=3), timedelta(minutes=30)),
)
SHORTEST_OFFER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Party:
    """Who comes and how to reach them, checked and normalised."""

    adults: int
    children: int
    name: str
    kana: str
    email: str
    phone: str

    @property
    def size(self) -> int:
        return self.adults + self.children

    @property
    def email_key(self) -> str:
        """The same for every spelling of one mailbox; plus-addressing reaches the same person."""
        local, _at, domain = self.email.casefold().rpartition("@")
        return f"{local.partition('+')[0]}@{domain}" if domain else ""

    @property
    def phone_key(self) -> str:
        """The number in international form (E.164), or nothing."""
        if not self.phone:
            return ""
        number = phonenumbers.parse(self.phone, REGION)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_party(raw: Mapping[str, str]) -> tuple[Party | None, dict[str, Text]]:
    """What was typed as a Party, or None with what is wrong field by field."""
    errors: dict[str, Text] = {}
    adults = _people(raw.get("adults", ""), "adults", errors)
    children = _people(raw.get("children", "0") or "0", "children", errors)
    name, kana = _name(raw.get("name", ""), errors), _kana(raw.get("kana", ""), errors)
    email, phone = _email(raw.get("email", ""), errors), _phone(raw.get("phone", ""), errors)
    if not email and not phone and not {"email", "phone"} & errors.keys():
        errors["email"] = _("Give an e-mail address or a phone number, so that we can reach you.")
    if not errors and adults + children == 0:
        errors["adults"] = _("A party is at least 1 person.")
    if errors:
        return None, errors
    return Party(adults, children, name, kana, email, phone), errors


@dataclass(frozen=True, slots=True)
class Limits:
    """Who a session is for."""

    max_party: int
    capacity: int
    needs_adult: bool = False
    min_age: int | None = None


def party_problem(adults: int, children: int, limits: Limits) -> Text | None:
    """Why this party cannot have this session at all, or None."""
    largest = min(limits.max_party, limits.capacity)
    if adults + children > largest:
        return _("At most %(n)s people can come together here.", n=largest)
    if limits.needs_adult and not adults:
        return _("Children come together with an adult here.")
    if children and limits.min_age is not None and limits.min_age > OLDEST_CHILD:
        return _("This session is for people of %(age)s and older.", age=limits.min_age)
    return None


def booking_problem(availability: Availability, booking_opens_at: datetime | None) -> Text | None:
    """Why a slot cannot be booked first come, or None. Full is not a reason: seats decide."""
    if availability == Availability.CANCELLED:
        return _("This session has been cancelled.")
    if availability == Availability.CLOSED:
        return _("Reservations for this time are closed. Please choose another time.")
    if availability == Availability.SOON and booking_opens_at:
        return _("Reservations for this time have not opened yet.")
    if availability == Availability.DRAW:
        return _("Seats at this time are given by a draw.")
    return None


def change_problem(booking_closes_at: datetime, *, now: datetime) -> Text | None:
    """Why a party can no longer change or cancel by itself, or None."""
    if now >= booking_closes_at:
        return _("The session is about to begin. Please tell the staff at the door.")
    return None


def offer_lasts(before_start: timedelta) -> timedelta:
    """How long seats are held for a party that was offered them: the nearer, the shorter."""
    for nearness, lasts in OFFER_LASTS:
        if before_start >= nearness:
            return lasts
    return SHORTEST_OFFER


def _people(text: str, field: str, errors: dict[str, Text]) -> int:
    digits = text.strip()
    if not DIGITS.fullmatch(digits) or int(digits) > MAX_PARTY:
        errors[field] = _("Give the number of people as a number from 0 to %(n)s.", n=MAX_PARTY)
        return 0
    return int(digits)


def _name(text: str, errors: dict[str, Text]) -> str:
    """Any script and any emoji is a name; only control characters are taken out."""
    shown = "".join(
        c for c in TURNING.sub("", text) if unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")
    )
    name = " ".join(unicodedata.normalize("NFC", shown).split())
    if not name:
        errors["name"] = _("Give a name that we can call at the door.")
    elif len(name) > MAX_NAME:
        errors["name"] = _("A name can have at most %(n)s characters.", n=MAX_NAME)
    return name


def _kana(text: str, errors: dict[str, Text]) -> str:
    kana = " ".join(jaconv.hira2kata(unicodedata.normalize("NFKC", text)).split())
    if kana and (len(kana) > MAX_NAME or not KANA.fullmatch(kana)):
        errors["kana"] = _("Write the reading in katakana or hiragana, or leave it empty.")
    return kana


def _email(text: str, errors: dict[str, Text]) -> str:
    email = unicodedata.normalize("NFKC", text).strip()
    is_written = not any(unicodedata.category(c).startswith("C") for c in email)
    if email and not (len(email) <= MAX_EMAIL and is_written and EMAIL.fullmatch(email)):
        errors["email"] = _("This does not look like an e-mail address. Is a letter missing?")
    return email


def _phone(text: str, errors: dict[str, Text]) -> str:
    """Half-width with hyphens as GIF writes it: 03-1234-5678; abroad in international form."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if not typed:
        return ""
    try:
        number = phonenumbers.parse(typed[:40], REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        errors["phone"] = _("This does not look like a phone number. Is a digit missing?")
        return typed
    is_japanese = phonenumbers.region_code_for_country_code(number.country_code or 0) == REGION
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if is_japanese else form.INTERNATIONAL)
