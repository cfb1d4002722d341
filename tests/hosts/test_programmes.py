import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.conftest import NOON, TurnableClock
from tests.factories import EVENT_DAY, make_event, make_place, make_site
from tests.hosts.setting import first_slot, write_programme
from tests.reservations.factories import answered, typed
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.programmes.models import Programme, Slot
from tour.reservations import worker
from tour.reservations.models import DrawSlot, Place, WaitlistEntry
from tour.sites.models import HoursException, OpeningHours, Site

JA = {"Accept-Language": "ja"}
FORM = {
    "title": "四色の木版を摺る",
    "minutes": "60",
    "price_yen": "１，０００",
    "max_party": "6",
    "languages": ["ja", "en"],
    "days": ["2026-12-05", ""],
    "first": "10:00",
    "last": "16:00",
    "every": "60",
    "break": "1",
    "break_from": "12:00",
    "break_until": "13:00",
    "capacity": "8",
    "allocation": "first_come",
}


@pytest.fixture
async def site(client: httpx.AsyncClient) -> Site:
    """A site whose host is signed in with `client`."""
    made = await make_site(slug="workshop", name="見本工房")
    await sign_in_as(client, await make_account("host@example.org", Role.HOST, made))
    return made


async def test_six_slots_are_made_and_published_by_one_form(
    client: httpx.AsyncClient, app: Starlette, site: Site
) -> None:
    event = await make_event(
        site,
        slug="day",
        title="一日",
        ends_on=EVENT_DAY + timedelta(days=1),
        booking_opens_at=NOON - timedelta(days=1),
        closes_minute=17 * 60,
    )
    page = await client.get(f"/host/{site.slug}/programmes/new")
    assert 'value="2026-12-05"' in page.text
    data = {**FORM, "do": "publish"}
    answer = await client.post(f"/host/{site.slug}/programmes/new", data=data)
    assert answer.status_code == 303, answer.text
    programme = await Programme.get()
    slots = await Slot.filter(programme=programme).order_by("starts_at")
    assert [(s.starts_at + timedelta(hours=9)).hour for s in slots] == [10, 11, 13, 14, 15, 16]
    assert (programme.price_yen, programme.event_id) == (1000, event.id)  # type: ignore[attr-defined]
    assert slots[0].booking_opens_at == event.booking_opens_at
    async with browser(app) as visitor:
        assert "四色の木版を摺る" in (await visitor.get(f"/sites/{site.slug}")).text
    assert await AuditEntry.filter(action="programme.publish").count() == 1


async def test_a_draft_is_seen_by_its_host_only(
    client: httpx.AsyncClient, app: Starlette, site: Site
) -> None:
    await client.post(f"/host/{site.slug}/programmes/new", data={**FORM, "do": "draft"})
    programme = await Programme.get()
    path = f"/host/{site.slug}/programmes/{programme.id}"
    assert "四色の木版を摺る" in (await client.get(f"{path}/preview")).text
    async with browser(app) as visitor:
        assert (await visitor.get(f"/programmes/{programme.id}")).status_code == 404
        await client.post(f"{path}/stage", data={"do": "publish"})
        assert (await visitor.get(f"/programmes/{programme.id}")).status_code == 200
        await client.post(f"{path}/stage", data={"do": "pause"})
        assert (await visitor.get(f"/programmes/{programme.id}")).status_code == 404
    assert "予約受付を休止中" in (await client.get(f"/host/{site.slug}/programmes")).text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", " "),
        ("minutes", "0"),
        ("price_yen", "-1"),
        ("max_party", "99"),
        ("days", "2026-13-01"),
        ("days", ""),
        ("first", "lunch"),
        ("last", "9:00"),
        ("every", "1"),
        ("break_until", "11:00"),
        ("capacity", "0"),
        ("days", "2026-11-30"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    client: httpx.AsyncClient, site: Site, field: str, typed: str
) -> None:
    data = {**FORM, "summary": "残る文", field: typed}
    answer = await client.post(f"/host/{site.slug}/programmes/new", data=data)
    assert answer.status_code == 422
    where = "times" if typed == "2026-11-30" else field
    assert f'id="{where}-error"' in answer.text
    assert "残る文" in answer.text
    assert await Programme.all().count() == 0


