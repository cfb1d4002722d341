"""What a visitor sees of a place and of what is in it, case by case."""

from datetime import UTC, datetime, timedelta

import pytest

from tour.sites.showing import OF_PLACES, Showing, of_photo, of_place, of_programme, of_time

NOON = datetime(2026, 12, 1, 3, tzinfo=UTC)
BEFORE = NOON - timedelta(days=1)
SHOWN, WAITS, WITHDRAWN = Showing.SHOWN, Showing.WAITS, Showing.WITHDRAWN
DRAFT, PAUSED, REMOVED, OVER = Showing.DRAFT, Showing.PAUSED, Showing.REMOVED, Showing.OVER


@pytest.mark.parametrize(
    ("is_published", "withdrawn_at", "seen"),
    [(True, None, SHOWN), (False, None, WAITS), (False, BEFORE, WITHDRAWN), (True, BEFORE, SHOWN)],
)
def test_of_a_place(is_published: bool, withdrawn_at: datetime | None, seen: Showing) -> None:
    assert of_place(is_published=is_published, withdrawn_at=withdrawn_at) is seen
    assert seen in OF_PLACES


@pytest.mark.parametrize(
    ("place", "is_published", "first_published_at", "removed_at", "seen"),
    [
        (SHOWN, True, BEFORE, None, SHOWN),
        (WAITS, True, BEFORE, None, WAITS),
        (WITHDRAWN, True, BEFORE, None, WITHDRAWN),
        # What its host can mend goes before what the place hides.
        *((place, False, None, None, DRAFT) for place in sorted(OF_PLACES)),
        *((place, False, BEFORE, None, PAUSED) for place in sorted(OF_PLACES)),
        (SHOWN, False, None, BEFORE, REMOVED),
        (SHOWN, True, BEFORE, BEFORE, REMOVED),
    ],
)
def test_of_a_session(
    place: Showing,
    is_published: bool,
    first_published_at: datetime | None,
    removed_at: datetime | None,
    seen: Showing,
) -> None:
    found = of_programme(
        place,
        is_published=is_published,
        first_published_at=first_published_at,
        removed_at=removed_at,
    )
    assert found is seen


@pytest.mark.parametrize("session", Showing)
def test_of_a_time(session: Showing) -> None:
    second = timedelta(seconds=1)
    assert of_time(session, ends_at=NOON + second, now=NOON) is session
    assert of_time(session, ends_at=NOON, now=NOON) is OVER


@pytest.mark.parametrize("place", sorted(OF_PLACES))
def test_of_a_photo(place: Showing) -> None:
    assert of_photo(place, removed_at=None) is place
    assert of_photo(place, removed_at=BEFORE) is REMOVED
