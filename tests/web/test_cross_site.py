"""Forms of other sites are refused, ours and programs without a browser are not (decision 0005)."""

import pytest

pytestmark = pytest.mark.once("refused before a row is looked for")

OWN = "http://testserver"
TABLE = [
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "nonsense"}, False),
    ({"Sec-Fetch-Site": ""}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": OWN}, False),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, True),
    ({"Origin": OWN}, True),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "http://testserver.evil.example"}, False),
    ({"Origin": "http://testserver:8080"}, False),
    ({"Origin": "http://evil@testserver"}, False),
    ({"Origin": "ftp://testserver"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": ""}, False),
    ({"Origin": "http://[bad"}, False),
    ({}, True),
]


@pytest.mark.parametrize(("headers", "passes"), TABLE)
async def test_who_may_send_a_form(client, headers: dict[str, str], passes: bool) -> None:
    del client.headers["Origin"]
    answer = await client.post("/reservations/no-such-reference/cancel", headers=headers)
    assert (answer.status_code != 403) is passes, answer.text


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "post", "CONNECT"])
async def test_every_method_that_may_change_something_is_guarded(client, method: str) -> None:
    answer = await client.request(
        method, "/api/v1/reservations/x", headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_links_from_other_sites_lead_here(client, method: str) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    assert (await client.request(method, "/about", headers=headers)).status_code == 200


async def test_the_refusal_speaks_the_readers_language(client) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Accept-Language": "en"}
    refused = await client.post("/reservations/x/cancel", headers=headers)
    assert "sent from another site" in refused.text
