"""What staff set for all sessions of an event together: read, changed, logged."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.errors import Conflict
from tour.events.models import Event
from tour.i18n import lazy as _
from tour.programmes.models import DEFAULT_RETENTION_DAYS, BookingRules


class RulesChanged(Conflict):
    """Somebody else has set other rules since the form was filled."""


@dataclass(frozen=True, slots=True)
class RulesDraft:
    """`reservations_per_contact` is None where there is no limit."""

    reservations_per_contact: int | None = None
    checks_contact: bool = False
    releases_absent: bool = False
    retention_days: int = DEFAULT_RETENTION_DAYS

    @property
    def version(self) -> str:
        """The same for the same rules: tells a form that was filled from others."""
        return "-".join(str(value) for value in asdict(self).values())


async def rules_of_event(event_id: int) -> RulesDraft:
    """Those that were set, or the usual ones."""
    found = await BookingRules.get_or_none(event_id=event_id)
    return _draft(found) if found else RulesDraft()


async def strictest_rules(event_ids: Collection[int | None]) -> RulesDraft:
    """What holds for sessions of these events together (None: of no event): the smallest limit, any
    check, the longest retention."""
    events = [event_id for event_id in event_ids if event_id is not None]
    found = [_draft(rules) for rules in await BookingRules.filter(event_id__in=events)]
    if len(found) < len(event_ids):
        found.append(RulesDraft())
    limits = [one.reservations_per_contact for one in found if one.reservations_per_contact]
    return RulesDraft(
        min(limits, default=None),
        any(one.checks_contact for one in found),
        any(one.releases_absent for one in found),
        max(one.retention_days for one in found),
    )


def _draft(rules: BookingRules) -> RulesDraft:
    return RulesDraft(
        rules.reservations_per_contact,
        rules.checks_contact,
        rules.releases_absent,
        rules.retention_days,
    )


async def may_release_absent(event_id: int | None) -> bool:
    """Whether a host may have seats of the absent given away unasked: without an event as it likes,
    in one where its staff allow it."""
    return event_id is None or (await rules_of_event(event_id)).releases_absent


async def change_rules(
    event: Event, draft: RulesDraft, *, version: str, actor: Actor, now: datetime
) -> None:
    """Set them all; what is reserved already stays. Raises RulesChanged."""
    async with edit(actor, Subject("event", event.id), "event.rules", now=now) as change:
        await change.lock(Event, event.id)
        before = await rules_of_event(event.id)
        if version != before.version:
            raise RulesChanged(
                _("Somebody else has changed these rules. Yours stand below: look, and save again.")
            )
        change.before, change.after = asdict(before), asdict(draft)
        change.only_if_different()
        await BookingRules.update_or_create(asdict(draft), event_id=event.id)
