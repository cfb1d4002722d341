"""The VAPID key: made once, kept for its owner only, the same for every process."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import make_settings
from tests.notifications.push_service import Refusal, check_vapid
from tour.errors import ConfigurationError
from tour.notifications.push.keys import new_private_key, vapid_keys, vapid_subject
from tour.notifications.push.sender import TOKEN_IS_FRESH, VapidTokens
from tour.settings import Settings

ORIGIN = "https://push.example.org"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of an operator who has given no key."""
    return make_settings("sqlite://unused", tmp_path, TOUR_VAPID_PRIVATE_KEY="")


def test_the_key_is_kept_and_private(settings: Settings) -> None:
    keys = vapid_keys(settings)
    assert vapid_keys(settings) == keys
    assert len(base64.urlsafe_b64decode(keys.public + "=")) == 65
    [kept] = settings.var.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree(settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _n: vapid_keys(settings).public, range(8)))
    assert len(found) == 1


def test_the_operators_key_comes_first(settings: Settings) -> None:
    private = new_private_key()
    assert vapid_keys(replace(settings, vapid_private_key=private)).private == private
    assert not settings.var.exists()


@pytest.mark.parametrize(
    "text", ["x", "####", "AAAA", base64.urlsafe_b64encode(bytes(32)).decode()]
)
def test_a_bad_key_is_refused_without_showing_it(settings: Settings, text: str) -> None:
    with pytest.raises(ConfigurationError, match="TOUR_VAPID_PRIVATE_KEY: not a VAPID key"):
        vapid_keys(replace(settings, vapid_private_key=text))


@pytest.mark.parametrize(
    ("base_url", "subject", "expected"),
    [
        ("https://tour.example.org:8443", "", "https://tour.example.org"),
        ("http://127.0.0.1:8000", "", "mailto:noreply@example.org"),
        ("https://tour.example.org", "mailto:a@b.example", "mailto:a@b.example"),
    ],
)
def test_whom_a_push_service_may_write_to(
    settings: Settings, base_url: str, subject: str, expected: str
) -> None:
    changed = replace(settings, base_url=base_url, vapid_subject=subject)
    assert vapid_subject(changed) == expected


def test_a_subject_that_services_refuse_stops_the_start() -> None:
    with pytest.raises(ConfigurationError, match="TOUR_VAPID_SUBJECT"):
        VapidTokens(new_private_key(), "ops@example.org")


def test_tokens_are_kept_for_hours_and_each_origin_has_its_own() -> None:
    seconds = [1_800_000_000.0]
    tokens = VapidTokens(new_private_key(), "mailto:a@b.example", lambda: seconds[0])
    first = tokens.header(ORIGIN)
    seconds[0] += TOKEN_IS_FRESH - 1
    assert tokens.header(ORIGIN) == first
    assert tokens.header("https://other.example.org") != first
    seconds[0] += 2
    assert tokens.header(ORIGIN) != first


def test_a_clock_set_back_makes_a_new_token() -> None:
    seconds = [1_800_000_000.0]
    tokens = VapidTokens(new_private_key(), "mailto:a@b.example", lambda: seconds[0])
    first = tokens.header(ORIGIN)
    seconds[0] -= 60
    assert tokens.header(ORIGIN) != first


def test_the_checker_of_these_tests_refuses_a_wrong_origin() -> None:
    header = VapidTokens(new_private_key(), "mailto:a@b.example").header(ORIGIN)
    check_vapid(header, ORIGIN)
    with pytest.raises(Refusal):
        check_vapid(header, "https://other.example.org")
