"""The rules of an event's reservations, as staff set them and as visitors meet them."""

from datetime import timedelta

import httpx
import pytest

from tests.staff.town import hidden, make_party, make_town
from tour.audit.models import AuditEntry
from tour.programmes.models import BookingRules, Slot
from tour.reservations import worker
from tour.reservations.door.arrivals import Arrival
from tour.reservations.models import Place
from tour.reservations.rules import GRACE

RULES = {
    "reservations_per_contact": "２",
    "checks_contact": "1",
    "releases_absent": "1",
    "retention_days": "14",
}


async def test_rules_are_set_logged_and_shown_again(staff: httpx.AsyncClient) -> None:
    event, _slot, _party = await make_town()
    path = f"/staff/events/{event.id}/rules"
    page = await staff.get(path)
    assert 'value="30"' in page.text
    answer = await staff.post(path, data={**RULES, "version": hidden(page, "version")})
    assert answer.status_code == 303
    rules = await BookingRules.get(event_id=event.id)
    assert (rules.reservations_per_contact, rules.retention_days) == (2, 14)
    assert rules.checks_contact
    assert rules.releases_absent
    assert await AuditEntry.filter(action="event.rules").count() == 1
    again = {"reservations_per_contact": "", "retention_days": "30"}
    version = hidden(await staff.get(path), "version")
    await staff.post(path, data={**again, "version": version})
    rules = await BookingRules.get(event_id=event.id)
    assert (rules.reservations_per_contact, rules.checks_contact) == (None, False)


async def test_the_second_to_save_is_told_and_loses_nothing(staff: httpx.AsyncClient) -> None:
    event, _slot, _party = await make_town()
    path = f"/staff/events/{event.id}/rules"
    old = hidden(await staff.get(path), "version")
    await staff.post(path, data={**RULES, "version": old})
    answer = await staff.post(path, data={**RULES, "retention_days": "7", "version": old})
    assert answer.status_code == 409
    assert 'value="7"' in answer.text
    assert (await BookingRules.get()).retention_days == 14
    fresh = {**RULES, "retention_days": "7", "version": hidden(answer, "version")}
    assert (await staff.post(path, data=fresh)).status_code == 303


@pytest.mark.parametrize(
    ("field", "value"),
    [("retention_days", "0"), ("retention_days", "x"), ("reservations_per_contact", "99")],
)
async def test_mistakes_are_said_beside_the_field(
    staff: httpx.AsyncClient, field: str, value: str
) -> None:
    event, _slot, _party = await make_town()
    path = f"/staff/events/{event.id}/rules"
    answer = await staff.post(path, data={**RULES, field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert await BookingRules.all().count() == 0


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("allowed", "chosen", "somebody_came", "left"),
    [
        (True, True, True, 2),
        (True, True, False, 4),
        (True, False, True, 4),
        (False, True, True, 4),
    ],
)
async def test_seats_of_the_absent_are_freed_unasked_only_where_all_want_it(
    allowed: bool, chosen: bool, somebody_came: bool, left: int
) -> None:
    """Staff allow it, the host chose it for the session, and the door checks people in."""
    event, slot, _party = await make_town()
    from_door = await Place.get()
    await BookingRules.create(event=event, releases_absent=allowed)
    await Slot.filter(id=slot.id).update(releases_absent=chosen)
    await make_party(await Slot.get(id=slot.id), name="王子 一郎", code="A2B3-C4D5")
    if somebody_came:
        await Arrival.create(place=from_door, arrived_at=slot.starts_at)
    await worker.run_due(slot.starts_at + GRACE - timedelta(seconds=1))
    assert (await Slot.get(id=slot.id)).seats_taken == 4
    await worker.run_due(slot.starts_at + GRACE)
    assert (await Slot.get(id=slot.id)).seats_taken == left
