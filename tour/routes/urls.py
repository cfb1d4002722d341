from starlette.routing import Route as Url

from tour.routes import handlers

urls = [
    Url("/walk", handlers.walk, name="routes:walk"),
    Url("/walk.geojson", handlers.walk_geojson, name="routes:walk_geojson"),
    Url("/streets.geojson", handlers.streets_geojson, name="routes:streets_geojson"),
    Url("/plan", handlers.walk, name="routes:plan"),
    Url("/courses/{slug}", handlers.course, name="routes:course"),
]
