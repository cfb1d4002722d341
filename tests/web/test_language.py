"""Which language a reader gets, and how a page says what others there are."""

import re

import pytest

pytestmark = pytest.mark.once("what a page says of languages")

CHOICES = [
    ({}, {}, "ja", "ja"),
    ({"lang": "en"}, {"lang": "ja"}, "ja", "en"),
    ({}, {"lang": "en"}, "ja", "en"),
    ({}, {}, "en-GB", "en"),
    ({"lang": "xx"}, {}, "en", "en"),
    ({"lang": ""}, {"lang": "en"}, "ja", "en"),
    ({}, {"lang": "xx"}, "en", "en"),
    ({}, {}, "fr", "ja"),
]


@pytest.mark.parametrize(("query", "cookies", "accepted", "lang"), CHOICES)
async def test_the_address_comes_before_the_cookie_and_the_cookie_before_the_browser(
    client, query, cookies, accepted, lang
) -> None:
    client.cookies.update(cookies)
    answer = await client.get("/about", params=query, headers={"Accept-Language": accepted})
    assert answer.headers["content-language"] == lang
    assert f'<html lang="{lang}">' in answer.text


async def test_a_chosen_language_is_remembered_and_a_found_one_is_not(client) -> None:
    chosen = await client.get("/about?lang=en")
    assert chosen.headers["set-cookie"].startswith("lang=en; Path=/; Max-Age=31536000")
    assert '<html lang="en">' in (await client.get("/about")).text
    found = await client.get("/about", headers={"Accept-Language": "en"})
    assert "set-cookie" not in found.headers


async def test_an_unknown_language_is_never_remembered(client) -> None:
    assert "set-cookie" not in (await client.get("/about?lang=xx")).headers


@pytest.mark.parametrize(
    "cookie",
    [
        "a@b=1; lang=en",
        "foo/bar=1; lang=en",
        'prefs={"x":1}; lang=en',
        "name=日本; lang=en",
        "lang=en; =; ;;",
        "x; lang=en",
    ],
)
async def test_a_cookie_of_another_app_of_the_host_harms_nobody(client, cookie: str) -> None:
    answer = await client.get("/about", headers={"Cookie": cookie.encode()})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == "en"


async def test_every_page_says_where_its_other_languages_are(client) -> None:
    page = (await client.get("/sites", params={"kind": "craft", "q": "木版", "lang": "en"})).text
    alternates = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page))
    assert set(alternates) == {"ja", "en"}
    kept = "kind=craft&amp;q=%E6%9C%A8%E7%89%88"
    assert alternates["ja"] == f"http://testserver/sites?{kept}&amp;lang=ja"


async def test_the_menu_leads_to_the_same_page_in_the_other_language(client) -> None:
    page = (await client.get("/about")).text
    assert re.search(r'<a href="/about\?lang=en" hreflang="en" lang="en">English</a>', page)
    assert re.search(r'<a href="/about\?lang=ja"[^>]*aria-current="true">日本語</a>', page)


async def test_answers_vary_by_what_chose_their_language(client) -> None:
    vary = (await client.get("/about")).headers["vary"]
    assert {"accept-language", "cookie"} <= {part.strip().lower() for part in vary.split(",")}
