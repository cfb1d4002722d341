"""Who takes part in an event, in words: the log keeps codes under the names of the form."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from tour.events.states import ParticipationAnswer, ParticipationRole
from tour.i18n import Text, current_language
from tour.i18n import lazy as _
from tour.sites.editing.merging import Other
from tour.web.templates import day_text
from tour.words.typed import number_in

ANSWERS = {
    ParticipationAnswer.INVITED: _("Asked"),
    ParticipationAnswer.ACCEPTED: _("Takes part"),
    ParticipationAnswer.DECLINED: _("Declined"),
}
ROLES = {
    ParticipationRole.HOST: _("Opens its doors"),
    ParticipationRole.NEARBY: _("Nearby, only shown"),
}
TICKS = ("takes", "phoned")
CODES: Mapping[str, Mapping[Any, Text]] = {"answer": ANSWERS, "role": ROLES}
FIELD_LABELS = {
    "takes": _("Takes part"),
    "number": _("Map number"),
    "role": _("Way of taking part"),
    "answer": _("Answer"),
    "days": _("Days"),
    "comment": _("Comment"),
    "said_by": _("Who said so"),
    "phoned": _("Asked by phone"),
}


def answer_labels() -> list[tuple[str, str]]:
    return [(answer.value, str(text)) for answer, text in ANSWERS.items()]


def labels(names: Mapping[int, str]) -> dict[str, str]:
    """{"answer-12": "見本工房: Answer"} for sites by id."""
    return {
        f"{field}-{site}": f"{name}{_(': ')}{label}"
        for site, name in names.items()
        for field, label in FIELD_LABELS.items()
    }


def shown(others: Iterable[Other]) -> list[Other]:
    return [
        replace(other, before=word(other.field, other.before), after=word(other.field, other.after))
        for other in others
    ]


def word(field: str, value: Any) -> str:
    """A logged value of a part as it is read."""
    kind = field.partition("-")[0]
    if kind == "days":
        return str(_("; ")).join(
            day_text(date.fromisoformat(day), current_language.get()) for day in value
        )
    text = "" if value is None else str(value)
    if kind in TICKS:
        return str(_("yes")) if value else ""
    return str(CODES.get(kind, {}).get(text, text))


def site_of(field: str) -> int | None:
    """The site that a field of a part is about; None for every other field."""
    kind, _hyphen, site = field.partition("-")
    return number_in(site) if kind in FIELD_LABELS else None
