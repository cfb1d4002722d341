"""The groups of a place's form: what visitors read first, how to get in, visiting, contact."""

from dataclasses import dataclass

from tour.hosts.languages import Translation
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.sites.texts import TEXTS, Group, SiteText
from tour.web.forms import Form

LABELS: dict[Group, tuple[Text, Text]] = {
    Group.FIRST: (_("What visitors read first"), _("In lists, at the head of the page, on maps.")),
    Group.WAY: (
        _("How to get in"),
        _("The address, the way to the door, the pin."),
    ),
    Group.VISIT: (_("Visiting"), _("Parking, what to expect, access, languages.")),
    Group.CONTACT: (_("Contact"), _("A phone for the day, a website.")),
}
FOLDED = frozenset({Group.VISIT})
"""What a page may well do without at first."""
BESIDE: dict[Group, tuple[str, ...]] = {
    Group.WAY: ("lat", "lon"),
    Group.VISIT: ("access_features", "languages"),
}
"""What else stands in a group and can be wrong."""


@dataclass(frozen=True, slots=True)
class FormGroup:
    """`is_folded`: closed until wanted, unless something in it is wrong."""

    key: Group
    label: str
    about: str
    texts: tuple[SiteText, ...]
    is_folded: bool
    is_open: bool


def groups_of(form: Form) -> list[FormGroup]:
    """All of them, in the order of the form."""
    return [_group(key, form) for key in Group]


def english_of(form: Form) -> Translation:
    labels = {text.name: str(text.label) for text in TEXTS if text.is_translated}
    return Translation.english(form, labels)


def _group(key: Group, form: Form) -> FormGroup:
    own = tuple(text for text in TEXTS if text.group == key)
    fields = (*(text.name for text in own), *BESIDE.get(key, ()))
    label, about = LABELS[key]
    is_wrong = any(form.error(name) for name in fields)
    return FormGroup(key, str(label), str(about), own, key in FOLDED, is_wrong)
