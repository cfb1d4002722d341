"""What was told to whom, about what, by which way, and whether it arrived."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from tortoise.expressions import Q

from tour.accounts.models import Account
from tour.contacts.finding import codes_in, sought
from tour.db.columns import ids_of
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications import told as outbox
from tour.notifications.models import PhoneCall
from tour.notifications.reach import Way
from tour.notifications.states import CallState, Standing
from tour.notifications.told import Told
from tour.reservations.calls.calls import calls_to
from tour.reservations.models import Reservation
from tour.routes.models import ItineraryReader
from tour.staff.message_kinds import KINDS, OTHER
from tour.staff.reasons import reason

PAGE = 100
MOST_FOUND = 1000
"""Parties among which is searched: more than one name ever finds."""


class Kind(StrEnum):
    """Who somebody is that was told something."""

    PARTY = "party"
    ACCOUNT = "account"
    FORGOTTEN = "forgotten"
    """Their data was deleted when nobody needed it any more."""
    READER = "reader"
    """Of a plan, without a name."""
    INVITED = "invited"
    """To tend a place or to join the staff; no account yet."""
    SIGNING_IN = "signing_in"
    """At an address that no account has, not yet or no more."""
    ANOTHER = "another"
    """Who is not known any more."""


STANDINGS: Mapping[Standing, Text] = {
    Standing.ARRIVED: _("Delivered"),
    Standing.LATER: _("Waits for its hour"),
    Standing.UNDER_WAY: _("On its way"),
    Standing.UNREACHED: _("Did not arrive"),
    Standing.TOO_LATE: _("Too late"),
    Standing.TAKEN_BACK: _("Taken back"),
}
CALLS: Mapping[CallState, Text] = {
    CallState.TOLD: _("Phoned, told"),
    CallState.NO_ANSWER: _("Nobody answered"),
    CallState.DONE: _("Done otherwise"),
}
BY_KEY: Mapping[str, Kind] = {"invitation": Kind.INVITED, "asked": Kind.SIGNING_IN}
"""Who it is that has no account, by the first part of the message's key."""
BY: Mapping[Way, Text] = {Way.PUSH: _("Push"), Way.MAIL: _("Email")}
BY_PHONE = _("By phone")
TO_PHONE = _("Waits for a call")


@dataclass(frozen=True, slots=True)
class Line:
    """One message to one reader."""

    id: int
    at: datetime
    kind: Kind
    party_id: int
    name: str
    about: Text
    title: str
    way: Text | str
    standing: Text
    reason: Text | str
    to_phone: bool
    """Whether somebody still has to ring them about it."""
    call: Text | str
    """How ringing them went."""
    who: str


async def lines(
    query: str, zone: ZoneInfo, *, before: int | None, now: datetime
) -> tuple[list[Line], int | None]:
    """The latest first, at most `PAGE`; and before which message the next page begins, if any."""
    readers = await _sought(query) if query else None
    found = await outbox.latest(PAGE + 1, now=now, before_id=before, recipient_ids=readers)
    shown = found[:PAGE]
    return await _lines(shown, zone, now), shown[-1].reminder_id if len(found) > PAGE else None


async def _lines(told: Sequence[Told], zone: ZoneInfo, now: datetime) -> list[Line]:
    ids = {one.recipient_id for one in told}
    parties = {p.recipient_id: p for p in await Reservation.filter(recipient_id__in=list(ids))}
    accounts = {a.recipient_id: a for a in await Account.filter(recipient_id__in=list(ids))}
    calls = await PhoneCall.filter(reminder_id__in=[one.reminder_id for one in told])
    by_message = {(call.reminder_id, call.revision): call for call in calls}
    readers = set(await ids_of(ItineraryReader.filter(recipient_id__in=list(ids)), "recipient_id"))
    open_ = [call for call in await calls_to(parties.keys(), zone, now=now) if call.is_open]
    to_phone = {call.id for call in open_ if call.can_be_rung}
    return [_line(one, parties, accounts, readers, by_message, to_phone) for one in told]


def _line(
    one: Told,
    parties: Mapping[int, Reservation],
    accounts: Mapping[int, Account],
    readers: Collection[int],
    calls: Mapping[tuple[int, int], PhoneCall],
    to_phone: Collection[int],
) -> Line:
    party, account = parties.get(one.recipient_id), accounts.get(one.recipient_id)
    call = calls.get((one.reminder_id, one.revision))
    about = one.key.partition(":")[0]
    kind = BY_KEY.get(about, Kind.ANOTHER)
    if party:
        kind = Kind.FORGOTTEN if party.erased_at else Kind.PARTY
    elif account:
        kind = Kind.ACCOUNT
    elif one.recipient_id in readers:
        kind = Kind.READER
    return Line(
        id=one.reminder_id,
        at=one.due_at,
        kind=kind,
        party_id=party.id if party else 0,
        name=party.name if party else account.name or account.email if account else "",
        about=KINDS.get(about, OTHER),
        title=one.title,
        way=_way(one, is_phoned=bool(call) or one.reminder_id in to_phone),
        standing=TO_PHONE if one.reminder_id in to_phone else STANDINGS[one.standing],
        reason=reason(one.problem) if one.standing == Standing.UNREACHED else "",
        to_phone=one.reminder_id in to_phone,
        call=CALLS[call.state] if call else "",
        who=call.who if call else "",
    )


def _way(one: Told, *, is_phoned: bool) -> Text | str:
    if one.standing != Standing.UNREACHED:
        return BY.get(one.way, "")
    return BY_PHONE if is_phoned else ""


async def _sought(query: str) -> Collection[int]:
    """Parties as the search of reservations finds them; people with an account by name or mail."""
    parties, accounts = Reservation.all(), Account.all()
    for writings in sought(query):
        found = [Q(found_by__contains=writing) for writing in writings]
        by_code = [Q(door_code__icontains=code) for code in codes_in(writings)]
        parties = parties.filter(Q(*found, *by_code, join_type="OR"))
        named = [Q(name__icontains=writing) for writing in writings]
        mailed = [Q(email__contains=writing) for writing in writings]
        accounts = accounts.filter(Q(*named, *mailed, join_type="OR"))
    ids = set(await ids_of(parties.order_by("-id").limit(MOST_FOUND), "recipient_id"))
    return ids | set(await ids_of(accounts.limit(MOST_FOUND), "recipient_id"))
