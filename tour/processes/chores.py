"""Every chore there is. `docs/chores.md` says the same to operators; a test compares them.

What is purged is purged by the feature that it belongs to: here stands how often, and where.
"""

from tour.changes import cut_log, forget_news
from tour.events import covers
from tour.health import beating, lease
from tour.health.chores import Chore, Do, Where, each_time
from tour.limits.counting import forget_counts
from tour.notifications.sending.worker import sending
from tour.parts import Parts, WorkerParts
from tour.programmes.purging import purge_programmes
from tour.reservations.parties.newcomers import forget_networks
from tour.reservations.retention import erase_due
from tour.reservations.worker import run_due
from tour.routes.plan_news.look_out import telling_news
from tour.routes.plans.itineraries import forget_plans
from tour.routes.walks.town_streets import taking_up_streets
from tour.sites.editing import photos, waiting
from tour.staff.log.approvals import forget_edits

MINUTE, HOUR = 60.0, 3600.0


def _in_worker(name: str, every: float, do: Do[WorkerParts]) -> Chore[WorkerParts]:
    return Chore(name, every, Where.WORKER, each_time(do))


MESSAGES: Chore[WorkerParts] = Chore(
    "messages",
    1,
    Where.WORKER,
    lambda parts: sending(parts.settings, parts.clock, parts.pace, parts.enclose, parts.wording),
)
DUE = _in_worker("due", 1, lambda _, now: run_due(now))
SIGN_OF_LIFE: Chore[WorkerParts] = Chore(
    "sign-of-life", beating.EVERY_SECONDS, Where.WORKER, lambda _: beating.beating()
)
PARTIES = _in_worker("forget-parties", 10 * MINUTE, lambda _, now: erase_due(now=now))
NETWORKS = _in_worker("forget-networks", 10 * MINUTE, lambda _, now: forget_networks(now=now))
COUNTS = _in_worker("forget-counts", 10 * MINUTE, lambda *_: forget_counts())
READ_NEWS = _in_worker("forget-news", HOUR, lambda _, now: forget_news(now=now))
LOG = _in_worker("cut-log", HOUR, lambda parts, now: cut_log(parts.settings.log_days, now=now))
EDITS = _in_worker("forget-edits", HOUR, lambda _, now: forget_edits(now=now))

LEASE: Chore[Parts] = Chore(
    "lease", lease.EVERY_SECONDS, Where.WEB, lambda parts: lease.holding(parts.lease)
)
STREETS: Chore[Parts] = Chore(
    "streets",
    1,
    Where.WEB,
    lambda parts: taking_up_streets(parts.walks, parts.settings, parts.town, parts.clock),
)

NEWS: Chore[Parts] = Chore("plan-news", 5, Where.ONE_WEB, telling_news, first_after=5)


def _hourly_in_one_web(name: str, do: Do[Parts]) -> Chore[Parts]:
    """Clearing up that needs the folders of a web process; not in its first minute."""
    return Chore(name, HOUR, Where.ONE_WEB, each_time(do), first_after=MINUTE)


PLANS = _hourly_in_one_web("forget-plans", lambda _, now: forget_plans(now=now))
SESSIONS = _hourly_in_one_web("purge-sessions", lambda _, now: purge_programmes(now=now))
PHOTOS = _hourly_in_one_web(
    "purge-photos",
    lambda parts, now: waiting.purge(photos.folder_in(parts.settings.var), now=now),
)
COVERS = _hourly_in_one_web(
    "purge-covers",
    lambda parts, now: covers.purge(covers.folder_in(parts.settings.var), now=now),
)

WORKER_CHORES = (MESSAGES, DUE, SIGN_OF_LIFE, PARTIES, NETWORKS, COUNTS, READ_NEWS, LOG, EDITS)
WEB_CHORES = (LEASE, STREETS, NEWS, PLANS, SESSIONS, PHOTOS, COVERS)
CHORES: tuple[Chore[Parts], ...] = (*WORKER_CHORES, *WEB_CHORES)
"""In the order in which they are begun; the last one begun ends first."""
