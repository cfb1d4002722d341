"""Why a message was not delivered, in the reader's language.

The worker writes a few English words, with the number of the answer before them or after a colon;
numbers and a service's own words stay as they are. What is not known here is shown as written.
"""

import re
from collections.abc import Mapping

from tour.i18n import Text, bracketed
from tour.i18n import lazy as _

WORDS: Mapping[str, Text] = {
    "unsubscribed": _("Unsubscribed"),
    "too late": _("Too late"),
    "too large": _("The message is too large"),
    "try later": _("The service asks to try later"),
    "refused": _("The service refused it"),
    "refused our VAPID key or subject": _("Our VAPID key or contact was refused"),
    "redirect, not followed": _("The service points elsewhere, where we do not follow"),
    "not a known push service": _("Not a known push service"),
    "the browser's keys cannot be used": _("The browser's keys cannot be used"),
    "the push service's address is not public": _("The push service's address is not public"),
    "no connection": _("No connection"),
    "no answer in time": _("No answer in time"),
    "connection lost": _("The connection was lost"),
    "the mail server refused our password": _("The email server refused our password"),
    "the mail server does not answer": _("The email server does not answer"),
    "the mail server hung up": _("The email server hung up"),
    "the mail server turns us away": _("The email server turns us away"),
    "handed over, the answer was lost": _("Handed over, but the answer was lost"),
    "the service is away": _("The service did not answer in time"),
    "not an address that mail can go to": _("Not an address that email can go to"),
    "the folder for mails cannot be written": _("The folder for emails cannot be written"),
    "mail refused": _("The email was refused"),
    "mail put off": _("The email server asks to try later"),
    "fault": _("A fault of this app"),
    "given up: no try came to an end": _("Tried again, and it did not arrive"),
}
ANSWERED = re.compile(r"(\d{3}) (.+)")


def reason(problem: str) -> str:
    """A delivery's problem in words, and in brackets what was answered."""
    words, detail = _parts(problem)
    if words not in WORDS:
        return problem
    return f"{WORDS[words]}{bracketed(detail) if detail else ''}"


def _parts(problem: str) -> tuple[str, str]:
    """What happened, and the number or words that came with it."""
    if problem in WORDS:
        return problem, ""
    if answered := ANSWERED.fullmatch(problem):
        number, words = answered.groups()
        if words in WORDS:
            return words, number
        refused, _space, theirs = words.partition(" ")
        return refused, f"{number} {theirs}"
    words, _colon, detail = problem.partition(": ")
    return words, detail
