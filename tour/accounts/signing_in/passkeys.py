"""Passkeys (WebAuthn Level 3). The only file that imports `webauthn`.

Keys are discoverable: nobody types an address, so none can be tried out.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import webauthn
from tortoise.exceptions import IntegrityError
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tour.accounts.models import Account, Passkey, PasskeyChallenge
from tour.accounts.signing_in import links
from tour.accounts.tokens import token_hash
from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.db import transaction
from tour.errors import Conflict, NotAllowed
from tour.i18n import lazy as _

CHALLENGE_LASTS = timedelta(minutes=5)
MOST_PASSKEYS = 10
LONGEST_ID = 1023
"""Bytes of a credential id (WebAuthn 4)."""


class PasskeyRefused(NotAllowed):
    """A key that is not known here, or that signed something else."""

    def __init__(self) -> None:
        super().__init__(_("This passkey is not known here. Please sign in by email."))


class PasskeyKnown(Conflict):
    """A key that signs somebody in already, this account or another."""

    def __init__(self) -> None:
        super().__init__(_("This passkey is in use already. Please make another."))


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who we are to the browser: the host name (`id`) and origin of the base URL."""

    id: str
    name: str
    origin: str

    @classmethod
    def of(cls, base_url: str, name: str) -> "RelyingParty":
        return cls(urlsplit(base_url).hostname or "", name, base_url)

    @property
    def is_possible(self) -> bool:
        """A key belongs to a name, never to a numeric address (WebAuthn 5.1.2)."""
        return not self.id.replace(".", "").isdigit() and ":" not in self.id


@dataclass(frozen=True, slots=True)
class NewKey:
    """What an authenticator made; id and public key in base64url."""

    credential_id: str
    public_key: str
    sign_count: int


async def registration_options(
    account: Account, party: RelyingParty, browser: str, *, now: datetime
) -> dict[str, Any]:
    """What `navigator.credentials.create` needs, as JSON."""
    known = await Passkey.filter(account=account)
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=account.handle.encode(),
        user_name=account.address or account.name,
        user_display_name=account.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in known
        ],
    )
    await _keep(options.challenge, browser, now)
    return _as_json(webauthn.options_to_json(options))


async def register(
    account: Account,
    credential: dict[str, Any],
    name: str,
    party: RelyingParty,
    browser: str,
    *,
    now: datetime,
) -> None:
    """Remember a new key of this account; raises PasskeyRefused, PasskeyKnown.

    An authenticator makes a new id each time, so one that is here already is refused whoever sends
    it (WebAuthn 7.1, step 26).
    """
    challenge = await _take(browser, now)
    try:
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as exc:
        raise PasskeyRefused from exc
    if len(verified.credential_id) > LONGEST_ID:
        raise PasskeyRefused
    found = NewKey(
        bytes_to_base64url(verified.credential_id),
        bytes_to_base64url(verified.credential_public_key),
        verified.sign_count,
    )
    try:
        await _remember(account, found, name, now)
    except IntegrityError as exc:
        raise PasskeyKnown from exc


async def _remember(account: Account, found: NewKey, name: str, now: datetime) -> None:
    async with edit(*_who(account), "passkey.add", now=now) as change:
        await change.lock(Account, account.id)
        if await Passkey.filter(account=account).count() >= MOST_PASSKEYS:
            raise PasskeyRefused
        await Passkey.create(
            account=account,
            credential_id=found.credential_id,
            public_key=found.public_key,
            sign_count=found.sign_count,
            name=name,
            created_at=now,
        )
        change.after = {"name": name}


async def sign_in_options(party: RelyingParty, browser: str, *, now: datetime) -> dict[str, Any]:
    """What `navigator.credentials.get` needs, as JSON; the same for everybody."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id, user_verification=UserVerificationRequirement.REQUIRED
    )
    await _keep(options.challenge, browser, now)
    return _as_json(webauthn.options_to_json(options))


async def sign_in_with(
    credential: dict[str, Any], party: RelyingParty, browser: str, *, device: str, now: datetime
) -> str:
    """Sign a browser in by its key; returns the cookie's token; raises PasskeyRefused."""
    challenge = await _take(browser, now)
    found = Passkey.get_or_none(credential_id=str(credential.get("id", ""))[:1400])
    key = await found.select_related("account")
    if key is None:
        raise PasskeyRefused
    try:
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as exc:
        raise PasskeyRefused from exc
    async with transaction():
        await Passkey.filter(id=key.id).update(sign_count=verified.new_sign_count)
        return await links.sign_in_account(key.account, device=device, now=now)


async def remove(passkey_id: int, account: Account, *, now: datetime) -> None:
    """One that is gone, or another account's, is no error and no line of the log."""
    async with edit(*_who(account), "passkey.remove", now=now) as change:
        key = await Passkey.get_or_none(id=passkey_id, account=account)
        if key is None:
            change.nothing()
            return
        await key.delete()
        change.after = {"name": str(key.name)}


async def of_account(account: Account) -> list[Passkey]:
    return await Passkey.filter(account=account).order_by("id")


async def _keep(challenge: bytes, browser: str, now: datetime) -> None:
    await PasskeyChallenge.filter(expires_at__lt=now).delete()
    await PasskeyChallenge.create(
        browser_hash=token_hash(browser),
        challenge=bytes_to_base64url(challenge),
        expires_at=now + CHALLENGE_LASTS,
    )


async def _take(browser: str, now: datetime) -> bytes:
    """The latest challenge of this browser, which is thereby used up."""
    mine = PasskeyChallenge.filter(browser_hash=token_hash(browser), expires_at__gt=now)
    latest = await mine.order_by("-id").first()
    if latest is None or not await PasskeyChallenge.filter(id=latest.id).delete():
        raise PasskeyRefused
    return base64url_to_bytes(latest.challenge)


def _who(account: Account) -> tuple[Actor, Subject]:
    return Actor(account.id, account.name), Subject("account", account.id)


def _as_json(text: str) -> dict[str, Any]:
    options: dict[str, Any] = json.loads(text)
    return options
