"""What the list of reservations says of each in a word or two, and how it looks. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.reservations.standing.stages import BADGES, TURN_HEADS, Screen, Stage, Turn


class Look(StrEnum):
    """The badge's colours, by the end of its class in `components.css`."""

    SURE = "sure"
    TODO = "todo"
    """Without its party doing something it is lost."""
    WAITING = "waiting"
    OVER = "cancelled"


@dataclass(frozen=True, slots=True)
class Badge:
    text: Text
    look: Look
    icon: str = ""
    to_do: Text | None = None
    """What its party has to do, where there is something: the words of a link to its page."""
    anchor: str = ""
    """Where on that page."""


def badge_of(screen: Screen, whole: Stage | None, *, is_offered: bool, is_in_draw: bool) -> Badge:
    """An offer comes before all else: it wants an answer."""
    if screen == Screen.CODE:
        to_do = _("Type the code from the email")
        return Badge(_("Waits for the code"), Look.TODO, "clock", to_do, "code-head")
    if is_offered:
        to_do = _("Reserve the held seats")
        return Badge(TURN_HEADS[Turn.OFFERED], Look.TODO, "clock", to_do, "offer")
    if screen == Screen.HOPING:
        text = _("In the draw") if is_in_draw else _("On the waiting list")
        return Badge(text, Look.WAITING, "clock")
    text = BADGES[whole] if whole else _("Ended")
    if screen == Screen.COMING:
        return Badge(text, Look.SURE, "check")
    return Badge(text, Look.OVER)
