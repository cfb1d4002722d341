"""The reservation form: text to values, everything typed kept for the next try."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.reservations.rules import Party, read_party

FIELDS = ("adults", "children", "name", "kana", "email", "phone", "consent", "idempotency_key")
KEY = re.compile(r"[A-Za-z0-9_-]{8,80}")


@dataclass(frozen=True, slots=True)
class ReserveForm:
    """What was typed, what is wrong with it, and the party it describes when nothing is."""

    values: Mapping[str, str]
    errors: dict[str, Text] = field(default_factory=dict)
    party: Party | None = None

    @classmethod
    def empty(cls, adults: int = 1) -> "ReserveForm":
        key = secrets.token_urlsafe(18)
        return cls({"adults": str(adults), "children": "0", "idempotency_key": key})

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "ReserveForm":
        values = {name: str(raw.get(name, "")) for name in FIELDS}
        party, errors = read_party(values)
        if values["consent"] not in ("1", "on", "true", "True"):
            errors["consent"] = _("Please agree, so that we may keep your details for the session.")
        if not KEY.fullmatch(values["idempotency_key"]):
            # A foreign or forged key must not open somebody else's reservation: make a fresh one.
            values["idempotency_key"] = secrets.token_urlsafe(18)
        return cls(values, errors, None if errors else party)

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def error(self, name: str) -> Text | None:
        return self.errors.get(name)

    def refused(self, name: str, problem: Text) -> "ReserveForm":
        """The same form with one more thing to mend."""
        return ReserveForm(self.values, {**self.errors, name: problem})
