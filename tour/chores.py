"""Every chore there is. `docs/chores.md` says the same to operators; a test compares them.

What is purged is purged by the feature that it belongs to: here stands how often, and where.
"""

from pathlib import Path

from starlette.datastructures import State

from tour.changes import cut_log, forget_news
from tour.events import covers
from tour.health import beating, lease
from tour.health.chores import Chore, Do, Where, each_time
from tour.limits.counting import forget_counts
from tour.notifications.worker import sending
from tour.programmes.purging import purge_programmes
from tour.reservations.newcomers import forget_networks
from tour.reservations.retention import erase_due
from tour.reservations.worker import run_due
from tour.routes.itineraries import forget_plans
from tour.routes.look_out import telling_news
from tour.routes.town_streets import taking_up_streets
from tour.settings import Settings
from tour.sites import photos
from tour.staff.approvals import forget_edits

MINUTE, HOUR = 60.0, 3600.0


def _var(parts: State) -> Path:
    settings: Settings = parts.settings
    return settings.var


MESSAGES = Chore("messages", 1, Where.WORKER, sending)
DUE = Chore("due", 1, Where.WORKER, each_time(lambda _, now: run_due(now)))
SIGN_OF_LIFE = Chore("sign-of-life", beating.EVERY_SECONDS, Where.WORKER, beating.beating)
PARTIES = Chore(
    "forget-parties", 10 * MINUTE, Where.WORKER, each_time(lambda _, now: erase_due(now=now))
)
NETWORKS = Chore(
    "forget-networks", 10 * MINUTE, Where.WORKER, each_time(lambda _, now: forget_networks(now=now))
)
COUNTS = Chore("forget-counts", 10 * MINUTE, Where.WORKER, each_time(lambda *_: forget_counts()))
READ_NEWS = Chore("forget-news", HOUR, Where.WORKER, each_time(lambda _, now: forget_news(now=now)))
LOG = Chore(
    "cut-log",
    HOUR,
    Where.WORKER,
    each_time(lambda parts, now: cut_log(parts.settings.log_days, now=now)),
)
EDITS = Chore("forget-edits", HOUR, Where.WORKER, each_time(lambda _, now: forget_edits(now=now)))

LEASE = Chore("lease", lease.EVERY_SECONDS, Where.WEB, lease.holding)
STREETS = Chore("streets", 1, Where.WEB, taking_up_streets)

NEWS = Chore("plan-news", 5, Where.ONE_WEB, telling_news, first_after=5)


def _hourly_in_one_web(name: str, do: Do) -> Chore:
    """Clearing up that needs the folders of a web process; not in its first minute."""
    return Chore(name, HOUR, Where.ONE_WEB, each_time(do), first_after=MINUTE)


PLANS = _hourly_in_one_web("forget-plans", lambda _, now: forget_plans(now=now))
SESSIONS = _hourly_in_one_web("purge-sessions", lambda _, now: purge_programmes(now=now))
PHOTOS = _hourly_in_one_web(
    "purge-photos",
    lambda parts, now: photos.purge(photos.folder_in(_var(parts)), now=now),
)
COVERS = _hourly_in_one_web(
    "purge-covers",
    lambda parts, now: covers.purge(covers.folder_in(_var(parts)), now=now),
)

CHORES = (
    MESSAGES,
    DUE,
    SIGN_OF_LIFE,
    PARTIES,
    NETWORKS,
    COUNTS,
    READ_NEWS,
    LOG,
    EDITS,
    LEASE,
    STREETS,
    NEWS,
    PLANS,
    SESSIONS,
    PHOTOS,
    COVERS,
)
"""In the order in which they are begun; the last one begun ends first."""


def chores_of(*where: Where) -> list[Chore]:
    return [chore for chore in CHORES if chore.where in where]
