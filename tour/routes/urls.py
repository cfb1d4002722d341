from starlette.routing import Route as Url

from tour.routes.courses import handlers
from tour.routes.plan_pages import (
    file_handlers,
    form_handlers,
    into_handlers,
    join_handlers,
    reserve_handlers,
)
from tour.routes.plan_pages import handlers as plan_handlers

PLAN = "/itineraries/{token}"

urls = [
    Url("/walk", handlers.walk, name="routes:walk"),
    Url("/walk.geojson", handlers.walk_geojson, name="routes:walk_geojson"),
    Url("/streets.geojson", handlers.streets_geojson, name="routes:streets_geojson"),
    Url("/plan", form_handlers.new, methods=["GET"], name="routes:plan"),
    Url("/plan", form_handlers.create, methods=["POST"], name="routes:plan_create"),
    Url("/plan/into", into_handlers.show, methods=["GET"], name="routes:into_plan"),
    Url("/plan/into", into_handlers.put, methods=["POST"], name="routes:put_into_plan"),
    Url(f"{PLAN}.gpx", file_handlers.gpx, name="itineraries:gpx"),
    Url(f"{PLAN}.ics", file_handlers.calendar, name="itineraries:calendar"),
    Url(f"{PLAN}.geojson", file_handlers.geojson, name="itineraries:geojson"),
    Url(PLAN, plan_handlers.show, name="itineraries:show"),
    Url(f"{PLAN}/edit", plan_handlers.edit, methods=["POST"], name="itineraries:edit"),
    Url(
        f"{PLAN}/conditions",
        form_handlers.conditions,
        methods=["GET"],
        name="itineraries:form",
    ),
    Url(
        f"{PLAN}/conditions",
        form_handlers.change_conditions,
        methods=["POST"],
        name="itineraries:change",
    ),
    Url(
        f"{PLAN}/stop-news",
        plan_handlers.stop_news,
        methods=["POST"],
        name="itineraries:stop_news",
    ),
    Url(f"{PLAN}/reserve", reserve_handlers.new, methods=["GET"], name="itineraries:reserve"),
    Url(
        f"{PLAN}/reserve",
        reserve_handlers.reserve,
        methods=["POST"],
        name="itineraries:reserve_all",
    ),
    Url(f"{PLAN}/join", join_handlers.form, methods=["GET"], name="itineraries:join_form"),
    Url(f"{PLAN}/join", join_handlers.join, methods=["POST"], name="itineraries:join"),
    Url("/courses/{slug}", handlers.course, methods=["GET"], name="routes:course"),
    Url(
        "/courses/{slug}",
        handlers.course_from_here,
        methods=["POST"],
        name="routes:course_from_here",
    ),
]
