"""The OpenAPI document describes every address there is, and answers are as it says."""

import json
import re
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route  # noqa: TID251 - the table is what is described

from tests.api.schema import problems
from tests.conftest import make_settings
from tests.factories import make_event, make_programme, make_site, make_slot
from tour.app import create_app

pytestmark = pytest.mark.once("a document and the shapes of answers")


@pytest.fixture
async def document(client) -> dict:
    return (await client.get("/api/openapi.json")).json()


def test_the_validator_finds_what_is_wrong() -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "integer"}, "b": {"type": "array", "items": {"enum": [1]}}},
    }
    assert problems({"a": 1, "b": [1]}, schema, {}) == []
    for wrong in ([], {}, {"a": True}, {"a": 1.5}, {"a": 1, "b": [2]}, {"a": 1, "c": 1}):
        assert len(problems(wrong, schema, {})) == 1, wrong
    assert problems("2026-12-01T00:00:00", {"type": "string", "format": "date-time"}, {})


async def test_every_api_address_and_method_is_described_and_nothing_else(
    app: Starlette, document: dict
) -> None:
    served = {
        (route.path_format, method.lower())
        for route in app.routes
        if isinstance(route, Route) and route.path.startswith("/api/v1")
        for method in (route.methods or set()) - {"HEAD"}
    }
    described = {
        (path, method)
        for path, methods in document["paths"].items()
        for method in methods
        if method in ("get", "post", "put", "patch", "delete")
    }
    assert described == served


async def test_every_reference_leads_to_a_schema_and_every_schema_is_used(document: dict) -> None:
    schemas = document["components"]["schemas"]
    used = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document)))
    assert used == set(schemas)


async def test_every_variable_of_an_address_is_a_parameter(document: dict) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            declared = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
            assert declared == set(re.findall(r"{(\w+)}", path)), (path, method)
            assert operation["summary"]
            assert operation["responses"]


