"""What can go wrong for a visitor, a host or an operator.

    TourError                 carries an HTTP status and a sentence for the person it meets
      NotFound         404    there is no such page, slot, reference ...
      Gone             410    was there, and was taken away
      NotAllowed       403    not this person's
      Conflict         409    the world changed: full, cancelled, already done
      TooMuch          413    more than anybody means to send
      BadInput         422    something typed is wrong; `errors` says what, field by field
      TooManyRequests  429    wait a little
      Unavailable      503    not now: something that the app needs is not there
      Busy             503    too many others ask for the same costly thing; again in a moment
    ConfigurationError        the operator must mend a setting or a file; exit code 2

Features subclass these beside their service. One handler renders them all
(`tour/web/problems.py`).
"""

import errno

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.patience import RETRY_AFTER
from tour.words.sizes import in_bytes


class TourError(Exception):
    """An expected refusal, told to the person in their language."""

    status = 400
    problem = "about:blank"
    """Last part of the RFC 9457 problem `type`; `about:blank` where the status says it all."""
    field = ""
    """The field of a form at which it is mended, where it is one."""

    def __init__(self, message: Text, **extra: object) -> None:
        super().__init__(message.message)
        self.message = message
        self.extra = extra
        """Further members of the problem details, such as `slot` or `errors`."""


class NotFound(TourError):
    status = 404


class Gone(TourError):
    status = 410


class NotAllowed(TourError):
    status = 403


class Conflict(TourError):
    status = 409


class TooMuch(TourError):
    """More than is taken at once. `size` and `most` in bytes, where they are known: a body that is
    sent in pieces says nothing of its size."""

    status = 413

    def __init__(self, *, size: int = 0, most: int = 0) -> None:
        if not most:
            super().__init__(_("This is more than can be taken at once. Please send less."))
            return
        known = _(
            "What was sent is %(size)s; at most %(most)s can be taken here at once. Your browser's"
            " back button leads to the form, where long texts still stand: shorten them, or choose"
            " a smaller file."
        )
        unknown = _(
            "What was sent is more than the %(most)s that can be taken here at once. Your browser's"
            " back button leads to the form, where long texts still stand: shorten them, or choose"
            " a smaller file."
        )
        said = known.filled(size=in_bytes(size)) if size else unknown
        super().__init__(said.filled(most=in_bytes(most)), most_bytes=most)


class BadInput(TourError):
    status = 422

    def __init__(self, message: Text, errors: dict[str, Text]) -> None:
        super().__init__(message, errors=errors)
        self.errors = errors


class TooManyRequests(TourError):
    status = 429

    def __init__(self, message: Text, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(TourError):
    """Something that the app needs is not there for a while; `reason` is for the log alone, and
    names nobody."""

    status = 503
    retry_after = RETRY_AFTER

    def __init__(self, reason: str) -> None:
        super().__init__(_("This cannot be done just now. Please try again in a moment."))
        self.reason = reason


class Busy(TourError):
    status = 503

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(_("Many people are asking for this right now. Please try again shortly."))
        self.retry_after = retry_after


NO_ROOM = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk cannot be written",
    errno.EIO: "the disk cannot be read or written",
    errno.EMFILE: "too many files are open",
}
"""A disk that takes no more is no fault of ours, and soon mended."""
NOT_NOW = (Unavailable, Busy)
"""Nothing is wrong with what was sent: the same can be sent again."""
REFUSALS = (Conflict, BadInput, TooManyRequests, *NOT_NOW)
Refusal = Conflict | BadInput | TooManyRequests | Unavailable | Busy
"""What a form comes back with, filled in as it was sent."""


class ConfigurationError(Exception):
    """A setting or file that the operator must mend: one clear line, exit code 2."""
