"""`python -m bench.rooms` (`make drawing`): the house as its imports have it, a picture a hall.

A box is a module or a room; it stands above all that it imports, so every arrow goes down. Of two
ways from one box to another the longer one is drawn: an arrow that follows from others is left out.
Types that are named and not imported when the app runs (`tour.parts`) draw no arrow.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from grimp import ImportGraph, build_graph

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures" / "rooms"
CHAR, LINE, PAD, GAP, RISE, EDGE = 7, 15, 9, 22, 34, 16
"""Pixels: a letter, a line of text, inside a box, beside it, above it, around the picture."""
SWEEPS = 8
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #2b2622 }
.room { fill: #f6ece0; stroke: #a8432b } .module { fill: #fff; stroke: #b9aea3 }
.name { font-weight: 600 } .inside { font-size: 11px; fill: #6a5f56 }
path { fill: none; stroke: #8c7f73; stroke-width: 1.1 }
"""

Arrows = Mapping[str, frozenset[str]]


@dataclass(slots=True)
class Box:
    """`name` without its hall's; `inside` are the names of the rooms in it."""

    name: str
    is_package: bool
    inside: list[str]
    x: float = 0
    y: float = 0

    @property
    def width(self) -> float:
        longest = max(len(self.name) * 1.2, *(len(line) * 0.86 for line in self.inside), 5)
        return longest * CHAR + 2 * PAD

    @property
    def height(self) -> float:
        return (1 + len(self.inside)) * LINE + PAD

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def halls(graph: ImportGraph) -> list[str]:
    """`tour`, and every package in it that has packages of its own."""
    parents = {module.rpartition(".")[0] for module in graph.modules if graph.find_children(module)}
    return sorted(parents - {"", "tour.db"})


def arrows_in(graph: ImportGraph, hall: str) -> Arrows:
    """By what stands in the hall: what else there it imports, by whatever module of it."""
    of = {
        module: child
        for child in graph.find_children(hall)
        for module in {child, *graph.find_descendants(child)}
    }
    found: dict[str, set[str]] = {child: set() for child in graph.find_children(hall)}
    for module, child in of.items():
        for imported in graph.find_modules_directly_imported_by(module):
            if of.get(imported, child) != child:
                found[child].add(of[imported])
    return {child: frozenset(below) for child, below in found.items()}


def below(arrows: Arrows, child: str) -> set[str]:
    """All that it reaches."""
    found: set[str] = set()
    ahead = list(arrows[child])
    while ahead:
        if (one := ahead.pop()) not in found:
            found.add(one)
            ahead += arrows[one]
    return found


def without_what_follows(arrows: Arrows) -> Arrows:
    reach = {child: below(arrows, child) for child in arrows}
    return {
        child: frozenset(one for one in direct if not any(one in reach[o] for o in direct - {one}))
        for child, direct in arrows.items()
    }


def floors(arrows: Arrows) -> list[list[str]]:
    """The ground last. Each stands as low as what it imports lets it."""
    left, found = dict(arrows), list[list[str]]()
    while left:
        lowest = sorted(child for child in left if not arrows[child] & left.keys())
        if not lowest:
            raise ValueError(f"a circle among {sorted(left)}")
        found.insert(0, lowest)
        left = {child: direct for child, direct in left.items() if child not in lowest}
    return found


def draw(graph: ImportGraph, hall: str) -> str:
    """The picture as SVG; the same imports give the same text."""
    arrows = arrows_in(graph, hall)
    reduced = without_what_follows(arrows)
    boxes = {child: _box_of(graph, child) for child in arrows}
    rows = [[boxes[child] for child in floor] for floor in floors(arrows)]
    links = [(boxes[a], boxes[b]) for a in sorted(reduced) for b in sorted(reduced[a])]
    _place(rows, links)
    return "\n".join(_svg(hall, rows, links)) + "\n"


def _box_of(graph: ImportGraph, child: str) -> Box:
    """What is in a room is the room's own; of a hall its rooms are named."""
    inside = graph.find_children(child)
    rooms = sorted(one.rpartition(".")[2] for one in inside if graph.find_children(one))
    return Box(child.rpartition(".")[2], bool(inside), rooms)


def _place(rows: list[list[Box]], links: Iterable[tuple[Box, Box]]) -> None:
    """Floor by floor, each box near what it is tied to; first below its users, then above."""
    ties: dict[int, list[Box]] = {}
    for a, b in links:
        ties.setdefault(id(a), []).append(b)
        ties.setdefault(id(b), []).append(a)
    widest = max(sum(box.width + GAP for box in row) for row in rows)
    y: float = EDGE
    for row in rows:
        for box in row:
            box.y = y
        y += max(box.height for box in row) + RISE
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            if sweep:
                row.sort(key=lambda box: (_mean(ties.get(id(box), []), box), box.name))
            x = EDGE + (widest - sum(box.width + GAP for box in row)) / 2
            for box in row:
                box.x = x
                x += box.width + GAP


def _mean(tied: list[Box], box: Box) -> float:
    return round(sum(one.middle for one in tied) / len(tied) if tied else box.middle, 3)


def _svg(hall: str, rows: list[list[Box]], links: list[tuple[Box, Box]]) -> Iterator[str]:
    boxes = [box for row in rows for box in row]
    width = max(box.x + box.width for box in boxes) + EDGE
    height = max(box.y + box.height for box in boxes) + EDGE
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}"'
        f' width="{width:.0f}" height="{height:.0f}" role="img">'
    )
    yield f"<title>{escape(hall)}: what imports what, downwards</title>"
    yield f"<style>{STYLE}</style>"
    yield (
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
        ' orient="auto"><path d="M1,1 7,4 1,7"/></marker>'
    )
    yield f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fffdf9"/>'
    for a, b in links:
        yield _arrow(a, b)
    for box in boxes:
        yield from _drawn(box)
    yield "</svg>"


def _arrow(a: Box, b: Box) -> str:
    top, bottom = a.y + a.height, b.y
    bend = min((bottom - top) / 2, 60)
    return (
        f'<path d="M{a.middle:.0f},{top:.0f} C{a.middle:.0f},{top + bend:.0f}'
        f' {b.middle:.0f},{bottom - bend:.0f} {b.middle:.0f},{bottom:.0f}" marker-end="url(#tip)"/>'
    )


def _drawn(box: Box) -> Iterator[str]:
    kind = "room" if box.is_package else "module"
    yield (
        f'<rect class="{kind}" x="{box.x:.0f}" y="{box.y:.0f}" rx="4"'
        f' width="{box.width:.0f}" height="{box.height:.0f}"/>'
    )
    for number, line in enumerate([box.name, *box.inside]):
        x, y = box.x + PAD, box.y + PAD + 8 + number * LINE
        looks = "inside" if number else "name"
        yield f'<text class="{looks}" x="{x:.0f}" y="{y:.0f}">{escape(line)}</text>'


def pictures() -> dict[str, str]:
    """By file name."""
    graph = build_graph("tour", cache_dir=None, exclude_type_checking_imports=True)
    return {f"{hall}.svg": draw(graph, hall) for hall in halls(graph)}


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures().items():
        (PICTURES / name).write_text(picture, "utf-8")


if __name__ == "__main__":
    main()
