"""Which ways of OpenStreetMap a person may walk on, and what kind of street each is.

Follows the tagging documented in the OpenStreetMap wiki (Key:highway, Key:foot, Key:access)
with Japan's defaults: everything but motorways is open on foot unless it says otherwise.
"""

from collections.abc import Mapping
from enum import IntEnum, IntFlag

CREDIT = "© OpenStreetMap contributors"

NAME_LANGUAGES = ("en", "ko", "zh-Hans", "zh-Hant")
"""Languages whose street names are kept beside the local one."""


class StreetClass(IntEnum):
    """How large a street is, for drawing: larger ones are shown from further away."""

    PATH = 0
    SERVICE = 1
    LOCAL = 2
    TERTIARY = 3
    SECONDARY = 4
    PRIMARY = 5


class StreetFlag(IntFlag):
    STEPS = 1
    BRIDGE = 2
    TUNNEL = 4


_CLASS_OF_HIGHWAY = {
    **dict.fromkeys(("trunk", "trunk_link", "primary", "primary_link"), StreetClass.PRIMARY),
    **dict.fromkeys(("secondary", "secondary_link"), StreetClass.SECONDARY),
    **dict.fromkeys(("tertiary", "tertiary_link"), StreetClass.TERTIARY),
    **dict.fromkeys(
        ("residential", "unclassified", "living_street", "pedestrian", "road"), StreetClass.LOCAL
    ),
    **dict.fromkeys(("service", "track"), StreetClass.SERVICE),
    **dict.fromkeys(
        ("footway", "path", "steps", "cycleway", "bridleway", "corridor", "platform"),
        StreetClass.PATH,
    ),
}
_FOOT_ALLOWED = {"yes", "designated", "permissive", "destination", "official", "customers"}
_CLOSED = {"no", "private"}
_NO = {"", "no"}


def is_walkable(tags: Mapping[str, str]) -> bool:
    """Whether the public may walk along a way with these tags."""
    highway = tags.get("highway", "")
    if highway not in _CLASS_OF_HIGHWAY:
        return False
    foot = tags.get("foot", "")
    if foot in _FOOT_ALLOWED:
        return True
    if foot in _CLOSED or foot == "use_sidepath" or tags.get("access", "") in _CLOSED:
        return False
    return tags.get("motorroad", "") in _NO and not _is_road_without_room(highway, tags)


def _is_road_without_room(highway: str, tags: Mapping[str, str]) -> bool:
    """A trunk road said to have no sidewalk is no place to send a family."""
    return highway.startswith("trunk") and tags.get("sidewalk", "") in {"no", "none"}


def class_of(tags: Mapping[str, str]) -> StreetClass:
    return _CLASS_OF_HIGHWAY[tags["highway"]]


def flags_of(tags: Mapping[str, str]) -> StreetFlag:
    flags = StreetFlag(0)
    if tags["highway"] == "steps":
        flags |= StreetFlag.STEPS
    if tags.get("bridge", "") not in _NO:
        flags |= StreetFlag.BRIDGE
    if tags.get("tunnel", "") not in _NO:
        flags |= StreetFlag.TUNNEL
    return flags


def names_of(tags: Mapping[str, str]) -> dict[str, str]:
    """The street's name by language, the local one under ""; empty when it has none.

    A bridge that has a name of its own goes by that name.
    """
    prefix = "bridge:name" if tags.get("bridge:name") else "name"
    local = tags.get(prefix, "")
    if not local:
        return {}
    names = {"": local}
    names |= {lang: tags[key] for lang in NAME_LANGUAGES if (key := f"{prefix}:{lang}") in tags}
    romanised = tags.get(f"{prefix}:ja-Latn") or tags.get(f"{prefix}:ja_rm")
    if romanised:
        names.setdefault("en", romanised)
    return names