async def test_no_day_is_said_without_reading_as_dates(
    client: httpx.AsyncClient, site: Site
) -> None:
    path = f"/host/{site.slug}/programmes/new"
    answer = await client.post(path, data={**FORM, "days": ""}, headers=JA)
    assert answer.status_code == 422
    assert "日にちを選んでください（14日分まで）。" in answer.text


async def test_a_draw_needs_time_for_entries(client: httpx.AsyncClient, site: Site) -> None:
    data = {**FORM, "allocation": "draw"}
    answer = await client.post(f"/host/{site.slug}/programmes/new", data=data)
    assert 'id="allocation-error"' in answer.text
    later = {**data, "days": ["2026-12-12"]}
    answer = await client.post(f"/host/{site.slug}/programmes/new", data=later)
    assert answer.status_code == 303


async def test_times_that_overlap_for_one_host_are_refused_unless_it_says_so(
    client: httpx.AsyncClient, site: Site
) -> None:
    path = f"/host/{site.slug}/programmes/new"
    await client.post(path, data=FORM)
    second = {**FORM, "title": "彫る", "first": "10:30", "last": "10:30", "break": ""}
    answer = await client.post(path, data=second)
    assert answer.status_code == 422
    assert 'id="times-error"' in answer.text
    assert 'name="may_overlap"' in answer.text
    answer = await client.post(path, data={**second, "may_overlap": "1"})
    assert answer.status_code == 303


async def test_an_earlier_programme_is_copied(client: httpx.AsyncClient, site: Site) -> None:
    programme = await write_programme(site, NOON + timedelta(hours=2), capacity=5)
    page = await client.get(f"/host/{site.slug}/programmes/new?copy={programme.id}")
    for shown in ("木版を摺る", "Print a wood-block", 'name="capacity" type="text" value="5"'):
        assert shown in page.text


async def test_more_times_are_proposed_as_the_last_ones_were(
    client: httpx.AsyncClient, site: Site
) -> None:
    programme = await write_programme(site, NOON + timedelta(hours=2), capacity=4)
    await Programme.filter(id=programme.id).update(minutes=30)
    page = (await client.get(f"/host/{site.slug}/programmes/{programme.id}")).text
    assert 'name="capacity" type="text" value="4"' in page
    assert 'name="every" type="text" value="30"' in page
    assert 'name="last" type="time" value="16:30"' in page, "the last one ends at closing"
    await Slot.all().delete()
    page = (await client.get(f"/host/{site.slug}/programmes/{programme.id}")).text
    assert 'name="capacity" type="text" value="8"' in page


async def test_calling_off_says_whom_it_tells(client: httpx.AsyncClient, site: Site) -> None:
    slot = await first_slot(await write_programme(site))
    path = f"/host/{site.slug}/slots/{slot.id}"
    page = (await client.get(path, headers=JA)).text
    assert "予約はありません。元に戻せません。" in page
    assert "0組にすぐ" not in page
    assert "全員にお知らせする" not in page
    assert 'id="message"' not in page, "nobody would read it"
    party = (await make_place(slot)).reservation
    await WaitlistEntry.create(reservation=party, slot=slot, seats=2, joined_at=NOON)
    page = (await client.get(path, headers=JA)).text
    assert "キャンセル待ちや抽選の1組にもお知らせします" in page
    await WaitlistEntry.all().delete()
    page = (await client.get(path, headers=JA)).text
    assert "キャンセル待ちや抽選の" not in page
    assert "1組にすぐお知らせし" in page
    assert "中止して全員にお知らせする" in page


async def test_capacity_below_what_is_reserved_is_said_beside_the_field(
    client: httpx.AsyncClient, site: Site
) -> None:
    slot = await first_slot(await write_programme(site))
    await make_place(slot, 4)
    path = f"/host/{site.slug}/slots/{slot.id}"
    answer = await client.post(path, data={"capacity": "3"})
    assert answer.status_code == 409
    assert 'id="capacity-error"' in answer.text
    assert 'value="3"' in answer.text
    assert (await client.post(path, data={"capacity": "4"})).status_code == 303


