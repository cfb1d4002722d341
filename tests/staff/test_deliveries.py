"""What staff see of messages: how many, how late, why not; never to whom."""

import httpx
import pytest

from tests.notifications.conftest import EMAIL, queue_now
from tests.staff.town import make_town
from tour.db import transaction
from tour.notifications import recipients
from tour.notifications.answers import SENT, Outcome, Verdict
from tour.notifications.models import MAIL, Circuit
from tour.notifications.sending import outbox, results
from tour.notifications.sending.fan_out import fan_out


async def deliver(clock, outcome: Outcome) -> None:
    """A mail to somebody, and how it ended."""
    recipient = await recipients.new_recipient(lang="ja", timezone="Asia/Tokyo", email=EMAIL)
    await queue_now(recipient, clock)
    async with transaction():
        await fan_out(clock(), 10)
        [job] = await outbox.claim(clock(), 10, {}, default_room=10)
        await results.record([(job, outcome)], clock())


async def test_the_numbers_and_the_reasons(staff: httpx.AsyncClient, clock) -> None:
    await deliver(clock, SENT)
    await deliver(clock, Outcome(Verdict.FAILED, "mail refused: 550"))
    page = (await staff.get("/staff/deliveries")).text
    assert "メールの受け取りを拒否されました（550）" in page
    assert "前日18時の通知" in page
    assert EMAIL not in page
    assert "北 花子" not in page


async def test_only_those_with_a_problem(staff: httpx.AsyncClient, clock) -> None:
    await deliver(clock, SENT)
    page = (await staff.get("/staff/deliveries?show=problems")).text
    assert "前日18時の通知" not in page


async def test_how_long_the_oldest_waits(staff: httpx.AsyncClient, clock) -> None:
    recipient = await recipients.new_recipient(lang="ja", timezone="Asia/Tokyo", email=EMAIL)
    await queue_now(recipient, clock)
    clock.turn(minutes=17)
    assert "17分" in (await staff.get("/staff/deliveries")).text


@pytest.mark.parametrize("query", ["?before=x", "?before=-1", "?before=99999999999999999999"])
async def test_nonsense_is_the_first_page(staff: httpx.AsyncClient, query: str) -> None:
    await make_town()
    assert (await staff.get(f"/staff/deliveries{query}")).status_code == 200


async def test_not_for_others(client: httpx.AsyncClient) -> None:
    assert (await client.get("/staff/deliveries")).status_code != 200


@pytest.mark.parametrize("path", ["/staff", "/staff/sites", "/staff/deliveries", "/staff/log"])
async def test_every_page_says_that_no_mail_leaves(
    staff: httpx.AsyncClient, clock, path: str
) -> None:
    assert "メールが送れていません" not in (await staff.get(path)).text
    await Circuit.create(service=MAIL, failing_since=clock())
    clock.turn(minutes=2)
    page = (await staff.get(path)).text
    assert "12月1日(火) 12:00から、メールが送れていません" in page


async def test_the_host_reads_it_too(staff: httpx.AsyncClient, clock) -> None:
    await make_town()
    await Circuit.create(service=MAIL, failing_since=clock())
    clock.turn(minutes=2)
    for tab in ("", "/programmes", "/profile", "/messages"):
        assert "メールが送れていません" in (await staff.get(f"/host/site-1{tab}")).text
