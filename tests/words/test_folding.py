"""Letters that are the same to a reader are folded into one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tour.words.folding import fold, romanized, squeeze
from tour.words.variants import GROUPS, SAME_LETTER

SAME = [
    ("髙橋", "高橋"),
    ("𠮷田", "吉田"),
    ("⻑沼", "長沼"),
    ("齋藤", "斉藤"),
    ("齊藤", "斎藤"),
    ("渡邊", "渡辺"),
    ("渡邉", "渡辺"),
    ("山﨑", "山崎"),
    ("濵田", "浜田"),
    ("旧松澤家", "旧松沢家"),
    ("嶋村", "島村"),
    ("刺繡", "刺繍"),
    ("葛\U000e0100飾", "葛飾"),
    ("福\ufe00", "福"),
    ("霞ヶ関", "霞が関"),
    ("霞ケ関", "霞が関"),
    ("西ヶ原", "西ケ原"),
    ("自由ガ丘", "自由が丘"),
    ("3ヶ月", "3か月"),
    ("３カ月", "3ヵ月"),
    ("ヴァイオリン", "バイオリン"),
    ("ヴィオラ", "ビオラ"),
    ("ルネッサンス・ヴェール", "ルネッサンス・ベール"),
    ("10時〜16時", "10時～16時"),
    ("一丁目", "1丁目"),
    ("十二丁目", "１２丁目"),
    ("王子一丁目2番3号", "王子1丁目２番３号"),
    ("二十番地", "20番地"),
    ("キヤノン", "キャノン"),
    ("ラーメン", "らーめん"),
    ("コンピューター", "コンピュータ"),
    ("ｶﾞﾗｽ", "ガラス"),
    ("か\u3099らす", "ガラス"),
    ("O’Brien", "o'brien"),
    ("王子１−１ー１", "王子1-1-1"),
    ("王\u200b子", "王子"),
    ("Café", "cafe"),
    ("Tōkyō", "TOKYO"),
    ("鐵工所", "鉄工所"),
    ("活版印刷會社", "活版印刷会社"),
    ("櫻", "桜"),
]
NOT_SAME = [
    ("ガラス", "カラス"),
    ("木版", "木板"),
    ("三田", "3田"),
    ("一番町", "二番町"),
    ("今戸", "江戸"),
    ("はし", "ばし"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_letters_that_are_the_same_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), NOT_SAME)
def test_what_is_another_word_stays_one(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("counted", ["丁目", "番", "号"])
def test_a_number_is_one_however_it_is_written(counted: str) -> None:
    """二十三, with no 一 before the ten, and nothing after it where none is."""
    digits = " 一二三四五六七八九"
    for number in range(1, 100):
        tens, ones = divmod(number, 10)
        kanji = (digits[tens] if tens > 1 else "") + ("十" if tens else "") + digits[ones].strip()
        assert fold(f"王子{kanji}{counted}") == fold(f"王子{number}{counted}")


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(st.text("ヴァゕヶけーァが三丁目一十番号の1２髙ﾞ\u3099~〜ッ関", max_size=12))
def test_folding_twice_is_folding_once_where_rules_meet(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


def test_the_table_leads_to_letters_that_it_leaves_alone() -> None:
    assert all(ord(form) not in SAME_LETTER for form in SAME_LETTER.values())
    letters = "".join(GROUPS.split())
    assert len(letters) == len(set(letters)), "no letter stands in two groups"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("おおの", "Ohno"),
        ("おおの", "Ono"),
        ("おおはし", "Ohashi"),
        ("こうげい", "kohgei"),
        ("しんぶん", "shimbun"),
        ("まっちゃ", "matcha"),
    ],
)
def test_a_reading_is_found_as_people_write_it(one: str, other: str) -> None:
    """An h after an o is its length only where no vowel makes it the next sound."""
    assert romanized(one) == squeeze(fold(other))


@pytest.mark.parametrize(("one", "other"), [("おはし", "おあし"), ("こひ", "こい")])
def test_an_h_between_vowels_is_a_sound(one: str, other: str) -> None:
    assert romanized(one) != romanized(other)
    assert squeeze("ohashi") != squeeze("oashi")
