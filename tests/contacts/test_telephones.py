"""Telephone numbers: every way to write one is understood, and one digit too few is seen."""

import pytest

from tour.contacts.telephones import read_telephone, telephone_key


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("０９０１２３４５６７８", "090-1234-5678"),
        ("090‐1234‐5678", "090-1234-5678"),
        ("090ー1234ー5678", "090-1234-5678"),
        ("90-1234-5678", "090-1234-5678"),
        ("3 3908 1111", "03-3908-1111"),
        ("060-1234-5678", "060-1234-5678"),
        ("011-123-4567", "011-123-4567"),
        ("03(3908)1111", "03-3908-1111"),
        ("TEL: 03-3908-1111", "03-3908-1111"),
        ("携帯 090-1234-5678", "090-1234-5678"),
        ("0081-90-1234-5678", "090-1234-5678"),
        ("+81 (0)90 1234 5678", "090-1234-5678"),
        ("+81-3-3908-1111", "03-3908-1111"),
        ("1-650-253-0000", "+1 650-253-0000"),
        ("001-650-253-0000", "+1 650-253-0000"),
        ("010-1-650-253-0000", "+1 650-253-0000"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        ("03-3908-1111 内線12", "03-3908-1111 内線12"),
        ("03-3908-1111（内線：12）", "03-3908-1111 内線12"),
        ("03-3908-1111 ext. 12", "03-3908-1111 内線12"),
        ("090-1234-5678 / 03-3908-1111", "090-1234-5678/03-3908-1111"),
        ("090-1234-5678、03-3908-1111", "090-1234-5678/03-3908-1111"),
        ("0800-123-4567", "0800-123-4567"),
        ("", ""),
        ("　", ""),
    ],
)
def test_a_number_is_kept_as_it_is_rung(typed: str, kept: str) -> None:
    assert read_telephone(typed) == kept
    assert read_telephone(kept) == kept, "what was kept is typed again where it is changed"


@pytest.mark.parametrize(
    "typed",
    [
        "090-1234-567",
        "090-1234-56789",
        "03-3908-111",
        "03-3908-11111",
        "000-0000-0000",
        "00000000000",
        "0000000000",
        "110",
        "1234",
        "九〇",
        "hanako",
        "03-3908-1111 内線",
        "03-3908-1111/03-3908-1112/03-3908-1113",
        "1" * 200,
    ],
)
def test_what_cannot_be_rung_is_none(typed: str) -> None:
    assert read_telephone(typed) is None


@pytest.mark.parametrize(
    "kept", ["03-3908-1111", "03-3908-1111 内線12", "03-3908-1111/090-1234-5678", "+81 3-3908-1111"]
)
def test_a_telephone_is_counted_by_its_first_number(kept: str) -> None:
    assert telephone_key(kept) == "+81339081111"


def test_no_number_has_no_key() -> None:
    assert telephone_key("") == ""
