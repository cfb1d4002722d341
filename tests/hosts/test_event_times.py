"""Times for an event's session: none once the event, the place or the day is out of it."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from tests.accounts.signing import OPERATOR, make_account, sign_in_as
from tests.conftest import NOON
from tests.factories import make_event, make_site
from tests.hosts.setting import OUTLINE
from tour.accounts.roles import Role
from tour.events.editing import withdraw_event
from tour.events.models import Event, Participation
from tour.programmes import editing
from tour.programmes.editing import Times
from tour.programmes.models import Slot
from tour.programmes.states import Allocation, SlotStatus

FIRST, LAST = date(2026, 12, 5), date(2026, 12, 6)
START = datetime(2026, 12, 5, 3, tzinfo=UTC)
FORM = {
    "days": "2026-12-05",
    "first": "12:00",
    "last": "12:00",
    "every": "60",
    "capacity": "8",
    "allocation": "first_come",
    "may_be_outside": "1",
}
WITHDRAWN = "The event of this session is not public"
TAKEN_OUT = "This place does not take part"
OTHER_DAY = "This session belongs to an event"


async def make_smaller(event: Event, how: str) -> None:
    if how == WITHDRAWN:
        await withdraw_event(event.id, actor=OPERATOR, now=NOON)
    elif how == TAKEN_OUT:
        await Participation.all().delete()
    else:
        await Event.all().update(starts_on=LAST)


@pytest.mark.parametrize("said", [WITHDRAWN, TAKEN_OUT, OTHER_DAY])
@pytest.mark.parametrize("was_called_off", [True, False])
async def test_an_event_that_is_not_there_gets_no_times(
    client: httpx.AsyncClient, said: str, was_called_off: bool
) -> None:
    site = await make_site()
    await sign_in_as(client, await make_account("host@example.org", Role.HOST, site))
    event = await make_event(site, day=FIRST, ends_on=LAST)
    other = START if was_called_off else START + timedelta(hours=2)
    times = Times([other], 8, Allocation.FIRST_COME, None, event.id)
    programme = await editing.create(site.id, OUTLINE, times, actor=OPERATOR, now=NOON)
    await Slot.all().update(status=SlotStatus.CANCELLED)
    await make_smaller(event, said)
    path = f"/host/{site.slug}/programmes/{programme.id}/times"
    answer = await client.post(path, data=FORM, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert said in answer.text
    assert not await Slot.exclude(status=SlotStatus.CANCELLED).exists()
    await Event.all().update(is_published=True, starts_on=FIRST)
    if said == TAKEN_OUT:
        await Participation.create(event=event, site=site, number=1)
    assert (await client.post(path, data=FORM)).status_code == 303
    assert (await Slot.get(starts_at=START)).status == SlotStatus.OPEN
