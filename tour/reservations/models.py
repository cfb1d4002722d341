"""Parties, their places, their turn in a queue and their chance in a draw."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tortoise import fields
from tortoise.models import Model

from tour.db.revised import Revised
from tour.events.models import Event
from tour.notifications.models import Recipient
from tour.programmes.models import Slot
from tour.reservations.answers import Kept
from tour.reservations.rules import Contacts, contacts
from tour.reservations.states import DrawStatus, EndedBy, EntryStatus, PlaceStatus, WaitlistStatus
from tour.reservations.wishes import Choice
from tour.sites.models import Site


class Reservation(Model):
    """A party and how to reach it. `reference` is its key: whoever holds it may see and cancel.

    It has places, turns in queues and at most one entry in a draw, in any mixture.
    """

    id = fields.IntField(primary_key=True)
    reference = fields.CharField(max_length=40, unique=True)
    door_code = fields.CharField(max_length=12, unique=True)
    name = fields.CharField(max_length=100)
    kana = fields.CharField(max_length=100, default="")
    email = fields.CharField(max_length=254, default="")
    phone = fields.CharField(max_length=30, default="")
    email_key = fields.CharField(max_length=254, default="")
    phone_key = fields.CharField(max_length=20, default="")
    found_by = fields.TextField(default="")
    """What staff find it by, folded (`tour.contacts.finding`)."""
    adults = fields.SmallIntField()
    children = fields.SmallIntField(default=0)
    note = fields.TextField(default="")
    lang = fields.CharField(max_length=20)
    idempotency_key = fields.CharField(max_length=80, unique=True)
    request_digest = fields.CharField(max_length=64, default="")
    recipient: fields.ForeignKeyRelation[Recipient] = fields.ForeignKeyField(
        "models.Recipient", related_name="reservations", on_delete=fields.RESTRICT
    )
    recipient_id: int
    is_sample = fields.BooleanField(default=False)
    network = fields.CharField(max_length=43, default="")
    """Where a form from an unknown device came from: a keyed hash, forgotten after two days."""
    photos_allowed = fields.BooleanField(null=True)
    """Whether the party may be in pictures; None where nobody asked."""
    again = fields.BooleanField(default=False)
    split = fields.BooleanField(default=False)
    """What it chose in so many words: a second time at one session, two at one time. Kept, as a
    code, an offer or a draw may come between the choice and the place."""
    consented_at = fields.DatetimeField()
    created_at = fields.DatetimeField(auto_now_add=True)
    erased_at: datetime | None = fields.DatetimeField(null=True)
    """When what is known of the people was erased; only the counts are left."""

    places: fields.ReverseRelation["Place"]
    waitlist_entries: fields.ReverseRelation["WaitlistEntry"]

    class Meta:
        table = "reservation"

    @property
    def party_size(self) -> int:
        return int(self.adults) + int(self.children)

    @property
    def contacts(self) -> Contacts:
        return contacts(self.email_key, self.phone_key)

    @property
    def choice(self) -> Choice:
        return Choice(self.again, self.split)


class Place(Revised):
    """The seats of one reservation in one slot."""

    id = fields.IntField(primary_key=True)
    reservation: fields.ForeignKeyRelation[Reservation] = fields.ForeignKeyField(
        "models.Reservation", related_name="places"
    )
    reservation_id: int
    slot: fields.ForeignKeyRelation[Slot] = fields.ForeignKeyField(
        "models.Slot", related_name="places", on_delete=fields.RESTRICT
    )
    slot_id: int
    seats = fields.SmallIntField()
    status = fields.CharEnumField(PlaceStatus, max_length=20, default=PlaceStatus.CONFIRMED)
    answers: list[Kept] = fields.JSONField(default=list)
    """To the programme's own questions, as it asked them then (`reservations.answers`)."""
    cancelled_at: datetime | None = fields.DatetimeField(null=True)
    late_minutes: int | None = fields.SmallIntField(null=True)
    """How late the party says it comes; 0: it is on its way; None: it has said nothing."""
    said_at: datetime | None = fields.DatetimeField(null=True)
    """When it said so last."""
    ended_by = fields.CharEnumField(EndedBy, max_length=20, default=EndedBy.NOBODY)
    reason = fields.TextField(default="")
    """Why, in the words of the host or the staff who ended it."""

    class Meta:
        table = "place"
        unique_together = (("reservation", "slot"),)


STANDS_AGAIN: Mapping[str, Any] = MappingProxyType(
    {
        "status": PlaceStatus.CONFIRMED,
        "cancelled_at": None,
        "ended_by": EndedBy.NOBODY,
        "reason": "",
    }
)
"""The columns of a place that had ended, once it is held again: nothing is left of its end."""


class CalendarEntry(Model):
    """What mails have told the party's own calendar of a place."""

    id = fields.IntField(primary_key=True)
    place: fields.OneToOneRelation[Place] = fields.OneToOneField(
        "models.Place", related_name="calendar_entry"
    )
    place_id: int
    mailed_sequence: int | None = fields.IntField(null=True)
    """The number of what it was told last; None before the first."""
    mailed_in = fields.CharField(max_length=80, default="")
    """The name of that mail: sent once more, it carries the same."""

    class Meta:
        table = "calendar_entry"


