"""Prices and sums as people read them: 1,500円, 無料, 1人1,500円, 2人・3,000円. Pure.

A price is one person's, a child's as well, in whole yen; 0 is free. What a party pays is added up
here alone, for forms, tickets, mails, lists and other programs.
"""

from collections.abc import Iterable

from babel.numbers import format_decimal

from tour.i18n import translate, translate_plural


def yen(amount: int, lang: str | None = None) -> str:
    """1,000円, ¥1,000; nothing to pay reads as such. `lang`: another than the page's."""
    if amount == 0:
        return translate("Free", lang)
    return translate("¥%(amount)s", lang, amount=format_decimal(amount, locale="en"))


def for_one(price: int, lang: str | None = None) -> str:
    """1人1,500円; 無料."""
    said = yen(price, lang)
    return translate("%(price)s for one", lang, price=said) if price else said


def to_pay(sessions: Iterable[tuple[int, int]]) -> int:
    """What a party pays in all, in yen: (price for one, how many people) of each session."""
    return sum(price * people for price, people in sessions)


def people_and_sum(people: int, amount: int, lang: str | None = None) -> str:
    """2人・3,000円; 2人・無料. `amount` is what all of them pay, in yen."""
    some = translate_plural("%(num)d person", "%(num)d people", people, lang)
    if amount == 0:
        return translate("%(people)s, free", lang, people=some)
    return translate("%(people)s, %(sum)s", lang, people=some, sum=yen(amount, lang))


def in_all(price: int, people: int, lang: str | None = None) -> str:
    """2人・3,000円（1人1,500円）: of one session, with what the sum is made of where that helps."""
    said = people_and_sum(people, to_pay([(price, people)]), lang)
    if not price or people == 1:
        return said
    one = for_one(price, lang)
    return translate("%(sum)s (%(one)s)", lang, sum=said, one=one)