async def test_the_document_is_named_after_the_town_in_any_language(
    settings, clock, tmp_path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    text = (settings.data / "town.toml").read_text(encoding="utf-8")
    own = re.sub(r'^en = ".*"$', "", text, flags=re.MULTILINE).replace('["ja", "en"]', '["ja"]')
    (data / "town.toml").write_text(own, encoding="utf-8")
    chosen = make_settings(settings.database_url, tmp_path, TOUR_DATA=str(data))
    transport = httpx.ASGITransport(app=create_app(chosen, clock=clock))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
        document = (await browser.get("/api/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"]


async def check(document: dict, answer: httpx.Response, path: str, method: str) -> None:
    """The answer's status and body are among those that the document describes."""
    described = document["paths"][path][method]["responses"]
    assert str(answer.status_code) in described, (path, answer.status_code, answer.text[:300])
    content = described[str(answer.status_code)].get("content")
    if content is None:
        assert answer.content in (b"", b"null"), path
        return
    media_type = answer.headers["content-type"].partition(";")[0]
    schema = content[media_type]["schema"]
    assert problems(answer.json(), schema, document["components"]["schemas"]) == [], path


OJI, AKABANE = "139.737886,35.753173", "139.720928,35.778026"
READ = [
    ("/api/v1/sites", ""),
    ("/api/v1/sites", "limit=1&kind=craft&kind=sports"),
    ("/api/v1/sites", "bbox=1"),
    ("/api/v1/events", ""),
    ("/api/v1/slots", ""),
    ("/api/v1/slots", "limit=1"),
    ("/api/v1/slots", "cursor=x"),
    ("/api/v1/walks", f"from={OJI}&to={AKABANE}"),
    ("/api/v1/walks", "from=x"),
]


@pytest.mark.parametrize(("path", "query"), READ)
async def test_what_is_read_is_as_described(client, document, path: str, query: str) -> None:
    site = await make_site()
    await make_site(lat=None, lon=None)
    event = await make_event(site)
    programme = await make_programme(site=site, event=event)
    slot = await make_slot(programme=programme)
    await make_slot(programme=programme, starts_at=slot.starts_at + timedelta(hours=2))
    await check(document, await client.get(f"{path}?{query}"), path, "get")


async def test_a_reservation_is_as_described_from_its_making_to_its_end(client, document) -> None:
    slot = await make_slot(capacity=3)
    collection, item = "/api/v1/reservations", "/api/v1/reservations/{reference}"
    wish = {
        "slots": [slot.id],
        "party": {"adults": 2, "children": 1},
        "contact": {"name": "北 花子", "kana": "キタ ハナコ", "email": "hanako@example.org"},
        "lang": "ja",
        "consent": True,
    }
    schemas = document["components"]["schemas"]
    assert problems(wish, schemas["Wish"], schemas) == []

    async def send(body: object, key: str) -> httpx.Response:
        return await client.post(
            collection, content=json.dumps(body), headers={"Idempotency-Key": key}
        )

    made = await send(wish, "key-of-family-1")
    assert made.status_code == 201
    await check(document, made, collection, "post")
    refused = {
        "full": (wish, 409),
        "nowhere": ({**wish, "slots": [10**6]}, 404),
        "nobody": ({**wish, "contact": {}}, 422),
        "no-consent": ({**wish, "consent": False}, 422),
        "no-object": ([], 422),
        "strange-name": ({**wish, "contact": {"name": "\x00\ud800", "email": "a@b.jp"}}, 422),
    }
    for name, (body, status) in refused.items():
        answer = await send(body, f"key-of-{name}")
        assert answer.status_code == status, (name, answer.text)
        await check(document, answer, collection, "post")
    own = f"{collection}/{made.json()['reference']}"
    await check(document, await client.get(own), item, "get")
    await check(document, await client.delete(own), item, "delete")
    await check(document, await client.get(own), item, "get")
    await check(document, await client.get(f"{collection}/nobodys"), item, "get")
    await check(document, await client.delete(f"{collection}/nobodys"), item, "delete")


async def test_a_matrix_and_its_refusal_are_as_described(client, document) -> None:
    path = "/api/v1/walks/matrix"
    points = {"points": [[139.73, 35.75], [139.74, 35.76]]}
    await check(document, await client.post(path, json=points), path, "post")
    await check(document, await client.post(path, json={}), path, "post")


RESERVE, PUSH = "/api/v1/reservations", "/api/v1/push-subscriptions"
WISH = {
    "slots": [1],
    "party": {"adults": 2},
    "contact": {"name": "北 花子", "email": "hanako@example.org"},
    "consent": True,
}
OTHER_SHAPES = [
    (RESERVE, {**WISH, "party": {"adults": "2"}}, "party"),
    (RESERVE, {**WISH, "party": {"adults": 2.5}}, "party"),
    (RESERVE, {**WISH, "party": {}}, "party"),
    (RESERVE, {**WISH, "party": None}, "party"),
    (RESERVE, {**WISH, "contact": ["北 花子"]}, "contact"),
    (RESERVE, {**WISH, "slots": ["1"]}, "slots"),
    (RESERVE, {**WISH, "slots": []}, "slots"),
    (RESERVE, {**WISH, "slots": list(range(1, 10))}, "slots"),
    (RESERVE, {**WISH, "slots": [2**40]}, "slots"),
    (RESERVE, {**WISH, "consent": "yes"}, "consent"),
    (RESERVE, {**WISH, "again": "true"}, "again"),
    (RESERVE, {**WISH, "photos_allowed": "no"}, "photos_allowed"),
    (RESERVE, {**WISH, "answers": {"1": "Yes"}}, "answers"),
    (RESERVE, {name: WISH[name] for name in ("slots", "party", "contact")}, "consent"),
    ("/api/v1/waitlist-entries", {**WISH, "slots": 1}, "slots"),
    ("/api/v1/draws/1/entries", {**WISH, "pools": "children"}, "pools"),
    (PUSH, {"reservation": "x", "subscription": "x"}, "subscription"),
    (PUSH, {"reservation": None, "subscription": {}}, "reservation"),
    (f"{PUSH}/removals", {"endpoint": None}, "endpoint"),
    (f"{PUSH}/tests", {}, "endpoint"),
    (f"{PUSH}/renewals", {"endpoint": "x", "subscription": None}, "subscription"),
]


@pytest.mark.parametrize(("path", "body", "member"), OTHER_SHAPES)
async def test_what_has_another_shape_than_described_is_named(
    client: httpx.AsyncClient, document: dict, path: str, body: dict, member: str
) -> None:
    """What the document does not describe is refused, and what is refused it does not describe."""
    answer = await client.post(path, json=body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [member])
    assert answer.json()["errors"][member]
    template = re.sub("(?<=/)1(?=/)", "{}", path)
    (described,) = (
        operations["post"]
        for address, operations in document["paths"].items()
        if re.sub("{.*?}", "{}", address) == template
    )
    schema = described["requestBody"]["content"]["application/json"]["schema"]
    assert problems(body, schema, document["components"]["schemas"])


async def test_a_code_is_a_text(client: httpx.AsyncClient) -> None:
    slot = await make_slot()
    made = await client.post(RESERVE, json={**WISH, "slots": [slot.id]})
    own = f"{RESERVE}/{made.json()['reference']}/confirmation"
    for body in ({}, {"code": 123456}):
        answer = await client.post(own, json=body)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["code"])
    assert (await client.post(f"{RESERVE}/nobodys/confirmation", json={})).status_code == 404
