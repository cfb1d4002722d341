"""What kinds, access features and languages are called, in every language of the catalogues."""

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.sites.hours import HolidayRule
from tour.sites.states import SiteKind

KINDS: dict[SiteKind, Text] = {
    SiteKind.FACTORY: _("Factory"),
    SiteKind.CRAFT: _("Traditional craft"),
    SiteKind.CULTURE: _("Culture"),
    SiteKind.SPORTS: _("Sports"),
    SiteKind.HERITAGE: _("Heritage"),
    SiteKind.SHOPPING_STREET: _("Shopping street"),
    SiteKind.TRIAL_SHOP: _("Trial shop"),
    SiteKind.CLASSROOM: _("Classroom"),
    SiteKind.PUBLIC: _("Public office"),
}

ACCESS: dict[str, Text] = {
    "wheelchair": _("Wheelchair access"),
    "step_free": _("No steps"),
    "slope": _("Ramp"),
    "elevator": _("Lift"),
    "wheelchair_toilet": _("Accessible toilet"),
    "ostomate_toilet": _("Ostomate toilet"),
    "nursing_room": _("Nursing room"),
    "stroller": _("Pushchairs welcome"),
    "assistance_dog": _("Assistance dogs welcome"),
    "written_communication": _("Written communication"),
    "sign_language": _("Sign language"),
    "braille": _("Braille"),
    "parking_accessible": _("Accessible parking"),
    "quiet_space": _("Quiet space"),
}

LANGUAGES: dict[str, str | Text] = {
    "ja": "日本語",
    "en": "English",
    "zh": "中文",
    "ko": "한국어",
    "sign": _("Sign language"),
    "written": _("Written communication"),
}

HOLIDAYS: dict[HolidayRule, Text] = {
    HolidayRule.NONE: _("Like other days"),
    HolidayRule.OPEN_THEN_REST: _(
        "Open on a national holiday that falls on a closing day; closed on the next day that is"
        " not a holiday"
    ),
    HolidayRule.CLOSED: _("Closed on national holidays"),
}
"""What a national holiday does: to choose from, and for visitors to read."""

WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
