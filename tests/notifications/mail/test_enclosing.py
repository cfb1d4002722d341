"""A letter is one for its reader, and for the calendar it speaks of one thing."""

from email.message import EmailMessage

import pytest

from tour.notifications.mail.enclosing import Enclosure, enclose_in

CALENDAR = "BEGIN:VCALENDAR\r\nSUMMARY:木版\r\nEND:VCALENDAR\r\n"


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_the_first_is_another_form_of_the_letter_and_others_are_files(count: int) -> None:
    mail = EmailMessage()
    mail.set_content("See you\n")
    methods = ["REQUEST", "CANCEL", "REQUEST"][:count]
    enclose_in(mail, [Enclosure(method, CALENDAR) for method in methods])
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in parts] == methods
    assert [part.get_filename() for part in parts] == [None, "session-2.ics", "session-3.ics"][
        :count
    ]
    assert {part.get_content() for part in parts} <= {CALENDAR.replace("\r\n", "\n")}
    kind = {0: "text/plain", 1: "multipart/alternative"}.get(count, "multipart/mixed")
    assert mail.get_content_type() == kind
