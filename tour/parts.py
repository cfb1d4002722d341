"""The parts of the app. `create_app` makes and joins them; a request reaches them by `parts_of`.

This stands low, so that whatever answers a request can ask for its parts, and names what stands
high: by its type alone. A feature takes no part of a feature above it (`tests/test_parts.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from datetime import datetime

    from jinja2 import Environment
    from starlette.requests import Request

    from tour.changes import NewsReader
    from tour.clock import Clock
    from tour.events.queries import AgendaCache
    from tour.health.chores import Chore, Round
    from tour.health.lease import Lease
    from tour.limits.counting import RateLimits
    from tour.limits.lanes import Lane
    from tour.notifications.mail.enclosing import Enclose
    from tour.notifications.push.endpoints import EndpointPolicy
    from tour.notifications.sending.wording import Wording
    from tour.notifications.sending.worker import Pace
    from tour.pages.searching import FinderShelf
    from tour.pages.town_now import CardShelf
    from tour.programmes.board import BoardCache
    from tour.routes.courses.ways import CourseWays
    from tour.routes.walks.site_matrix import SiteMatrix
    from tour.routes.walks.walks import Walks
    from tour.seal import Seal
    from tour.settings import Settings
    from tour.sites.catalogue import CatalogueCache
    from tour.sites.on_foot import WalksFromOne
    from tour.sites.site_map import MapSource
    from tour.town import Town
    from tour.web.assets import Assets
    from tour.web.gate.traffic import Traffic


class PathFor(Protocol):
    """The path of a route by its name, as Starlette's `url_path_for`."""

    def __call__(self, name: str, /, **path_params: Hashable) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerParts:
    """What is needed to do a worker's chores, in whatever process."""

    settings: Settings
    clock: Clock
    pace: Pace
    enclose: Enclose
    wording: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(WorkerParts):
    """Everything that a web process holds."""

    town: Town
    seal: Seal
    started_at: datetime
    """Of the process, by the machine's clock."""

    assets: Assets
    templates: Environment
    path_for: PathFor
    traffic: Traffic

    lanes: Mapping[str, Lane]
    rate_limits: RateLimits
    lease: Lease
    chores: Sequence[Chore[Parts]]
    """All there are, whoever does them."""
    rounds: list[Round] = field(default_factory=list)
    """How the chores of this process go; none before it has started."""

    news: NewsReader
    catalogue: CatalogueCache
    agenda: AgendaCache
    board: BoardCache
    cards: CardShelf
    finders: FinderShelf

    walks: Walks
    site_matrix: SiteMatrix
    on_foot: WalksFromOne
    """The same, as features that know nothing of routes ask it."""
    course_ways: CourseWays
    map_source: MapSource

    vapid_public_key: str
    push_policy: EndpointPolicy


def parts_of(request: Request) -> Parts:
    """The parts of the app that this request came to."""
    parts: Parts = request.app.state.parts
    return parts
