"""Who may reserve what. Pure: one validator for page and API, for making and for changing."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, permutations
from typing import Protocol, TypeVar

import jaconv

from tour.contacts.addresses import counting_key, read_address
from tour.contacts.telephones import read_telephone, telephone_key
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes.rules import GRACE as GRACE
from tour.programmes.rules import Availability
from tour.words.names import one_line
from tour.words.typed import read_whole

MAX_PARTY = 20
USUAL_PARTY = 1
"""With how many adults every form begins."""
OLDEST_CHILD = 15
"""Children are counted up to the end of junior high school, as the form says."""
MAX_NAME = 100
PEOPLE = _("Give the number of people as a number from 0 to %(n)s.", n=MAX_PARTY)
KANA = re.compile(r"[ァ-ヺー・ 　]+")
SOON = timedelta(hours=12)
"""How long before its session a party can say that it will be late for it."""


Contacts = tuple[tuple[str, str], ...]
"""(column, value): by each of these a row is the same person's."""


def contacts(email_key: str, phone_key: str) -> Contacts:
    """Those of the two that were given."""
    pairs = (("email_key", email_key), ("phone_key", phone_key))
    return tuple((column, value) for column, value in pairs if value)


@dataclass(frozen=True, slots=True)
class Party:
    """Who comes and how to reach them, checked and normalised."""

    adults: int
    children: int
    name: str
    kana: str
    email: str
    phone: str

    @property
    def size(self) -> int:
        return self.adults + self.children

    @property
    def email_key(self) -> str:
        """The same for every spelling of one mail box, or nothing; for counting only."""
        return counting_key(self.email)

    @property
    def phone_key(self) -> str:
        """The first number in international form (E.164), or nothing."""
        return telephone_key(self.phone)

    @property
    def contacts(self) -> Contacts:
        return contacts(self.email_key, self.phone_key)


def read_party(raw: Mapping[str, str]) -> tuple[Party | None, dict[str, Text]]:
    """What was typed as a Party, or None with what is wrong field by field."""
    errors: dict[str, Text] = {}
    adults = read_people(raw.get("adults", ""), "adults", errors)
    children = read_people(raw.get("children", "0") or "0", "children", errors)
    name, kana = _name(raw.get("name", ""), errors), _kana(raw.get("kana", ""), errors)
    email, phone = _email(raw.get("email", ""), errors), _phone(raw.get("phone", ""), errors)
    if not email and not phone and not {"email", "phone"} & errors.keys():
        errors["email"] = _("Give an email address or a phone number, so that we can reach you.")
    if not errors and adults + children == 0:
        errors["adults"] = _("A party is at least 1 person.")
    if errors:
        return None, errors
    return Party(adults, children, name, kana, email, phone), errors


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A device that has proved no contact here (decision 0022).

    `network`: a keyed hash of where its form came from, another one each day. `is_busy`: more forms
    came lately, from there or from everywhere, than people send on a usual day.
    """

    network: str
    is_busy: bool = False
    are_phones_busy: bool = False
    """Lately parties without a mail box were admitted as often as a rush begins with."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a session is for."""

    max_party: int
    capacity: int
    needs_adult: bool = False
    min_age: int | None = None
    seats_left: int | None = None
    """Of those that can be reserved now; None where they are not what is asked for."""


def party_problem(adults: int, children: int, audience: Audience) -> Text | None:
    """Why this party cannot have this session at all, or None. Who fits but for the seats that are
    left is told by the ledger, with the other times and the queue; whoever does not is not told of
    more seats than there are."""
    largest = min(audience.max_party, audience.capacity)
    if adults + children > largest:
        left = largest if audience.seats_left is None else min(largest, audience.seats_left)
        return _("At most %(n)s people can come together here.", n=left)
    if audience.needs_adult and not adults:
        return _("Children come together with an adult here.")
    if children and audience.min_age is not None and audience.min_age > OLDEST_CHILD:
        return _("This session is for people of %(age)s and older.", age=audience.min_age)
    return None


@dataclass(frozen=True, slots=True)
class Stretch:
    """When a slot is; what ends as another begins is not at the same time."""

    slot_id: int
    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Stretch") -> bool:
        """Whether they share time; one may begin the moment the other ends."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Clash:
    """A slot that is wanted, and the one held (or wanted, too) that stands against it."""

    wanted: int
    held: int

    @property
    def is_same(self) -> bool:
        return self.wanted == self.held


def clash_with(
    wanted: Iterable[Stretch], held: Iterable[Stretch], again: bool = False, split: bool = False
) -> Clash | None:
    """The first of the wanted slots that is held (unless `again`), else the first at the time of
    another that is held (unless `split`), or None."""
    mine = list(held)
    pairs = [(one, other) for one in wanted for other in mine]
    same = (Clash(o.slot_id, h.slot_id) for o, h in pairs if o.slot_id == h.slot_id)
    beside = (
        Clash(o.slot_id, h.slot_id) for o, h in pairs if o.slot_id != h.slot_id and o.overlaps(h)
    )
    return (None if again else next(same, None)) or (None if split else next(beside, None))


def clash_among(wanted: Sequence[Stretch]) -> Clash | None:
    """Two of one wish that are at the same time: the later one named first, or None."""
    ordered = sorted(wanted, key=lambda slot: (slot.starts_at, slot.slot_id))
    for earlier, later in pairwise(ordered):
        if earlier.overlaps(later):
            return Clash(later.slot_id, earlier.slot_id)
    return None


class Timed(Protocol):
    """A session of a party as it is now; `delay_minutes`, by how much later than planned."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def delay_minutes(self) -> int: ...


