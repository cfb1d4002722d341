"""What people pay, added up and said in one place."""

import pytest

from tour.words.prices import for_one, in_all, people_and_sum, to_pay


def test_a_party_pays_for_each_of_its_people_at_each_session() -> None:
    assert to_pay([(1500, 2), (800, 3), (0, 5)]) == 5400
    assert to_pay([]) == 0


@pytest.mark.parametrize(
    ("people", "amount", "lang", "said"),
    [
        (2, 3000, "ja", "2人・3,000円"),
        (1, 0, "ja", "1人・無料"),
        (20, 1_000_000, "ja", "20人・1,000,000円"),
        (2, 3000, "en", "2 people, ¥3,000"),
        (1, 0, "en", "1 person, free"),
    ],
)
def test_people_and_their_sum(people: int, amount: int, lang: str, said: str) -> None:
    assert people_and_sum(people, amount, lang) == said


@pytest.mark.parametrize(
    ("price", "people", "lang", "said"),
    [
        (1500, 2, "ja", "2人・3,000円（1人1,500円）"),
        (1500, 1, "ja", "1人・1,500円"),
        (0, 3, "ja", "3人・無料"),
        (1500, 2, "en", "2 people, ¥3,000 (¥1,500 for one)"),
    ],
)
def test_a_session_says_what_its_sum_is_made_of(
    price: int, people: int, lang: str, said: str
) -> None:
    assert in_all(price, people, lang) == said


def test_one_person_pays_the_price_or_nothing() -> None:
    assert (for_one(1500, "ja"), for_one(0, "ja")) == ("1人1,500円", "無料")
