"""The JSON object in a request, its texts as every database can keep them."""

import json
from typing import Any

from starlette.requests import Request

from tour.errors import BadInput, TooMuch
from tour.i18n import lazy as _
from tour.web.forms import cleaned

DEEPEST = 20
"""Lists in lists: what comes here has three or four of them."""
LARGEST = 100_000
"""Bytes: a key that a browser made is the largest that comes, with some ten thousand."""
MOST_VALUES = 5_000


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
