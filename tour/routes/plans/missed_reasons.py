"""What keeps a kind of place out of a plan, in sentences, with the nearest thing to be had."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from tour.i18n import Text, translate
from tour.i18n import lazy as _
from tour.routes.days.day import Refusal
from tour.routes.days.missed_kinds import Missed
from tour.routes.days.planning import Desk
from tour.routes.days.proposals import unusual_of
from tour.routes.planner.problem import Reason
from tour.routes.plans import reasons
from tour.routes.plans.forms import NO_LIMIT
from tour.sites.choices import KINDS
from tour.sites.states import SiteKind

FREED: Mapping[str, Mapping[str, str]] = {
    Refusal.MORE_THAN_USUAL: {"most_km": NO_LIMIT},
    Reason.TOO_FAR: {"most_km": NO_LIMIT},
    Reason.LEG_TOO_LONG: {"most_leg": ""},
    Reason.NO_LUNCH: {"lunch": ""},
    Reason.NO_TIME: {},
}
"""By the limit that keeps a place out, the fields of the form that lift it; its reader chooses the
time there."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """A sentence, and what to ask the form for instead."""

    text: Text
    query: str = ""
    label: Text | None = None
    is_of_this_plan: bool = False
    """The form is that of the plan's own conditions, and not a new one."""

    def for_a_guest(self) -> "Unmet":
        """The sentence alone, where only the plan's holder could ask that form."""
        return replace(self, query="") if self.is_of_this_plan else self


def missed_kind(desk: Desk, missed: Missed, lang: str) -> Unmet:
    """Why no place of this kind is in the plan, said of the one that comes nearest to it."""
    sites = desk.town.catalogue.by_id
    place = sites[missed.site_id]
    others = translate(", ", lang).join(
        sites[i].text("name", lang) for i in missed.instead_of if i in sites
    )
    named = {"kind": KINDS[SiteKind(missed.kind)].label, "place": place.text("name", lang)}
    reason = unusual_of(desk.wish).get(missed.reason, missed.reason)
    if reason == Reason.NOT_CHOSEN:
        text = _outweighed(missed, named, others)
    else:
        why = reasons.why_not(reason, "" if reason == Reason.NO_LUNCH else others)
        text = _("%(kind)s: %(place)s is not in the plan. %(why)s", why=why).filled(**named)
    if reason != Reason.NOT_CHOSEN and reason not in FREED:
        return Unmet(text)
    query = urlencode({"must": place.slug, **FREED.get(reason, {})})
    return Unmet(text, query, _("Plan with %(place)s", place=named["place"]), is_of_this_plan=True)


def _outweighed(missed: Missed, named: Mapping[str, object], others: str) -> Text:
    """What it would cost to go there all the same."""
    if others:
        words = COSTS_BOTH if missed.minutes > 0 else COSTS_VISITS
    else:
        words = COSTS_WALKING if missed.minutes > 0 else COSTS_NOTHING
    return words.filled(**named, others=others, n=missed.minutes)


COSTS_BOTH = _(
    "%(kind)s: going to %(place)s would cost what is planned at %(others)s, with %(n)s minutes more"
    " on foot."
)
COSTS_VISITS = _("%(kind)s: going to %(place)s would cost what is planned at %(others)s.")
COSTS_WALKING = _("%(kind)s: going to %(place)s would be %(n)s minutes more on foot.")
COSTS_NOTHING = _("%(kind)s: %(place)s can be visited as well.")
