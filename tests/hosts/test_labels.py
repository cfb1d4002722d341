"""What somebody else has changed is named in words, whatever field it is."""

import pytest

from tour.hosts.programmes import form
from tour.staff.events import form as event_form


@pytest.mark.parametrize(
    ("fields", "labels"),
    [
        (form.OUTLINE_FIELDS, form.labels),
        (event_form.FIELDS, event_form.labels),
    ],
    ids=["programme", "event"],
)
def test_every_field_of_a_form_that_two_may_edit_has_its_words(fields, labels) -> None:
    assert set(fields) - set(labels()) == set()
