"""What the fields of sites, sessions and events are called where a change is shown."""

from tour.i18n import Text
from tour.i18n import lazy as _

FIELDS: dict[str, Text] = {
    "name": _("Name"),
    "name_kana": _("Reading in kana"),
    "title": _("Heading"),
    "summary": _("In one sentence"),
    "description": _("About the place"),
    "access_note": _("The way to the door"),
    "address": _("Address"),
    "url": _("Website"),
    "point": _("Position"),
    "entrance": _("Entrance"),
    "hours": _("Hours"),
    "access_features": _("Access"),
    "languages": _("Languages"),
    "published": _("Public"),
}


def field_label(name: str) -> str:
    """`summary_en` reads "In one sentence (English)"; what has no label reads as it is kept."""
    plain = name.removesuffix("_en")
    if plain not in FIELDS:
        return name
    return str(FIELDS[plain]) + (" (English)" if plain != name else "")
