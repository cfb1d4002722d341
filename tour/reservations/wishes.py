"""What a party wishes, however it says so: a form, a program, a plan, a queue, a draw. Pure."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

from tour.reservations.rules import Newcomer, Party


@dataclass(frozen=True, slots=True)
class Choice:
    """What a party has said in so many words: a second time at one session, two at one time."""

    again: bool = False
    split: bool = False

    def __or__(self, other: "Choice") -> "Choice":
        return Choice(self.again or other.again, self.split or other.split)


NOTHING_CHOSEN = Choice()


@dataclass(frozen=True, slots=True)
class Wish:
    """One party's wish for one slot or for a whole itinerary of up to eight."""

    slot_ids: tuple[int, ...]
    party: Party
    lang: str
    timezone: str
    idempotency_key: str
    note: str = ""
    answers: dict[int, list[str]] = field(default_factory=dict)
    """By slot id, to the questions of its programme."""
    photos_allowed: bool | None = None
    choice: Choice = NOTHING_CHOSEN
    newcomer: Newcomer | None = None
    """Of a form from a device that has not proved this contact."""
    is_known: bool = False
    """Whether the device has."""

    asks: str = ""
    """What for, where it is not for seats: a turn in a queue, an entry in a draw."""

    @property
    def digest(self) -> str:
        """The same for the same wish: tells a repeated form from a foreign key, and from one that
        was sent to another address."""
        wish = {
            "slots": self.slot_ids,
            "party": asdict(self.party),
            "note": self.note,
            "answers": sorted(self.answers.items()),
            "photos": self.photos_allowed,
        }
        if self.asks:
            wish["asks"] = self.asks
        return hashlib.sha256(json.dumps(wish).encode()).hexdigest()
