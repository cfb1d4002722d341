"""Which addresses are called, and that nothing else is."""

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from tests.notifications.push_service import PushService
from tour.errors import ConfigurationError
from tour.notifications.push.endpoints import EndpointPolicy, RefusedEndpoint, is_public
from tour.notifications.push.sender import Push, open_sender
from tour.settings import Settings

POLICY = EndpointPolicy.parse(("push.example.org:8443", "10.1.2.3:9000"))


@pytest.mark.parametrize(
    ("endpoint", "service"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc:def", "fcm.googleapis.com"),
        ("https://fcm.googleapis.com:443/wp/x", "fcm.googleapis.com"),
        ("https://web.push.apple.com/QGuQ", "web.push.apple.com"),
        ("https://wns2-par02p.notify.windows.com/w/?token=B%2b", "wns2-par02p.notify.windows.com"),
        (
            "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
            "updates.push.services.mozilla.com",
        ),
        ("https://jmt17.google.com/fcm/send/abc", "jmt17.google.com"),
        ("https://push.example.org:8443/send/abc", "push.example.org:8443"),
        ("https://10.1.2.3:9000/send/abc", "10.1.2.3:9000"),
    ],
)
def test_known_services(endpoint: str, service: str) -> None:
    assert POLICY.service(endpoint) == service


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/wp/x",
        "https://127.0.0.1/push/abcdef",
        "https://[::1]/push/abcdef",
        "https://localhost/abcdef",
        "https://fcm.googleapis.com.evil.example/wp",
        "https://evilfcm.googleapis.com/wp/x",
        "https://evil-push.apple.com/xxxx",
        "https://.push.apple.com/xxxx",
        "https://push.apple.com@evil.example/xx",
        "https://fcm.googleapis.com:8443/wp/x",
        "https://user:pw@fcm.googleapis.com/wp/x",
        "https://fcm.googleapis.com#@evil.example/x",
        "https://evil.example\\@fcm.googleapis.com/wp",
        "https://fcm.googleapis.com./wp/xxxx",
        "https://2130706433/xxxxxxxx",
        "https://0x7f.1/xxxxxxxxxxx",
        "https://ｆcm.googleapis.com/wp/x",
        "https://fcm.googleapis.com/" + "x" * 2048,
        "https://169.254.169.254/latest/meta-data",
        "gopher://fcm.googleapis.com/wp",
        "https://fcm.googleapis.com\r\nHost: evil/wp",
        "https://fcm.googleapis.com:99999/wp",
        "https://fcm.googleapis.com",
        "https://push.example.org/send/abc",
        "https://push.example.org:8444/send/abc",
        "https://10.1.2.3/send/abc",
        None,
        7,
    ],
)
def test_everything_else_is_refused(endpoint: object) -> None:
    with pytest.raises(RefusedEndpoint):
        POLICY.service(endpoint)


@pytest.mark.parametrize("address", ["8.8.8.8", "17.57.144.1", "2606:4700::1111"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_other_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "entry", ["localhost", "localhost:", "localhost:http", ":80", "a=b", "a:0"]
)
def test_a_bad_setting_is_named(entry: str) -> None:
    with pytest.raises(ConfigurationError, match="TOUR_PUSH_HOSTS"):
        EndpointPolicy.parse((entry,))


class Rebound(AbstractResolver):
    """A name server in the wrong hands: every name is this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def resolve(
        self,
        host: str,
        port: int = 0,  # noqa: ARG002 - the resolver's signature
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=self.port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        pass


def _push_to(endpoint: str, push: PushService) -> Push:
    keys = push.phone().subscription()["keys"]
    return Push(endpoint, keys["p256dh"], keys["auth"], b"{}", topic="t", ttl=60)


async def test_a_rebinding_name_is_not_connected_to(settings: Settings, push: PushService) -> None:
    async with open_sender(settings, names=Rebound(push.port)) as sender:
        outcome = await sender.send(_push_to("https://fcm.googleapis.com/fcm/send/x", push))
    assert outcome.problem == "the push service's address is not public"
    assert push.connections == 0


async def test_an_address_stored_before_the_policy_is_not_called(
    settings: Settings, push: PushService
) -> None:
    async with open_sender(settings) as sender:
        for endpoint in (f"https://127.0.0.1:{push.port}/push/x", "https://192.168.1.1/push/xxxx"):
            outcome = await sender.send(_push_to(endpoint, push))
            assert outcome.problem == "not a known push service"
    assert push.connections == 0


def test_the_default_port_is_no_part_of_an_origin() -> None:
    """Services compare VAPID's `aud` with their origin, which does not name port 443."""
    policy = EndpointPolicy.parse(("push.example.org:443", "push.example.org:8443"))
    assert policy.service("https://push.example.org/wp/abcdef") == "push.example.org"
    assert policy.service("https://push.example.org:443/wp/abcdef") == "push.example.org"
    assert policy.service("https://push.example.org:8443/wp/abcdef") == "push.example.org:8443"
