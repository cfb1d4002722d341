from starlette.routing import Route as Url

from tour.reservations import handlers

RESERVE = "/slots/{slot_id:int}/reserve"
RESERVATION = "/reservations/{reference}"

urls = [
    Url(RESERVE, handlers.new, methods=["GET"], name="reservations:new"),
    Url(RESERVE, handlers.reserve, methods=["POST"], name="reservations:reserve"),
    Url("/reservations", handlers.mine_page, name="reservations:mine"),
    Url(RESERVATION, handlers.detail, methods=["GET"], name="reservations:detail"),
    Url(f"{RESERVATION}/cancel", handlers.cancel, methods=["POST"], name="reservations:cancel"),
    Url(f"{RESERVATION}/calendar.ics", handlers.calendar, name="reservations:calendar"),
]
