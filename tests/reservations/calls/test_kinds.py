"""Every kind of message is either rung about, or it is said why not."""

from tour.notifications.urgency import BY_KIND
from tour.reservations.calls.kinds import NOT_RUNG, Rung
from tour.reservations.calls.sentences import SAYINGS

RUNG = {str(kind) for kind in Rung}


def test_whoever_brings_a_new_kind_decides_whether_it_is_rung() -> None:
    assert set(BY_KIND) - RUNG - NOT_RUNG == set()
    assert not RUNG & NOT_RUNG
    assert set(BY_KIND) >= RUNG, "a kind that is sent no more"


def test_every_kind_that_is_rung_has_its_sentence() -> None:
    assert set(SAYINGS) == set(Rung)
