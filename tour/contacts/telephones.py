"""Telephone numbers as people type them, half-width with hyphens as GIF writes them.

03-1234-5678, abroad in international form; an extension and a second number are kept beside it.
"""

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

REGION = "JP"
"""The region whose numbers may be written without a country code."""
COUNTRY = 81
MAX_TYPED = 60
MAX_STORED = 30
"""As wide as the column; two numbers of Japan fit."""
EXTENSION = re.compile(
    r" ?\(? ?(?:内線|ext\.?|extension|#|x) ?:? ?([0-9]{1,6}) ?\)? ?", re.IGNORECASE
)
BETWEEN = re.compile(r" ?(?:[/,;、。]|または|又は|\bor\b) ?", re.IGNORECASE)
LABEL = re.compile(r"^ ?(?:tel|phone|電話|携帯|自宅)(?:番号)? ?[:.]? ?", re.IGNORECASE)
LONG = re.compile(r"(?:[5-9]0|20)[0-9]{8}")
"""Mobile and IP telephones have eleven digits with the leading zero (Ministry of Internal Affairs
and Communications, telephone numbering plan)."""
SHORT = re.compile(r"(?![5-9]0|20)[1-9][0-9]{8}|(?:120|570|990)[0-9]{6}")
"""All others have ten; 0800 numbers have eleven and are known to phonenumbers."""


def read_telephone(text: str) -> str | None:
    """What was typed as it is kept, "" for nothing; None where it is no number that can be rung."""
    if len(text) > MAX_TYPED:
        return None
    typed = " ".join(unicodedata.normalize("NFKC", text).split())
    if not typed:
        return ""
    parts = [part for part in BETWEEN.split(typed) if part]
    numbers = [_one(part) for part in parts]
    if not 1 <= len(numbers) <= 2 or None in numbers:
        return None
    kept = "/".join(number for number in numbers if number)
    return kept if len(kept) <= MAX_STORED else None


def telephone_key(kept: str) -> str:
    """The first number in international form (E.164) without its extension; "" for none."""
    number = _number(EXTENSION.split(kept.partition("/")[0])[0])
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else ""


def _one(text: str) -> str | None:
    """One number with its extension."""
    bare, *rest = EXTENSION.split(LABEL.sub("", text))
    number = _number(bare)
    if number is None or (rest and (len(rest) != 2 or rest[1])):
        return None
    form = PhoneNumberFormat.NATIONAL
    if number.country_code != COUNTRY:
        form = PhoneNumberFormat.INTERNATIONAL
    written = phonenumbers.format_number(number, form)
    return f"{written} 内線{rest[0]}" if rest else written


def _number(text: str) -> PhoneNumber | None:
    """Tried as it stands, then with the country code that was written in another way."""
    bare = text.strip()
    if re.match(r"00[1-9]", bare):
        return _parsed(f"+{bare[2:]}")
    found = _parsed(bare)
    if found or not re.match(r"[1-9]", bare):
        return found
    return _parsed(f"+{bare}")


def _parsed(text: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, REGION)
    except NumberParseException:
        return None
    return number if _can_be_rung(number) else None


def _can_be_rung(number: PhoneNumber) -> bool:
    if number.country_code != COUNTRY:
        return bool(phonenumbers.is_possible_number(number))
    if number.italian_leading_zero:
        return False
    digits = str(number.national_number)
    is_planned = LONG.fullmatch(digits) or SHORT.fullmatch(digits)
    return bool(is_planned) or bool(phonenumbers.is_valid_number(number))
