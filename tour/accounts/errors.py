"""What somebody with an account can run into."""

from tour.errors import Conflict, NotAllowed, TooManyRequests
from tour.i18n import lazy as _


class SignInNeeded(NotAllowed):
    """Nobody is signed in, or no longer: a page leads to signing in."""

    def __init__(self) -> None:
        super().__init__(_("You are not signed in, or no longer. Please sign in and try again."))


class NotYours(NotAllowed):
    """The same words whether the thing is somebody else's or does not exist at all."""

    def __init__(self) -> None:
        super().__init__(_("This page belongs to somebody else. Are you signed in as another?"))


class LinkUnusable(NotAllowed):
    """Expired, used, opened elsewhere or made up: one answer for all."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This link cannot be used here: it works once, for 15 minutes, in the "
                "browser that asked for it. If that one is still open, type the six digits "
                "of the email there."
            )
        )


class CodeWrong(NotAllowed):
    """Mistyped, used, run out, or of another browser: one answer for all."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "These are not the digits of your latest email, or their time is over. The "
                "link in the email works for 15 minutes."
            )
        )


class LetterUnusable(NotAllowed):
    """Used, replaced, run out or mistyped: one answer for all."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This code was used already, a newer letter took its place, or its time is "
                "over. Please ask the organiser for a new letter."
            )
        )


class InvitationUnusable(NotAllowed):
    """Taken up, taken back, expired or made up: one answer for all."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This invitation was taken up or taken back, or its time is over. "
                "If you took it up yourself, please sign in."
            )
        )


class LastAdministrator(Conflict):
    """Nobody would be left who can let anybody in."""

    def __init__(self) -> None:
        super().__init__(_("This is the last administrator. Make somebody else one first."))


class SampleStays(Conflict):
    """Everybody who tries the demonstration shares it."""

    def __init__(self) -> None:
        super().__init__(_("Sample accounts stay as they are."))


class NotTwo(Conflict):
    def __init__(self) -> None:
        super().__init__(_("These are not two accounts."))


class AddressTaken(Conflict):
    """Another account signs in with it."""

    field = "email"

    def __init__(self) -> None:
        super().__init__(_("This address cannot be used. Please ask the organiser."))


class Ended(Conflict):
    """Whoever left comes back knowingly, not by an invitation."""

    field = "email"

    def __init__(self) -> None:
        super().__init__(
            _("Who has this address has left. An administrator can take them back first.")
        )


class TendsAlready(Conflict):
    """Nobody is invited to what is theirs."""

    field = "email"

    def __init__(self) -> None:
        super().__init__(_("Whoever has this address looks after this place already."))


class NameNeeded(Conflict):
    """Nobody takes a letter from nobody."""

    def __init__(self) -> None:
        super().__init__(_("Give your name on the page of your account first."))


class NoLetters(Conflict):
    """Who reads this address has stopped our letters."""

    field = "email"

    def __init__(self) -> None:
        super().__init__(_("No email goes to this address. Print a letter instead."))


class TooManyLetters(TooManyRequests):
    """A mail box has had its invitations of the day."""

    field = "email"

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(
            _(
                "Several invitations went to this address today. "
                "Print a letter, or try again tomorrow."
            ),
            retry_after=retry_after,
        )
