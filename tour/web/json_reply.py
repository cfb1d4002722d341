"""What answers programs are given: types that are written as JSON and describe themselves.

`tour.api.openapi` derives the schemas of the document from them, so that a member that is added
is described, and one that is described is there.
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from starlette.responses import Response

Instant = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
"""RFC 3339, with the offset that it was written with."""
Day = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date"})]
SHARED = {"Cache-Control": "public, max-age=0, s-maxage=2", "Access-Control-Allow-Origin": "*"}
"""What is the same for everybody: a cache on the way may keep it for two seconds."""
FOR_ONE = {"Cache-Control": "no-store"}
"""What only this party may read: no cache on the way keeps it."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One object of an answer."""


def replied(
    reply: Reply,
    status: int = 200,
    *,
    headers: Mapping[str, str],
    media_type: str = "application/json",
) -> Response:
    body = msgspec.json.encode(reply)
    return Response(body, status, headers=dict(headers), media_type=media_type)
