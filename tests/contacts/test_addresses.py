"""One mail box is one contact, however it is typed; what is no address is not guessed at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tour.contacts.addresses import counting_key, likely_meant, read_address

MINE = "hanako@example.jp"
SPELLINGS = [
    MINE,
    " hanako@example.jp\u3000",
    "<hanako@example.jp>",
    "hanako@example.jp,",
    "1<hanako@example.jp>",
    "北 花子 <hanako@example.jp>",
    '"Kita, Hanako" <hanako@example.jp>',
    "mailto:hanako@example.jp",
    "mailto:hanako@example.jp?subject=tour",
    "MAILTO: hanako@example.jp",
    "メール：hanako@example.jp",
    "hanako()@example.jp",
    "hanako(work)@example.jp",
    "hanako@example.jp (北 花子)",
    '"hanako"@example.jp',
    '"hanako@example.jp"',
    "「hanako@example.jp」",
    "hanako@example.jp;",
    "hanako@example.jp、",
    "hanako@example.jp。",
    "hanako@example.jp.",
    "hanako@example。jp",
    "ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ",
    "hanako@EXAMPLE.jp",
    "han\u200bako@example.jp\ufeff",
]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_way_to_write_an_address_is_one_address(typed: str) -> None:
    assert read_address(typed) == MINE


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("taro..t@docomo.ne.jp", "taro..t@docomo.ne.jp"),
        ("taro.@ezweb.ne.jp", "taro.@ezweb.ne.jp"),
        ("<Taro.@EZWEB.ne.jp>、", "Taro.@ezweb.ne.jp"),
        ("taro@例え.jp", "taro@xn--r8jz45g.jp"),
        ("taro@xn--r8jz45g.jp", "taro@xn--r8jz45g.jp"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("a+b_c-d@example.co.jp", "a+b_c-d@example.co.jp"),
    ],
)
def test_an_address_is_kept_as_mail_reaches_it(typed: str, kept: str) -> None:
    assert read_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hanako",
        "@example.jp",
        "hanako@",
        "hanako@localhost",
        "hanako@city.local",
        "a,b@example.jp",
        "a@example.jp,b@example.jp",
        "a@example.jp b@example.jp",
        "a:b;@b.cc",
        "ha nako@example.jp",
        '"ha nako"@example.jp',
        "taro..t@example.jp",
        "taro.@example.jp",
        "花子@example.jp",
        "hanako@192.0.2.1",
        "hanako@[192.0.2.1]",
        "hanako@example..jp",
        f"{'x' * 65}@example.jp",
        "x" * 65 + "@docomo.ne.jp",
        "x@" + "example." * 40 + "jp",
        MINE + " " * 600,
    ],
)
def test_what_mail_cannot_reach_as_one_address_is_none(typed: str) -> None:
    assert read_address(typed) is None


@given(st.text(max_size=600))
def test_whatever_is_typed_an_address_that_was_read_reads_as_itself(typed: str) -> None:
    address = read_address(typed)
    assert address is None or read_address(address) == address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hanako@example.jp", "hanako@example.jp"),
        ("hanako+kita@example.jp", "hanako@example.jp"),
        ("ha.na.ko+1@gmail.com", "hanako@gmail.com"),
        ("hanako@googlemail.com", "hanako@gmail.com"),
    ],
)
def test_known_aliases_are_counted_as_one(one: str, other: str) -> None:
    assert counting_key(one) == counting_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ha.nako@example.jp", "hanako@example.jp"),
        ("taro..t@docomo.ne.jp", "taro.t@docomo.ne.jp"),
        ("+tag@example.jp", "@example.jp"),
    ],
)
def test_dots_and_tags_are_different_people_elsewhere(one: str, other: str) -> None:
    assert counting_key(one) != counting_key(other)


def test_no_address_has_no_key() -> None:
    assert counting_key("") == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("taro@gmial.com", "taro@gmail.com"),
        ("taro@gmai.com", "taro@gmail.com"),
        ("taro@gmaill.com", "taro@gmail.com"),
        ("taro@gnail.com", "taro@gmail.com"),
        ("taro@gmail.con", "taro@gmail.com"),
        ("taro@gmail.co.jp", "taro@gmail.com"),
        ("taro@yaho.co.jp", "taro@yahoo.co.jp"),
        ("taro@yahoo.ne.jp", "taro@yahoo.co.jp"),
        ("taro@docomo.co.jp", "taro@docomo.ne.jp"),
        ("taro@docmo.ne.jp", "taro@docomo.ne.jp"),
        ("taro@iclould.com", "taro@icloud.com"),
        ("taro@hotmial.com", "taro@hotmail.com"),
    ],
)
def test_a_slip_in_a_well_known_domain_is_asked_about(typed: str, meant: str) -> None:
    assert likely_meant(typed) == meant


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "yahoo.co.jp",
        "yahoo.com",
        "ymail.com",
        "email.com",
        "mail.com",
        "outlook.com",
        "outlook.jp",
        "example.org",
        "city.kita.tokyo.jp",
        "softbank.jp",
        "i.softbank.jp",
        "au.com",
        "me.com",
    ],
)
def test_what_may_well_be_meant_is_not_asked_about(domain: str) -> None:
    assert likely_meant(f"taro@{domain}") is None
