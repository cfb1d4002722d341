"""What a form says in another language than the town's: a group of its own, closed until wanted.

A language that comes later is one more `Translation`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from tour.i18n import NAMES, translate
from tour.sites.texts import ENGLISH
from tour.web.forms import Form


@dataclass(frozen=True, slots=True)
class Translation:
    """`said` is what its heading says of it: what is missing, or that nothing is; of a form
    that says nothing yet, that it may stay empty."""

    lang: str
    name: str
    missing: tuple[str, ...]
    said: str
    is_open: bool

    @classmethod
    def english(cls, form: Form, labels: Mapping[str, str]) -> Self:
        """Of the fields with these names in the town's language. It stands open where something in
        it is wrong; what is not said in the town's language is not missing in another."""
        missing = tuple(
            label
            for name, label in labels.items()
            if form.value(name) and not form.value(name + ENGLISH)
        )
        is_open = any(form.error(name + ENGLISH) for name in labels)
        is_empty = not any(form.value(name) for name in labels)
        said = translate("optional") if is_empty else _said(missing)
        return cls("en", NAMES["en"], missing, said, is_open)


def _said(missing: Sequence[str]) -> str:
    if not missing:
        return translate("nothing is missing")
    return translate("missing: %(names)s", names=translate(", ").join(missing))
