"""What fields, and what was done to what, are called where a change is shown."""

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


SUBJECTS: dict[str, Text] = {
    "account": _("Account"),
    "course": _("Model course"),
    "day": _("The door"),
    "event": _("Event"),
    "invitation": _("Invitation"),
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
    "cancel": _("called off"),
    "capacity": _("seats changed"),
    "change": _("changed"),
    "cover": _("cover picture"),
    "create": _("made"),
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
    "map_publish": _("map published"),
    "map_withdraw": _("map withdrawn"),
    "message": _("message sent"),
    "name": _("renamed"),
    "pause": _("paused"),
    "profile": _("page changed"),
    "publish": _("published"),
    "remove": _("removed"),
    "restore": _("brought back"),
    "return": _("returned to the host"),
    "revoke": _("taken back"),
    "role": _("role changed"),
    "rules": _("rules of booking"),
    "send": _("sent"),
    "sign_in": _("signed in"),
    "sites": _("places taking part"),
    "size": _("number of people"),
    "status": _("booking opened or closed"),
    "tell_closed": _("told that it closes early"),
    "times": _("times added"),
    "walk_ins": _("people without a reservation"),
    "withdraw": _("withdrawn"),
}


def action_label(action: str) -> str:
    """`event.publish` reads "Event: published"."""
    subject, _dot, verb = action.partition(".")
    if subject not in SUBJECTS or verb not in VERBS:
        return action
    return f"{SUBJECTS[subject]}: {VERBS[verb]}"