class WaitlistEntry(Model):
    """A party's turn in the queue of one slot. The lowest id came first.

    While it is offered, its seats are counted in the slot's `seats_taken`.
    """

    id = fields.IntField(primary_key=True)
    reservation: fields.ForeignKeyRelation[Reservation] = fields.ForeignKeyField(
        "models.Reservation", related_name="waitlist_entries"
    )
    reservation_id: int
    slot: fields.ForeignKeyRelation[Slot] = fields.ForeignKeyField(
        "models.Slot", related_name="waitlist_entries", on_delete=fields.RESTRICT
    )
    slot_id: int
    seats = fields.SmallIntField()
    status = fields.CharEnumField(WaitlistStatus, max_length=20, default=WaitlistStatus.WAITING)
    answers: list[Kept] = fields.JSONField(default=list)
    joined_at: datetime = fields.DatetimeField()
    offer_ends_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "waitlist_entry"
        unique_together = (("reservation", "slot"),)


class ContactCheck(Model):
    """A code on its way to a party's mail box, and how its return is going (decision 0012).

    The seats of the party are held until `ends_at`. A letter that leaves late moves it, and never
    beyond `latest_at`.
    """

    id = fields.IntField(primary_key=True)
    reservation: fields.OneToOneRelation[Reservation] = fields.OneToOneField(
        "models.Reservation", related_name="contact_check"
    )
    reservation_id: int
    code = fields.CharField(max_length=6)
    tries = fields.SmallIntField(default=0)
    sends = fields.SmallIntField(default=1)
    started_at: datetime = fields.DatetimeField()
    ends_at: datetime = fields.DatetimeField()
    latest_at: datetime = fields.DatetimeField()
    proved_at: datetime | None = fields.DatetimeField(null=True)
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "contact_check"


class Draw(Model):
    """One lottery over some slots of an event. `commitment` is public from the start, `seed` only
    once it is drawn; `record` is the public list (decision 0008)."""

    id = fields.IntField(primary_key=True)
    event: fields.ForeignKeyNullableRelation[Event] = fields.ForeignKeyField(
        "models.Event", related_name="draws", null=True, on_delete=fields.SET_NULL
    )
    event_id: int | None
    status = fields.CharEnumField(DrawStatus, max_length=20, default=DrawStatus.OPEN)
    entries_close_at: datetime = fields.DatetimeField()
    draws_at: datetime = fields.DatetimeField()
    losers_first = fields.BooleanField(default=True)
    """Whether those who lost earlier draws of the event come first."""
    commitment = fields.CharField(max_length=64)
    seed = fields.CharField(max_length=64)
    record: dict[str, Any] = fields.JSONField(default=dict)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "draw"


class DrawSlot(Model):
    """A slot whose seats a draw gives out; `pools` keeps seats for a group: {"children": 4}."""

    id = fields.IntField(primary_key=True)
    draw: fields.ForeignKeyRelation[Draw] = fields.ForeignKeyField(
        "models.Draw", related_name="draw_slots"
    )
    draw_id: int
    slot: fields.OneToOneRelation[Slot] = fields.OneToOneField(
        "models.Slot", related_name="draw_slot"
    )
    slot_id: int
    pools: dict[str, int] = fields.JSONField(default=dict)

    class Meta:
        table = "draw_slot"


class DrawEntry(Model):
    """A party in a draw: the slots it would take, best first. `receipt` is its public name."""

    id = fields.IntField(primary_key=True)
    draw: fields.ForeignKeyRelation[Draw] = fields.ForeignKeyField(
        "models.Draw", related_name="entries"
    )
    draw_id: int
    reservation: fields.OneToOneRelation[Reservation] = fields.OneToOneField(
        "models.Reservation", related_name="draw_entry"
    )
    reservation_id: int
    receipt = fields.CharField(max_length=20, unique=True)
    ranking: list[int] = fields.JSONField(default=list)
    pools: list[str] = fields.JSONField(default=list)
    answers: dict[str, list[Kept]] = fields.JSONField(default=dict)
    """To the questions of each slot in the ranking, by its id. They are in no public list."""
    email_key = fields.CharField(max_length=254, default="")
    phone_key = fields.CharField(max_length=20, default="")
    status = fields.CharEnumField(EntryStatus, max_length=20, default=EntryStatus.ENTERED)
    entered_at: datetime = fields.DatetimeField()
    won_slot: fields.ForeignKeyNullableRelation[Slot] = fields.ForeignKeyField(
        "models.Slot", related_name="won_entries", null=True, on_delete=fields.SET_NULL
    )
    won_slot_id: int | None

    class Meta:
        table = "draw_entry"


class CallOff(Model):
    """Sessions that ended with a change of their event or their place, and all that is needed to
    undo it within a minute (see `reservations.changes.call_offs`)."""

    id = fields.IntField(primary_key=True)
    event: fields.ForeignKeyNullableRelation[Event] = fields.ForeignKeyField(
        "models.Event", related_name="call_offs", null=True
    )
    event_id: int | None
    site: fields.ForeignKeyNullableRelation[Site] = fields.ForeignKeyField(
        "models.Site", related_name="call_offs", null=True
    )
    site_id: int | None
    called_at: datetime = fields.DatetimeField()
    reason = fields.TextField(default="")
    before: dict[str, Any] = fields.JSONField(default=dict)
    """`event` and `event_after`: how it stood before the change and after it; `taken`: the seats
    of each slot; `reminders`: the ids of those of parties that have nothing left; `renewed`: the
    parties that have something."""
    slots: dict[str, str] = fields.JSONField(default=dict)
    places: dict[str, str] = fields.JSONField(default=dict)
    turns: dict[str, str] = fields.JSONField(default=dict)
    """The status before of each slot, place and turn in a queue that ended, by its id."""
    undone_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "call_off"
