"""Named checks that `readyz`, `/metrics` and commands read: each says what is wrong, or nothing.

A feature has its own beside what it looks at; `tour.pages.readiness` joins them all.
"""

import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tour.clock import system_clock
from tour.db import check_file
from tour.errors import Unavailable
from tour.health.beating import ALIVE_FOR, living
from tour.health.chores import Round
from tour.settings import Settings

LEAST_FREE_BYTES = 100_000_000
"""Below this a photo, a write-ahead log or PostgreSQL's own housekeeping may fill the disk."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a check may look at: the operator's settings, the app's clock, the process's chores."""

    settings: Settings
    now: datetime
    rounds: Sequence[Round] = ()
    started_at: datetime = field(default_factory=system_clock)
    """Of the process, by the machine's clock."""


@dataclass(frozen=True, slots=True)
class Check:
    """`problem` is one English sentence for the operator, without anybody's data, or empty."""

    name: str
    problem: Callable[[Asked], Awaitable[str]]


async def problems(checks: Sequence[Check], asked: Asked) -> dict[str, str]:
    """What is wrong, by the name of the check; what a check cannot reach counts, too."""
    found = {check.name: await _problem(check, asked) for check in checks}
    return {name: text for name, text in found.items() if text}


async def _problem(check: Check, asked: Asked) -> str:
    try:
        return await check.problem(asked)
    except Unavailable as exc:
        return exc.reason
    except Exception as exc:  # a check that fails is no reason to hide what the others say
        return f"this cannot be told: {type(exc).__name__}"


async def _file(_asked: Asked) -> str:
    check_file()
    return ""


async def _chores(asked: Asked) -> str:
    return "; ".join(problem for one in asked.rounds if (problem := one.problem()))


async def _worker(asked: Asked) -> str:
    """A process that has just started gives the worker time to start as well."""
    if await living() or system_clock() - asked.started_at < 2 * ALIVE_FOR:
        return ""
    return "no worker has given a sign of life for a minute: run `tour worker`"


async def _disk(asked: Asked) -> str:
    folders = [asked.settings.var]
    if (url := asked.settings.database_url).startswith("sqlite://"):
        folders.append(Path(url.removeprefix("sqlite://").partition("?")[0]).parent)
    free = min(shutil.disk_usage(_existing(folder)).free for folder in folders)
    return f"only {free // 1_000_000} MB of the disk are free" if free < LEAST_FREE_BYTES else ""


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.resolve().parents) if place.exists())


def late(due: Sequence[datetime], what: str, now: datetime) -> str:
    """For checks of what is overdue; empty where nothing is."""
    if not due:
        return ""
    return f"{len(due)} {what}, the first by {int((now - min(due)).total_seconds() // 60)} minutes"


CHECKS = (
    Check("file", _file),
    Check("chores", _chores),
    Check("worker", _worker),
    Check("disk", _disk),
)
