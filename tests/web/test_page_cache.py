"""Pages that are the same for everybody are made once, and only those."""

import gzip
from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette

from tests.factories import make_event, make_site
from tour.web.gate.page_cache import MAX_BYTES, MAX_IN_ALL, MAX_PAGES, PageCache

pytestmark = pytest.mark.once("pages are kept in memory")

LANGUAGES = ("ja", "en")


class Origin:
    """An app that counts how often it is asked and answers with what it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.body = b"page"
        self.status = 200
        self.headers: list[tuple[bytes, bytes]] = [(b"cache-control", b"public, s-maxage=2")]

    async def __call__(self, _scope, _receive, send) -> None:
        self.asked += 1
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        half = len(self.body) // 2
        for part, more in ((self.body[:half], True), (self.body[half:], False)):
            await send({"type": "http.response.body", "body": part, "more_body": more})


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def origin() -> Origin:
    return Origin()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def browser(origin: Origin, seconds: Seconds) -> Iterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=PageCache(origin, languages=LANGUAGES, monotonic=seconds))
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")


async def test_a_shared_page_is_made_once_while_it_is_fresh(browser, origin, seconds) -> None:
    answers = [await browser.get("/") for _number in range(3)]
    assert [a.text for a in answers] == ["page"] * 3
    assert origin.asked == 1
    seconds.now += 1.9
    await browser.get("/")
    assert origin.asked == 1
    seconds.now += 0.2
    await browser.get("/")
    assert origin.asked == 2


async def test_who_has_the_page_is_told_so_in_no_words(browser, origin, seconds) -> None:
    etag = (await browser.get("/")).headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await browser.get("/", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b""), known
        assert again.headers["etag"] == etag
        assert "content-length" not in again.headers
    seconds.now += 10
    assert (await browser.get("/", headers={"If-None-Match": etag})).status_code == 304
    origin.body = b"news"
    seconds.now += 10
    assert (await browser.get("/", headers={"If-None-Match": etag})).text == "news"


PRIVATE = [
    ({"status": 404}, []),
    ({"status": 302}, []),
    ({}, [(b"cache-control", b"no-store")]),
    ({}, [(b"cache-control", b"private, max-age=60")]),
    ({}, [(b"cache-control", b"public, max-age=60")]),
    ({}, []),
    ({}, [(b"cache-control", b"public, s-maxage=2"), (b"set-cookie", b"a=b")]),
    ({}, [(b"cache-control", b"public, s-maxage=0")]),
]


@pytest.mark.parametrize(("change", "headers"), PRIVATE)
async def test_nothing_else_is_kept(browser, origin, change, headers) -> None:
    origin.headers = headers
    for name, value in change.items():
        setattr(origin, name, value)
        origin.headers = [(b"cache-control", b"public, s-maxage=2")]
    answers = [await browser.get("/"), await browser.get("/")]
    assert origin.asked == 2
    assert all(a.status_code == origin.status and a.content == b"page" for a in answers)


@pytest.mark.parametrize("method", ["POST", "HEAD", "DELETE"])
async def test_only_reading_is_answered_from_the_copy(browser, origin, method: str) -> None:
    await browser.get("/")
    await browser.request(method, "/")
    assert origin.asked == 2


async def test_address_language_and_compression_each_have_their_own_copy(browser, origin) -> None:
    asked = [
        ("/", {}),
        ("/?page=2", {}),
        ("/a", {}),
        ("/", {"Accept-Language": "en"}),
        ("/", {"Accept-Encoding": "identity"}),
    ]
    for path, headers in asked:
        await browser.get(path, headers=headers)
    assert origin.asked == len(asked)


@pytest.mark.parametrize("wish", ["=en", "=ja", "en", "xx", "", "*", "en;q=0.1", "ja, =en"])
@pytest.mark.parametrize("cookie", ["lang=en", "lang=ja", "lang==en", "lang=xx", ""])
async def test_a_kept_page_is_in_the_language_that_its_reader_gets(
    client, app: Starlette, wish: str, cookie: str
) -> None:
    for first_wish, first_cookie in (("ja", ""), ("=en", ""), ("ja", "lang=en")):
        await client.get("/about", headers={"Accept-Language": first_wish, "Cookie": first_cookie})
    asked = {"Accept-Language": wish, "Cookie": cookie}
    kept = await client.get("/about", headers=asked)
    kept_pages(app).clear()
    fresh = await client.get("/about", headers=asked)
    assert kept.headers["content-language"] == fresh.headers["content-language"]


async def test_as_many_wishes_as_one_likes_make_one_copy_a_language(browser, origin) -> None:
    for number in range(50):
        await browser.get("/", headers={"Accept-Language": f"en-{number},en;q=0.{number}"})
        await browser.get("/", headers={"Accept-Language": "en", "Cookie": f"lang=x{number}"})
    assert origin.asked == 1


async def test_the_store_is_bounded_in_bytes(origin, seconds) -> None:
    cache = PageCache(origin, languages=LANGUAGES, monotonic=seconds)
    origin.body = b"x" * MAX_BYTES
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=cache), base_url="http://testserver"
    ) as browser:
        for number in range(MAX_IN_ALL // MAX_BYTES + 20):
            await browser.get(f"/?page={number}")
        await browser.get("/?page=1")
    assert sum(len(page.body) for page in cache.pages.values()) == cache.size <= MAX_IN_ALL


async def test_other_cookies_do_not_make_another_copy_or_a_fault(browser, origin) -> None:
    for cookie in ("theme=dark", "a@b=1", "x/y=2; z", ""):
        await browser.get("/", headers={"Cookie": cookie})
    assert origin.asked == 1


async def test_the_store_is_bounded_and_large_pages_stay_out(origin, seconds) -> None:
    cache = PageCache(origin, languages=LANGUAGES, monotonic=seconds)
    transport = httpx.ASGITransport(app=cache)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
        for number in range(MAX_PAGES + 20):
            await browser.get(f"/?page={number}")
        assert len(cache.pages) == MAX_PAGES
        origin.body = b"x" * 500_000
        assert len((await browser.get("/large")).content) == 500_000
        assert sum(len(page.body) for page in cache.pages.values()) < 500_000


async def test_an_answer_that_breaks_off_is_not_kept(seconds) -> None:
    async def breaking(_scope, _receive, send) -> None:
        headers = [(b"cache-control", b"public, s-maxage=2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ConnectionError

    cache = PageCache(breaking, languages=LANGUAGES, monotonic=seconds)
    transport = httpx.ASGITransport(app=cache)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
        with pytest.raises(ConnectionError):
            await browser.get("/")
    assert not cache.pages


class TestWithTheWholeApp:
    async def test_the_catalogue_is_shared_with_an_etag(self, client) -> None:
        await make_event(await make_site())
        for path in ("/", "/sites", "/api/v1/sites"):
            etag = (await client.get(path)).headers["etag"]
            again = await client.get(path, headers={"If-None-Match": etag})
            assert again.status_code == 304, path

    async def test_a_page_that_did_not_change_keeps_its_etag(self, app: Starlette, client) -> None:
        await make_site()
        await client.get("/about")
        for encoding in ("gzip", "identity"):
            etags = set()
            for _number in range(3):
                kept_pages(app).clear()
                answer = await client.get("/sites", headers={"Accept-Encoding": encoding})
                etags.add(answer.headers["etag"])
            assert len(etags) == 1, encoding

    async def test_each_language_reads_its_own_copy(self, client) -> None:
        pages = [await client.get("/sites", headers={"Accept-Language": x}) for x in ("ja", "en")]
        assert [page.headers["content-language"] for page in pages] == ["ja", "en"]
        assert pages[0].headers["etag"] != pages[1].headers["etag"]

    async def test_a_chosen_language_is_not_taken_for_everybodys(self, app, client) -> None:
        await client.get("/sites?lang=en")
        assert not kept_pages(app)

    async def test_pages_of_one_person_are_never_kept(self, app: Starlette, client) -> None:
        for path in ("/reservations", "/reservations/abc", "/account", "/host", "/staff", "/map"):
            answer = await client.get(path)
            assert "s-maxage" not in answer.headers.get("cache-control", ""), path
        assert not kept_pages(app)

    async def test_a_changed_catalogue_is_seen_when_the_copy_is_two_seconds_old(
        self, app: Starlette, client
    ) -> None:
        await client.get("/sites")
        site = await make_site(name="新しい工房")
        ages = [page.fresh_until for page in kept_pages(app).values()]
        kept_pages(app).clear()
        assert ages
        assert site.name in (await client.get("/sites")).text

    async def test_compressed_and_plain_copies_say_the_same(self, client) -> None:
        await make_site()
        plain = await client.get("/sites", headers={"Accept-Encoding": "identity"})
        squeezed = await client.get("/sites", headers={"Accept-Encoding": "gzip"})
        assert squeezed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert squeezed.text == plain.text
        assert len(gzip.compress(plain.content)) < len(plain.content) / 2


def kept_pages(app: Starlette) -> dict:
    """The store of the app's own page cache."""
    layer = app.middleware_stack
    while not isinstance(layer, PageCache):
        layer = layer.app
    return layer.pages
