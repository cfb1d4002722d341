"""create_app(): the only place where real parts are chosen and joined."""

from collections.abc import AsyncIterator, Hashable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import lru_cache, partial
from itertools import chain
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount

from tour import db
from tour.accounts.errors import SignInNeeded
from tour.accounts.handlers import to_sign_in
from tour.accounts.urls import urls as account_urls
from tour.api.urls import urls as api_urls
from tour.changes import NewsReader
from tour.clock import Clock, SteadyClock, clock_from, system_clock
from tour.errors import TourError
from tour.events.queries import AgendaCache
from tour.health.chores import going_round
from tour.health.lease import Lease
from tour.hosts.urls import urls as host_urls
from tour.limits.counting import RateLimits
from tour.limits.lanes import make_lanes
from tour.notifications.console import MailWatch
from tour.notifications.push.endpoints import EndpointPolicy
from tour.notifications.push.keys import vapid_keys
from tour.notifications.sending.worker import GENTLE
from tour.notifications.urls import urls as notification_urls
from tour.pages.searching import FinderShelf
from tour.pages.town_now import CardShelf
from tour.pages.urls import urls as page_urls
from tour.pages.wording import WORDING
from tour.participation.urls import urls as participation_urls
from tour.parts import Parts, PathFor
from tour.patience import PAGES
from tour.processes.chores import CHORES, WEB_CHORES, WORKER_CHORES
from tour.programmes.board import BoardCache
from tour.publishing.urls import urls as publishing_urls
from tour.reservations.messages.appointments import encloser
from tour.reservations.urls import urls as reservation_urls
from tour.routes.courses.ways import CourseWays
from tour.routes.urls import urls as route_urls
from tour.routes.walks.approaches import approach_finder
from tour.routes.walks.site_matrix import SiteMatrix
from tour.routes.walks.town_streets import open_town_walks
from tour.seal import Seal
from tour.secret import secret_key
from tour.settings import Settings
from tour.sites.catalogue import CatalogueCache
from tour.sites.site_map import MapSource
from tour.staff.urls import urls as staff_urls
from tour.town import Town, read_town
from tour.web.assets import Assets
from tour.web.bounded import LARGEST_BODY
from tour.web.gate.bounds import BodyLimit, BoundedAddress
from tour.web.gate.middleware import (
    AccessLog,
    BoundedWaits,
    CrossSiteGuard,
    Language,
    PathRedirects,
    SecurityHeaders,
)
from tour.web.gate.page_cache import PageCache
from tour.web.gate.traffic import Traffic
from tour.web.problems import FaultPage, on_http_exception, on_os_error, on_tour_error
from tour.web.templates import make_environment

SMALLEST_GZIPPED = 600


def create_app(settings: Settings, *, clock: Clock | None = None) -> Starlette:
    """The ASGI app. Raises ConfigurationError for what the operator must mend."""

    def path_for(name: str, /, **path_params: Hashable) -> str:
        return str(app.url_path_for(name, **path_params))

    parts = _parts(settings, clock or _clock(settings), path_for)
    app = Starlette(
        routes=_urls(parts.assets),
        middleware=_middleware(settings, parts.town, parts.traffic),
        exception_handlers={
            SignInNeeded: to_sign_in,
            TourError: on_tour_error,
            HTTPException: on_http_exception,
            OSError: on_os_error,
        },
        lifespan=partial(_lifespan, parts),
    )
    app.state.parts = parts
    return app


def _parts(settings: Settings, clock: Clock, path_for: PathFor) -> Parts:
    town, assets, news = read_town(settings.data), Assets(), NewsReader()
    walks, secret = open_town_walks(settings, town), secret_key(settings)
    site_matrix = SiteMatrix(walks)
    return Parts(
        settings=settings,
        clock=clock,
        pace=GENTLE,
        enclose=encloser(settings.base_url),
        wording=WORDING,
        town=town,
        seal=Seal(secret),
        started_at=system_clock(),
        assets=assets,
        templates=make_environment(town, assets.url),
        # Every page asks for some forty of a few hundred addresses; to find one walks the table.
        path_for=lru_cache(maxsize=4096)(path_for),
        traffic=Traffic(),
        lanes=make_lanes(),
        rate_limits=RateLimits(secret),
        lease=Lease(),
        chores=CHORES,
        news=news,
        catalogue=CatalogueCache(approach_finder(walks), news),
        agenda=AgendaCache(news),
        board=BoardCache(news),
        cards=CardShelf(),
        finders=FinderShelf(),
        walks=walks,
        site_matrix=site_matrix,
        on_foot=site_matrix,
        course_ways=CourseWays(walks),
        map_source=_map_source(settings, assets),
        vapid_public_key=vapid_keys(settings).public,
        push_policy=EndpointPolicy.parse(settings.push_hosts),
    )


def _clock(settings: Settings) -> Clock:
    return SteadyClock(clock_from(settings.clock) if settings.clock else system_clock)


@asynccontextmanager
async def _lifespan(parts: Parts, _app: Starlette) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        await enter(db.opened(parts.settings.database_url, PAGES))
        own = WORKER_CHORES if parts.settings.worker == "inline" else ()
        chores = going_round((*own, *WEB_CHORES), parts, parts.lease.is_ours)
        parts.rounds.extend(await enter(chores))
        yield


def _urls(assets: Assets) -> list[BaseRoute]:
    features = (
        page_urls,
        publishing_urls,
        reservation_urls,
        route_urls,
        notification_urls,
        account_urls,
        participation_urls,
        host_urls,
        staff_urls,
        api_urls,
    )
    return [*chain.from_iterable(features), Mount("/static", assets, name="static")]


def _middleware(settings: Settings, town: Town, traffic: Traffic) -> list[Middleware]:
    """Outermost first."""
    return [
        Middleware(AccessLog, traffic=traffic),
        Middleware(BoundedAddress),
        Middleware(PageCache, languages=town.languages),
        Middleware(GZipMiddleware, minimum_size=SMALLEST_GZIPPED, compresslevel=5),
        Middleware(
            SecurityHeaders,
            img_hosts=_tile_hosts(settings.tile_url),
            https=settings.base_url.startswith("https:"),
        ),
        Middleware(PathRedirects),
        Middleware(Language, languages=town.languages),
        Middleware(BodyLimit, most=LARGEST_BODY),
        Middleware(CrossSiteGuard, base_url=settings.base_url),
        Middleware(BoundedWaits),
        Middleware(FaultPage),
        Middleware(MailWatch),
    ]


def _tile_hosts(tile_url: str) -> tuple[str, ...]:
    """The hosts that `{s}` may stand for, as a CSP source."""
    if not tile_url:
        return ()
    parts = urlsplit(tile_url)
    return (f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}",)


def _map_source(settings: Settings, assets: Assets) -> MapSource:
    return MapSource(
        tile_url=settings.tile_url,
        tile_credit=settings.tile_credit,
        base_url="/base.geojson",
        streets_url="/streets.geojson?bbox={bbox}&zoom={zoom}" if settings.streets else "",
        asset=assets.url,
    )
