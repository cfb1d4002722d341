"""What was typed is read as text that every database can keep."""

import pytest
from starlette.datastructures import FormData, UploadFile

from tour.i18n import lazy
from tour.web.forms import Form, texts


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  北 花子 ", "北 花子"),
        ("a\x00b", "ab"),
        ("\ud83d", ""),
        ("👩‍🏭", "👩‍🏭"),
        ("line\nline", "line\nline"),
        ("\u3000", ""),
    ],
)
def test_texts_are_trimmed_and_can_be_written(typed: str, read: str) -> None:
    assert texts({"name": typed}, ["name"]) == {"name": read}
    read.encode("utf-8")


def test_what_is_no_text_reads_as_empty() -> None:
    form = FormData([("photo", UploadFile(None)), ("extra", "x")])  # type: ignore[arg-type]
    assert texts(form, ["photo", "name"]) == {"photo": "", "name": ""}
    assert texts({"n": 3, "list": ["a"], "none": None}, ["n", "list", "none"]) == {
        "n": "",
        "list": "",
        "none": "",
    }


def test_a_form_keeps_what_was_typed_beside_what_is_wrong() -> None:
    form = Form({"name": "x"}, {"name": lazy("Closed")})
    assert (form.value("name"), form.value("email")) == ("x", "")
    assert form.error("name") is not None
    assert form.error("email") is None
