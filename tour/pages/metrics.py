"""`/metrics` in Prometheus' text form (version 0.0.4): numbers only, nothing about anybody.

Whoever holds TOUR_METRICS_TOKEN may read it; without one, only this machine, and not through a
proxy, whose every reader would seem to be this machine.
"""

import hmac
import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tour.errors import NotFound
from tour.health.checks import problems
from tour.health.chores import Chore, Round
from tour.i18n import lazy as _
from tour.limits.lanes import Lane
from tour.notifications import queries as notifications
from tour.notifications.queries import QueueState, ServiceCount
from tour.notifications.states import DeliveryStatus
from tour.pages.readiness import CHECKS, asked
from tour.parts import Parts
from tour.web import now, parts_of
from tour.web.gate.traffic import Traffic

MEDIA_TYPE = "text/plain; version=0.0.4"
LAST_DAY = timedelta(days=1)
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")

Sample = tuple[dict[str, str], float]


async def metrics(request: Request) -> Response:
    if not _may_read(request):
        raise NotFound(_("There is no such page"))
    at = now(request)
    families = [
        *_outbox(await notifications.queue_state(at)),
        *_mail(await notifications.mail_stands_since(at), at),
        *_deliveries(await notifications.by_service(at - LAST_DAY)),
        *_checks(await problems(CHECKS, asked(request))),
        *_chores(parts_of(request).chores, parts_of(request).rounds),
        *_requests(parts_of(request).traffic),
        *_lanes(parts_of(request).lanes),
    ]
    headers = {"Cache-Control": "no-store"}
    return PlainTextResponse("".join(families), headers=headers, media_type=MEDIA_TYPE)


def _may_read(request: Request) -> bool:
    if token := parts_of(request).settings.metrics_token:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False


def _outbox(queue: QueueState) -> Iterator[str]:
    yield _family("tour_outbox_waiting", "gauge", "Messages due and not yet sent", queue.waiting)
    yield _family("tour_outbox_scheduled", "gauge", "Messages for later", queue.scheduled)
    oldest = queue.oldest.total_seconds()
    yield _family("tour_outbox_oldest_seconds", "gauge", "How long the oldest is overdue", oldest)


def _mail(since: datetime | None, at: datetime) -> Iterator[str]:
    seconds = (at - since).total_seconds() if since else 0
    about = "For how long no mail has left though some should have; 0 while it leaves"
    yield _family("tour_mail_stands_seconds", "gauge", about, seconds)


def _deliveries(counts: Iterable[ServiceCount]) -> Iterator[str]:
    samples: list[Sample] = [
        ({"service": count.service, "status": status.value}, getattr(count, status.value))
        for count in counts
        for status in DeliveryStatus
    ]
    about = "Deliveries due in the last 24 hours, by service and by how they stand"
    yield _samples("tour_deliveries", "gauge", about, samples)


def _checks(found: Mapping[str, str]) -> Iterator[str]:
    samples: list[Sample] = [({"check": c.name}, float(c.name not in found)) for c in CHECKS]
    yield _samples("tour_check_ok", "gauge", "What /readyz looks at: 1 is well", samples)


def _chores(chores: Sequence[Chore[Parts]], rounds: Sequence[Round]) -> Iterator[str]:
    """All there are; the counts are of this process."""
    every: list[Sample] = [({"chore": c.name, "where": c.where}, c.every) for c in chores]
    yield _samples("tour_chore_every_seconds", "gauge", "The pause between two times", every)
    here = {one.chore.name: one for one in rounds}
    for name, about in (("done", "Times it was done"), ("failed", "Times that it failed")):
        counts: list[Sample] = [
            ({"chore": c.name}, getattr(here[c.name], name) if c.name in here else 0)
            for c in chores
        ]
        yield _samples(f"tour_chore_{name}_total", "counter", f"{about} by this process", counts)


def _requests(traffic: Traffic) -> Iterator[str]:
    samples: list[Sample] = [
        ({"page": page, "status": str(status)}, count)
        for (page, status), count in sorted(traffic.requests.items())
    ]
    about = "Requests that this process has answered, by page and status"
    yield _samples("tour_requests_total", "counter", about, samples)
    about = "Seconds spent on them"
    yield _family("tour_request_seconds_total", "counter", about, traffic.seconds)


def _lanes(lanes: Mapping[str, Lane]) -> Iterator[str]:
    present: list[Sample] = [({"lane": name}, lane.present) for name, lane in lanes.items()]
    about = "Costly requests at work or waiting, by lane"
    yield _samples("tour_lane_present", "gauge", about, present)
    refused: list[Sample] = [({"lane": name}, lane.refused) for name, lane in lanes.items()]
    about = "Costly requests that found no room"
    yield _samples("tour_lane_refused_total", "counter", about, refused)


def _family(name: str, kind: str, about: str, value: float) -> str:
    return _samples(name, kind, about, [({}, value)])


def _samples(name: str, kind: str, about: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{_labels(labels)} {value:g}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    """Hosts, statuses and names of pages need no escaping; quotes cannot be in them."""
    inside = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""
