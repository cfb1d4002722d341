"""No table is written past `edit`, but for what is listed here with its reason."""

import importlib
import inspect
from types import MappingProxyType

import pytest
from tortoise.models import Model

from tests.changes.writes import UNKNOWN, Write, all_writes, writes_in
from tour.db import MODELS
from tour.settings import ROOT

MINE = "belongs to one party, browser or account: no page keeps a copy, no other person's log line"
ELSEWHERE: MappingProxyType[str, tuple[frozenset[str], str]] = MappingProxyType(
    {
        "tour.changes": (
            frozenset({"News", "NewsNumber", "RecentEdit", UNKNOWN}),
            "what `edit` itself leaves",
        ),
        "tour.audit.writing": (frozenset({"AuditEntry", UNKNOWN}), "what `edit` itself leaves"),
        "tour.programmes.service": (
            frozenset({"Slot"}),
            "the ledger of seats (decision 0009): seats are read as they are, never from a copy",
        ),
        "tour.notifications": (
            frozenset({"Circuit", "Delivery", "PhoneCall", "PushSubscription", "Recipient"})
            | {"Reminder"},
            "the outbox, its readers' addresses and its own state",
        ),
        "tour.reservations": (
            frozenset(
                {"Arrival", "CalendarEntry", "CallOff", "ContactCheck", "DoorPhone", "Draw"}
                | {"DrawEntry", "DrawSlot", "Place", "Reservation", "WaitlistEntry"}
            ),
            MINE,
        ),
        "tour.reservations.parties.contact_check": (frozenset({UNKNOWN}), MINE),
        "tour.reservations.parties.parties": (frozenset({"Recipient", "Reminder", UNKNOWN}), MINE),
        "tour.accounts": (
            frozenset(
                {"AccountSession", "AddressChange", "Invitation", "Passkey", "PasskeyChallenge"}
                | {"SignInLetter", "SignInLink"}
            ),
            MINE,
        ),
        "tour.routes.plans.itineraries": (
            frozenset({"Itinerary", "ItineraryReader"}),
            MINE,
        ),
        "tour.limits": (frozenset({"RateCount"}), "counts of requests"),
        "tour.health": (frozenset({"Heartbeat", "Lease"}), "that a process is alive"),
        "tour.sites.finding.vocabulary": (
            frozenset({"Word"}),
            "how words are read, before the text that has them is written and told",
        ),
        "tour.sites.imports.writing": (frozenset({"Site"}), "its statement's text; it runs inside"),
        "tour.sites.editing.waiting": (
            frozenset({"Photo", "PhotoWaiting"}),
            "kept for its sender alone; and for good, what nobody sees",
        ),
        "tour.programmes.purging": (frozenset({"Programme"}), "for good, what nobody sees"),
        "tour.events.covers": (frozenset({"CoverKept"}), "for good, what nobody sees"),
        "tour.staff.log.approvals": (
            frozenset({"RecentEdit"}),
            "what nobody goes on from any more",
        ),
    }
)
"""By package or module: the models written there outside of a change, and why they may be."""


def models() -> dict[str, str]:
    found = {}
    for name in MODELS:
        for each in vars(importlib.import_module(name)).values():
            if inspect.isclass(each) and issubclass(each, Model) and each.__module__ == name:
                found[each.__name__] = each.Meta.table  # type: ignore[attr-defined]
    return found


def is_listed(write: Write) -> bool:
    return any(
        write.what in names and (write.module == place or write.module.startswith(f"{place}."))
        for place, (names, _why) in ELSEWHERE.items()
    )


def outside() -> list[Write]:
    return [write for write in all_writes(ROOT / "tour", models()) if not write.is_inside]


def test_every_write_is_inside_of_a_change_or_listed_with_its_reason() -> None:
    past = [f"{w.module}:{w.line} writes {w.what}" for w in outside() if not is_listed(w)]
    assert past == []


def test_nothing_is_listed_that_is_not_written() -> None:
    found = outside()
    for place, (names, _why) in ELSEWHERE.items():
        own = [w for w in found if w.module == place or w.module.startswith(f"{place}.")]
        assert {w.what for w in own} >= names, place


PLANTED = {
    "by a filter": "await Site.filter(id=1).update(name='x')",
    "by a variable": "chosen = Site.filter(id=1)\n    await chosen.exclude(id=2).update(name='x')",
    "by a row": "row = await Site.get(id=1)\n    await row.save()",
    "by a loop": "for row in await Site.all():\n        await row.delete()",
    "later": "return Site.filter(id=1).delete()",
    "in bulk": "await Site.bulk_create([])",
    "by a default": "made, new = await Site.get_or_create(slug='x')",
    "in SQL": "await fetch('UPDATE site SET name = $1', 'x')",
    "in a transaction": "async with transaction():\n        await Site.create(slug='x')",
}


@pytest.mark.parametrize("statement", PLANTED.values(), ids=PLANTED)
def test_a_planted_write_is_found(statement: str) -> None:
    source = f"async def verb():\n    {statement}\n"
    [found] = writes_in(source, "tour.sites.editing.day", models())
    assert (found.what, found.is_inside, is_listed(found)) == ("Site", False, False)


def test_a_write_of_what_the_source_does_not_name_is_found() -> None:
    source = "async def verb(rows):\n    await rows.update(name='x')\n"
    [found] = writes_in(source, "tour.sites.editing.day", models())
    assert (found.what, is_listed(found)) == (UNKNOWN, False)


INSIDE = (
    "async def verb():\n    async with edit(a, b, 'c') as change:\n        await Site.create()\n",
    "async def verb():\n    async with together(now=n):\n        await Site.create()\n",
    "async def part(change: Change, name):\n    await Site.filter(name=name).delete()\n",
    "async def part(_part: Part):\n    for row in await Site.all():\n        await row.save()\n",
)


@pytest.mark.parametrize("source", INSIDE)
def test_what_is_inside_is_known_as_such(source: str) -> None:
    [found] = writes_in(source, "tour.sites.editing.day", models())
    assert (found.what, found.is_inside) == ("Site", True)


def test_calling_a_verb_is_no_write_of_its_own() -> None:
    source = (
        "from tour.programmes import editing\nasync def handler():\n    await editing.create()\n"
    )
    assert writes_in(source, "tour.hosts.handlers", models()) == []
