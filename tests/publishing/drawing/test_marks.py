from tour.publishing.drawing import marks
from tour.sites.states import SiteKind


def test_every_kind_has_a_shape_and_a_colour_of_its_own() -> None:
    assert set(marks.shapes()) == set(SiteKind)
    assert set(marks.colours()) == set(SiteKind)
    assert len(set(marks.shapes().values())) == len(SiteKind)
    assert len(set(marks.colours().values())) == len(SiteKind)
