from starlette.routing import Route as Url

from tour.participation import handlers

LINK = "/taking-part/{token}"

urls = [
    Url(LINK, handlers.answer_page, methods=["GET"], name="participation:page"),
    Url(LINK, handlers.answer, methods=["POST"], name="participation:answer"),
]
