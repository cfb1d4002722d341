"""Every form of hosts and staff as it is sent when it is refused, and what must come back."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from tests.accounts.signing import OPERATOR, make_account, sign_in_as
from tests.conftest import NOON
from tests.factories import EVENT_DAY, make_course, make_event, make_place, make_site
from tests.hosts.setting import first_slot, write_programme
from tour.accounts.models import Account
from tour.accounts.roles import Role
from tour.events.models import Event, Participation
from tour.programmes.models import Programme, Slot
from tour.reservations.changes import slots
from tour.reservations.models import Place
from tour.sites.models import Photo, PhotoWaiting, Site
from tour.web.forms import WHOLE

KEPT = "Kept 見本"
"""What was typed into a field that is right."""


@dataclass(frozen=True)
class Refused:
    """`kept`: what must stand in the page that comes back, as it was typed; `at`: the field with
    the reason, or WHOLE where no field mends it."""

    path: str
    data: Mapping[str, Any]
    kept: str
    at: str = WHOLE
    status: int = 422
    is_multipart: bool = False
    files: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Console:
    """A host at the door, and an administrator, in one browser each."""

    host: httpx.AsyncClient
    staff: httpx.AsyncClient
    site: Site

    @property
    def path(self) -> str:
        return f"/host/{self.site.slug}"

    async def filled(self, path: str) -> dict[str, Any]:
        """The fields of the first form of a page that has a version, as a browser sends them."""
        client = self.host if path.startswith("/host") else self.staff
        page = (await client.get(path)).text
        found = re.search(r'name="version" value="([^"]*)"', page)
        assert found
        return {"version": found[1]}

    async def session(self) -> tuple[Programme, Slot]:
        programme = await write_programme(self.site)
        return programme, await first_slot(programme)

    async def party(self, **columns: Any) -> tuple[Slot, Place]:
        _programme, slot = await self.session()
        return slot, await make_place(slot, **columns)


Filled = Callable[[Console], Awaitable[Refused]]
OUTLINE = {
    "title": KEPT,
    "minutes": "60",
    "price_yen": "0",
    "max_party": "6",
    "languages": "ja",
}
TIMES = {
    "days": "2026-12-20",
    "first": "10:00",
    "last": "11:00",
    "every": "60",
    "capacity": "8",
    "allocation": "first_come",
}


async def at_the_door(console: Console) -> Refused:
    return Refused(f"{console.path}/door", {"do": "cap", "cap": "many"}, 'value="many"', "cap")


async def of_the_absent(console: Console) -> Refused:
    """Nobody is ticked, though the page had ticked them."""
    _programme, slot = await console.session()
    await Slot.filter(id=slot.id).update(starts_at=NOON - timedelta(minutes=11))
    place = await make_place(slot)
    data = {"do": "give", "shown": NOON.isoformat()}
    kept = f'name="place" value="{place.id}"><span>'
    return Refused(f"{console.path}/slots/{slot.id}/absent", data, kept)


async def of_a_code(console: Console) -> Refused:
    return Refused(f"{console.path}/check-in", {"code": "AAAA-BBBB"}, 'value="AAAA-BBBB"')


async def of_a_new_session(console: Console) -> Refused:
    data = {**OUTLINE, **TIMES, "minutes": "long"}
    return Refused(f"{console.path}/programmes/new", data, KEPT, "minutes")


async def of_times_that_are_over(console: Console) -> Refused:
    data = {**OUTLINE, **TIMES, "days": "2026-11-01"}
    return Refused(f"{console.path}/programmes/new", data, KEPT, "times")


async def of_a_session(console: Console) -> Refused:
    programme, _slot = await console.session()
    path = f"{console.path}/programmes/{programme.id}"
    data = {**await console.filled(path), **OUTLINE, "minutes": "long"}
    return Refused(path, data, KEPT, "minutes")


async def of_more_times(console: Console) -> Refused:
    programme, _slot = await console.session()
    data = {**TIMES, "capacity": "none", "first": "13:20"}
    path = f"{console.path}/programmes/{programme.id}/times"
    return Refused(path, data, 'value="13:20"', "capacity")


async def of_seats(console: Console) -> Refused:
    slot, _place = await console.party()
    return Refused(
        f"{console.path}/slots/{slot.id}", {"capacity": "1"}, 'value="1"', "capacity", 409
    )


async def of_calling_off(console: Console) -> Refused:
    _programme, slot = await console.session()
    data = {"message": KEPT + "x" * 1000}
    return Refused(f"{console.path}/slots/{slot.id}/cancel", data, KEPT, "message")


async def of_calling_off_twice(console: Console) -> Refused:
    _programme, slot = await console.session()
    await slots.cancel_slot(slot.id, "", actor=OPERATOR, now=NOON)
    path = f"{console.path}/slots/{slot.id}/cancel"
    return Refused(path, {"message": KEPT}, KEPT, status=409)


async def of_a_message(console: Console) -> Refused:
    """To a session that nobody holds seats in any more, as there is none."""
    data = {"slot": "1", "message": KEPT}
    return Refused(f"{console.path}/messages", data, KEPT, "slot")


async def of_a_profile(console: Console) -> Refused:
    path = f"{console.path}/profile"
    data = {**await console.filled(path), "name": console.site.name, "summary": KEPT, "lat": "1"}
    return Refused(path, data, KEPT, "lat")


async def of_a_week(console: Console) -> Refused:
    path = f"{console.path}/hours"
    data = {**await console.filled(path), "weekday0": "9-ish", "weekday1": "10:00-12:20"}
    return Refused(path, data, "10:00-12:20", "weekday0")


async def of_a_day(console: Console) -> Refused:
    data = {"on_date": "2026-12-24", "hours": "9-ish", "note": KEPT}
    return Refused(f"{console.path}/hours/exceptions", data, KEPT, "hours")


async def of_a_new_photo(console: Console) -> Refused:
    data = {"alt": KEPT, "alt_en": ""}
    return Refused(
        f"{console.path}/photos", data, KEPT, "photo", is_multipart=True, files={"x": b""}
    )


async def of_a_photo_that_waits(console: Console) -> Refused:
    account = await Account.get(email="host@example.org")
    kept = await PhotoWaiting.create(
        account_id=account.id,
        site=console.site,
        name="b" * 32,
        width=4,
        height=3,
        created_at=NOON,
    )
    data = {"do": "show", f"alt-w{kept.id}": "", f"alt-en-w{kept.id}": KEPT}
    return Refused(f"{console.path}/photos/waiting", data, KEPT, f"alt-w{kept.id}")


async def of_a_photo(console: Console) -> Refused:
    photo = await Photo.create(
        site=console.site, name="a" * 32, width=4, height=3, alt="old", position=0, created_at=NOON
    )
    data = {"do": "describe", "alt": "", "alt_en": KEPT}
    return Refused(f"{console.path}/photos/{photo.id}", data, KEPT, f"alt-{photo.id}")


async def of_inviting_a_host(console: Console) -> Refused:
    return Refused(f"{console.path}/people", {"email": "hanako"}, "hanako", "email")


async def of_inviting_too_often(console: Console) -> Refused:
    data = {"email": "hanako@example.org"}
    while (await console.host.post(f"{console.path}/people", data=data)).status_code == 303:
        pass
    return Refused(f"{console.path}/people", data, "hanako@example.org", "email", 429)


async def of_a_new_event(_console: Console) -> Refused:
    data = {"slug": "not a slug", "title": KEPT, "starts_on": "2026-12-05"}
    return Refused("/staff/events/new", data, KEPT, "slug")


async def of_a_taken_address(_console: Console) -> Refused:
    event = await make_event()
    data = {
        "slug": event.slug,
        "title": KEPT,
        "starts_on": "2026-12-05",
        "ends_on": "2026-12-05",
        "opens": "10:00",
        "closes": "16:00",
    }
    return Refused("/staff/events/new", data, KEPT, "slug")


async def of_an_event(console: Console) -> Refused:
    path = f"/staff/events/{(await make_event()).id}"
    data = {**await console.filled(path), "title": KEPT, "starts_on": "soon"}
    return Refused(path, data, KEPT, "starts_on")


async def of_withdrawing(console: Console) -> Refused:
    """Since its page was shown one more party has come."""
    slot, _place = await console.party()
    event = await make_event(console.site, day=slot.starts_at.date())
    await Programme.filter(id=slot.programme_id).update(event_id=event.id)
    data = {"do": "withdraw", "sure": "of others", "reason": KEPT}
    return Refused(f"/staff/events/{event.id}/visibility", data, KEPT, status=409)


async def of_a_long_reason(console: Console) -> Refused:
    sent = await of_withdrawing(console)
    asked = await console.staff.post(sent.path, data=sent.data)
    sure = re.search(r'name="sure" value="([^"]*)"', asked.text)
    assert sure
    data = {**sent.data, "sure": sure[1], "reason": KEPT + "x" * 500}
    return Refused(sent.path, data, KEPT, "reason", 409)


async def of_who_takes_part(console: Console) -> Refused:
    event = await make_event(console.site)
    path, number = f"/staff/events/{event.id}/sites", console.site.id
    data = {
        **await console.filled(path),
        f"takes-{number}": "1",
        f"number-{number}": "first",
        f"role-{number}": "host",
    }
    return Refused(path, data, 'value="first"', f"number-{number}")


async def _asked(console: Console) -> Event:
    event = await make_event(console.site, ends_on=EVENT_DAY + timedelta(days=1))
    await Participation.filter(event_id=event.id).update(answer="invited")
    return event


async def of_an_answer(console: Console) -> Refused:
    event = await _asked(console)
    data = {"do": "accept", "days": "2026-12-05", "comment": KEPT}
    return Refused(f"{console.path}/events/{event.id}", data, KEPT, "days")


async def of_a_long_answer(console: Console) -> Refused:
    event = await _asked(console)
    data = {"do": "decline", "comment": KEPT + "x" * 500}
    return Refused(f"{console.path}/events/{event.id}", data, KEPT, "comment")


async def of_asking_again(console: Console) -> Refused:
    event = await _asked(console)
    data = {"word": KEPT, "answer_by": "soon"}
    return Refused(f"/staff/events/{event.id}/asked", data, KEPT, "answer_by")


async def of_an_answer_by_telephone(console: Console) -> Refused:
    event, site_id = await _asked(console), console.site.id
    data = {"do": "accept", "comment": KEPT}
    path = f"/staff/events/{event.id}/asked/{site_id}"
    return Refused(path, data, KEPT, f"by-{site_id}")


async def of_a_cover(_console: Console) -> Refused:
    path = f"/staff/events/{(await make_event()).id}/cover"
    data = {"do": "add", "cover_alt": KEPT}
    return Refused(path, data, KEPT, "cover", is_multipart=True, files={"x": b""})


async def of_rules(console: Console) -> Refused:
    path = f"/staff/events/{(await make_event()).id}/rules"
    data = {**await console.filled(path), "reservations_per_contact": "3", "retention_days": "long"}
    return Refused(path, data, 'value="3"', "retention_days")


async def of_rules_of_two(_console: Console) -> Refused:
    path = f"/staff/events/{(await make_event()).id}/rules"
    data = {"version": "another", "reservations_per_contact": "3", "retention_days": "30"}
    return Refused(path, data, 'value="3"', status=409)


async def of_a_new_course(_console: Console) -> Refused:
    path = f"/staff/events/{(await make_event()).id}/courses/new"
    return Refused(path, {"slug": "a-walk", "title": KEPT}, KEPT, "stop1")


async def of_a_course(console: Console) -> Refused:
    event = await make_event(console.site)
    course = await make_course(console.site, event=event)
    path = f"/staff/events/{event.id}/courses/{course.id}"
    return Refused(path, {**await console.filled(path), "title": KEPT}, KEPT, "stop1")


async def of_a_review(console: Console) -> Refused:
    slot, _place = await console.party()
    profile = {**await console.filled(f"{console.path}/profile"), "name": console.site.name}
    await console.host.post(f"{console.path}/profile", data={**profile, "summary": "new"})
    data = {"upto": str(slot.id), "do": "return", "comment": KEPT + "x" * 500}
    at = f"comment-{console.site.id}"
    return Refused(f"/staff/sites/{console.site.id}/review", data, KEPT, at)


async def of_a_party(console: Console) -> Refused:
    _slot, place = await console.party()
    path = f"/staff/reservations/{place.reservation_id}/size"
    return Refused(path, {"adults": "three", "children": "1"}, 'value="three"', "adults")


async def of_a_large_party(console: Console) -> Refused:
    _slot, place = await console.party()
    path = f"/staff/reservations/{place.reservation_id}/size"
    return Refused(path, {"adults": "19", "children": "0"}, 'value="19"', "adults", 409)


async def of_a_place(console: Console) -> Refused:
    slot, place = await console.party()
    path = f"/staff/reservations/{place.reservation_id}/slots/{slot.id}/cancel"
    return Refused(path, {"reason": KEPT + "x" * 300}, KEPT, f"reason-{slot.id}")


async def of_a_letter(_console: Console, path: str = "/staff/messages") -> Refused:
    return Refused(path, {"who": "", "title": KEPT, "text": "x", "token": "t"}, KEPT, "q")


async def of_a_look_at_a_letter(console: Console) -> Refused:
    return await of_a_letter(console, "/staff/messages/preview")


async def of_a_file(_console: Console) -> Refused:
    return Refused(
        "/staff/imports",
        {"kind": "sports"},
        'value="sports" selected',
        is_multipart=True,
        files={"file": b""},
    )


async def of_an_old_look(_console: Console) -> Refused:
    text = "名称,住所\n見本,東京都北区\n"
    return Refused(
        "/staff/imports/confirm",
        {"text": text, "fingerprint": "another", "kind": "sports"},
        'value="sports" selected',
        status=409,
        is_multipart=True,
        files={},
    )


async def of_inviting_staff(console: Console) -> Refused:
    data = {"email": "hanako", "role": "host", "site": console.site.slug}
    return Refused("/staff/people", data, f'value="{console.site.slug}" selected', "email")


async def of_inviting_staff_too_often(console: Console) -> Refused:
    data = {"email": "hanako@example.org", "role": "host", "site": console.site.slug}
    while (await console.staff.post("/staff/people", data=data)).status_code == 303:
        pass
    kept = f'value="{console.site.slug}" selected'
    return Refused("/staff/people", data, kept, "email", 429)


async def of_inviting_several(console: Console) -> Refused:
    data = {"list": f"{console.site.name}, hanako@example.org\n{KEPT}, jiro@example.org"}
    return Refused("/staff/people/several", data, KEPT, "line-2")


async def of_another_address(_console: Console) -> Refused:
    account = await make_account("other@example.org")
    return Refused(f"/staff/people/{account.id}/address", {"email": "hanako"}, "hanako", "email")


async def of_two_accounts(_console: Console) -> Refused:
    account, other = await make_account("one@example.org"), await make_account("two@example.org")
    kept = f'value="{other.id}" selected'
    return Refused(
        f"/staff/people/{account.id}/merge", {"other": str(other.id)}, kept, "one_person"
    )


async def of_coming_back(_console: Console) -> Refused:
    account = await make_account("other@example.org")
    await Account.filter(id=account.id).update(ended_at=NOON)
    return Refused(f"/staff/people/{account.id}/reopen", {"role": "queen"}, "other@", "role")


async def of_a_role(_console: Console) -> Refused:
    account = await make_account("other@example.org")
    path = f"/staff/people/{account.id}/role"
    return Refused(path, {"role": "queen"}, f'id="role-{account.id}"', f"role-{account.id}")


FORMS: dict[str, tuple[Filled, ...]] = {
    "hosts:door": (at_the_door,),
    "hosts:absent": (of_the_absent,),
    "hosts:check_in_code": (of_a_code,),
    "hosts:create_programme": (of_a_new_session, of_times_that_are_over),
    "hosts:change_programme": (of_a_session,),
    "hosts:add_times": (of_more_times,),
    "hosts:change_slot": (of_seats,),
    "hosts:cancel_slot": (of_calling_off, of_calling_off_twice),
    "hosts:send_message": (of_a_message,),
    "hosts:change_profile": (of_a_profile,),
    "hosts:change_hours": (of_a_week,),
    "hosts:set_exception": (of_a_day,),
    "hosts:add_photo": (of_a_new_photo,),
    "hosts:change_waiting": (of_a_photo_that_waits,),
    "hosts:change_photo": (of_a_photo,),
    "hosts:invite": (of_inviting_a_host, of_inviting_too_often),
    "hosts:answer_event": (of_an_answer, of_a_long_answer),
    "staff:create_event": (of_a_new_event, of_a_taken_address),
    "staff:change_event": (of_an_event,),
    "staff:event_visibility": (of_withdrawing, of_a_long_reason),
    "staff:change_event_sites": (of_who_takes_part,),
    "staff:ask_again": (of_asking_again,),
    "staff:note_answer": (of_an_answer_by_telephone,),
    "staff:change_cover": (of_a_cover,),
    "staff:change_event_rules": (of_rules, of_rules_of_two),
    "staff:create_course": (of_a_new_course,),
    "staff:change_course": (of_a_course,),
    "staff:review": (of_a_review,),
    "staff:party_size": (of_a_party, of_a_large_party),
    "staff:cancel_place": (of_a_place,),
    "staff:preview_message": (of_a_look_at_a_letter,),
    "staff:send_message": (of_a_letter,),
    "staff:look_at_import": (of_a_file,),
    "staff:confirm_import": (of_an_old_look,),
    "staff:invite": (of_inviting_staff, of_inviting_staff_too_often),
    "staff:invite_several": (of_inviting_several,),
    "staff:change_address": (of_another_address,),
    "staff:merge": (of_two_accounts,),
    "staff:reopen": (of_coming_back,),
    "staff:role": (of_a_role,),
}
BUTTONS = {
    "staff:end",
    *("hosts:seats", "hosts:arrive", "hosts:take_back", "hosts:count_people", "hosts:let_in"),
    *("hosts:absent_rule", "hosts:undo", "hosts:stage", "hosts:restore"),
    *("hosts:list_file", "hosts:slot_list_file"),
    *("hosts:clear_exception", "hosts:revoke", "hosts:leave", "hosts:invite_again"),
    *("staff:undo_change", "staff:undo_event", "staff:publish_map", "staff:site_visibility"),
    *("staff:event_day", "staff:undo_site"),
    *("staff:export", "staff:clear_burst", "staff:restore_burst", "staff:revoke"),
    *("staff:sign_in_letter", "staff:invite_again", "staff:end_sessions", "staff:remove_from_site"),
    *("staff:note_call", "hosts:note_call", "staff:undo_message"),
}
"""Nothing is typed there, so nothing is lost."""
BY_SCRIPT = {"hosts:check_in_seen"}


async def full_session(console: Console) -> Refused:
    slot, _place = await console.party(size=8)
    return Refused(f"{console.path}/slots/{slot.id}/seats", {"do": "fewer"}, "", status=409)


async def unknown_tap(console: Console) -> Refused:
    _programme, slot = await console.session()
    return Refused(f"{console.path}/slots/{slot.id}/seats", {"do": "dance"}, "")


async def more_people_than_seats(console: Console) -> Refused:
    _slot, place = await console.party(size=2)
    await console.host.post(f"{console.path}/places/{place.id}/arrive")
    return Refused(f"{console.path}/places/{place.id}/people", {"people": "9"}, "")


async def session_with_parties(console: Console) -> Refused:
    slot, _place = await console.party()
    path = f"{console.path}/programmes/{slot.programme_id}/stage"
    return Refused(path, {"do": "remove"}, "", status=409)


async def event_that_is_over(console: Console) -> Refused:
    event = await make_event(console.site, day=EVENT_DAY - timedelta(days=60))
    return Refused(f"{console.path}/events/{event.id}", {"do": "decline"}, "", status=409)


async def map_that_is_not_shown(_console: Console) -> Refused:
    event = await make_event()
    return Refused(f"/staff/events/{event.id}/map", {"do": "withdraw"}, "", status=409)


async def nothing_to_undo(_console: Console) -> Refused:
    event = await make_event()
    return Refused(f"/staff/events/{event.id}/undo", {}, "", status=409)


TAPS: tuple[Filled, ...] = (
    full_session,
    unknown_tap,
    more_people_than_seats,
    session_with_parties,
    event_that_is_over,
    map_that_is_not_shown,
    nothing_to_undo,
)
"""Buttons that may be refused: they come back on their page."""


async def make_console(host: httpx.AsyncClient, staff: httpx.AsyncClient) -> Console:
    site = await make_site()
    await sign_in_as(host, await make_account("host@example.org", Role.HOST, site))
    await sign_in_as(staff, await make_account("admin@example.org", Role.ADMINISTRATOR))
    return Console(host, staff, site)
