"""What one may choose for a place, each list in one table with all that the app knows of a row.

Forms, imports, the town's files, filters, search, planner, log and API read these tables when they
need them; nobody keeps a list beside them. A row that is added is at once offered by all of them,
and changes nothing that is stored: no place, plan, reservation or published map has it yet.

A row is never simply taken out, for what is stored keeps its code. An access feature or a language
that is gone is no longer offered, and a place that still says it shows it no more (a language is
shown by its code); the host's next save drops it. A kind or a holiday rule is what the database and
published maps are read as: it goes by `GONE` in `tour.sites.states`, which says what its rows are
from then on. What to do is in CONTRIBUTING.md, "Something new to choose".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.sites.opening.hours import HolidayRule
from tour.sites.states import SiteKind


@dataclass(frozen=True, slots=True)
class Kind:
    """`look_minutes`: how long one looks around where no session says it."""

    label: Text
    look_minutes: int
    is_building: bool = False
    """Found by who looks for something on a rainy day; the others may have a roof or none."""
    is_office: bool = False
    """Planned only where nothing else is left to see."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Something to tick; `words` are what else people search it by, in any language."""

    label: str | Text
    words: str

    def __str__(self) -> str:
        """In the language of the request."""
        return str(self.label)

    def in_language(self, lang: str) -> str:
        return self.label if isinstance(self.label, str) else self.label.in_language(lang)


KINDS: Mapping[SiteKind, Kind] = {
    SiteKind.FACTORY: Kind(_("Factory"), 40, is_building=True),
    SiteKind.CRAFT: Kind(_("Traditional craft"), 30, is_building=True),
    SiteKind.CULTURE: Kind(_("Culture"), 50, is_building=True),
    SiteKind.SPORTS: Kind(_("Sports"), 30),
    SiteKind.HERITAGE: Kind(_("Heritage"), 25),
    SiteKind.SHOPPING_STREET: Kind(_("Shopping street"), 30),
    SiteKind.TRIAL_SHOP: Kind(_("Trial shop"), 20, is_building=True),
    SiteKind.CLASSROOM: Kind(_("Classroom"), 30, is_building=True, is_office=True),
    SiteKind.PUBLIC: Kind(_("Public place"), 20, is_office=True),
}
"""Its mark, pattern, scene and colours are drawings: `static`, `static/css/tokens.css`."""

ACCESS: Mapping[str, Feature] = {
    "wheelchair": Feature(
        _("Wheelchair access"), "車いす 車いすで入れる バリアフリー wheelchair accessible"
    ),
    "step_free": Feature(_("No steps"), "段差なし 車いす バリアフリー step-free"),
    "slope": Feature(_("Ramp"), "スロープ ramp"),
    "elevator": Feature(_("Lift"), "エレベーター elevator lift"),
    "wheelchair_toilet": Feature(
        _("Accessible toilet"), "多目的トイレ だれでもトイレ 車いすトイレ accessible toilet"
    ),
    "ostomate_toilet": Feature(_("Ostomate toilet"), "オストメイト トイレ ostomate toilet"),
    "nursing_room": Feature(_("Nursing room"), "授乳室 赤ちゃん nursing baby"),
    "stroller": Feature(_("Pushchairs welcome"), "ベビーカー 子ども連れ stroller pushchair"),
    "assistance_dog": Feature(
        _("Assistance dogs welcome"), "補助犬 盲導犬 介助犬 assistance guide dog"
    ),
    "written_communication": Feature(_("Written communication"), "筆談 written"),
    "sign_language": Feature(_("Sign language"), "手話 sign language"),
    "braille": Feature(_("Braille"), "点字 braille"),
    "parking_accessible": Feature(_("Accessible parking"), "駐車場 車いす駐車場 parking"),
    "quiet_space": Feature(_("Quiet space"), "静かな部屋 静か quiet"),
}
"""Access features of the government's data model (GIF, バリアフリー情報), most asked for first."""

LANGUAGES: Mapping[str, Feature] = {
    "ja": Feature(_("Japanese"), "日本語 japanese"),
    "en": Feature(_("English"), "英語 英語対応 英語で えいご english"),
    "zh": Feature(_("Chinese"), "中国語 ちゅうごくご 中文 chinese"),
    "ko": Feature(_("Korean"), "韓国語 かんこくご 한국어 korean"),
    "sign": Feature(_("Sign language"), "手話 しゅわ sign language"),
    "written": Feature(_("Written communication"), "筆談 ひつだん written"),
}

HOLIDAYS: Mapping[HolidayRule, Text] = {
    HolidayRule.NONE: _("Like other days"),
    HolidayRule.OPEN_THEN_REST: _(
        "Open on a national holiday that falls on a closing day; closed on the next day that is"
        " not a holiday"
    ),
    HolidayRule.CLOSED: _("Closed on national holidays"),
}
"""What a national holiday does: to choose from, and for visitors to read."""

WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


Options = tuple[tuple[str, str], ...]
"""(code, label) in the language of the request, to choose from."""


def kind_options() -> Options:
    return tuple((kind.value, str(row.label)) for kind, row in KINDS.items())


def access_options() -> Options:
    return tuple((code, str(feature)) for code, feature in ACCESS.items())


def language_options() -> Options:
    return tuple((code, str(spoken)) for code, spoken in LANGUAGES.items())


def holiday_options() -> Options:
    return tuple((rule.value, str(label)) for rule, label in HOLIDAYS.items())
