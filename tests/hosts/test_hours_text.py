import pytest

from tour.sites.opening.hours import Span
from tour.sites.opening.hours_text import LONGEST, read_spans


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("10:00-16:00", (Span(600, 960),)),
        ("１０：００〜１６：００", (Span(600, 960),)),
        ("10時から16時30分まで", (Span(600, 990),)),
        ("10:00–12:00, 13:00–16:00", (Span(600, 720), Span(780, 960))),
        ("13:00-16:00、10:00-12:00", (Span(600, 720), Span(780, 960))),
        ("1000-1600", (Span(600, 960),)),
        ("22:00-2:00", (Span(1320, 1560),)),
        ("22:00-26:00", (Span(1320, 1560),)),
        ("10:00-10:00", (Span(600, 600 + 1440),)),
        ("23:59-24:00", (Span(1439, 1440),)),
        ("10:00-12:00, 12:00-13:00", (Span(600, 720), Span(720, 780))),
        ("8-9, 10-11, 12-13, 14-15", tuple(Span(60 * h, 60 * h + 60) for h in (8, 10, 12, 14))),
        ("9:00 - 17:00", (Span(540, 1020),)),
        ("10:00-12:00" + " " * (LONGEST - 11), (Span(600, 720),)),
        ("23:00-30:00", (Span(1380, 1800),)),
        ("10時00分から12時", (Span(600, 720),)),
        *((f"9:00{dash}17:00", (Span(540, 1020),)) for dash in "-~〜～–—−ー―‐‑─－ｰ→"),
        ("午前9時～午後5時", (Span(540, 1020),)),
        ("午前 9時半 ～ 正午", (Span(570, 720),)),
        ("午後1時～5時", (Span(780, 1020),)),
        ("1-5pm", (Span(780, 1020),)),
        ("9am to 5pm", (Span(540, 1020),)),
        ("13時半～17時", (Span(810, 1020),)),
        ("10時から12時まで、13時から16時まで", (Span(600, 720), Span(780, 960))),
        ("10:00-12:00 と 13:00-16:00", (Span(600, 720), Span(780, 960))),
        ("10:00～12:00／13:00～16:00", (Span(600, 720), Span(780, 960))),
        ("休み", ()),
        ("定休日", ()),
        ("Closed", ()),
        ("24時間営業", (Span(0, 1440),)),
    ],
)
def test_hours_are_read_as_hosts_type_them(text: str, spans: tuple[Span, ...]) -> None:
    assert read_spans(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "24:00-25:00",
        "22:00-30:01",
        "8-9, 10-11, 12-13, 14-15, 16-17",
        "10:00-12:00" + " " * (LONGEST - 10),
        "open",
        "10:00",
        "10:60-12:00",
        "25:00-26:00",
        "10:00-12:00, 11:00-13:00",
        "10-99:00",
        "10時～5時",
        "9-5",
        "10:00-",
        "10:00-12:00x",
        "10:00-12:0013:00-16:00",
        "9:00-17:00（最終入場16:00）",
    ],
)
def test_what_cannot_be_read_is_none(text: str) -> None:
    assert read_spans(text) is None


def test_what_is_shown_is_read_again() -> None:
    spans = (Span(600, 720), Span(780, 960), Span(1320, 1560))
    assert read_spans(", ".join(str(span) for span in spans)) == spans
