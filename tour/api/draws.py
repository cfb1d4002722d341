"""Draws: the public record, and entering."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tour.api import bodies, replies
from tour.api.reservations import created, read_wish
from tour.reservations import queries
from tour.reservations.draws import draws, results
from tour.reservations.parties.intake import count_made, count_try
from tour.web import now
from tour.web.json_body import read_body
from tour.web.json_reply import replied


async def detail(request: Request) -> Response:
    draw = await queries.draw_by_id(request.path_params["draw_id"])
    record = msgspec.convert(results.public_record(draw), replies.DrawRecord)
    return replied(record, headers={"Access-Control-Allow-Origin": "*"})


async def enter(request: Request) -> Response:
    """POST draws/{id}/entries: as a reservation, with `slots` as the ranking, best first."""
    body = await read_body(request, bodies.Wish)
    wish = await read_wish(request, body, most=draws.MAX_CHOICES)
    made = await draws.enter(
        request.path_params["draw_id"], wish, pools=body.pools, now=now(request)
    )
    await count_made(request, wish.party)
    return await created(request, made.reference)


async def leave(request: Request) -> Response:
    await count_try(request, "api")
    await draws.leave(request.path_params["reference"])
    return Response(status_code=204)
