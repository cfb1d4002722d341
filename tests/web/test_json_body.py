"""A body is read to where it makes sense, and no further."""

import json
from typing import Any

import pytest
from starlette.requests import Request

from tour.errors import BadInput, TooMuch
from tour.web.json_body import read_object, text_of


def request(body: bytes) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


async def test_texts_are_read_as_a_form_reads_them() -> None:
    body = {"a": " x\x00y ", "b": ["\ud800@", {"c\x00": 3}], "d": None}
    read = await read_object(request(json.dumps(body).encode()))
    assert read == {"a": "xy", "b": ["@", {"c": 3}], "d": None}


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"3", b"null", b"{", b"\xff", b'{"a": ' + b"9" * 5_000 + b"}"),
        b'{"a":' + b"[" * 40_000 + b"]" * 40_000 + b"}",
        b'{"a":' + b"[" * 30 + b"]" * 30 + b"}",
    ],
)
async def test_what_is_no_object_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        await read_object(request(body))
    assert list(refused.value.errors) == ["body"]


@pytest.mark.parametrize(
    "body", [b'{"a": "%b"}' % (b"x" * 100_000), b'{"a": [%b1]}' % (b"1," * 5_001)]
)
async def test_what_nobody_means_to_send_is_not_even_read(body: bytes) -> None:
    with pytest.raises(TooMuch):
        await read_object(request(body))


async def test_a_text_of_a_body_is_cut_before_it_is_looked_at() -> None:
    body = {"a": "x" * 50_000, "か\u3099" + "\u3099\u0323" * 5_000: 1}
    read = await read_object(request(json.dumps(body, ensure_ascii=False).encode()))
    assert sorted(map(len, read)) == [1, 31]
    assert len(read["a"]) == 10_000


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (2, "2"), (True, "True"), (None, ""), ([1], ""), ({"a": 1}, "")],
)
def test_a_value_is_what_a_form_would_have_sent(value: object, text: str) -> None:
    assert text_of(value) == text
