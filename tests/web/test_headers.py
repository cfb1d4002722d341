"""What a browser is told to refuse, on every answer there is."""

import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from tests.conftest import make_settings
from tour.app import create_app

pytestmark = pytest.mark.once("headers")

ANSWERS = [
    "/",
    "/about",
    "/map",
    "/nowhere",
    "/sites/nowhere",
    "/api/v1/sites",
    "/healthz",
    "/sw.js",
]


def directives(answer: httpx.Response) -> dict[str, str]:
    policy = answer.headers["content-security-policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


@pytest.mark.parametrize("path", ANSWERS)
async def test_every_answer_carries_the_security_headers(client, path: str) -> None:
    answer = await client.get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert directives(answer)["default-src"] == "'none'"
    assert directives(answer)["frame-ancestors"] == "'none'"


async def test_scripts_run_from_our_files_or_under_the_nonce_of_this_answer(client) -> None:
    first, second = await client.get("/map"), await client.get("/map")
    for answer in (first, second):
        assert re.fullmatch(r"'self' 'nonce-[\w-]{22}'", directives(answer)["script-src"])
        assert directives(answer)["style-src"] == "'self'"
        nonce = re.search(r"nonce-([\w-]+)", directives(answer)["script-src"])[1]
        assert f'<script nonce="{nonce}"' in answer.text
    assert directives(first)["script-src"] != directives(second)["script-src"]


async def test_a_page_that_is_shared_has_no_script_under_a_nonce(client) -> None:
    for path in ("/", "/sites", "/about"):
        answer = await client.get(path)
        assert "s-maxage" in answer.headers["cache-control"]
        assert "nonce=" not in answer.text


async def test_images_come_from_here_and_from_the_tiles(settings, tmp_path, clock) -> None:
    tiles = "https://{s}.tiles.example.org:8443/{z}/{x}/{y}.png"
    chosen = make_settings(settings.database_url, tmp_path, TOUR_TILE_URL=tiles)
    async with _browser(create_app(chosen, clock=clock)) as client:
        policy = directives(await client.get("/healthz"))
    assert policy["img-src"] == "'self' data: blob: https://*.tiles.example.org:8443"


async def test_https_is_insisted_on_where_it_is_spoken(settings, tmp_path, clock) -> None:
    chosen = make_settings(settings.database_url, tmp_path, TOUR_BASE_URL="https://t.example.org")
    async with _browser(create_app(chosen, clock=clock)) as client:
        assert "strict-transport-security" in (await client.get("/healthz")).headers
    async with _browser(create_app(settings, clock=clock)) as client:
        assert "strict-transport-security" not in (await client.get("/healthz")).headers


async def failing(_request: Request) -> Response:
    raise RuntimeError("花子 hanako@example.org")


@pytest.mark.parametrize(("lang", "words"), [("ja", "もう一度"), ("en", "try again in a minute")])
async def test_a_fault_answers_with_a_page_of_ours_in_the_readers_language(
    app: Starlette, lang: str, words: str
) -> None:
    app.router.add_route("/failing", failing)
    async with _browser(app, raise_app_exceptions=False) as client:
        answer = await client.get("/failing", headers={"Accept-Language": lang})
    assert answer.status_code == 500
    assert words in answer.text
    assert f'<html lang="{lang}">' in answer.text
    assert "hanako" not in answer.text
    assert directives(answer)["default-src"] == "'none'"
    assert answer.headers["content-language"] == lang


async def test_a_fault_of_the_api_answers_with_problem_details(app: Starlette) -> None:
    app.router.add_route("/api/failing", failing)
    async with _browser(app, raise_app_exceptions=False) as client:
        answer = await client.get("/api/failing")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 500


def _browser(app: Starlette, *, raise_app_exceptions: bool = True) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=raise_app_exceptions)
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")
