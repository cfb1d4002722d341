"""One form for letters that are the same to a reader: everything that searches, matches and
compares folds both sides with `fold`, once, here.

Width and case (NFKC), kana of either kind, old kanji and variants, 〜 and ～, ヶ and が, ヴ, small
kana, long marks, 一丁目 and 1丁目, curly apostrophes, accents. It is for comparing, never for
showing.
Callers cut what people typed before they fold it: NFKC is quadratic on some marks.
"""

import re
import unicodedata

import jaconv

from tour.words.variants import SAME_LETTER

KANJI = "\u3005\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
JOINERS = (0x00AD, *range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF)
SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
UNSEEN = dict.fromkeys((*JOINERS, *SELECTORS))
"""Signs that join, part or choose a shape: no letters of their own."""
SIGNS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("〜～∼〰", "~"),
        **dict.fromkeys("’‘ʼ′`´", "'"),
    }
)
LONG_MARK = re.compile(r"(?<![0-9])ー+|ー+(?![0-9])")
BETWEEN_DIGITS = re.compile(r"(?<=[0-9])ー(?=[0-9])")
ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
LONE_MARK = re.compile("[\u3099\u309a]")
"""Marks of a voiced sound on what has none."""
V_SOUNDS = (("ゔぁ", "ば"), ("ゔぃ", "び"), ("ゔぇ", "べ"), ("ゔぉ", "ぼ"), ("ゔ", "ぶ"))
SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
SMALL_GA = re.compile(f"(?<=[{KANJI}])[ゖゕけ](?=[{KANJI}])")
"""霞ヶ関, 霞ケ関 and 霞が関: by now all in hiragana."""
COUNTER_KA = re.compile("(?<=[0-9])[ゖゕけ](?=[月所国年])")
KANJI_NUMBER = re.compile(
    r"(?:[二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=丁目|番|号)"
)
THOUSANDS = re.compile("(?<=[0-9]),(?=[0-9]{3})")
OF_ADDRESS = re.compile(r"(?<=[0-9])(?:丁目|番地|番|号)(?:の(?=[0-9]))?")
KANJI_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九", start=1)}
LATIN = re.compile(r"[a-z0-9.'-]+")
KANA = re.compile(r"[ぁ-ゖー]+")


def fold(text: str) -> str:
    """The form in which texts are compared; folding twice is folding once."""
    return _places(_sounds(hiragana(text)))


def hiragana(text: str) -> str:
    """Width, case, katakana, unseen signs, old letters and accents made one; the reading stays."""
    plain = unicodedata.normalize("NFKC", text.translate(UNSEEN).translate(SIGNS)).casefold()
    kana = jaconv.kata2hira(plain).translate(SIGNS).translate(UNSEEN)
    apart = unicodedata.normalize("NFD", kana.translate(SAME_LETTER))
    return unicodedata.normalize("NFC", ACCENTS.sub("", apart))


def romanized(reading: str) -> str:
    """A reading in kana in Latin letters, as `squeeze` leaves them."""
    return squeeze(jaconv.kana2alphabet(hiragana(reading)))


def squeeze(latin: str) -> str:
    """Spellings of one sound made one: kougei and kogei, shimbun and shinbun, matcha and maccha."""
    text = re.sub(r"[^a-z0-9]+", "", latin)
    text = re.sub(r"ou|oo|oh(?![aiueo])", "o", text)
    text = re.sub(r"m(?=[bp])", "n", text).replace("tch", "ch")
    return re.sub(r"(.)\1+", r"\1", text)


def has_letter(latin: str) -> bool:
    """Whether a word in Latin letters is more than a number."""
    return any(letter.isalpha() for letter in latin)


def _sounds(text: str) -> str:
    """Kana that sound alike."""
    text = BETWEEN_DIGITS.sub("-", text)
    text = LONE_MARK.sub("", unicodedata.normalize("NFC", LONG_MARK.sub("", text)))
    for written, sounds in V_SOUNDS:
        text = text.replace(written, sounds)
    text = SMALL_GA.sub("が", COUNTER_KA.sub("か", text))
    return text.translate(SMALL)


def _places(text: str) -> str:
    """一丁目2番3号, 1丁目2番3号 and 1-2-3; 1,500 and 1500."""
    return OF_ADDRESS.sub("-", KANJI_NUMBER.sub(_number, THOUSANDS.sub("", text)))


def _number(found: re.Match[str]) -> str:
    tens, ten, ones = found[0].rpartition("十")
    return str((KANJI_DIGITS.get(tens, 1) * 10 if ten else 0) + KANJI_DIGITS.get(ones, 0))
