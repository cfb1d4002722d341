"""The pages to see, try and stop notifications, and what browsers tell them."""

import httpx
import pytest

from tour.notifications.models import PushSubscription, Recipient, Reminder
from tour.notifications.sending.worker import FULL, open_worker

API = "/api/v1/push-subscriptions"


@pytest.fixture
def database(app, database_url: str) -> str:  # noqa: ARG001 - the app has opened it
    return database_url


@pytest.fixture
async def visitor(make_visitor):
    return await make_visitor()


def page_of(visitor) -> str:
    return f"/notifications/{visitor.recipient.token}"


async def test_the_page_of_this_browser(client: httpx.AsyncClient) -> None:
    answer = await client.get("/notifications")
    assert answer.status_code == 200
    assert "data-vapid-key" in answer.text
    assert "ホーム画面" in answer.text


async def test_the_page_of_a_recipient_says_how_things_stand(client, visitor) -> None:
    answer = await client.get(page_of(visitor))
    assert answer.status_code == 200
    assert "1台のブラウザ" in answer.text
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_a_wrong_token_is_not_found(client) -> None:
    answer = await client.get("/notifications/nobody")
    assert answer.status_code == 404
    assert "通知の設定" in answer.text


async def test_choosing(client, visitor) -> None:
    form = {"do": "choose", "choice": ["half-hour", "leave", "nonsense"]}
    answer = await client.post(page_of(visitor), data=form)
    assert answer.status_code == 303
    recipient = await Recipient.get(id=visitor.recipient.id)
    assert recipient.choices == ["half-hour", "leave"]
    page = (await client.get(answer.headers["location"])).text
    assert 'value="half-hour" checked' in page
    assert 'value="evening" checked' not in page


async def test_send_me_one_now(client, visitor, settings, clock) -> None:
    first = await client.post(page_of(visitor), data={"do": "test"})
    second = await client.post(page_of(visitor), data={"do": "test"})
    assert first.headers["location"].endswith("done=test")
    assert second.headers["location"].endswith("done=wait")
    async with open_worker(settings, clock, FULL) as worker:
        await worker.run_once()
    assert list(visitor.phone.shown.values()) == ["お試しの通知です"]


async def test_stopping_and_starting_again(client, visitor) -> None:
    await client.post(page_of(visitor), data={"do": "stop"})
    assert not await PushSubscription.exists()
    page = (await client.get(page_of(visitor))).text
    assert 'value="resume"' in page
    await client.post(page_of(visitor), data={"do": "resume"})
    assert (await Recipient.get(id=visitor.recipient.id)).stopped_at is None


async def test_a_browser_asks_for_a_test_by_its_own_endpoint(client, visitor) -> None:
    endpoint = visitor.phone.subscription()["endpoint"]
    answer = await client.post(f"{API}/tests", json={"endpoint": endpoint})
    assert answer.status_code == 202
    assert await Reminder.filter(key="test").count() == 1
    unknown = await client.post(f"{API}/tests", json={"endpoint": endpoint + "x"})
    assert unknown.status_code == 404


async def test_a_browser_stops(client, visitor) -> None:
    endpoint = visitor.phone.subscription()["endpoint"]
    for _twice in range(2):
        answer = await client.post(f"{API}/removals", json={"endpoint": endpoint})
        assert answer.status_code == 204
    assert not await PushSubscription.exists()


async def test_a_browser_renews(client, visitor, push) -> None:
    body = {
        "endpoint": visitor.phone.subscription()["endpoint"],
        "subscription": push.phone().subscription(),
    }
    assert (await client.post(f"{API}/renewals", json=body)).status_code == 204
    assert (await client.post(f"{API}/renewals", json=body)).status_code == 404


@pytest.mark.parametrize("path", ["tests", "removals", "renewals"])
@pytest.mark.parametrize("body", ["", "[]", "7", "{", "null", "\udcff"])
async def test_nonsense_is_answered_as_a_problem(client, path: str, body: str) -> None:
    raw = body.encode("utf-8", "surrogateescape")
    answer = await client.post(f"{API}/{path}", content=raw)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("subscription", [None, [], "x", {"endpoint": 7}])
async def test_a_renewal_with_nonsense(client, subscription) -> None:
    body = {"endpoint": "https://x.example/y", "subscription": subscription}
    answer = await client.post(f"{API}/renewals", json=body)
    assert answer.status_code == 422


async def test_another_site_cannot_stop_messages(client, visitor) -> None:
    answer = await client.post(
        page_of(visitor), data={"do": "stop"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert await PushSubscription.exists()
