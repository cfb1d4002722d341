"""What an answer of a mail server means. Pure.

RFC 5321, 4.2: 4xx is for now, 5xx for good. But for good is only what concerns the mail box or the
content; a banner of 554, a password, a quota or a blocked sender is the server's trouble with us,
and every letter still matters when it is mended. The second number of an enhanced code (RFC 3463)
tells them apart where there is one: 1 the address, 2 the mail box, 3 to 5 the system, the network
and the protocol, 6 the content, 7 policy.
"""

import re

from tour.notifications.answers import Outcome, Verdict, Whose

ENHANCED = re.compile(r"[245]\.(\d{1,3})\.\d{1,3}\b")
ADDRESS, MAIL_BOX, CONTENT = "1", "2", "6"
GOING_AWAY = 421
OF_US = frozenset({503, 521, 530, 534, 535, 538})
"""Bad order, takes no mail, and what is wrong with how we signed in."""
ABOUT_CONTENT = frozenset({550, 553, 554, 555, 556})
STORAGE = frozenset({452, 552})


def about_us(code: int) -> Outcome:
    """Refused before a reader was named, at the greeting, the password or our address."""
    return Outcome(Verdict.RETRY, f"the mail server turns us away: {code}", whose=Whose.SERVICE)


def about_reader(code: int, text: str) -> Outcome:
    """An answer to RCPT, other than yes."""
    subject = _subject(text)
    if code == GOING_AWAY or code in OF_US:
        return about_us(code)
    if code < 500:
        # Greylisting asks each letter to come again; it must not stop the others.
        whose = Whose.UNCLEAR if code in STORAGE else Whose.MESSAGE
        return Outcome(Verdict.RETRY, f"mail put off: {code}", whose=whose)
    if subject in ("", ADDRESS, MAIL_BOX, CONTENT):
        return Outcome(Verdict.FAILED, f"mail refused: {code}")
    return Outcome(Verdict.REFUSED, f"mail refused: {code}", whose=Whose.UNCLEAR)


def about_content(code: int, text: str) -> Outcome:
    """An answer to the letter itself, other than yes."""
    subject = _subject(text)
    if code == GOING_AWAY or code in OF_US:
        return about_us(code)
    if code < 500:
        return Outcome(Verdict.RETRY, f"mail put off: {code}", whose=Whose.UNCLEAR)
    if subject in (ADDRESS, MAIL_BOX, CONTENT):
        return Outcome(Verdict.FAILED, f"mail refused: {code}")
    is_ours = code in ABOUT_CONTENT and subject in ("", "7")
    verdict = Verdict.REFUSED if is_ours else Verdict.RETRY
    return Outcome(verdict, f"mail refused: {code}", whose=Whose.UNCLEAR)


def _subject(text: str) -> str:
    found = ENHANCED.match(text.strip())
    return found[1] if found else ""
