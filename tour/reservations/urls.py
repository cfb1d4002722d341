from starlette.routing import Route as Url

from tour.reservations.pages import (
    change_handlers,
    check_handlers,
    draw_handlers,
    handlers,
    queue_handlers,
)

RESERVE = "/slots/{slot_id:int}/reserve"
RESERVATION = "/reservations/{reference:key}"
QUEUED = f"{RESERVATION}/queues/{{slot_id:int}}"
DRAW = "/draws/{draw_id:int}"
GET, POST = ["GET"], ["POST"]

urls = [
    Url(RESERVE, handlers.new, methods=GET, name="reservations:new"),
    Url(RESERVE, handlers.reserve, methods=POST, name="reservations:reserve"),
    Url("/reserve", handlers.new_day, methods=GET, name="reservations:new_day"),
    Url("/reserve", handlers.reserve_day, methods=POST, name="reservations:reserve_day"),
    Url(
        "/slots/{slot_id:int}/queue",
        queue_handlers.join,
        methods=POST,
        name="reservations:join",
    ),
    Url("/reservations", handlers.mine_page, name="reservations:mine"),
    Url(RESERVATION, handlers.detail, methods=GET, name="reservations:detail"),
    Url(f"{RESERVATION}/cancel", handlers.cancel, methods=POST, name="reservations:cancel"),
    Url(f"{RESERVATION}/cannot-come", handlers.cannot_come, name="reservations:cannot_come"),
    Url(f"{RESERVATION}/code", check_handlers.prove, methods=POST, name="reservations:prove"),
    Url(
        f"{RESERVATION}/code/send",
        check_handlers.send_again,
        methods=POST,
        name="reservations:send_code",
    ),
    Url(f"{RESERVATION}/calendar.ics", handlers.calendar, name="reservations:calendar"),
    Url(f"{RESERVATION}/change", change_handlers.edit, methods=GET, name="reservations:edit"),
    Url(f"{RESERVATION}/change", change_handlers.change, methods=POST, name="reservations:change"),
    Url(f"{RESERVATION}/resend", change_handlers.resend, methods=POST, name="reservations:resend"),
    Url(
        f"{RESERVATION}/places/{{slot_id:int}}/cancel",
        change_handlers.cancel_place,
        methods=POST,
        name="reservations:cancel_place",
    ),
    Url(f"{RESERVATION}/late", change_handlers.late, name="reservations:late"),
    Url(
        f"{RESERVATION}/places/{{slot_id:int}}/late",
        change_handlers.say,
        methods=POST,
        name="reservations:say_late",
    ),
    Url(
        f"{RESERVATION}/places/{{slot_id:int}}/give-up",
        change_handlers.give_up,
        methods=POST,
        name="reservations:give_up",
    ),
    Url(f"{QUEUED}/accept", queue_handlers.accept, methods=POST, name="reservations:accept"),
    Url(f"{QUEUED}/leave", queue_handlers.leave, methods=POST, name="reservations:leave"),
    Url(
        f"{RESERVATION}/draw/leave",
        draw_handlers.leave,
        methods=POST,
        name="reservations:leave_draw",
    ),
    Url(DRAW, draw_handlers.detail, name="reservations:draw"),
    Url(f"{DRAW}.json", draw_handlers.record, name="reservations:draw_record"),
    Url(f"{DRAW}/enter", draw_handlers.new, methods=GET, name="reservations:draw_new"),
    Url(f"{DRAW}/enter", draw_handlers.enter, methods=POST, name="reservations:draw_enter"),
]
