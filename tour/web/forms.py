"""What was typed into a form and what is wrong with it, kept together for the next try."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tour.i18n import Text


@dataclass(frozen=True, slots=True)
class Typed:
    """`values` is text by field; `errors` names the fields to mend."""

    values: Mapping[str, str]
    errors: dict[str, Text] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def error(self, name: str) -> Text | None:
        return self.errors.get(name)


def texts(form: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """The named fields of a submitted form as text; uploads and what is missing read as empty."""
    return {name: v.strip() if isinstance(v := form.get(name), str) else "" for name in names}