async def test_a_removed_programme_comes_back_within_30_days(
    client: httpx.AsyncClient, site: Site, clock: TurnableClock
) -> None:
    programme = await write_programme(site)
    path = f"/host/{site.slug}/programmes/{programme.id}"
    await client.post(f"{path}/stage", data={"do": "remove"})
    assert (await client.get(path)).status_code == 404
    assert "元に戻す" in (await client.get(f"/host/{site.slug}/programmes")).text
    clock.turn(days=29)
    assert (await client.post(f"{path}/restore")).status_code == 303
    assert (await client.get(path)).status_code == 200


async def test_a_programme_with_guests_is_not_removed(
    client: httpx.AsyncClient, site: Site
) -> None:
    programme = await write_programme(site)
    await make_place(await first_slot(programme))
    path = f"/host/{site.slug}/programmes/{programme.id}/stage"
    assert (await client.post(path, data={"do": "remove"})).status_code == 409


def hidden_version(page: str) -> str:
    return page.partition('name="version" value="')[2].partition('"')[0]


async def test_the_second_save_sees_the_first_and_loses_nothing_typed(
    client: httpx.AsyncClient, app: Starlette, site: Site
) -> None:
    path = f"/host/{site.slug}/profile"
    version = hidden_version((await client.get(path)).text)
    base = {"name": "見本工房", "summary": "もとの文", "version": version, "languages": ["ja"]}
    async with browser(app) as second:
        await sign_in_as(second, await make_account("b@example.org", Role.HOST, site))
        first = {**base, "name": "新しい名前", "address": "王子1丁目"}
        assert (await client.post(path, data=first)).status_code == 303
        answer = await second.post(path, data={**base, "summary": "打った文"})
        assert answer.status_code == 409
        for shown in ("打った文", "新しい名前", "host", 'value="新しい名前"', "王子1丁目"):
            assert shown in answer.text
        again = {**base, "summary": "打った文", "name": "新しい名前", "address": "王子1丁目"}
        again["version"] = hidden_version(answer.text)
        assert (await second.post(path, data=again)).status_code == 303
    await site.refresh_from_db()
    assert (site.name, site.summary, site.address) == ("新しい名前", "打った文", "王子1丁目")


async def test_a_moved_pin_and_ticks_and_lines_survive_anothers_save(
    client: httpx.AsyncClient, site: Site
) -> None:
    path = f"/host/{site.slug}/profile"
    stored = {"name": "見本工房", "description": "一行目\n二行目", "languages": ["ja", "en"]}
    stored |= {"lat": "35.753000", "lon": "139.734000"}
    version = hidden_version((await client.get(path)).text)
    assert (await client.post(path, data={**stored, "version": version})).status_code == 303
    version = hidden_version((await client.get(path)).text)
    theirs = {"lat": "35.754000", "languages": ["ja", "en", "zh"], "description": "新しい文"}
    await client.post(path, data={**stored, **theirs, "version": version})
    mine = {"name": "新しい名前", "description": "一行目\r\n二行目", "version": version}
    late = (await client.post(path, data={**stored, **mine})).text
    for shown in ('value="新しい名前"', 'value="35.754000"', 'value="139.734000"', "新しい文"):
        assert shown in late
    assert re.search(r'value="zh" checked', late)
    assert late.count("下の欄に取り入れました") == 3


async def test_two_changes_of_one_field_count_as_one(client: httpx.AsyncClient, site: Site) -> None:
    path = f"/host/{site.slug}/profile"
    version = old = hidden_version((await client.get(path)).text)
    for summary in ("一度目", "二度目"):
        data = {"name": "見本工房", "summary": summary, "version": version}
        assert (await client.post(path, data=data)).status_code == 303
        version = hidden_version((await client.get(path)).text)
    untouched = {"name": "別の名前", "summary": site.summary, "version": old}
    late = (await client.post(path, data=untouched)).text
    assert re.search(r'name="summary"[^>]*>二度目</textarea>', late)


async def test_an_entrance_can_be_taken_back(client: httpx.AsyncClient, site: Site) -> None:
    path = f"/host/{site.slug}/profile"
    for point in ({"lat": "35.753000", "lon": "139.734000"}, {"lat": "", "lon": ""}):
        version = hidden_version((await client.get(path)).text)
        await client.post(path, data={"name": "見本工房", **point, "version": version})
    await site.refresh_from_db()
    assert (site.entrance_lat, site.entrance_lon) == (None, None)
    assert site.point_quality == "approximate"


