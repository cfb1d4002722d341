"""What fields, and what was done to what, are called where a change is shown."""

from babel.dates import get_day_names

from tour.i18n import Text, bracketed, current_language
from tour.i18n import lazy as _
from tour.sites.texts import TEXTS
from tour.web.templates import full_day_text, locale_for
from tour.words.days_text import read_day

FIELDS: dict[str, Text] = {
    **{text.name: text.label for text in TEXTS},
    "office_phone": _("Phone for the staff"),
    "name": _("Name or title"),
    "title": _("Heading"),
    "point": _("Position"),
    "entrance": _("Entrance"),
    "hours": _("Hours"),
    "holiday_rule": _("National holidays"),
    "closures": _("Regular days off"),
    "access_features": _("Access"),
    "languages": _("Languages"),
    "published": _("Public"),
    "device": _("Device"),
    "email": _("Email address"),
    "office": _("Where you work"),
    "other": _("The other account"),
    "role": _("Role"),
    "message": _("Text of the message"),
    "parties": _("Parties"),
    "sessions": _("Sessions"),
    "capacity": _("Seats"),
    "alt": _("What it shows"),
    "comment": _("Comment"),
    "minutes": _("Minutes"),
    "price_yen": _("Price in yen"),
    "min_age": _("From what age"),
    "max_age": _("Up to what age"),
    "max_party": _("People in one party"),
    "bring": _("What to bring"),
    "needs_adult": _("Children come with an adult"),
    "asks_photo_consent": _("Ask whether they may be in photos"),
    "adults": _("Adults"),
    "call": _("How it went"),
    "arrived": _("Has come"),
    "booking_opens_at": _("Reservations open"),
    "by_mail": _("Sent by email"),
    "cancelled_slot": _("Time called off (number)"),
    "checks_contact": _("Check each contact by a code"),
    "children": _("Children"),
    "closed_minute": _("Closed at"),
    "closes": _("Closes"),
    "cover": _("Cover photo"),
    "ended": _("Browsers signed out"),
    "ends_on": _("Last day"),
    "event": _("Event (number)"),
    "map": _("Map is public"),
    "map_version": _("Version of the map"),
    "member": _("Looks after the place"),
    "opens": _("Opens"),
    "people": _("People written to"),
    "reason": _("Reason"),
    "releases_absent": _("Seats of the absent are given away unasked"),
    "removed": _("Removed"),
    "reservations_per_contact": _("Reservations that one contact may hold"),
    "reserved_for": _("People in them"),
    "retention_days": _("Days until personal data is deleted"),
    "revoked": _("Taken back"),
    "rows": _("Rows"),
    "came": _("How many came"),
    "days_off": _("Days called off"),
    "delay_minutes": _("Minutes late"),
    "given_up": _("Seats given back after the cut-off"),
    "released": _("Seats given to others"),
    "seats_kept": _("Seats kept for people who walk in"),
    "site": _("Place (number)"),
    "starts_on": _("First day"),
    "state": _("The door"),
    "status": _("Taking reservations"),
    "stops": _("Stops (minutes there)"),
    "times": _("Times"),
    "to": _("To whom"),
    "told": _("Parties or people told"),
    "waiting_minutes": _("Minutes of waiting"),
    "walk_in_cap": _("Most visitors without a reservation"),
    "walk_ins": _("Visitors without a reservation"),
}
SILENT = frozenset({"closed_slots", "file", "places", "position", "taken", "upto"})
"""What the log keeps for programs only."""
FAMILIES: dict[str, Text] = {"question_": _("What you ask each party")}
"""Fields of which there are several, told apart by what follows."""
WEEKDAYS = {f"weekday{number}": number for number in range(7)}
"""Monday first, as everywhere."""


def has_label(name: str) -> bool:
    """Whether a field is called something."""
    return name in SILENT or field_label(name) != name


