from starlette.routing import Route as Url

from tour.publishing import handlers

urls = [
    Url("/events/{slug}/embed", handlers.embed, name="publishing:embed"),
    Url("/events/{slug}/share", handlers.share, name="publishing:share"),
    Url("/events/{slug}/map.pdf", handlers.printed_map, name="publishing:print"),
    Url("/events/{slug}/map.zip", handlers.archive, name="publishing:archive"),
    Url("/events/{slug}/map.svg", handlers.picture, name="publishing:picture"),
    Url("/events/{slug}/map.geojson", handlers.places, name="publishing:places"),
]
