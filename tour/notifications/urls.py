from starlette.routing import Route as Url

from tour.notifications import handlers

API = "/api/v1/push-subscriptions"

urls = [
    Url("/notifications", handlers.device, name="notifications:settings"),
    Url("/notifications/{token:key}", handlers.recipient, name="notifications:recipient"),
    Url(
        "/notifications/{token:key}",
        handlers.change,
        methods=["POST"],
        name="notifications:change",
    ),
    Url(f"{API}/renewals", handlers.renew, methods=["POST"], name="api:renew_push"),
    Url(f"{API}/tests", handlers.test_device, methods=["POST"], name="api:test_push"),
    Url(f"{API}/removals", handlers.forget_device, methods=["POST"], name="api:forget_push"),
]