async def test_of_two_saves_at_once_one_wins(client: httpx.AsyncClient, site: Site) -> None:
    path = f"/host/{site.slug}/profile"
    version = hidden_version((await client.get(path)).text)
    saves = [client.post(path, data={"name": f"名前{n}", "version": version}) for n in range(6)]
    codes = sorted(answer.status_code for answer in await asyncio.gather(*saves))
    assert codes == [303, 409, 409, 409, 409, 409]


async def test_programme_texts_are_merged_the_same_way(
    client: httpx.AsyncClient, site: Site
) -> None:
    programme = await write_programme(site)
    path = f"/host/{site.slug}/programmes/{programme.id}"
    version = hidden_version((await client.get(path)).text)
    base = {**FORM, "title": "木版を摺る", "title_en": "Print a wood-block", "version": version}
    assert (await client.post(path, data={**base, "bring": "エプロン"})).status_code == 303
    answer = await client.post(path, data={**base, "title": "版を摺る"})
    assert answer.status_code == 409
    assert "エプロン" in answer.text
    assert "版を摺る" in answer.text


async def test_hours_and_exceptions_reach_the_public_page(
    client: httpx.AsyncClient, site: Site
) -> None:
    path = f"/host/{site.slug}/hours"
    version = hidden_version((await client.get(path)).text)
    data = {"weekday1": "１０時〜１２時、13:00-16:00", "version": version}
    assert (await client.post(path, data=data)).status_code == 303
    assert await OpeningHours.filter(site=site, weekday=1).count() == 2
    assert "10:00～12:00, 13:00～16:00" in (await client.get(f"/sites/{site.slug}")).text
    closed = {"on_date": "2026-12-08", "hours": "", "note": "棚おろし"}
    await client.post(f"{path}/exceptions", data=closed)
    assert "棚おろし" in (await client.get(f"/sites/{site.slug}")).text
    await client.post(f"{path}/exceptions/clear", data={"on_date": "2026-12-08"})
    assert await HoursException.all().count() == 0
    wrong = await client.post(path, data={"weekday2": "朝から", "version": version})
    assert 'id="weekday2-error"' in wrong.text


async def test_days_off_are_typed_understood_kept_and_said(
    client: httpx.AsyncClient, app: Starlette, site: Site
) -> None:
    path = f"/host/{site.slug}/hours"
    version = hidden_version((await client.get(path)).text)
    week = {f"weekday{day}": "午前10時～午後4時" for day in range(7)}
    off = "第２水曜、月末、12/29～1/3"
    data = {**week, "closures": off, "version": version}
    saved = await client.post(path, data=data, follow_redirects=True)
    assert "第2水曜は休み。次は12月9日(水)・1月13日(水)" in saved.text
    assert "12/29～1/3は休み。次は12月29日(火)" in saved.text
    assert 'value="第2水曜・月末・12/29～1/3"' in saved.text
    assert (await Site.get(id=site.id)).closures == "2WE,D-1,1229-0103"
    assert "第2水曜・月末・12/29～1/3" in (await client.get(f"/sites/{site.slug}")).text
    same = {**data, "closures": "2nd Wed, end of month, 12/29-1/3"}
    edits = await AuditEntry.filter(action="site.hours").count()
    await client.post(path, data={**same, "version": hidden_version(saved.text)})
    assert await AuditEntry.filter(action="site.hours").count() == edits
    wrong = await client.post(path, data={**data, "closures": "不定休"})
    assert wrong.status_code == 422
    assert 'id="closures-error"' in wrong.text
    assert 'value="不定休"' in wrong.text
    async with browser(app) as second:
        await sign_in_as(second, await make_account("staff@example.org", Role.STAFF))
        late = await second.post(path, data={**week, "closures": "", "version": version})
    assert late.status_code == 409
    assert "<ins>第2水曜・月末・12/29～1/3</ins>" in late.text


