"""What goes first when much is due: what somebody waits for, then news, then reminders. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

AWAITED = 0
"""Somebody sits before a page until it comes, or must not set out."""
NEWS = 1
NEAR = 2
"""A reminder of what begins within hours; also what is not listed."""
UNHURRIED = 3

BY_KIND: Mapping[str, int] = MappingProxyType(
    {
        "asked": AWAITED,
        "mail": AWAITED,
        "cancelled": AWAITED,
        "event-off": AWAITED,
        "sessions-off": AWAITED,
        "burst": AWAITED,
        "door": AWAITED,
        "coming": AWAITED,
        "delay": AWAITED,
        "free-now": AWAITED,
        "released": AWAITED,
        "test": AWAITED,
        "offer": NEWS,
        "shared": NEWS,
        "news": NEWS,
        "letter": NEWS,
        "staff": NEWS,
        "invitation": NEWS,
        "taking-part": NEWS,
        "published": NEWS,
        "given-up": NEWS,
        "receipt": NEAR,
        "leave": NEAR,
        "half-hour": NEAR,
        "two-hours": NEAR,
        "evening": UNHURRIED,
        "draw": UNHURRIED,
        "review": UNHURRIED,
        "answer-by": UNHURRIED,
    }
)
"""By the first part of a reminder's key."""


def urgency_sql(key: str) -> str:
    """The urgency of the reminder whose key stands in this column, as an SQL expression."""
    cases = " ".join(
        f"WHEN {key} = '{kind}' OR {key} LIKE '{kind}:%' THEN {urgency}"
        for kind, urgency in BY_KIND.items()
    )
    return f"CASE {cases} ELSE {NEAR} END"
