"""The JSON object in a request, its texts as every database can keep them; and by a type that reads
it, says what of it is wrong, and describes itself (`tour.api.openapi`)."""

import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

import msgspec
from starlette.requests import Request

from tour.errors import BadInput, TooMuch
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.web.forms import cleaned

DEEPEST = 20
"""Lists in lists: what comes here has three or four of them."""
LARGEST = 100_000
"""Bytes: a key that a browser made is the largest that comes, with some ten thousand."""
MOST_VALUES = 5_000

OTHER_SHAPE = _("This is not what /api/openapi.json describes.")
MISSING = _("This is missing.")


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """One object of a body; members that it does not have are passed over.

    It looks at shapes: which members there are, and of what kind. What a value means (a day of the
    event, a telephone number) is looked at where pages look at it, in the same words.
    """

    hints: ClassVar[Mapping[str, Text]] = {}
    """What to say of a member with another shape, where it can be said better than in general."""


B = TypeVar("B", bound=Body)


async def read_body(request: Request, shape: type[B]) -> B:
    """The request's body; raises BadInput for the first member that has another shape."""
    body = await read_object(request)
    try:
        return msgspec.convert(body, shape)
    except msgspec.ValidationError as exc:
        member, hint = _wrong_in(str(exc))
        hint = shape.hints.get(member, hint)
        raise BadInput(_("Some fields need correcting."), {member: hint}) from None


def _wrong_in(said: str) -> tuple[str, Text]:
    """The member of the whole body that is wrong, and how, by msgspec's sentence."""
    if at := re.search(r" - at `(?:key in )?\$\.(\w+)", said):
        return at[1], OTHER_SHAPE
    missing = re.match(r"Object missing required field `(\w+)`", said)
    return (missing[1], MISSING) if missing else ("body", OTHER_SHAPE)


async def read_object(request: Request) -> dict[str, Any]:
    """The object, or BadInput: also for what no parser goes to the bottom of.

    Raises TooMuch for what nobody means to send. Its texts are bounded (`tour.web.bounded`).
    """
    raw = await request.body()
    if len(raw) > LARGEST or raw.count(b",") > MOST_VALUES:
        raise TooMuch
    try:
        body = _cleaned(json.loads(raw), DEEPEST)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        hint = _("The request must be a JSON object.")
        raise BadInput(hint, {"body": hint})
    return body


def text_of(value: object) -> str:
    """A value as a form would have sent it; objects, lists and null are nothing."""
    return str(value) if isinstance(value, str | int | float) else ""


def _cleaned(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, dict | list) and not depth:
        raise ValueError("too deep")
    if isinstance(value, dict):
        return {cleaned(name): _cleaned(each, depth - 1) for name, each in value.items()}
    if isinstance(value, list):
        return [_cleaned(each, depth - 1) for each in value]
    return value
