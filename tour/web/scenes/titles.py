"""What each scene shows, in words, and which one stands for a place."""

from collections.abc import Mapping
from dataclasses import dataclass

from tour.i18n import Text
from tour.i18n import lazy as _

SCENES: Mapping[str, Text] = {
    "barrel": _("Drawing: stirring miso in a barrel"),
    "bead": _("Drawing: melting a glass bead in a flame"),
    "bean": _("Drawing: cooking beans in a large pan"),
    "book": _("Drawing: sewing the pages of a book"),
    "braid": _("Drawing: braiding a cord on a round stand"),
    "bread": _("Drawing: taking a loaf out of the oven"),
    "bristle": _("Drawing: trimming the hairs of a brush"),
    "brush": _("Drawing: painting a kimono by hand"),
    "chisel": _("Drawing: carving a fox mask in wood"),
    "circuit": _("Drawing: soldering a small robot"),
    "comb": _("Drawing: polishing a tortoiseshell comb"),
    "doll": _("Drawing: painting a clay cat"),
    "gear": _("Drawing: cutting a gear"),
    "glass": _("Drawing: cutting a pattern into a glass"),
    "hammer": _("Drawing: hammering a kettle"),
    "instrument": _("Drawing: adjusting the keys of a clarinet"),
    "kite": _("Drawing: painting a kite"),
    "knife": _("Drawing: sharpening a knife on a stone"),
    "lantern": _("Drawing: painting a paper lantern"),
    "leather": _("Drawing: sewing a leather bag"),
    "lens": _("Drawing: looking through a polished lens"),
    "limb": _("Drawing: adjusting a running blade"),
    "metal": _("Drawing: stamping rings out of sheet metal"),
    "mould": _("Drawing: taking a toy duck out of its mould"),
    "needle": _("Drawing: sewing cloth on a machine"),
    "paper": _("Drawing: putting the lid on a paper box"),
    "plane": _("Drawing: planing a board for a chest"),
    "printing": _("Drawing: taking a sheet off the press"),
    "scroll": _("Drawing: mounting a hanging scroll"),
    "shoe": _("Drawing: nailing the sole of a shoe"),
    "sign": _("Drawing: painting a shop's sign"),
    "spring": _("Drawing: testing a spring"),
    "tatami": _("Drawing: sewing the border of a tatami mat"),
    "textile": _("Drawing: dyeing cloth in a vat"),
    "tofu": _("Drawing: cutting tofu"),
    "type": _("Drawing: setting letters for printing"),
    "woodblock": _("Drawing: printing with woodblocks"),
    "pot": _("Drawing: cleaning an ancient pot"),
    "archive": _("Drawing: putting an old photo into an album"),
    "farmhouse": _("Drawing: drying persimmons at an old farmhouse"),
    "garden": _("Drawing: trimming a pine in a garden"),
    "gym": _("Drawing: throwing a basketball"),
    "hall": _("Drawing: a violin on the stage of a hall"),
    "library": _("Drawing: taking a book from a shelf"),
    "park": _("Drawing: lunch under a cherry tree in the park"),
    "shrine": _("Drawing: ringing the bell of a shrine"),
    "sluice": _("Drawing: opening a sluice gate"),
    "factory": _("Drawing: turning a nut with a spanner"),
    "craft": _("Drawing: taking a brush from a pot of tools"),
    "culture": _("Drawing: putting the label to an open book in a glass case"),
    "sports": _("Drawing: holding up a football"),
    "heritage": _("Drawing: setting a brick into an old wall"),
    "shopping_street": _("Drawing: handing over a bag of croquettes"),
    "trial_shop": _("Drawing: putting a cup on a shop's shelf"),
    "classroom": _("Drawing: folding a paper crane"),
    "public": _("Drawing: stamping a form at the counter"),
}
"""By the name of its file in `static/scenes`: a craft's emblem; what a place is; the kinds."""


@dataclass(frozen=True, slots=True)
class Scene:
    """`file` is an asset's name; `alt` is said of the drawing where it is not mere decoration."""

    file: str
    alt: Text


def scene_of(kind: str, emblem: str = "") -> Scene:
    """The scene of a craft, else its kind's; a kind that is not drawn yet shows tools."""
    name = next(one for one in (emblem, kind, "craft") if one in SCENES)
    return Scene(f"scenes/{name}.svg", SCENES[name])
