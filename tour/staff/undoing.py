"""What a line of the log can be taken back by: what was before it, written once more.

Taking back is a change like any other, with its own line. Only the last one of its kind can be:
what somebody has changed again since is theirs. What people were told of, no line takes back.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from tour.accounts.models import Account
from tour.accounts.people import people
from tour.accounts.roles import Permission
from tour.audit.noted import Noted
from tour.audit.service import Actor
from tour.changes import together
from tour.changes.models import RecentEdit
from tour.errors import Conflict, NotFound
from tour.events import editing as events
from tour.events.models import Event
from tour.geo import Point
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes import slot_editing
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.waitlist.queue import publish_site
from tour.sites.editing import page
from tour.sites.editing.page import Profile, Version
from tour.sites.models import Site
from tour.sites.opening.closures import from_codes
from tour.sites.opening.hours import HolidayRule, Span
from tour.sites.opening.hours_text import read_spans
from tour.sites.texts import OWN, TRANSLATED
from tour.staff.events import form as event_form

Fields = Mapping[str, Any]
AGAIN = _("This has been changed again meanwhile, so it was not undone.")
TOLD = _("People have been told, so it cannot be taken back.")
NO_CHANGE = _("It changed nothing that could be put back.")
ON_ITS_PAGE = _("Change it back on its own page.")
TOO_OLD = _("Only changes of the last 30 days can be undone here.")
DATES = frozenset({"starts_on", "ends_on"})
REASONS: Mapping[str, Text] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("slot.message", "slot.cancel", "slot.release", "site.tell_closed", "site.return"),
                *("day.close", "day.delay", "event.call_off", "event.ask", "invitation.send"),
                *("reservation.cancel", "reservation.size"),
            ),
            TOLD,
        ),
        **dict.fromkeys(
            (
                *("account.sign_in", "account.end", "site.approve", "reservation.export"),
                *("event.phone", "event.undo", "burst.clear", "burst.restore"),
            ),
            NO_CHANGE,
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Way:
    """How one kind of change is taken back, and who may."""

    permission: Permission
    put_back: Callable[[RecentEdit, Actor, datetime, ZoneInfo], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Undo:
    """Whether a line can be taken back: by which number, or why not."""

    entry_id: int | None
    reason: Text | None


async def undoing(lines: Sequence[Noted]) -> dict[int, Undo]:
    """By line of the log, in a few statements for a whole page."""
    if not lines:
        return {}
    chosen = RecentEdit.filter(at__gte=lines[-1].at, at__lte=lines[0].at)
    recent = {_key(edit): edit for edit in await chosen.order_by("id")}
    found = {line.id: recent.get(_key(line)) for line in lines}
    later = await _later(edit for edit in found.values() if edit)
    return {line.id: _undo_of(line, found[line.id], later) for line in lines}


def _key(line: Noted) -> tuple[Any, ...]:
    """A line of the log and its recent edit are the same but for their numbers."""
    return line.at, line.account_id, line.action, line.subject, line.subject_id


def _undo_of(line: Noted, edit: RecentEdit | None, later: Sequence[RecentEdit]) -> Undo:
    way = WAYS.get(line.action)
    if way is None or (line.action == "event.change" and DATES & line.after.keys()):
        return Undo(None, REASONS.get(line.action, ON_ITS_PAGE))
    if edit is None:
        return Undo(None, TOO_OLD)
    return Undo(None, _("Changed again since.")) if _touched(edit, later) else Undo(edit.id, None)


async def _later(edits: Iterable[RecentEdit]) -> list[RecentEdit]:
    ids: dict[str, set[int]] = {}
    for edit in edits:
        ids.setdefault(edit.subject, set()).add(edit.subject_id)
    found: list[RecentEdit] = []
    for subject, subject_ids in ids.items():
        found += await RecentEdit.filter(subject=subject, subject_id__in=list(subject_ids))
    return found


def _touched(edit: RecentEdit, later: Iterable[RecentEdit]) -> bool:
    """Whether a later change, or its undoing, concerned a field that this one changed."""
    return any(
        other.id > edit.id
        and (other.subject, other.subject_id) == (edit.subject, edit.subject_id)
        and (edit.after.keys() | edit.before.keys()) & (other.after.keys() | other.before.keys())
        for other in later
    )


async def permission_for(entry_id: int) -> Permission:
    """What one needs to take this back; raises NotFound where nobody can."""
    edit = await RecentEdit.get_or_none(id=entry_id)
    if edit is None or edit.action not in WAYS:
        raise NotFound(_("There is nothing to undo."))
    return WAYS[edit.action].permission


async def undo(entry_id: int, *, actor: Actor, now: datetime, zone: ZoneInfo) -> None:
    """Take one line back, once: the second of two finds the line of the first. Raises NotFound,
    and Conflict where it was changed again, or what is there now forbids it."""
    async with together(now=now):
        edit = await RecentEdit.filter(id=entry_id).select_for_update(no_key=True).first()
        if edit is None or edit.action not in WAYS:
            raise NotFound(_("There is nothing to undo."))
        if _touched(edit, await _later([edit])):
            raise Conflict(AGAIN)
        if edit.action == "event.change" and DATES & edit.after.keys():
            raise Conflict(ON_ITS_PAGE)
        await WAYS[edit.action].put_back(edit, actor, now, zone)


def _unchanged(present: Fields, edit: RecentEdit) -> None:
    """Imports and other writers may have come by another way."""
    if any(present.get(name) != value for name, value in edit.after.items() if name in present):
        raise Conflict(AGAIN)


async def _profile(edit: RecentEdit, actor: Actor, now: datetime, _zone: ZoneInfo) -> None:
    site = await Site.get(id=edit.subject_id)
    present = page.as_fields(page.profile_of(site))
    _unchanged(present, edit)
    wanted = {**present, **edit.before}
    profile = Profile(
        texts={name: wanted[name] for name in OWN},
        english={name: wanted[f"{name}_en"] for name in TRANSLATED},
        access_features=tuple(wanted["access_features"]),
        languages=tuple(wanted["languages"]),
        entrance=_point(wanted["entrance"]),
    )
    version = await Version.of(site, "site")
    await page.change_profile(site.id, profile, version=version, actor=actor, now=now)


def _point(logged: str) -> Point | None:
    if not logged:
        return None
    lat, lon = (float(part) for part in logged.split(","))
    return Point(lat=lat, lon=lon)


async def _week(edit: RecentEdit, actor: Actor, now: datetime, _zone: ZoneInfo) -> None:
    site = await Site.get(id=edit.subject_id)
    present = await page.week_fields(site.id)
    _unchanged(present, edit)
    wanted = {**present, **edit.before}
    await page.replace_week(
        site.id,
        [_spans(wanted[f"weekday{day}"]) for day in range(7)],
        HolidayRule(wanted["holiday_rule"]),
        from_codes(wanted["closures"]),
        version=await Version.of(site, "site"),
        actor=actor,
        now=now,
    )


def _spans(logged: str) -> tuple[Span, ...]:
    spans = read_spans(logged)
    if spans is None:
        raise Conflict(ON_ITS_PAGE)
    return spans


async def _exception(edit: RecentEdit, actor: Actor, now: datetime, _zone: ZoneInfo) -> None:
    """Hours and note stand in one text in the log: a day with a note is written anew by people."""
    site_id, names = edit.subject_id, sorted(edit.before.keys() | edit.after.keys())
    dates = {name: date.fromisoformat(name) for name in names}
    present = await page.exception_fields(site_id, list(dates.values()))
    if any(present.get(name) != edit.after.get(name) for name in names):
        raise Conflict(AGAIN)
    before = {dates[name]: edit.before.get(name) for name in names}
    if usual := [day for day, hours in before.items() if hours is None]:
        await page.clear_exception(site_id, usual, actor=actor, now=now)
    for day, hours in before.items():
        if hours is not None:
            await page.set_exception(site_id, [day], _spans(hours), "", actor=actor, now=now)


async def _show_site(edit: RecentEdit, actor: Actor, now: datetime, _zone: ZoneInfo) -> None:
    await publish_site(edit.subject_id, actor=actor, now=now)


async def _event(edit: RecentEdit, actor: Actor, now: datetime, zone: ZoneInfo) -> None:
    event = await Event.get(id=edit.subject_id)
    _unchanged(events.as_fields(events.draft_of(event)), edit)
    before = {name: event_form.as_typed(name, was, zone) for name, was in edit.before.items()}
    present = event_form.event_values(events.draft_of(event), zone)
    draft, _typed = event_form.read_event({**present, **before}, zone)
    if draft is None:
        raise Conflict(ON_ITS_PAGE)
    version = await Version.of(event, events.SUBJECT)
    await events.change_event(event.id, draft, version=version, actor=actor, now=now)


async def _name(edit: RecentEdit, actor: Actor, now: datetime, _zone: ZoneInfo) -> None:
    """And their office and telephone: the log has those that differed."""
    account = await Account.get(id=edit.subject_id)
    _unchanged({column: getattr(account, column) for column in edit.before}, edit)
    await people.call(account.id, edit.before, actor=actor, now=now)


async def _slot(edit: RecentEdit) -> tuple[Slot, int]:
    slot = await Slot.get(id=edit.subject_id).select_related("programme__site")
    return slot, slot.programme.site.id


async def _capacity(edit: RecentEdit, actor: Actor, now: datetime, _zone: ZoneInfo) -> None:
    slot, site_id = await _slot(edit)
    _unchanged({"capacity": slot.capacity}, edit)
    before = edit.before["capacity"]
    await slot_editing.change_capacity(slot, before, site_id=site_id, actor=actor, now=now)


async def _status(edit: RecentEdit, actor: Actor, now: datetime, _zone: ZoneInfo) -> None:
    slot, site_id = await _slot(edit)
    _unchanged({"status": str(slot.status)}, edit)
    before = SlotStatus(edit.before["status"])
    await slot_editing.set_open(slot, before, site_id=site_id, actor=actor, now=now)


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        page.PROFILE: Way(Permission.TEND_ANY_SITE, _profile),
        page.HOURS: Way(Permission.TEND_ANY_SITE, _week),
        page.EXCEPTION: Way(Permission.TEND_ANY_SITE, _exception),
        "site.withdraw": Way(Permission.PUBLISH, _show_site),
        "event.change": Way(Permission.EDIT_EVENTS, _event),
        "account.name": Way(Permission.MANAGE_PEOPLE, _name),
        slot_editing.CAPACITY: Way(Permission.TEND_ANY_SITE, _capacity),
        "slot.status": Way(Permission.TEND_ANY_SITE, _status),
    }
)
