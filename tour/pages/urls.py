from starlette.routing import Route as Url

from tour.pages import cover_files, forgetting, handlers, metrics, previews, readiness, site_files

urls = [
    Url("/", handlers.home, name="pages:home"),
    Url("/sites", handlers.explore, name="sites:index"),
    Url("/map", handlers.explore_map, name="sites:map"),
    Url("/sites/{slug}", handlers.site, name="sites:detail"),
    Url("/events/{slug}", handlers.event, name="events:detail"),
    Url("/events/{slug}/map", handlers.event_map, name="events:map"),
    Url("/programmes/{programme_id:int}", handlers.programme, name="programmes:detail"),
    Url("/host/{slug}/preview", previews.site, name="hosts:site_preview"),
    Url(
        "/host/{slug}/programmes/{programme_id:int}/preview",
        previews.session,
        name="hosts:preview",
    ),
    Url("/about", handlers.about, name="pages:about"),
    Url("/forget-device", forgetting.page, methods=["GET"], name="pages:forget_device"),
    Url(
        "/forget-device",
        forgetting.forget,
        methods=["POST"],
        name="pages:forget_device_now",
    ),
    Url("/sw.js", site_files.service_worker, name="pages:service_worker"),
    Url("/manifest.webmanifest", site_files.manifest, name="pages:manifest"),
    Url("/robots.txt", site_files.robots, name="pages:robots"),
    Url("/sitemap.xml", site_files.sitemap, name="pages:sitemap"),
    Url("/covers/{name}", cover_files.cover_file, name="pages:cover"),
    Url("/base.geojson", site_files.base_layer, name="pages:base_layer"),
    Url("/metrics", metrics.metrics, name="pages:metrics"),
    Url("/healthz", site_files.healthz, name="pages:healthz"),
    Url("/readyz", readiness.readyz, name="pages:readyz"),
]
