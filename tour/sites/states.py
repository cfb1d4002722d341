"""The kinds, qualities and states of places, in words. Pure."""

from enum import StrEnum


class SiteKind(StrEnum):
    FACTORY = "factory"
    CRAFT = "craft"
    SPORTS = "sports"
    CULTURE = "culture"
    HERITAGE = "heritage"
    SHOPPING_STREET = "shopping_street"
    TRIAL_SHOP = "trial_shop"
    CLASSROOM = "classroom"
    PUBLIC = "public"


class PointQuality(StrEnum):
    """How well the place on the map is known; TOWN is only the middle of its town block."""

    ENTRANCE = "entrance"
    BUILDING = "building"
    APPROXIMATE = "approximate"
    TOWN = "town"


ACCESS_FEATURES = (
    "wheelchair",
    "step_free",
    "slope",
    "elevator",
    "wheelchair_toilet",
    "ostomate_toilet",
    "nursing_room",
    "stroller",
    "assistance_dog",
    "written_communication",
    "sign_language",
    "braille",
    "parking_accessible",
    "quiet_space",
)
"""Access features of the government's data model (GIF, バリアフリー情報), most asked for first."""


class DoorState(StrEnum):
    OPEN = "open"
    FULL = "full"
    """Nobody more is let in for the moment."""
    CLOSED = "closed"
    """Closed earlier than the hours say."""
