"""Settings: every one is read, and a wrong one says which it is and what it must be."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tour.errors import ConfigurationError
from tour.settings import Settings

WRONG = [
    ("TOUR_DATABASE_URL", "mysql://root@localhost/x", "sqlite:// or asyncpg://"),
    ("TOUR_DATABASE_URL", "", "sqlite:// or asyncpg://"),
    ("TOUR_DATABASE_URL", "sqlite://", "needs the path of a file"),
    ("TOUR_DATABASE_URL", "asyncpg://u@host:port/tour", "port"),
    ("TOUR_BASE_URL", "example.org", "http:// or https://"),
    ("TOUR_BASE_URL", "https://", "http:// or https://"),
    ("TOUR_BASE_URL", "https://example.org/tour", "without a path"),
    ("TOUR_TILE_URL", "tiles.example.org/{z}/{x}/{y}.png", "{z}"),
    ("TOUR_TILE_URL", "https://tiles.example.org/", "{z}"),
    ("TOUR_TILE_URL", "https://[tiles/{z}/{x}/{y}.png", "{z}"),
    ("TOUR_TILE_URL", "https://a;script-src *;/{z}/{x}/{y}.png", "{z}"),
    ("TOUR_PROXIES", "*", "no address"),
    ("TOUR_PROXIES", "127.0.0.1, 0.0.0.0/0", "everybody"),
    ("TOUR_WEB_PROCESSES", "0", "from 1 to 64"),
    ("TOUR_WEB_PROCESSES", "65", "from 1 to 64"),
    ("TOUR_WEB_PROCESSES", "two", "from 1 to 64"),
    ("TOUR_WEB_PROCESSES", "²", "from 1 to 64"),
    ("TOUR_WEB_PROCESSES", "2", "PostgreSQL"),
    ("TOUR_WORKER", "sometimes", "inline or external"),
    ("TOUR_DEMO", "perhaps", "0 or 1"),
    ("TOUR_CLOCK", "tomorrow", "tomorrow"),
    ("TOUR_CLOCK", "2026-12-05T09:00", "offset"),
    ("TOUR_CLOCK", "2026-12-05T09:00+09:00", "TOUR_DEMO=1"),
    ("TOUR_CLOCK", "0001-01-01T00:00+09:00", "year"),
]


def test_development_needs_no_settings() -> None:
    settings = Settings.from_environ({})
    assert settings.database_url.startswith("sqlite://")
    assert (settings.web_processes, settings.worker, settings.demo) == (1, "inline", False)


@pytest.mark.parametrize(("variable", "text", "hint"), WRONG)
def test_a_wrong_setting_is_named_in_one_line(variable: str, text: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_environ({variable: text, **({"TOUR_DEMO": "1"} if "0001" in text else {})})
    message = str(caught.value)
    assert message.startswith(variable)
    assert hint in message
    assert "\n" not in message


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        'TOUR_WORKER="external"\n# TOUR_DEMO=1\nTOUR_TILE_CREDIT=見本\n', encoding="utf-8"
    )
    settings = Settings.from_environ({"TOUR_WORKER": "inline"}, file)
    assert (settings.worker, settings.demo, settings.tile_credit) == ("inline", False, "見本")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes("TOUR_TILE_CREDIT=見本\n".encode("cp932"))
    with pytest.raises(ConfigurationError, match=r"\.env.*UTF-8"):
        Settings.from_environ({}, file)


@pytest.mark.parametrize(
    ("text", "demo"), [("1", True), ("TRUE", True), ("no", False), ("", False)]
)
def test_flags_are_read_as_people_write_them(text: str, demo: bool) -> None:
    assert Settings.from_environ({"TOUR_DEMO": text}).demo is demo


def test_values_are_read_into_what_the_app_uses() -> None:
    settings = Settings.from_environ(
        {
            "TOUR_BASE_URL": "https://tour.example.org/",
            "TOUR_PUSH_HOSTS": " Push.example.org:8443, ,b.example.org:443",
            "TOUR_DEMO": "1",
            "TOUR_CLOCK": "2026-12-05T09:00+09:00",
            "TOUR_DATABASE_URL": "asyncpg://u:p@db.example.org/tour",
            "TOUR_WEB_PROCESSES": " 4 ",
        }
    )
    assert settings.base_url == "https://tour.example.org"
    assert settings.push_hosts == ("push.example.org:8443", "b.example.org:443")
    assert settings.clock == datetime(2026, 12, 5, tzinfo=UTC)
    assert settings.web_processes == 4
