"""Every address with two keys in it: the second is looked for among what belongs to the first.

A host who writes another place's session, party, picture or letter under the own place's name, a
party that names a seat that is another's: to them it does not exist, and nothing changes. The
addresses are those of the app itself; a new one with two keys and without a line here fails.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import OPERATOR, browser, make_account, sign_in_as
from tests.conftest import NOON
from tests.factories import make_course, make_event, make_place, make_site, make_slot
from tests.hosts.setting import first_slot, write_programme
from tests.test_roles import dump, table
from tour.accounts.models import Account, Invitation
from tour.accounts.people import invitations
from tour.accounts.people.invitations import Offer
from tour.accounts.roles import Role
from tour.audit.service import Actor
from tour.events.models import Participation
from tour.notifications.models import Reminder
from tour.programmes import editing, slot_editing
from tour.reservations.changes import slots
from tour.reservations.door.arrivals import Arrival
from tour.reservations.models import (
    PlaceStatus,
    Reservation,
    WaitlistEntry,
    WaitlistStatus,
)
from tour.routes.models import WalkingRoute
from tour.sites.models import Photo, Site

FORMS: dict[str, dict[str, str]] = {
    "hosts:seats": {"do": "more"},
    "hosts:arrive": {},
    "hosts:take_back": {},
    "hosts:count_people": {"people": "1"},
    "hosts:let_in": {},
    "hosts:absent": {"do": "ask"},
    "hosts:absent_rule": {"releases_absent": "1"},
    "hosts:undo": {},
    "hosts:note_call": {"do": "told", "shown": ""},
    "hosts:programme": {},
    "hosts:change_programme": {"title": "別の題", "minutes": "60", "max_party": "6"},
    "hosts:preview": {},
    "hosts:add_times": {"days": "2026-12-20", "first": "10:00", "last": "11:00", "every": "60"},
    "hosts:stage": {"do": "pause"},
    "hosts:restore": {},
    "hosts:event": {},
    "hosts:answer_event": {"do": "decline"},
    "hosts:slot": {},
    "hosts:change_slot": {"capacity": "31"},
    "hosts:cancel_slot": {"message": "すみません。", "sure": "1"},
    "hosts:slot_list": {},
    "hosts:slot_list_file": {},
    "hosts:change_photo": {"do": "remove"},
    "hosts:letter": {},
    "hosts:revoke": {},
    "hosts:invite_again": {},
    "staff:course": {},
    "staff:change_course": {"title": "別の道"},
    "staff:cancel_place": {},
    "staff:note_answer": {"do": "phoned"},
    "staff:remove_from_site": {},
    "reservations:cancel_place": {},
    "reservations:say_late": {"minutes": "10"},
    "reservations:give_up": {},
    "reservations:accept": {},
    "reservations:leave": {},
    "api:reservation_cancel_place": {},
    "api:waitlist_leave": {},
    "api:waitlist_accept": {},
}
"""What is sent, so that an address that forgot to look would really do something."""
IDEMPOTENT = {
    *("reservations:cancel_place", "reservations:leave", "staff:cancel_place"),
    *("api:reservation_cancel_place", "api:waitlist_leave", "hosts:revoke"),
}
"""What is not there is gone already: these say so in peace, and do nothing."""
LEADING_ON = {"hosts:preview"}
"""What is public needs no preview: it leads to the page itself."""
OF_A_PLACE = {
    "hosts:take_back": "arrived",
    "hosts:count_people": "arrived",
    "hosts:let_in": "released",
}
WAITING = {
    *("reservations:accept", "reservations:leave", "api:waitlist_leave", "api:waitlist_accept"),
}


@dataclass
class Owner:
    """A place with one of everything, and a party with a seat and an offer there."""

    account: Account
    values: dict[str, Any]
    places: dict[str, int] = field(default_factory=dict)
    offered: int = 0
    removed: int = 0

    def of(self, name: str) -> dict[str, Any]:
        """The keys of an address, all of this owner."""
        own = dict(self.values)
        if name in OF_A_PLACE:
            own["place_id"] = self.places[OF_A_PLACE[name]]
        if name in WAITING:
            own["slot_id"] = self.offered
        if name == "hosts:restore":
            own["programme_id"] = self.removed
        return own


async def make_owner(number: int) -> Owner:
    site = await make_site(slug=f"owner-{number}")
    account = await make_account(f"host-{number}@example.org", Role.HOST, site)
    actor = Actor(account.id, account.email)
    programme = await write_programme(site)
    slot = await first_slot(programme)
    place = await make_place(slot, name=f"客 {number}")
    arrived, released = await make_place(slot), await make_place(slot)
    await Arrival.create(place_id=arrived.id, arrived_at=NOON)
    await released.filter(id=released.id).update(status=PlaceStatus.RELEASED, cancelled_at=NOON)
    tapped = await slot_editing.add_seat(slot, site_id=site.id, actor=actor, now=NOON)
    gone = await write_programme(site, NOON + timedelta(days=5))
    await editing.remove_programme(gone, actor=actor, now=NOON)
    other = await make_slot(programme=programme, starts_at=NOON + timedelta(days=9))
    await WaitlistEntry.create(
        reservation_id=place.reservation_id,
        slot=other,
        seats=1,
        joined_at=NOON,
        status=WaitlistStatus.OFFERED,
        offer_ends_at=NOON + timedelta(days=1),
    )
    await other.filter(id=other.id).update(seats_taken=1)
    event = await make_event()
    await Participation.create(event=event, site=site, number=1)
    photo = await Photo.create(
        site=site, name="0" * 32, width=4, height=3, alt="絵", position=0, created_at=NOON
    )
    letter = await invitations.invite_by_letter(Offer(site=site), actor=OPERATOR, now=NOON)
    invitation = await Invitation.filter(site=site).order_by("-id").first()
    quiet = await make_place(slot, 1, email="", phone="03-1234-5678")
    await slots.tell_slot(slot.id, "傘をお持ちください", actor=actor, now=NOON)
    call = await Reminder.get(recipient__reservations__id=quiet.reservation_id)
    course: WalkingRoute = await make_course(site, event=event)
    party = await Reservation.get(id=place.reservation_id)
    assert invitation
    values = {
        "slug": site.slug,
        "site_id": site.id,
        "programme_id": programme.id,
        "slot_id": slot.id,
        "place_id": place.id,
        "entry_id": tapped.id,
        "event_id": event.id,
        "photo_id": photo.id,
        "call_id": call.id,
        "token": letter,
        "invitation_id": invitation.id,
        "course_id": course.id,
        "reservation_id": party.id,
        "reference": party.reference,
        "account_id": account.id,
    }
    places = {"arrived": arrived.id, "released": released.id}
    return Owner(account, values, places, other.id, gone.id)


def with_two_keys(app: Starlette) -> list[str]:
    return [name for name, route in table(app).items() if len(route.param_convertors) > 1]


@pytest.fixture
async def owners(app: Starlette) -> tuple[Owner, Owner]:
    assert app
    return await make_owner(1), await make_owner(2)


async def ask(
    app: Starlette, client: httpx.AsyncClient, name: str, values: dict[str, Any]
) -> httpx.Response:
    route = table(app)[name]
    method = next(iter((route.methods or {"GET"}) - {"HEAD"}))
    path = app.url_path_for(name, **{key: values[key] for key in route.param_convertors})
    if name.startswith("api:"):
        return await client.request(method, path, json=FORMS[name])
    return await client.request(method, path, data=None if method == "GET" else FORMS[name])


def test_every_address_with_two_keys_has_its_line(app: Starlette) -> None:
    assert set(with_two_keys(app)) == set(FORMS)


@pytest.mark.parametrize("name", FORMS)
async def test_what_is_anothers_is_not_there(
    app: Starlette, owners: tuple[Owner, Owner], name: str
) -> None:
    mine, theirs = owners
    first, *others = table(app)[name].param_convertors
    foreign = {first: mine.of(name)[first], **{key: theirs.of(name)[key] for key in others}}
    async with browser(app) as client:
        await sign_in_as(client, await asking(name, mine))
        before = await rows()
        answer = await ask(app, client, name, foreign)
        assert await rows() == before, f"{name} changed what is another's"
        allowed = (200, 204, 303) if name in IDEMPOTENT else (403, 404, 409)
        assert answer.status_code in allowed, f"{name}: {answer.status_code}"
        own = await ask(app, client, name, mine.of(name))
        assert own.status_code in (200, 201, 204, 303, 422), f"{name}: {own.text[:300]}"
        if own.status_code in (204, 303) and name not in LEADING_ON:
            assert await rows() != before, f"{name} does nothing even with the own keys"


async def rows() -> dict[str, str]:
    """All rows of all tables; that somebody tried is counted (on PostgreSQL in a table)."""
    return {name: found for name, found in (await dump()).items() if name != "rate_count"}


async def asking(name: str, mine: Owner) -> Account:
    """Whoever may use such an address at all."""
    if name.startswith("staff:"):
        return await make_account("admin@example.org", Role.ADMINISTRATOR)
    return mine.account


async def test_the_two_owners_share_nothing(owners: tuple[Owner, Owner]) -> None:
    mine, theirs = owners
    assert not set(mine.values.items()) & set(theirs.values.items())
    assert await Site.filter(id__in=[mine.values["site_id"], theirs.values["site_id"]]).count() == 2