def field_label(name: str, subject: str = "") -> str:
    """`summary_en` reads "In one sentence (English)"; what has no label reads as it is kept. What
    something is called depends on what it is: a place is not called as people are."""
    if name.removesuffix("_en") == "name" and subject == "site":
        return str(_("Name of the place")) + (bracketed("English") if name.endswith("_en") else "")
    if day := read_day(name):
        return str(_("Hours on %(day)s", day=full_day_text(day, current_language.get())))
    if name in WEEKDAYS:
        day = get_day_names("wide", locale=locale_for(current_language.get()))[WEEKDAYS[name]]
        return f"{FIELDS['hours']}{bracketed(day)}"
    plain = name.removesuffix("_en").removesuffix("_required").removesuffix("_children")
    family = next((text for start, text in FAMILIES.items() if plain.startswith(start)), None)
    label = FIELDS.get(plain, family)
    if label is None:
        return name
    if name.endswith("_required"):
        return f"{label}{bracketed(_('Must be answered'))}"
    if name.endswith("_children") and family:
        return f"{label}{bracketed(_('Only where children come'))}"
    return str(label) + (bracketed("English") if name.endswith("_en") else "")


AUDIENCES: dict[str, Text] = {
    "confirmed": _("Parties with a reservation"),
    "waiting": _("Parties on a waiting list"),
    "draw": _("Entries in a draw"),
    "hosts": _("Hosts"),
}
"""Whom a letter to many is for."""
SUBJECTS: dict[str, Text] = {
    "burst": _("Burst of reservations"),
    "account": _("Account"),
    "call": _("Phone call"),
    "course": _("Model course"),
    "day": _("The door"),
    "event": _("Event"),
    "invitation": _("Invitation"),
    "letter": _("Message to many"),
    "membership": _("Person at a place"),
    "passkey": _("Passkey"),
    "photo": _("Photo"),
    "place": _("Check-in"),
    "programme": _("Session"),
    "reservation": _("Reservation"),
    "site": _("Place"),
    "slot": _("Time of a session"),
}
VERBS: dict[str, Text] = {
    "add": _("added"),
    "answer": _("answered whether to take part"),
    "approve": _("approved"),
    "arrive": _("checked in"),
    "ask": _("asked again"),
    "decline": _("declined"),
    "depart": _("ended"),
    "email": _("email address changed"),
    "merge": _("made one with another"),
    "reopen": _("taken back after leaving"),
    "call_off": _("sessions called off"),
    "cancel": _("called off"),
    "capacity": _("seats changed"),
    "change": _("changed"),
    "close": _("closed early"),
    "count": _("people counted"),
    "clear": _("taken back"),
    "cover": _("cover photo"),
    "create": _("made"),
    "day_off": _("one day called off"),
    "day_on": _("held after all on one day"),
    "delay": _("running late"),
    "describe": _("described"),
    "end": _("signed out everywhere"),
    "exception": _("special hours"),
    "export": _("exported"),
    "first": _("shown first"),
    "hours": _("hours changed"),
    "import_change": _("changed by an import"),
    "import_new": _("made by an import"),
    "leave": _("check-in taken back"),
    "letter": _("letter printed"),
    "move": _("put into another order"),
    "map_publish": _("map published"),
    "map_withdraw": _("map withdrawn"),
    "message": _("message sent"),
    "name": _("renamed"),
    "note": _("noted"),
    "pause": _("paused"),
    "phone": _("asked by phone"),
    "profile": _("page changed"),
    "publish": _("published"),
    "release": _("seats of the absent given to others"),
    "remove": _("removed"),
    "restore": _("brought back"),
    "return": _("returned to the host"),
    "revoke": _("taken back"),
    "role": _("role changed"),
    "rules": _("rules for reservations"),
    "send": _("sent"),
    "sign_in": _("signed in"),
    "sites": _("places taking part"),
    "size": _("number of people"),
    "status": _("reservations opened or closed"),
    "tell_closed": _("told that it closes early"),
    "times": _("times added"),
    "undo": _("undone"),
    "walk_ins": _("people without a reservation"),
    "withdraw": _("withdrawn"),
}


def action_label(action: str) -> str:
    """`event.publish` reads "Event: published"."""
    subject, _dot, verb = action.partition(".")
    if subject not in SUBJECTS or verb not in VERBS:
        return action
    return f"{SUBJECTS[subject]}{_(': ')}{VERBS[verb]}"
