from starlette.routing import Route as Url

from tour.api import catalogue, draws, openapi, plans, push, reservations, walks

V1 = "/api/v1"

urls = [
    Url("/api/openapi.json", openapi.document, name="api:openapi"),
    Url(f"{V1}/sites", catalogue.sites, name="api:sites"),
    Url(f"{V1}/events", catalogue.events, name="api:events"),
    Url(f"{V1}/slots", catalogue.slots, name="api:slots"),
    Url(f"{V1}/walks", walks.walk, name="api:walks"),
    Url(f"{V1}/walks/matrix", walks.matrix, methods=["POST"], name="api:walks_matrix"),
    Url(f"{V1}/plans", plans.create, methods=["POST"], name="api:plans"),
    Url(f"{V1}/reservations", reservations.create, methods=["POST"], name="api:reservations"),
    Url(
        f"{V1}/reservations/{{reference:key}}",
        reservations.detail,
        methods=["GET"],
        name="api:reservation",
    ),
    Url(
        f"{V1}/reservations/{{reference:key}}",
        reservations.cancel,
        methods=["DELETE"],
        name="api:reservation_cancel",
    ),
    Url(
        f"{V1}/reservations/{{reference:key}}",
        reservations.change,
        methods=["PATCH"],
        name="api:reservation_change",
    ),
    Url(
        f"{V1}/reservations/{{reference:key}}/slots/{{slot_id:int}}",
        reservations.cancel_place,
        methods=["DELETE"],
        name="api:reservation_cancel_place",
    ),
    Url(
        f"{V1}/reservations/{{reference:key}}/confirmation",
        reservations.prove,
        methods=["POST"],
        name="api:reservation_prove",
    ),
    Url(
        f"{V1}/waitlist-entries",
        reservations.join,
        methods=["POST"],
        name="api:waitlist_entries",
    ),
    Url(
        f"{V1}/reservations/{{reference:key}}/waitlist/{{slot_id:int}}",
        reservations.leave,
        methods=["DELETE"],
        name="api:waitlist_leave",
    ),
    Url(
        f"{V1}/reservations/{{reference:key}}/waitlist/{{slot_id:int}}/accept",
        reservations.accept,
        methods=["POST"],
        name="api:waitlist_accept",
    ),
    Url(f"{V1}/draws/{{draw_id:int}}", draws.detail, name="api:draw"),
    Url(
        f"{V1}/draws/{{draw_id:int}}/entries",
        draws.enter,
        methods=["POST"],
        name="api:draw_entries",
    ),
    Url(
        f"{V1}/reservations/{{reference:key}}/draw-entry",
        draws.leave,
        methods=["DELETE"],
        name="api:draw_leave",
    ),
    Url(
        f"{V1}/push-subscriptions",
        push.subscribe,
        methods=["POST"],
        name="api:push_subscriptions",
    ),
]
