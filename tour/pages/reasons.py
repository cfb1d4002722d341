"""What a site was found by, in the reader's words, where its card does not say it by itself."""

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.pages.town_now import TownNow
from tour.sites.choices import ACCESS, LANGUAGES
from tour.sites.entries import SiteEntry
from tour.sites.finding.ranking import Hit
from tour.sites.finding.search import Found

LONGEST = 60


def reason(town: TownNow, site: SiteEntry, hit: Hit) -> Text | str:
    """Empty where the name, the kind or the summary on the card is what was found."""
    match hit.by:
        case Found.SESSION:
            return _session(town, int(hit.shown))
        case Found.TEXT:
            return _("It says: %(text)s", text=_short(hit.shown))
        case Found.ADDRESS:
            return site.text("address", town.lang)
        case Found.STATION:
            station = town.catalogue.station(hit.shown)
            return _("Near %(station)s", station=station.name_in(town.lang)) if station else ""
        case Found.ACCESS:
            return ACCESS[hit.shown].label
        case Found.LANGUAGE:
            return _("Languages: %(names)s", names=LANGUAGES[hit.shown].label)
        case Found.PRICE:
            return _("A session for %(yen)s yen", yen=hit.shown) if int(hit.shown) else FREE
        case Found.INDOORS:
            return _("Indoors")
    return ""


FREE = _("A session free of charge")


def _session(town: TownNow, programme_id: int) -> Text | str:
    programme = town.board.programmes.get(programme_id)
    if programme is None:
        return ""
    return _("Session: %(title)s", title=programme.text("title", town.lang))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