async def test_hours_of_one_day_are_copied_to_those_that_are_ticked(
    client: httpx.AsyncClient, site: Site
) -> None:
    path = f"/host/{site.slug}/hours"
    version = hidden_version((await client.get(path)).text)
    data = {"weekday1": "9:00-17:00", "weekday5": "10:00-12:00", "version": version}
    ticked = {"copy_from": "weekday1", "copy_to": ["weekday2", "weekday3"]}
    assert (await client.post(path, data={**data, **ticked})).status_code == 303
    kept = await OpeningHours.all().order_by("weekday").values_list("weekday", "opens_minute")
    assert list(kept) == [(1, 540), (2, 540), (3, 540), (5, 600)]
    unread = {**data, **ticked, "weekday1": "朝から"}
    refused = await client.post(path, data=unread)
    assert [f'id="weekday{day}-error"' in refused.text for day in (1, 2, 3, 5)] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    "dates",
    [
        {"days": "12/29～1/3"},
        {"on_date": "2026-12-29", "until": "2027-01-03"},
        {"on_date": "2026/12/29", "until": "2027年1月3日"},
    ],
)
async def test_a_stretch_of_dates_is_typed_or_picked_and_removed_at_once(
    client: httpx.AsyncClient, site: Site, dates: dict[str, str]
) -> None:
    path = f"/host/{site.slug}/hours"
    answer = await client.post(f"{path}/exceptions", data={**dates, "note": "年末年始"})
    assert answer.status_code == 303
    assert await HoursException.filter(opens_minute=None, note="年末年始").count() == 6
    assert await AuditEntry.filter(action="site.exception").count() == 1
    page = (await client.get(path)).text
    assert "12月29日(火)～1月3日(日)" in page
    gone = {"on_date": "2026-12-29", "until": "2027-01-03"}
    await client.post(f"{path}/exceptions/clear", data=gone)
    assert await HoursException.all().count() == 0


@pytest.mark.parametrize(
    ("dates", "at"),
    [
        ({}, "days"),
        ({"days": "そのうち"}, "days"),
        ({"on_date": "2026-12-29", "until": "2026-12-28"}, "until"),
        ({"on_date": "2026-12-29", "until": "2027-12-28"}, "until"),
        ({"on_date": "2026-11-01"}, "on_date"),
        ({"days": "2026/11/1～2026/12/1"}, "days"),
    ],
)
async def test_dates_that_cannot_be_are_said_at_their_field(
    client: httpx.AsyncClient, site: Site, dates: dict[str, str], at: str
) -> None:
    data = {**dates, "note": "年末年始"}
    answer = await client.post(f"/host/{site.slug}/hours/exceptions", data=data)
    assert answer.status_code == 422
    assert f'id="{at}-error"' in answer.text
    assert 'value="年末年始"' in answer.text
    assert await HoursException.all().count() == 0


async def test_what_holidays_do_is_chosen_kept_logged_and_merged(
    client: httpx.AsyncClient, app: Starlette, site: Site
) -> None:
    path = f"/host/{site.slug}/hours"
    first = (await client.get(path)).text
    assert '<option value="none" selected>' in first
    chosen = {"weekday1": "10:00-16:00", "holiday_rule": "open_then_rest"}
    version = hidden_version(first)
    assert (await client.post(path, data={**chosen, "version": version})).status_code == 303
    page = (await client.get(path)).text
    assert '<option value="open_then_rest" selected>' in page
    assert "定休日が祝日のときは開け" in (await client.get(f"/sites/{site.slug}")).text
    entry = await AuditEntry.filter(action="site.hours").first()
    assert entry is not None
    assert (entry.before["holiday_rule"], entry.after["holiday_rule"]) == ("none", "open_then_rest")
    wrong = {**chosen, "holiday_rule": "sometimes", "version": hidden_version(page)}
    refused = await client.post(path, data=wrong)
    assert refused.status_code == 422
    assert 'id="holiday_rule-error"' in refused.text
    async with browser(app) as second:
        await sign_in_as(second, await make_account("staff@example.org", Role.STAFF))
        stale = {"weekday2": "10:00-16:00", "holiday_rule": "none", "version": version}
        late = await second.post(path, data=stale)
    assert late.status_code == 409
    assert "<ins>定休日が祝日のときは開け、次の祝日でない日に休みます</ins>" in late.text
    assert '<option value="open_then_rest" selected>' in late.text


