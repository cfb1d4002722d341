"""Every check there is, and the answer of `/readyz`."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from tortoise.exceptions import BaseORMException

from tour.changes.reading import newest
from tour.db import UNREACHABLE
from tour.health import checks
from tour.health.checks import Asked
from tour.notifications import overdue as letters
from tour.reservations import worker as reservations
from tour.web import now, parts_of

CHECKS = (*checks.CHECKS, *reservations.CHECKS, *letters.CHECKS)
FRESH = {"Cache-Control": "no-store"}


def asked(request: Request) -> Asked:
    parts = parts_of(request)
    return Asked(parts.settings, now(request), parts.rounds, parts.started_at)


async def readyz(request: Request) -> Response:
    """All is as it should be: for a monitor, which is to wake somebody when it is not (503).

    The database answers, its file is still its file, what is done beside the pages goes on and is
    not late, there is room on the disk. `healthz` is for what shares requests out.
    """
    try:
        revision = await newest()
    except (BaseORMException, *UNREACHABLE):
        return JSONResponse({"status": "database does not answer"}, 503, headers=FRESH)
    going = {"chores": _chores(request)}
    if found := await checks.problems(CHECKS, asked(request)):
        body = {"status": next(iter(found.values())), "problems": found, **going}
        return JSONResponse(body, 503, headers=FRESH)
    well = {"status": "ok", "catalogue_revision": revision, **going}
    return JSONResponse(well, headers=FRESH)


def _chores(request: Request) -> dict[str, dict[str, object]]:
    """Every chore there is, and how often this process has done it since it started."""
    parts = parts_of(request)
    done = {one.chore.name: one.done for one in parts.rounds}
    return {
        chore.name: {
            "where": chore.where,
            "every_seconds": chore.every,
            "done_here": done.get(chore.name, 0),
        }
        for chore in parts.chores
    }
