"""Static files: kept for ever under the build's name, ours and the packages', nothing else."""

import gzip
from pathlib import Path

import pytest

from tour.web.assets import FOREVER, Assets, served_of

pytestmark = pytest.mark.once("files")


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets()


async def test_a_file_of_this_build_may_be_kept_for_ever(client, app) -> None:
    address = app.state.parts.assets.url("css/base.css")
    answer = await client.get(address)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == FOREVER
    assert "immutable" in FOREVER
    assert answer.headers["content-type"].startswith("text/css")


async def test_text_is_squeezed_for_those_who_can_read_it(client, app) -> None:
    address = app.state.parts.assets.url("leaflet/leaflet.js")
    squeezed = await client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = await client.get(address, headers={"Accept-Encoding": "identity"})
    assert squeezed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert squeezed.content == plain.content
    assert plain.headers["vary"].lower().startswith("accept-encoding")
    assert int(squeezed.headers["content-length"]) < int(plain.headers["content-length"]) / 2


async def test_a_file_is_the_same_for_every_reader(client, app) -> None:
    """Else a browser asked for all of them again whenever a cookie had changed, such as after a
    form for seats."""
    address = app.state.parts.assets.url("css/base.css")
    answer = await client.get(
        address, headers={"Cookie": "forms=abcdefgh", "Accept-Language": "en"}
    )
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "content-language" not in answer.headers


async def test_a_file_of_the_build_before_is_todays_and_asked_for_again(client) -> None:
    answer = await client.get("/static/0123456789ab/css/base.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "nothing.css",
        "",
        "css",
        "css/",
        "../../tour/settings.py",
        "%2e%2e/%2e%2e/tour/settings.py",
        "..%2f..%2fpyproject.toml",
        "css/../../pyproject.toml",
        "/etc/passwd",
        "css/base.css/",
        "css/base.css%00",
        "css\\base.css",
    ],
)
async def test_nothing_but_the_known_files_is_served(client, app, path: str) -> None:
    answer = await client.get(f"/static/{app.state.parts.assets.build}/{path}")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")
    assert "[project]" not in answer.text


async def test_files_are_only_read(client, app) -> None:
    address = app.state.parts.assets.url("css/base.css")
    assert (await client.head(address)).status_code == 200
    assert (await client.post(address)).status_code == 405


def test_the_build_has_another_name_when_any_file_changes(assets: Assets) -> None:
    again = Assets()
    assert again.build == assets.build
    assert len(assets.build) == 12


def test_every_map_file_is_served_by_us(assets: Assets) -> None:
    for name in ("leaflet/leaflet.js", "leaflet/leaflet.css", "leaflet/images/layers.png"):
        assert assets.body(name)
    assert assets.body("markercluster/leaflet.markercluster.js")


def test_a_wrong_name_is_found_when_the_page_is_made(assets: Assets) -> None:
    with pytest.raises(LookupError, match=r"css/nothing\.css"):
        assets.url("css/nothing.css")


def test_our_own_files_load_nothing_from_other_hosts(assets: Assets) -> None:
    for name, asset in assets._assets.items():
        body = asset.body if not asset.gzipped else gzip.decompress(asset.gzipped)
        assert body == asset.body
        if name.startswith(("css/", "js/")):
            text = body.decode()
            for pattern in ("url(http", "url(//", 'from "http', "import(http", 'fetch("http'):
                assert pattern not in text, name


def test_a_package_is_served_wherever_the_clone_lies(tmp_path: Path) -> None:
    """Only its own sources are left out, not all of it for a folder above that is called src."""
    package = tmp_path / "src" / "package"
    (package / "src").mkdir(parents=True)
    for name in ("leaflet.js", "src/Map.js", "README.md"):
        (package / name).write_text("", encoding="utf-8")
    assert list(served_of(package)) == ["leaflet.js"]
