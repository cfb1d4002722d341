"""What a party wishes, from the form or the request in which it came; one builder for all."""

from collections.abc import Sequence

from starlette.requests import Request

from tour.reservations import known, parties
from tour.reservations.forms import ReserveForm, answers_in
from tour.reservations.rules import Newcomer
from tour.web import lang, state


def wish_of(
    request: Request,
    slot_ids: Sequence[int],
    form: ReserveForm,
    newcomer: Newcomer | None,
    *,
    language: str = "",
) -> parties.Request:
    """The wish of a form without errors, in the reader's language unless another is asked for."""
    assert form.party is not None  # noqa: S101 - callers have looked at the errors
    return parties.Request(
        slot_ids=tuple(slot_ids),
        party=form.party,
        lang=language or lang(request),
        timezone=state(request).town.timezone.key,
        idempotency_key=form.value("idempotency_key"),
        note=form.value("note"),
        answers=answers_in(form.values, slot_ids),
        photos_allowed=form.photos_allowed,
        again=bool(form.value("again")),
        split=bool(form.value("split")),
        newcomer=newcomer,
        is_known=known.is_known(request, form.party),
    )
