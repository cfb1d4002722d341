"""Nothing goes on from the log: every line of it is deleted as soon as it is written, and drafts,
undos, merges, covers, the bin and second looks are as ever.

The tests are those of their features, unchanged.
"""
# ruff: noqa: F401 - what is imported is what runs

from collections.abc import AsyncIterator

import pytest
from tortoise.connection import get_connection

from tests.hosts.test_photos import test_a_removed_photo_comes_back_within_30_days
from tests.hosts.test_programmes import (
    site,
    test_a_draft_is_seen_by_its_host_only,
    test_a_removed_programme_comes_back_within_30_days,
    test_programme_texts_are_merged_the_same_way,
    test_the_second_save_sees_the_first_and_loses_nothing_typed,
    test_two_changes_of_one_field_count_as_one,
)
from tests.hosts.test_today import (
    test_a_tap_that_changed_nothing_is_not_undone,
    test_a_walk_in_is_taken_back_once,
    test_closing_early_tells_those_who_still_come,
    test_seats_are_added_and_taken_by_a_tap,
    test_undo_never_takes_back_what_another_did,
)
from tests.reservations.held.test_bursts import (
    app,
    staff,
    test_a_burst_is_seen_taken_back_and_given_back,
    test_turns_of_a_burst_go_and_come_back_in_their_order,
)
from tests.staff.test_approvals import test_a_new_session_and_a_new_photo_are_looked_over
from tests.staff.test_covers import (
    test_a_cover_comes_back_within_30_days,
    test_files_go_when_they_can_no_longer_be_brought_back,
)
from tests.staff.test_events import (
    test_of_two_who_save_a_course_the_second_sees_the_first,
    test_the_second_to_save_sees_what_changed_and_loses_nothing,
    test_what_was_left_as_it_was_is_not_set_back,
)
from tests.staff.test_people import (
    test_returning_writes_to_the_hosts_and_may_hide_the_place,
    test_what_hosts_change_waits_until_somebody_looks,
)
from tour import db
from tour.audit import queries

ON_SQLITE = ("CREATE TRIGGER cut AFTER INSERT ON audit_entry BEGIN DELETE FROM audit_entry; END",)
ON_POSTGRES = (
    "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN DELETE FROM audit_entry; RETURN NULL; END $$",
    "CREATE TRIGGER cut AFTER INSERT ON audit_entry EXECUTE FUNCTION cut()",
)


@pytest.fixture(autouse=True)
async def no_log(database_url: str) -> AsyncIterator[None]:
    async with db.opened(database_url):
        client = get_connection("default")
        is_sqlite = client.capabilities.dialect == "sqlite"
        for statement in ON_SQLITE if is_sqlite else ON_POSTGRES:
            await client.execute_query(statement)
    yield
    async with db.opened(database_url):
        assert await queries.entries() == []
