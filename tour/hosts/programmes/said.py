"""What buttons about a session say before, and what they have done after, by what visitors see."""

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.sites.showing import Showing

PUBLISH = {
    Showing.SHOWN: _("Publish now"),
    Showing.WAITS: _("Publish together with our page"),
    Showing.WITHDRAWN: _("Publish together with our page"),
}
"""What the button says that makes a session public, by how its place stands."""
DONE = {
    "made": _("The session is made."),
    "saved": _("Saved."),
    "times": _("The times are added."),
    "pause": _("Paused. Those who have reserved keep their seats."),
    "restored": _("Brought back."),
    "cancelled": _("Called off. Everybody in it is being told."),
    "capacity": _("The seats are changed."),
    "sent": _("The message is on its way."),
}
PUBLISHED = {
    Showing.SHOWN: _("Published. Visitors see it now."),
    Showing.WAITS: _("Ready. It is shown together with your page."),
    Showing.WITHDRAWN: _("Ready. It is shown together with your page."),
}


def said(done: str, showing: Showing) -> Text | None:
    """What the button before did, as far as it is still so."""
    return PUBLISHED.get(showing) if done == "publish" else DONE.get(done)
