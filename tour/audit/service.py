"""Who did what to what, as the log has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts; `account_id` is None for the app itself and the command line."""

    account_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What is acted on. `label` is what its owner calls it."""

    kind: str
    id: int
    site_id: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What an action made of one subject."""

    action: str
    subject: Subject
    before: Mapping[str, Any]
    after: Mapping[str, Any]
