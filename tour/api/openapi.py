"""The OpenAPI 3.1 document of /api/v1, kept beside the code that it describes."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tour.api.schemas import SCHEMAS
from tour.web import parts_of

Json = dict[str, Any]
VERSION = "1.0.0"
PROBLEM = "application/problem+json"


async def document(request: Request) -> Response:
    town, settings = parts_of(request).town, parts_of(request).settings
    body = {
        "openapi": "3.1.0",
        "info": {"title": town.brand, "version": VERSION},
        "servers": [{"url": settings.base_url}],
        "paths": PATHS,
        "components": {"schemas": SCHEMAS},
    }
    return JSONResponse(body, headers={"Access-Control-Allow-Origin": "*"})


def _query(name: str, description: str, kind: str = "string", **schema: Any) -> Json:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "schema": {"type": kind, **schema},
    }


def _answer(description: str, schema: str, media_type: str = "application/json") -> Json:
    content = {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def _body(schema: str) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"required": True, "content": content}


BAD_INPUT = {"422": _answer("What is wrong, field by field", "Problem", PROBLEM)}
NOT_FOUND = {"404": _answer("There is no such thing", "Problem", PROBLEM)}
CONFLICT = {
    "409": _answer(
        "The last part of `type` says why; `slot` names the time in question. slot-full, "
        "booking-refused; already-reserved: this contact has that time, send `again: true` for "
        "more; overlapping: this contact has another session at that time, or asks for two at "
        "once, send `split: true` for both; contact-check: seats are held (in a "
        "rush `unproved`: taken when the code comes, if they are there), and the code that was "
        "mailed goes to `confirm` before `ends_at`",
        "Problem",
        PROBLEM,
    )
}
REFERENCE = {"name": "reference", "in": "path", "required": True, "schema": {"type": "string"}}
SLOT = {"name": "slot_id", "in": "path", "required": True, "schema": {"type": "integer"}}
DRAW = {"name": "draw_id", "in": "path", "required": True, "schema": {"type": "integer"}}
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "8 to 80 of A-Za-z0-9_-; the same key makes the same reservation once",
    "schema": {"type": "string"},
}

PATHS: Json = {
    "/api/v1/sites": {
        "get": {
            "summary": "Published sites",
            "parameters": [
                _query("kind", "a kind of site; may be repeated"),
                _query("q", "words in any script"),
                _query("event", "slug of an event; its sites in the order of its map"),
                _query("bbox", "west,south,east,north in degrees"),
                _query("limit", "at most so many", "integer", minimum=1),
                _query("lang", "language of the texts"),
            ],
            "responses": {
                "200": _answer("GeoJSON", "SiteCollection", "application/geo+json"),
                **BAD_INPUT,
            },
        }
    },
    "/api/v1/events": {
        "get": {
            "summary": "Coming events",
            "responses": {"200": _answer("Soonest first", "Events")},
        }
    },
    "/api/v1/slots": {
        "get": {
            "summary": "Coming slots",
            "parameters": [
                _query("event", "slug of an event"),
                _query("site", "slug of a site"),
                _query("from", "first local day", format="date"),
                _query("to", "last local day", format="date"),
                _query("seats", "at least so many seats left", "integer"),
                _query("limit", "at most so many", "integer", minimum=1),
                _query("cursor", "`next` of the page before"),
            ],
            "responses": {"200": _answer("Soonest first", "Slots"), **BAD_INPUT},
        }
    },
    "/api/v1/walks": {
        "get": {
            "summary": "The walk from one place to another",
            "parameters": [
                _query("from", "longitude,latitude"),
                _query("to", "longitude,latitude"),
                _query("profile", "who walks", enum=["walk", "no_steps"]),
                _query("lang", "language of the directions"),
            ],
            "responses": {"200": _answer("The walk", "Walk"), **BAD_INPUT},
        }
    },
    "/api/v1/walks/matrix": {
        "post": {
            "summary": "Walks between all of some places",
            "requestBody": _body("Points"),
            "responses": {"200": _answer("Rows are starts", "Matrix"), **BAD_INPUT},
        }
    },
    "/api/v1/plans": {
        "post": {
            "summary": "The best day on foot for a wish",
            "requestBody": _body("PlanWish"),
            "responses": {"200": _answer("The plan", "Plan"), **BAD_INPUT},
        }
    },
    "/api/v1/reservations": {
        "post": {
            "summary": "Reserve one slot, or up to eight for one party, all or nothing",
            "parameters": [IDEMPOTENCY],
            "requestBody": _body("Wish"),
            "responses": {
                "201": _answer("The reservation", "Reservation"),
                **NOT_FOUND,
                **CONFLICT,
                **BAD_INPUT,
            },
        }
    },
    "/api/v1/reservations/{reference}": {
        "get": {
            "summary": "A reservation",
            "parameters": [REFERENCE],
            "responses": {"200": _answer("The reservation", "Reservation"), **NOT_FOUND},
        },
        "patch": {
            "summary": "Change the party's size or name; what is not given stays",
            "parameters": [REFERENCE],
            "requestBody": _body("Change"),
            "responses": {
                "200": _answer("The reservation", "Reservation"),
                **NOT_FOUND,
                **CONFLICT,
                **BAD_INPUT,
            },
        },
        "delete": {
            "summary": "Cancel a reservation",
            "parameters": [REFERENCE],
            "responses": {"204": {"description": "Cancelled"}, **NOT_FOUND, **CONFLICT},
        },
    },
    "/api/v1/reservations/{reference}/slots/{slot_id}": {
        "delete": {
            "summary": "Give one session back and keep the others",
            "parameters": [REFERENCE, SLOT],
            "responses": {"204": {"description": "Given back"}, **NOT_FOUND, **CONFLICT},
        }
    },
    "/api/v1/reservations/{reference}/confirmation": {
        "post": {
            "summary": "Send the code that was mailed, where an event checks contacts",
            "parameters": [REFERENCE],
            "requestBody": _body("Code"),
            "responses": {
                "200": _answer("The reservation", "Reservation"),
                **NOT_FOUND,
                **CONFLICT,
                **BAD_INPUT,
            },
        }
    },
    "/api/v1/waitlist-entries": {
        "post": {
            "summary": "Queue for one slot that is full",
            "parameters": [IDEMPOTENCY],
            "requestBody": _body("Wish"),
            "responses": {
                "201": _answer("The party, with its turn", "Reservation"),
                **NOT_FOUND,
                **CONFLICT,
                **BAD_INPUT,
            },
        }
    },
    "/api/v1/reservations/{reference}/waitlist/{slot_id}": {
        "delete": {
            "summary": "Leave a queue, or decline its offer",
            "parameters": [REFERENCE, SLOT],
            "responses": {"204": {"description": "Left"}, **NOT_FOUND},
        }
    },
    "/api/v1/reservations/{reference}/waitlist/{slot_id}/accept": {
        "post": {
            "summary": "Accept the seats that a queue offers",
            "parameters": [REFERENCE, SLOT],
            "requestBody": {**_body("Choice"), "required": False},
            "responses": {
                "200": _answer("The reservation", "Reservation"),
                **NOT_FOUND,
                **CONFLICT,
            },
        }
    },
    "/api/v1/draws/{draw_id}": {
        "get": {
            "summary": "A draw's public record: commitment, then list, then seed and result",
            "parameters": [DRAW],
            "responses": {"200": _answer("The record", "DrawRecord"), **NOT_FOUND},
        }
    },
    "/api/v1/draws/{draw_id}/entries": {
        "post": {
            "summary": "Enter a draw; `slots` is the ranking, best first, one to five",
            "parameters": [DRAW, IDEMPOTENCY],
            "requestBody": _body("Wish"),
            "responses": {
                "201": _answer("The party, with its entry", "Reservation"),
                **NOT_FOUND,
                **CONFLICT,
                **BAD_INPUT,
            },
        }
    },
    "/api/v1/reservations/{reference}/draw-entry": {
        "delete": {
            "summary": "Leave a draw while entries are open",
            "parameters": [REFERENCE],
            "responses": {"204": {"description": "Left"}, **NOT_FOUND, **CONFLICT},
        }
    },
    "/api/v1/push-subscriptions": {
        "post": {
            "summary": "Let a browser be told about a reservation, or a plan by its editing key",
            "requestBody": _body("PushSubscription"),
            "responses": {
                "201": {"description": "Remembered"},
                **NOT_FOUND,
                **CONFLICT,
                **BAD_INPUT,
            },
        }
    },
    "/api/v1/push-subscriptions/renewals": {
        "post": {
            "summary": "Replace a subscription that the browser renewed by itself",
            "requestBody": _body("PushRenewal"),
            "responses": {"204": {"description": "Replaced"}, **NOT_FOUND, **BAD_INPUT},
        }
    },
    "/api/v1/push-subscriptions/tests": {
        "post": {
            "summary": "Send this browser a test message",
            "requestBody": _body("Browser"),
            "responses": {
                "202": _answer("Whether one is under way", "Queued"),
                **NOT_FOUND,
                **BAD_INPUT,
            },
        }
    },
    "/api/v1/push-subscriptions/removals": {
        "post": {
            "summary": "Stop all push to a browser",
            "requestBody": _body("Browser"),
            "responses": {"204": {"description": "Stopped"}, **BAD_INPUT},
        }
    },
}
