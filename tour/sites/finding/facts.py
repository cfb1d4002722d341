"""Facts about a site as the words that people search them by: 車いす, English, 無料, 雨でも.

Labels and words of what a place may choose are in `tour.sites.choices`; what else people call it is
known to `tour.words.same_things`.
"""

from collections.abc import Iterable, Iterator

from tour.sites.choices import ACCESS, KINDS, LANGUAGES
from tour.sites.finding.search import Entry, Found, make_entry
from tour.sites.states import SiteKind

FREE = "無料 むりょう ただ 0円 free"
INDOORS = "雨でも 雨の日 雨 雨天 屋内 室内 indoors indoor rain rainy"
LANGUAGES_OF_LABELS = ("ja", "en")


def kind_entries(kind: SiteKind) -> Iterator[Entry]:
    labels = tuple(KINDS[kind].label.in_language(lang) for lang in LANGUAGES_OF_LABELS)
    yield make_entry(Found.KIND, kind.value, labels)
    if KINDS[kind].is_building:
        yield _fact(Found.INDOORS, "", INDOORS)


def access_entries(features: Iterable[str]) -> Iterator[Entry]:
    for feature in features:
        if feature in ACCESS:
            labels = [ACCESS[feature].in_language(lang) for lang in LANGUAGES_OF_LABELS]
            words = ACCESS[feature].words.split()
            yield make_entry(Found.ACCESS, feature, (*labels, *words))


def language_entries(codes: Iterable[str]) -> Iterator[Entry]:
    for code in dict.fromkeys(codes):
        if code in LANGUAGES:
            yield _fact(Found.LANGUAGE, code, LANGUAGES[code].words)


def price_entries(prices: Iterable[int]) -> Iterator[Entry]:
    """`shown` is the price in yen."""
    for yen in sorted(set(prices)):
        yield _fact(Found.PRICE, str(yen), FREE if yen == 0 else f"{yen}円 {yen}yen ¥{yen}")


def station_entry(key: str, name: str, reading: str, names: Iterable[str]) -> Entry:
    """王子駅, おうじえき, Oji Station."""
    called = tuple(f"{other} station" for other in names)
    return make_entry(
        Found.STATION, key, (f"{name}駅", *called), (f"{reading}えき" if reading else "",)
    )


def _fact(by: Found, shown: str, words: str) -> Entry:
    return make_entry(by, shown, tuple(words.split()))