T = TypeVar("T", bound=Timed)


def meetings(held: Iterable[T]) -> list[tuple[T, T]]:
    """Which of them a host's delay has brought to one time: (one that runs late, one that begins
    before it ends), as the day goes. What was at one time as planned, too, the party has chosen."""
    ordered = sorted(held, key=lambda session: session.starts_at)
    return [pair for pair in permutations(ordered, 2) if _meet(*pair)]


def _meet(late: Timed, following: Timed) -> bool:
    planned_end = late.ends_at - timedelta(minutes=late.delay_minutes)
    planned_start = following.starts_at - timedelta(minutes=following.delay_minutes)
    return planned_end <= planned_start and following.starts_at < late.ends_at


def resize_problem(
    before: tuple[int, int], after: tuple[int, int], audience: Audience
) -> Text | None:
    """As `party_problem` for a party (adults, children) that has its place already, or None. What
    was granted stays granted: terms that came later do not keep it from growing smaller."""
    size = sum(before)
    granted = Audience(
        max_party=max(audience.max_party, size),
        capacity=max(audience.capacity, size),
        needs_adult=audience.needs_adult and before[0] > 0,
        min_age=audience.min_age if after[1] > before[1] else None,
        seats_left=audience.seats_left,
    )
    return party_problem(*after, granted)


def booking_problem(availability: Availability, booking_opens_at: datetime | None) -> Text | None:
    """Why a slot cannot be booked first come, or None. Full is not a reason: seats decide."""
    if availability == Availability.CANCELLED:
        return _("This session has been called off.")
    if availability == Availability.CLOSED:
        return _("Reservations for this time are closed. Please choose another time.")
    if availability == Availability.SOON and booking_opens_at:
        return _("Reservations for this time have not opened yet.")
    if availability == Availability.DRAW:
        return _("Seats at this time are given by a draw.")
    return None


def change_problem(booking_closes_at: datetime, *, now: datetime) -> Text | None:
    """Why a party can no longer change or cancel by itself, or None."""
    if now >= booking_closes_at:
        return _(
            "It is too late to change this. On the page of the reservation you can still tell "
            "the host that you are late or cannot come."
        )
    return None


def can_say(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether it is the day on which a host wants to know who comes late, or not at all."""
    return starts_at - SOON <= now < ends_at


def read_people(text: str, field: str, errors: dict[str, Text]) -> int:
    """How many people; 0 where that is none, with what is wrong with the field."""
    people = read_whole(text, 0, MAX_PARTY)
    if people is None:
        errors[field] = PEOPLE
    return people or 0


def people_in(typed: Mapping[str, str]) -> int:
    """How many people a form says come, children too; 0 where that cannot be read."""
    people = [read_whole(typed.get(name) or "0", 0, MAX_PARTY) for name in ("adults", "children")]
    return 0 if None in people else sum(number or 0 for number in people)


def _name(text: str, errors: dict[str, Text]) -> str:
    """Any script and any emoji is a name, if anything of it can be seen."""
    name = one_line(text, MAX_NAME)
    if not name:
        errors["name"] = _("Give a name that we can call at the door.")
    elif len(name) > MAX_NAME:
        errors["name"] = _("A name can have at most %(n)s characters.", n=MAX_NAME)
    return name


def _kana(text: str, errors: dict[str, Text]) -> str:
    short = unicodedata.normalize("NFKC", text[: 2 * MAX_NAME])
    kana = " ".join(jaconv.hira2kata(short).split())
    if kana and (len(kana) > MAX_NAME or not KANA.fullmatch(kana)):
        errors["kana"] = _("Write the reading in katakana or hiragana, or leave it empty.")
    return kana


def _email(text: str, errors: dict[str, Text]) -> str:
    email = read_address(text) if text.strip() else ""
    if email is None:
        errors["email"] = _("Please check the email address (such as hanako@example.jp).")
    return email or ""


def _phone(text: str, errors: dict[str, Text]) -> str:
    phone = read_telephone(text)
    if phone is None:
        errors["phone"] = _("Give the phone number with its area code (such as 03-1234-5678).")
    return phone or ""
