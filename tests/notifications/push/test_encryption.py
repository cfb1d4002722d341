"""What only one browser can read, against RFC 8291's example and pywebpush's encoding."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pywebpush import WebPusher

from tests.notifications.push_service import Phone
from tour.notifications.push.encryption import decoded, encrypt, seal

TEXT = "明日の体験 10:00".encode()
BROWSER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SECRET = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
    "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulc"
    "y4a-fN"
)


def private_key(base64url: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(base64url), "big"), ec.SECP256R1())


def test_the_example_of_the_standard() -> None:
    """RFC 8291, section 5."""
    text = b"When I grow up, I want to be a watermelon"
    sealed = seal(text, decoded(BROWSER), decoded(AUTH), private_key(SECRET), decoded(SALT))
    assert sealed == decoded(SEALED)


def test_a_phone_reads_both() -> None:
    phone = Phone("1", "https://localhost")
    subscription = phone.subscription()
    reference = WebPusher(subscription).encode(TEXT)["body"]
    ours = encrypt(TEXT, **subscription["keys"])
    assert phone.decrypt(ours) == phone.decrypt(reference) == TEXT
    assert len(ours) == len(reference)


@pytest.mark.parametrize("size", [1, 15, 16, 17, 2000, 3993])
def test_a_phone_reads_any_size_that_fits_one_record(size: int) -> None:
    phone, text = Phone("1", "https://localhost"), bytes(size)
    assert phone.decrypt(encrypt(text, **phone.subscription()["keys"])) == text


def test_no_two_are_alike() -> None:
    keys = Phone("1", "https://localhost").subscription()["keys"]
    sealed = [encrypt(TEXT, **keys) for _time in range(20)]
    assert len({body[:16] for body in sealed}) == len({body[21:86] for body in sealed}) == 20


@pytest.mark.parametrize("spoilt", ["", "AAAA", "B" + "A" * 86])
def test_keys_that_are_none(spoilt: str) -> None:
    with pytest.raises(ValueError, match=r"point|empty|key"):
        encrypt(TEXT, spoilt, AUTH)