@pytest.mark.parametrize(
    ("lat", "lon"), [("0", "0"), ("91", "139.7"), ("x", "y"), ("nan", "139.7")]
)
async def test_an_entrance_outside_the_town_is_refused(
    client: httpx.AsyncClient, site: Site, lat: str, lon: str
) -> None:
    path = f"/host/{site.slug}/profile"
    version = hidden_version((await client.get(path)).text)
    data = {"name": "見本工房", "lat": lat, "lon": lon, "version": version}
    answer = await client.post(path, data=data)
    assert answer.status_code == 422
    assert 'id="lat-error"' in answer.text


async def test_the_dragged_entrance_is_where_walks_end(
    client: httpx.AsyncClient, site: Site
) -> None:
    path = f"/host/{site.slug}/profile"
    version = hidden_version((await client.get(path)).text)
    data = {"name": "見本工房", "lat": "35.7531234", "lon": "139.7381", "version": version}
    assert (await client.post(path, data=data)).status_code == 303
    await site.refresh_from_db()
    assert (site.entrance_lat, site.point_quality) == (35.753123, "entrance")


async def test_ages_questions_and_photo_consent_reach_the_visitors_form(
    client: httpx.AsyncClient, app: Starlette, site: Site
) -> None:
    asked = {
        **FORM,
        "do": "publish",
        "min_age": "６",
        "max_age": "15",
        "needs_adult": "1",
        "asks_photo_consent": "1",
        "seats_kept": "2",
        "question_2": "利き手はどちらですか",
        "question_2_en": "Which is your working hand?",
        "question_2_required": "1",
    }
    answer = await client.post(f"/host/{site.slug}/programmes/new", data=asked)
    assert answer.status_code == 303, answer.text
    programme = await Programme.get()
    slot = await Slot.filter(programme=programme).order_by("starts_at").first()
    assert slot is not None
    assert (programme.min_age, programme.max_age, programme.needs_adult) == (6, 15, True)
    assert (slot.capacity, slot.seats_kept, slot.seats_left) == (8, 2, 6)
    page = await client.get(f"/host/{site.slug}/programmes/{programme.id}")
    assert 'name="question_1" type="text" value="利き手はどちらですか"' in page.text
    async with browser(app) as visitor:
        path = f"/slots/{slot.id}/reserve"
        form = (await visitor.get(path)).text
        assert "利き手はどちらですか" in form
        assert "写真に写ってもかまいません" in form
        assert "Which is your working hand?" in (await visitor.get(f"{path}?lang=en")).text
        assert "15歳まで" in (await visitor.get(f"/programmes/{programme.id}?lang=ja")).text
        data = {**typed(), "photos_asked": "1", f"answer-{slot.id}-0": "左です"}
        made = await visitor.post(path, data=data)
        assert made.status_code == 303, made.text
    place = await Place.get().select_related("reservation")
    assert (answered(place.answers), place.reservation.photos_allowed) == (["左です"], False)
    day = await client.get(f"/host/{site.slug}?day=2026-12-05")
    assert "左です" in day.text, "the host reads the answer where the party stands"
    assert "写真は不可" in day.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_age", "5"),
        ("seats_kept", "9"),
        ("pool_children", "９"),
        ("question_1", "長" * 121),
    ],
)
async def test_terms_that_cannot_be_are_said_beside_the_field(
    client: httpx.AsyncClient, site: Site, field: str, value: str
) -> None:
    data = {**FORM, "min_age": "6", "allocation": "draw", "days": "2026-12-19", field: value}
    answer = await client.post(f"/host/{site.slug}/programmes/new", data=data)
    assert answer.status_code == 422
    assert "-error" in answer.text
    assert await Programme.all().count() == 0


async def test_seats_kept_for_groups_are_in_the_draw_that_opens(
    client: httpx.AsyncClient, site: Site
) -> None:
    kept = {"allocation": "draw", "days": "2026-12-19", "pool_children": "3", "pool_residents": "1"}
    await client.post(f"/host/{site.slug}/programmes/new", data={**FORM, **kept, "do": "publish"})
    await worker.run_due(NOON)
    pools = await DrawSlot.all().values_list("pools", flat=True)
    assert pools == [{"children": 3, "residents": 1}] * 6
