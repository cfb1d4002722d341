"""Numbers and times of day as people type them, in half- or full-width digits. Pure.

What else Unicode calls a digit nobody types for people, and is no number here.
"""

import re
from datetime import datetime

LONGEST = 40
"""Characters of a number or a time, with all the space that anybody types around it."""
DAY = 24 * 60
WIDTH = str.maketrans("０１２３４５６７８９：，\u3000", "0123456789:, ")
DIGITS = re.compile("[0-9]+")
WHOLE = re.compile("[0-9]{1,7}")
CLOCK = re.compile("([0-9]{1,2}):([0-5][0-9])(?::00)?")


def read_whole(text: str, low: int, high: int) -> int | None:
    """A whole number within these bounds, commas left out; None for anything else."""
    digits = _narrow(text).replace(",", "")
    number = int(digits) if WHOLE.fullmatch(digits) else None
    return number if number is not None and low <= number <= high else None


def number_in(text: object, digits: int = 9) -> int | None:
    """The number by which a form or an address names a row, or None for anything else. Nine digits
    are within PostgreSQL's integer, 18 within its bigint."""
    number = text.translate(WIDTH) if isinstance(text, str) and len(text) <= digits else ""
    return int(number) if DIGITS.fullmatch(number) else None


def read_minute(text: str, latest: int = DAY - 1) -> int | None:
    """The minute of the day of 10:30 (or 10:30:00, as spreadsheets write it), up to `latest`: a
    night goes on after 24:00. None for anything else."""
    match = CLOCK.fullmatch(_narrow(text))
    minute = int(match[1]) * 60 + int(match[2]) if match else None
    return minute if minute is not None and minute <= latest else None


def minute_of_day(local: datetime) -> int:
    """Minutes since its midnight; `local` is in the zone whose day it is."""
    return local.hour * 60 + local.minute


def padded(minute: int) -> str:
    """09:30, as a form's field and a file have it."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _narrow(text: str) -> str:
    return text[:LONGEST].translate(WIDTH).strip()
