from starlette.routing import Route as Url

from tour.routes import (
    handlers,
    plan_files,
    plan_form_handlers,
    plan_handlers,
    plan_join,
    plan_reserve,
)

PLAN = "/itineraries/{token}"

urls = [
    Url("/walk", handlers.walk, name="routes:walk"),
    Url("/walk.geojson", handlers.walk_geojson, name="routes:walk_geojson"),
    Url("/streets.geojson", handlers.streets_geojson, name="routes:streets_geojson"),
    Url("/plan", plan_form_handlers.new, methods=["GET"], name="routes:plan"),
    Url("/plan", plan_form_handlers.create, methods=["POST"], name="routes:plan_create"),
    Url(f"{PLAN}.gpx", plan_files.gpx, name="itineraries:gpx"),
    Url(f"{PLAN}.ics", plan_files.calendar, name="itineraries:calendar"),
    Url(f"{PLAN}.geojson", plan_files.geojson, name="itineraries:geojson"),
    Url(PLAN, plan_handlers.show, name="itineraries:show"),
    Url(f"{PLAN}/edit", plan_handlers.edit, methods=["POST"], name="itineraries:edit"),
    Url(
        f"{PLAN}/conditions",
        plan_form_handlers.conditions,
        methods=["GET"],
        name="itineraries:form",
    ),
    Url(
        f"{PLAN}/conditions",
        plan_form_handlers.change_conditions,
        methods=["POST"],
        name="itineraries:change",
    ),
    Url(
        f"{PLAN}/stop-news",
        plan_handlers.stop_news,
        methods=["POST"],
        name="itineraries:stop_news",
    ),
    Url(f"{PLAN}/reserve", plan_reserve.new, methods=["GET"], name="itineraries:reserve"),
    Url(
        f"{PLAN}/reserve",
        plan_reserve.reserve,
        methods=["POST"],
        name="itineraries:reserve_all",
    ),
    Url(f"{PLAN}/join", plan_join.form, methods=["GET"], name="itineraries:join_form"),
    Url(f"{PLAN}/join", plan_join.join, methods=["POST"], name="itineraries:join"),
    Url("/courses/{slug}", handlers.course, methods=["GET"], name="routes:course"),
    Url(
        "/courses/{slug}",
        handlers.course_from_here,
        methods=["POST"],
        name="routes:course_from_here",
    ),
]
