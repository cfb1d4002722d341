"""Facts about a site as the words that people search them by: 車いす, English, 無料, 雨でも.

Which languages' words lead to a fact is in the catalogues (labels) and here; what else people call
it is known to `tour.words.same_things`.
"""

from collections.abc import Iterable, Iterator

from tour.sites.labels import ACCESS, KINDS
from tour.sites.search import Entry, Found, make_entry
from tour.sites.states import SiteKind

ACCESS_WORDS = {
    "wheelchair": "車いす 車いすで入れる バリアフリー wheelchair accessible",
    "step_free": "段差なし 車いす バリアフリー step-free",
    "slope": "スロープ ramp",
    "elevator": "エレベーター elevator lift",
    "wheelchair_toilet": "多目的トイレ だれでもトイレ 車いすトイレ accessible toilet",
    "ostomate_toilet": "オストメイト トイレ ostomate toilet",
    "nursing_room": "授乳室 赤ちゃん nursing baby",
    "stroller": "ベビーカー 子ども連れ stroller pushchair",
    "assistance_dog": "補助犬 盲導犬 介助犬 assistance guide dog",
    "written_communication": "筆談 written",
    "sign_language": "手話 sign language",
    "braille": "点字 braille",
    "parking_accessible": "駐車場 車いす駐車場 parking",
    "quiet_space": "静かな部屋 静か quiet",
}
LANGUAGE_WORDS = {
    "ja": "日本語 japanese",
    "en": "英語 英語対応 英語で えいご english",
    "zh": "中国語 ちゅうごくご 中文 chinese",
    "ko": "韓国語 かんこくご 한국어 korean",
    "sign": "手話 しゅわ sign language",
    "written": "筆談 ひつだん written",
}
FREE = "無料 むりょう ただ 0円 free"
INDOORS = "雨でも 雨の日 雨 雨天 屋内 室内 indoors indoor rain rainy"
ROOFED = frozenset(
    {SiteKind.FACTORY, SiteKind.CRAFT, SiteKind.CULTURE, SiteKind.TRIAL_SHOP, SiteKind.CLASSROOM}
)
"""Kinds of places that are a building; parks, grounds and streets may or may not have a roof."""
LANGUAGES_OF_LABELS = ("ja", "en")


def kind_entries(kind: SiteKind) -> Iterator[Entry]:
    labels = tuple(KINDS[kind].in_language(lang) for lang in LANGUAGES_OF_LABELS)
    yield make_entry(Found.KIND, kind.value, labels)
    if kind in ROOFED:
        yield _fact(Found.INDOORS, "", INDOORS)


def access_entries(features: Iterable[str]) -> Iterator[Entry]:
    for feature in features:
        if feature in ACCESS:
            labels = [ACCESS[feature].in_language(lang) for lang in LANGUAGES_OF_LABELS]
            words = ACCESS_WORDS.get(feature, "").split()
            yield make_entry(Found.ACCESS, feature, (*labels, *words))


def language_entries(codes: Iterable[str]) -> Iterator[Entry]:
    for code in dict.fromkeys(codes):
        if code in LANGUAGE_WORDS:
            yield _fact(Found.LANGUAGE, code, LANGUAGE_WORDS[code])


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
