"""Numbers, lengths and times of day as people write them into a form."""

import pytest

from tour.words.amounts import AGE, DAYS, LONGEST, MINUTES, PEOPLE, WHOLE_NUMBER, YEN, Amount
from tour.words.clock_text import read_clock

MOST = 1_000_000


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        (YEN, "1500", 1500),
        (YEN, "1,500円", 1500),
        (YEN, "１，５００", 1500),
        (YEN, "１、５００円", 1500),
        (YEN, "￥１，５００－", 1500),
        (YEN, "¥1,500(税込)", 1500),
        (YEN, "お一人様 1,500 円", 1500),
        (YEN, "1500 yen", 1500),
        (YEN, "千五百円", 1500),
        (YEN, "2千5百円", 2500),
        (YEN, "1万円", 10_000),
        (YEN, "無料", 0),
        (YEN, " Free ", 0),
        (YEN, "0円", 0),
        (MINUTES, "45", 45),
        (MINUTES, "45分", 45),
        (MINUTES, "４５分間", 45),
        (MINUTES, "約45分ほど", 45),
        (MINUTES, "1時間", 60),
        (MINUTES, "1時間半", 90),
        (MINUTES, "１時間３０分", 90),
        (MINUTES, "1.5時間", 90),
        (MINUTES, "1:30", 90),
        (MINUTES, "1 h 30 min", 90),
        (MINUTES, "90 minutes", 90),
        (MINUTES, "30分ごと", 30),
        (MINUTES, "1時間おき", 60),
        (MINUTES, "半時間", 30),
        (PEOPLE, "6名", 6),
        (PEOPLE, "10人まで", 10),
        (PEOPLE, "定員８名様", 8),
        (PEOPLE, "up to 6 people", 6),
        (PEOPLE, "十二人", 12),
        (PEOPLE, "なし", 0),
        (AGE, "6歳以上", 6),
        (AGE, "６才から", 6),
        (AGE, "12 years old", 12),
        (DAYS, "30日間", 30),
        (WHOLE_NUMBER, "7番", 7),
        (WHOLE_NUMBER, "007", 7),
    ],
)
def test_an_amount_is_read_as_people_write_it(kind: Amount, text: str, number: int) -> None:
    assert kind.read(text, 0, MOST) == number


@pytest.mark.parametrize("kind", [YEN, MINUTES, PEOPLE, AGE, DAYS, WHOLE_NUMBER])
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "²",
        "٣",
        "いくらか",
        "1 or 2",
        "1～2",
        "1.7",
        "9" * 8,
        "1" * (LONGEST + 1),
        "円分",
    ],
)
def test_what_cannot_be_understood_is_none(kind: Amount, text: str) -> None:
    assert kind.read(text, -5, 10**9) is None


@pytest.mark.parametrize(("kind", "text"), [(YEN, "45分"), (MINUTES, "45円"), (PEOPLE, "6歳")])
def test_another_kinds_unit_is_a_slip(kind: Amount, text: str) -> None:
    assert kind.read(text, 0, MOST) is None


def test_bounds_hold_for_what_was_meant() -> None:
    assert [MINUTES.read(text, 5, 600) for text in ("4分", "5分", "10時間", "10時間1分")] == [
        *(None, 5, 600, None)
    ]


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("10:30", 630),
        ("１０：３０", 630),
        ("10:30:00", 630),
        ("13時半", 810),
        ("13時", 780),
        ("9時5分", 545),
        ("午前9時", 540),
        ("午後1時半", 810),
        ("午後 1 : 30".replace(" ", ""), 810),
        ("午後12時30分", 750),
        ("午前0時", 0),
        ("夕方5時", 1020),
        ("正午", 720),
        ("1pm", 780),
        ("9 am", 540),
        ("0930", 570),
        ("10", 600),
        ("10時から", 600),
    ],
)
def test_a_time_of_day_is_read_as_people_say_it(text: str, minute: int) -> None:
    assert read_clock(text) == minute


@pytest.mark.parametrize(
    "text",
    ["", "いつでも", "10:60", "24:00", "25時", "10:3", "99", "-1:00", "10時～", "٠٩:٠٠", "1" * 50],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert read_clock(text) is None
