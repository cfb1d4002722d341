"""Parties, wishes and forms, as visitors type them; rows come from `tests/factories.py`."""

from itertools import count
from uuid import uuid4

from tour.programmes.models import Slot
from tour.reservations.answers import Kept
from tour.reservations.rules import Party
from tour.reservations.wishes import Choice, Wish

_numbers = count(11_000_000)


def make_party(adults: int = 1, children: int = 0, **values: str) -> Party:
    """Somebody new, unless said otherwise: no two share a mail box or a telephone."""
    # Ten digits, however many parties a run has had: one more is no telephone of Tokyo.
    area, line = divmod(next(_numbers), 10_000)
    phone = f"03-{area:04d}-{line:04d}"
    contact = {"name": "北 花子", "kana": "キタ ハナコ", "phone": phone}
    email = f"{uuid4().hex[:8]}@example.org"
    return Party(adults, children, **{"email": email} | contact | values)


def make_wish(
    *slots: Slot,
    party: Party | None = None,
    key: str = "",
    again: bool = False,
    split: bool = False,
) -> Wish:
    return Wish(
        slot_ids=tuple(slot.id for slot in slots),
        party=party or make_party(),
        lang="ja",
        timezone="Asia/Tokyo",
        idempotency_key=key or uuid4().hex,
        choice=Choice(again, split),
    )


def typed(adults: int = 1, key: str = "", **values: str) -> dict[str, str]:
    """The reservation form as a browser sends it."""
    return {
        "adults": str(adults),
        "children": "0",
        "name": "北 花子",
        "email": f"{uuid4().hex[:8]}@example.org",
        "consent": "1",
        "idempotency_key": key or uuid4().hex,
        **values,
    }


def answered(answers: list[Kept]) -> list[str]:
    """What was answered, without the questions."""
    return [row["answer"] for row in answers]
