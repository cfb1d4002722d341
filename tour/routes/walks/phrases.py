"""What directions say, a language each. A new language is one more entry in `PHRASES`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Turn(StrEnum):
    STRAIGHT = "straight"
    SLIGHT_LEFT = "slight_left"
    SLIGHT_RIGHT = "slight_right"
    LEFT = "left"
    RIGHT = "right"
    BACK = "back"


class Way(StrEnum):
    """What one walks on, where that is worth a word."""

    STREET = "street"
    STEPS = "steps"
    BRIDGE = "bridge"
    TUNNEL = "tunnel"


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language. Templates may use {street}, {turn}, {compass} and {metres}."""

    turns: Mapping[Turn, str]
    compass: Sequence[str]
    """Eight directions from north, clockwise."""
    nouns: Mapping[Way, str]
    """How steps, a bridge or an underpass without a name is called."""
    named_nouns: Mapping[Way, str]
    """The same with a {name}; that of a bridge is often only the name of its street."""
    set_out: str
    set_out_on: str
    turn: str
    turn_onto: str
    straight_onto: str
    cross: str
    arrive: str


PHRASES: Mapping[str, Phrases] = {
    "ja": Phrases(
        turns={
            Turn.STRAIGHT: "直進",
            Turn.SLIGHT_LEFT: "左ななめ前へ",
            Turn.SLIGHT_RIGHT: "右ななめ前へ",
            Turn.LEFT: "左へ",
            Turn.RIGHT: "右へ",
            Turn.BACK: "折り返して",
        },
        compass=("北", "北東", "東", "南東", "南", "南西", "西", "北西"),
        nouns={Way.STEPS: "階段", Way.BRIDGE: "橋", Way.TUNNEL: "地下道"},
        named_nouns={
            Way.STEPS: "階段（{name}）",
            Way.BRIDGE: "橋（{name}）",
            Way.TUNNEL: "地下道（{name}）",
        },
        set_out="{compass}へ {metres}m",
        set_out_on="{street}を{compass}へ {metres}m",
        turn="{turn} {metres}m",
        turn_onto="{street}を{turn} {metres}m",
        straight_onto="そのまま{street}を {metres}m",
        cross="{turn}、{street}を渡る {metres}m",
        arrive="到着",
    ),
    "en": Phrases(
        turns={
            Turn.STRAIGHT: "Straight on",
            Turn.SLIGHT_LEFT: "Slightly left",
            Turn.SLIGHT_RIGHT: "Slightly right",
            Turn.LEFT: "Left",
            Turn.RIGHT: "Right",
            Turn.BACK: "Turn back",
        },
        compass=(
            "north",
            "north-east",
            "east",
            "south-east",
            "south",
            "south-west",
            "west",
            "north-west",
        ),
        nouns={Way.STEPS: "the steps", Way.BRIDGE: "the bridge", Way.TUNNEL: "the underpass"},
        named_nouns={
            Way.STEPS: "the steps ({name})",
            Way.BRIDGE: "the bridge ({name})",
            Way.TUNNEL: "the underpass ({name})",
        },
        set_out="Head {compass}, {metres} m",
        set_out_on="Head {compass} on {street}, {metres} m",
        turn="{turn}, {metres} m",
        turn_onto="{turn} onto {street}, {metres} m",
        straight_onto="Continue on {street}, {metres} m",
        cross="{turn} across {street}, {metres} m",
        arrive="You have arrived",
    ),
}


def phrases_for(lang: str) -> Phrases:
    """Those of `lang`; Japanese for its easy form, English where there are none."""
    return PHRASES.get(lang) or PHRASES["ja" if lang.startswith("ja") else "en"]
