"""A key is made anew each time: one that is here already is refused whoever sends it."""

import hashlib
import json
from typing import Any

import cbor2
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.applications import Starlette
from webauthn.helpers import bytes_to_base64url as base64url

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.conftest import make_settings
from tour.accounts.models import Passkey
from tour.app import create_app
from tour.audit.models import AuditEntry

ORIGIN = "https://tour.example.org"
PRESENT_VERIFIED_WITH_KEY = 0x45


@pytest.fixture
async def app(settings, tmp_path, clock) -> Starlette:
    """Reached under a name of its own, as a passkey needs it."""
    chosen = make_settings(settings.database_url, tmp_path, TOUR_BASE_URL=ORIGIN)
    application = create_app(chosen, clock=clock)
    async with application.router.lifespan_context(application):
        yield application


def made_key(options: dict[str, Any], identity: bytes) -> dict[str, Any]:
    """What a browser sends after an authenticator made a key, without attestation."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    public_key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
    party = hashlib.sha256(b"tour.example.org").digest()
    head = party + bytes([PRESENT_VERIFIED_WITH_KEY]) + bytes(4) + bytes(16)
    known = head + len(identity).to_bytes(2, "big") + identity + public_key
    attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": known})
    client = {"type": "webauthn.create", "challenge": options["challenge"], "origin": ORIGIN}
    return {
        "id": base64url(identity),
        "rawId": base64url(identity),
        "type": "public-key",
        "response": {
            "attestationObject": base64url(attestation),
            "clientDataJSON": base64url(json.dumps(client).encode()),
        },
    }


async def add(desk: httpx.AsyncClient, identity: bytes) -> httpx.Response:
    options = (await desk.post("/account/passkeys/options", headers={"Origin": ORIGIN})).json()
    body = {"credential": made_key(options, identity)}
    return await desk.post("/account/passkeys", json=body, headers={"Origin": ORIGIN})


async def test_a_key_that_is_in_use_is_refused_and_not_a_fault(app: Starlette) -> None:
    for number in range(2):
        async with browser(app) as desk:
            desk.base_url = ORIGIN
            await sign_in_as(desk, await make_account(f"host{number}@example.org"))
            assert (await add(desk, b"a key of its own %d" % number)).status_code == 201
            again = await add(desk, b"a key of its own 0")
            assert again.status_code == 409
            assert "すでに使われています" in again.text
    assert await Passkey.all().count() == 2
    assert await AuditEntry.filter(action="passkey.add").count() == 2


async def test_a_key_with_a_name_longer_than_any_is_refused(app: Starlette) -> None:
    async with browser(app) as desk:
        desk.base_url = ORIGIN
        await sign_in_as(desk, await make_account())
        assert (await add(desk, b"x" * 1023)).status_code == 201
        assert (await add(desk, b"x" * 1100)).status_code == 403
    assert await Passkey.all().count() == 1
