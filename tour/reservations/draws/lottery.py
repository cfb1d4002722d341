"""The draw itself. Pure, deterministic, and small enough to be checked by anyone.

Random serial dictatorship (Abdulkadiroğlu and Sönmez, Econometrica 66, 1998): parties come one
after the other in an order that the seed decides, and each takes the best of its choices that has
room for all of it. Which promises follow, and which do not, is decision 0008.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SEED_BYTES = 32
PURPOSE = b"open-factory-tour draw 1\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """A party as the public list shows it. `losses` counts earlier draws, when they matter."""

    receipt: str
    seats: int
    ranking: tuple[int, ...]
    pools: tuple[str, ...] = ()
    losses: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """The seats of one slot: `seats` for everybody, and apart from them those of each pool."""

    slot: int
    seats: int
    pools: tuple[tuple[str, int], ...] = ()


def new_seed() -> str:
    """256 random bits in hexadecimal."""
    return secrets.token_hex(SEED_BYTES)


def commitment(seed: str) -> str:
    """What is published before the first entry: it fixes the seed without showing it."""
    return hashlib.sha256(PURPOSE + bytes.fromhex(seed)).hexdigest()


def ticket(seed: str, receipt: str) -> str:
    """A party's number in the draw; the lowest comes first (HMAC-SHA-256, RFC 2104)."""
    return hmac.new(bytes.fromhex(seed), receipt.encode(), hashlib.sha256).hexdigest()


def order(seed: str, entries: Sequence[Entry]) -> list[Entry]:
    """Who chooses when: those with more lost draws first, and by ticket among equals."""
    return sorted(entries, key=lambda e: (-e.losses, ticket(seed, e.receipt), e.receipt))


def draw(seed: str, entries: Sequence[Entry], offers: Sequence[Offer]) -> dict[str, int | None]:
    """The slot that each receipt won, or None, in the order of the draw."""
    seats = {offer.slot: offer.seats for offer in offers}
    pools = {(offer.slot, name): count for offer in offers for name, count in offer.pools}
    return {entry.receipt: _choose(entry, seats, pools) for entry in order(seed, entries)}


def _choose(entry: Entry, seats: dict[int, int], pools: dict[tuple[int, str], int]) -> int | None:
    """The best choice with room for the whole party, whose seats are then gone.

    Seats of the party's own pool go first, so that it leaves the others to everybody.
    """
    for slot in entry.ranking:
        for pool in entry.pools:
            if pools.get((slot, pool), 0) >= entry.seats:
                pools[slot, pool] -= entry.seats
                return slot
        if seats.get(slot, 0) >= entry.seats:
            seats[slot] -= entry.seats
            return slot
    return None


def verify(record: Mapping[str, Any]) -> list[str]:
    """What is wrong with a published record; empty when all of it is as promised."""
    try:
        seed, promised = str(record["seed"]), record["commitment"]
        entries, offers = read_entries(record["entries"]), read_offers(record["slots"])
        published = {str(r): s for r, s in record["result"]}
        problems = [] if commitment(seed) == promised else ["the seed does not fit the commitment"]
        if len({entry.receipt for entry in entries}) != len(entries):
            problems.append("a receipt is listed twice")
        if list(published.items()) != list(draw(seed, entries, offers).items()):
            problems.append("the draw run again gives another result")
    except (KeyError, TypeError, ValueError) as exc:
        return [f"the record cannot be read: {type(exc).__name__} {exc}"]
    return problems


def read_entries(rows: Iterable[Mapping[str, Any]]) -> list[Entry]:
    return [
        Entry(
            receipt=str(row["receipt"]),
            seats=int(row["seats"]),
            ranking=tuple(int(slot) for slot in row["ranking"]),
            pools=tuple(str(pool) for pool in row["pools"]),
            losses=int(row["losses"]),
        )
        for row in rows
    ]


def read_offers(rows: Iterable[Mapping[str, Any]]) -> list[Offer]:
    return [
        Offer(
            slot=int(row["slot"]),
            seats=int(row["seats"]),
            pools=tuple((str(name), int(count)) for name, count in sorted(row["pools"].items())),
        )
        for row in rows
    ]
