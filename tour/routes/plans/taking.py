"""What a plan would be with one of its proposals: to be kept, alone or with its seats."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from tour.i18n import lazy as _
from tour.routes.days import edits
from tour.routes.days.edits import Stops
from tour.routes.days.planning import Desk, so_far, taken
from tour.routes.days.proposals import Findings
from tour.routes.plans import itineraries
from tour.routes.plans.itineraries import ChangedElsewhere, ItineraryEntry, Sent
from tour.words.typed import number_in, padded


class ProposalChanged(ChangedElsewhere):
    """News has come since the page was opened: another proposal stands beside the plan now."""

    problem = "proposal-changed"
    said = _("The proposal has changed meanwhile. Here is the newest one.")


@dataclass(frozen=True, slots=True)
class Taken:
    """The plan that a proposal makes, not kept yet."""

    stops: Stops
    findings: Mapping[str, Any]
    wish: Mapping[str, Any]


async def would_be(entry: ItineraryEntry, desk: Desk, asked: Mapping[str, str]) -> Taken | None:
    """What the form of a proposal asks for: by `do` and `number`, or, of one that was made when
    others changed something, by the `shown` mark. None where there is no such proposal."""
    if asked.get("do") == "other":
        return await _other(entry, desk, number_in(asked.get("number")))
    return await _mended(entry, desk, asked.get("shown", ""))


async def keep(entry: ItineraryEntry, sent: Sent, new: Taken, *, for_good: bool = False) -> None:
    """As `itineraries.replan`."""
    await itineraries.replan(
        entry, sent, new.stops, new.findings, day=entry.day, wish=new.wish, for_good=for_good
    )


def mark_of(stops: Stops) -> str:
    """Names a proposal by all that is in it: what is taken is what was shown."""
    told = json.dumps([stop.as_json() for stop in stops], sort_keys=True)
    return sha256(told.encode()).hexdigest()[:16]


async def _other(entry: ItineraryEntry, desk: Desk, number: int | None) -> Taken | None:
    others = Findings.from_json(entry.findings).alternatives
    if number is None or number >= len(others):
        return None
    own_desk, stops = taken(desk, await so_far(desk, entry.stops), others[number])
    wish = {**entry.wish, "from_time": padded(own_desk.wish.starts)}
    return Taken(stops, Findings().as_json(), wish)


async def _mended(entry: ItineraryEntry, desk: Desk, shown: str) -> Taken | None:
    findings = Findings.from_json(entry.findings)
    if not findings.mended:
        return None
    if shown and shown != mark_of(findings.mended):
        raise ProposalChanged
    kept = replace(findings, mended=(), missed=(), optimal=False, alternatives=()).as_json()
    return Taken(await mended_stops(entry, desk, findings.mended), kept, entry.wish)


async def mended_stops(entry: ItineraryEntry, desk: Desk, mended: Stops) -> Stops:
    """What has begun, and then the proposal, as far as it is still to come."""
    done = await so_far(desk, entry.stops)
    past = {stop.site_id for stop in done.past}
    ahead = edits.visits(mended)
    rest = tuple(stop for stop in ahead if stop.site_id not in past and not stop.been)
    return done.go_on(rest, mended)
