"""People with an account, their sites, and the keys that let them in.

Tokens are kept as SHA-256 only: whoever reads the database cannot sign in with it. They are 256
random bits, so a slow hash would add nothing.
"""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from tour.accounts.roles import Role
from tour.notifications.models import Recipient
from tour.sites.models import Site

NO_MAIL = "no-mail:"
"""Begins what stands in place of an address that somebody does not have: each has one of its own,
as the column wants, and none of them is an address."""


class Account(Model):
    """A host or a member of staff; `email` is in lower case. `handle` is what passkeys call it.

    Whoever has no mail box has `NO_MAIL` and a key there: what is shown is `address`, and they are
    told by `phone`.
    `name` is what they said they are called, "" until then: no part of an address stands for it.
    `office` is where they work, as their letters say it.
    """

    id = fields.IntField(primary_key=True)
    email = fields.CharField(max_length=254, unique=True)
    name = fields.CharField(max_length=100, default="")
    office = fields.CharField(max_length=100, default="")
    phone = fields.CharField(max_length=40, default="")
    role = fields.CharEnumField(Role, max_length=20)
    lang = fields.CharField(max_length=20)
    handle = fields.CharField(max_length=90, unique=True)
    recipient: fields.ForeignKeyRelation[Recipient] = fields.ForeignKeyField(
        "models.Recipient", related_name="accounts", on_delete=fields.RESTRICT
    )
    recipient_id: int
    is_sample = fields.BooleanField(default=False)
    ended_at: datetime | None = fields.DatetimeField(null=True)
    """Since when nothing lets them in; the row stays, for the log and for who comes back."""
    ended_by = fields.CharField(max_length=100, default="")
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "account"

    @property
    def address(self) -> str:
        """Their mail address; "" where they have none."""
        return "" if self.email.startswith(NO_MAIL) else str(self.email)


class Membership(Model):
    """An account tends a site."""

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="memberships"
    )
    account_id: int
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", related_name="memberships"
    )
    site_id: int
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "membership"
        unique_together = (("account", "site"),)


class AccountSession(Model):
    """One browser that is signed in, until it expires or is ended."""

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="sessions"
    )
    account_id: int
    token_hash = fields.CharField(max_length=64, unique=True)
    device = fields.CharField(max_length=80)
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "account_session"


class Invitation(Model):
    """Lets whoever holds its link join a site or the staff, once.

    With `email` it was mailed there, and holding the link proves the mail box. Without, it is a
    printed letter. `invited_by`, `office` and `note` are its writer's: their name, where they work,
    and a word of their own.
    """

    id = fields.IntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    site: fields.ForeignKeyNullableRelation[Site] = fields.ForeignKeyField(
        "models.Site", related_name="invitations", null=True
    )
    site_id: int | None
    role = fields.CharEnumField(Role, max_length=20)
    email = fields.CharField(max_length=254, default="")
    recipient: fields.ForeignKeyNullableRelation[Recipient] = fields.ForeignKeyField(
        "models.Recipient", related_name="invitations", null=True, on_delete=fields.RESTRICT
    )
    recipient_id: int | None
    invited_by = fields.CharField(max_length=100, default="")
    office = fields.CharField(max_length=200, default="")
    note = fields.CharField(max_length=400, default="")
    inviter: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="written", null=True, on_delete=fields.SET_NULL
    )
    inviter_id: int | None
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    accepted_at: datetime | None = fields.DatetimeField(null=True)
    revoked_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "invitation"


class SignInLink(Model):
    """A mailed link, good once, for 15 minutes, in the browser that asked for it; and six digits
    that do the same when they are typed there (`code_hash`, under the server's secret).

    `account` is None for an address that has none: with an invitation it makes one, under the
    `name` that was given; without it the row only keeps both cases alike.
    """

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="links", null=True
    )
    account_id: int | None
    invitation: fields.ForeignKeyNullableRelation[Invitation] = fields.ForeignKeyField(
        "models.Invitation", related_name="links", null=True
    )
    invitation_id: int | None
    email = fields.CharField(max_length=254)
    name = fields.CharField(max_length=100, default="")
    token_hash = fields.CharField(max_length=64, unique=True)
    browser_hash = fields.CharField(max_length=64)
    code_hash = fields.CharField(max_length=64, default="")
    tries = fields.SmallIntField(default=0)
    next_path = fields.CharField(max_length=300, default="")
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "sign_in_link"


class SignInLetter(Model):
    """A code on paper that signs its account in, once, for who has no mail box."""

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="letters"
    )
    account_id: int
    code_hash = fields.CharField(max_length=64, unique=True)
    made_by = fields.CharField(max_length=100)
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)
    revoked_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "sign_in_letter"


class AddressChange(Model):
    """A mail address that somebody wants to sign in with, until they type the digits that were
    mailed to it (`code_hash`, under the server's secret; "" where it has an account already)."""

    id = fields.IntField(primary_key=True)
    account: fields.OneToOneRelation[Account] = fields.OneToOneField(
        "models.Account", related_name="address_change"
    )
    account_id: int
    recipient: fields.ForeignKeyRelation[Recipient] = fields.ForeignKeyField(
        "models.Recipient", related_name="address_changes", on_delete=fields.RESTRICT
    )
    recipient_id: int
    email = fields.CharField(max_length=254)
    code_hash = fields.CharField(max_length=64)
    tries = fields.SmallIntField(default=0)
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()

    class Meta:
        table = "address_change"


class Passkey(Model):
    """A WebAuthn credential; bytes are kept as base64url."""

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="passkeys"
    )
    account_id: int
    credential_id = fields.CharField(max_length=1400, unique=True)
    public_key = fields.TextField()
    sign_count = fields.BigIntField()
    name = fields.CharField(max_length=80)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "passkey"


class PasskeyChallenge(Model):
    """What a passkey must sign next, in one browser, once."""

    id = fields.IntField(primary_key=True)
    browser_hash = fields.CharField(max_length=64)
    challenge = fields.CharField(max_length=90)
    expires_at: datetime = fields.DatetimeField()

    class Meta:
        table = "passkey_challenge"
