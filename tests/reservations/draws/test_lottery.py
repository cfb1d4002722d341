"""The pure draw: what it promises, on many random draws."""

import random
from dataclasses import replace

import pytest

from tour.reservations.draws import lottery
from tour.reservations.draws.lottery import Entry, Offer

SEED = "00" * 32
SLOTS = (1, 2, 3, 4)


def random_draw(number: int) -> tuple[str, list[Entry], list[Offer]]:
    dice = random.Random(number)
    entries = [
        Entry(
            receipt=f"{dice.getrandbits(64):016x}",
            seats=dice.randint(1, 4),
            ranking=tuple(dice.sample(SLOTS, dice.randint(1, 4))),
            pools=("children",) if dice.random() < 0.3 else (),
            losses=dice.choice((0, 0, 0, 1)),
        )
        for _number in range(dice.randint(1, 12))
    ]
    offers = [Offer(s, dice.randint(0, 6), (("children", dice.randint(0, 3)),)) for s in SLOTS]
    return f"{dice.getrandbits(256):064x}", entries, offers


def record_of(number: int) -> dict[str, object]:
    seed, entries, offers = random_draw(number)
    return {
        "seed": seed,
        "commitment": lottery.commitment(seed),
        "entries": [
            {
                "receipt": e.receipt,
                "seats": e.seats,
                "ranking": list(e.ranking),
                "pools": list(e.pools),
                "losses": e.losses,
            }
            for e in entries
        ],
        "slots": [{"slot": o.slot, "seats": o.seats, "pools": dict(o.pools)} for o in offers],
        "result": [[r, s] for r, s in lottery.draw(seed, entries, offers).items()],
    }


@pytest.mark.parametrize("number", range(300))
def test_no_slot_is_overfilled_and_no_winner_gets_what_it_did_not_ask_for(number: int) -> None:
    seed, entries, offers = random_draw(number)
    won = lottery.draw(seed, entries, offers)
    for offer in offers:
        inside = [entry for entry in entries if won[entry.receipt] == offer.slot]
        room = offer.seats + sum(count for _name, count in offer.pools)
        assert sum(entry.seats for entry in inside) <= room
        assert all(offer.slot in entry.ranking for entry in inside)


@pytest.mark.parametrize("number", range(300))
def test_no_other_ranking_gives_a_party_something_better(number: int) -> None:
    """Truthful: whatever a party says, it never gets a choice it likes better than by the truth."""
    seed, entries, offers = random_draw(number)
    dice = random.Random(number)
    position = dice.randrange(len(entries))
    honest = entries[position]
    truth = lottery.draw(seed, entries, offers)[honest.receipt]
    lie = replace(honest, ranking=tuple(dice.sample(SLOTS, dice.randint(1, 4))))
    lied = lottery.draw(seed, [*entries[:position], lie, *entries[position + 1 :]], offers)
    places = [*honest.ranking]
    worth = {slot: len(places) - rank for rank, slot in enumerate(places)}
    assert worth.get(lied[honest.receipt] or 0, 0) <= worth.get(truth or 0, 0)


def test_the_order_of_the_list_changes_nothing() -> None:
    seed, entries, offers = random_draw(5)
    assert lottery.draw(seed, entries, offers) == lottery.draw(seed, entries[::-1], offers)


def test_those_who_lost_before_choose_first() -> None:
    fresh = [Entry(f"fresh-{n}", 1, (1,)) for n in range(50)]
    again = Entry("again", 1, (1,), losses=1)
    assert lottery.draw(SEED, [*fresh, again], [Offer(1, 1)])["again"] == 1


def test_seats_kept_for_children_go_to_nobody_else() -> None:
    entries = [Entry("grown-up", 1, (1,)), Entry("family", 2, (1,), ("children",))]
    won = lottery.draw(SEED, entries, [Offer(1, 0, (("children", 2),))])
    assert won == {"grown-up": None, "family": 1} or won == {"family": 1, "grown-up": None}


def test_every_ticket_is_as_likely_to_be_first() -> None:
    entries = [Entry(f"receipt-{n}", 1, (1,)) for n in range(4)]
    first = [lottery.order(f"{seed:064x}", entries)[0].receipt for seed in range(4000)]
    assert all(900 < first.count(entry.receipt) < 1100 for entry in entries)


def test_a_published_record_verifies() -> None:
    assert lottery.verify(record_of(11)) == []


@pytest.mark.parametrize("forged", ["seed", "commitment", "result", "entries"])
def test_a_forged_record_does_not(forged: str) -> None:
    record = record_of(11)
    if forged in ("seed", "commitment"):
        record[forged] = "ab" * 32
    elif forged == "result":
        record["result"] = list(reversed(record["result"]))  # type: ignore[call-overload]
    else:
        record["entries"] = record["entries"][1:]  # type: ignore[index]
    assert lottery.verify(record)


@pytest.mark.parametrize(
    ("seats", "pools", "offers", "won"),
    [
        # Its pool first, to the last seat of it; then the seats of everybody; else the next choice.
        (2, ("children",), [Offer(1, 2, (("children", 2),))], 1),
        (3, ("children",), [Offer(1, 2, (("children", 2),)), Offer(2, 3)], 2),
        (2, ("children",), [Offer(1, 2, (("children", 1),))], 1),
        (1, ("children",), [Offer(1, 0, (("children", 1),))], 1),
        (1, (), [Offer(1, 0, (("children", 1),))], None),
        # A pool that this session does not have holds nothing.
        (1, ("children",), [Offer(1, 0)], None),
        (1, ("children",), [Offer(1, 0), Offer(2, 1)], 2),
        (1, ("residents", "children"), [Offer(1, 0, (("children", 1),))], 1),
        (3, (), [Offer(1, 3), Offer(2, 4)], 1),
        (4, (), [Offer(1, 3), Offer(2, 4)], 2),
        (5, (), [Offer(1, 3), Offer(2, 4)], None),
    ],
)
def test_a_party_takes_the_best_choice_with_room_for_all_of_it(
    seats: int, pools: tuple[str, ...], offers: list[Offer], won: int | None
) -> None:
    one = Entry("a", seats, tuple(offer.slot for offer in offers), pools)
    assert lottery.draw(SEED, [one], offers) == {"a": won}


def test_seats_that_are_won_are_gone_for_those_behind() -> None:
    entries = [Entry(name, 2, (1,), ("children",)) for name in "abc"]
    won = lottery.draw(SEED, entries, [Offer(1, 3, (("children", 2),))])
    assert sorted(won.values(), key=str) == [1, 1, None], "two of the pool, two of the three"


def test_what_is_not_offered_any_more_is_not_won() -> None:
    alone = Entry(receipt="a", seats=1, ranking=(9, 1), pools=(), losses=0)
    assert lottery.draw(SEED, [alone], [Offer(1, 1, ())]) == {"a": 1}
    assert lottery.draw(SEED, [alone], [Offer(1, 0, ())]) == {"a": None}
    assert lottery.draw(SEED, [alone], []) == {"a": None}
