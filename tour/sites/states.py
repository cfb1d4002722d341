"""The kinds, qualities and states of places, in words. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class SiteKind(StrEnum):
    """What the app knows of each stands in `tour.sites.choices`."""

    FACTORY = "factory"
    CRAFT = "craft"
    SPORTS = "sports"
    CULTURE = "culture"
    HERITAGE = "heritage"
    SHOPPING_STREET = "shopping_street"
    TRIAL_SHOP = "trial_shop"
    CLASSROOM = "classroom"
    PUBLIC = "public"

    @classmethod
    def _missing_(cls, value: object) -> "SiteKind | None":
        """A kind that is gone, as rows and published maps still have it, is read as another."""
        return GONE.get(value)


GONE: Mapping[object, SiteKind] = {}
"""{the code of a kind that is no more: the kind that its places are from then on}."""


class PointQuality(StrEnum):
    """How well the place on the map is known; TOWN is only the middle of its town block."""

    ENTRANCE = "entrance"
    BUILDING = "building"
    APPROXIMATE = "approximate"
    TOWN = "town"


class DoorState(StrEnum):
    OPEN = "open"
    FULL = "full"
    """Nobody more is let in for the moment."""
    CLOSED = "closed"
    """Closed earlier than the hours say."""
