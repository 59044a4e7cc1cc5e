"""The reference graph as SVG: tables, their columns, and who refers to whom. Pure.

Referenced tables stand to the left of those that refer to them. Colours come from the page's style sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

_CHARACTER = 7.3  # pixels of one character at 12 px in a fixed-width font
_HEAD, _ROW, _GAP, _BETWEEN, _MARGIN = 24.0, 18.0, 18.0, 76.0, 14.0
_PAGE = 1080.0  # pixels that a page has in its width
_LONGEST = 34  # characters of a name; longer ones are shortened in the middle and kept whole in the tooltip


@dataclass(frozen=True, slots=True)
class Node:
    """A table.

    Attributes:
        columns: (name, state), the state being ``convert``, ``blocked``, ``review`` or ``done``.
    """

    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def height(self) -> float:
        """In pixels."""
        return _HEAD + _ROW * len(self.columns) + 6

    @property
    def width(self) -> float:
        """In pixels."""
        longest = max([len(self.name), *(len(column) + 2 for column, _ in self.columns)])
        return 20 + _CHARACTER * min(longest, _LONGEST)


@dataclass(frozen=True, slots=True)
class Edge:
    """A reference: (table, column) to (table, column)."""

    child: tuple[str, str]
    parent: tuple[str, str]
    declared: bool


@dataclass(frozen=True, slots=True)
class _Place:
    x: float
    y: float
    node: Node

    def row(self, column: str) -> float:
        names = [name for name, _ in self.node.columns]
        number = names.index(column) if column in names else 0
        return self.y + _HEAD + _ROW * number + _ROW / 2


def draw(nodes: Sequence[Node], edges: Sequence[Edge]) -> str:
    """The drawing as an SVG element, to be put into a page as it is.

    Args:
        nodes: the tables; none gives an empty text.
        edges: references between columns of these tables.
    """
    if not nodes:
        return ""
    places = _places(nodes, edges)
    height = max(place.y + place.node.height for place in places.values()) + _MARGIN
    known = [edge for edge in edges if edge.child[0] in places and edge.parent[0] in places]
    number = {name: f"of{n}" for n, name in enumerate(places)}
    drawn = [
        _edge(places[e.child[0]], places[e.parent[0]], e, f"{number[e.child[0]]} {number[e.parent[0]]}") for e in known
    ]
    width = max(*(place.x + place.node.width for place in places.values()), *(right for _, right in drawn), 0) + _MARGIN
    parts = [
        _pointed_at(number.values()),
        *(edge for edge, _ in drawn),
        *(_box(place, number[name]) for name, place in places.items()),
    ]
    said = f"{len(nodes)} tables, {len(known)} references"
    return (
        f'<svg class="graph" role="img" aria-label="{said}" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def depths(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, int]:
    """How far each table stands from those that refer to nothing; in a cycle the first one met stands first.

    Args:
        nodes: the tables.
        edges: the references.
    """
    parents: dict[str, set[str]] = {node.name: set() for node in nodes}
    for edge in edges:
        if edge.child[0] in parents and edge.parent[0] in parents and edge.child[0] != edge.parent[0]:
            parents[edge.child[0]].add(edge.parent[0])
    found: dict[str, int] = {}

    def depth(name: str, above: frozenset[str]) -> int:
        if name in found:
            return found[name]
        if name in above:
            return -1
        deepest = max((depth(parent, above | {name}) for parent in sorted(parents[name])), default=-1)
        found[name] = deepest + 1
        return found[name]

    for node in nodes:
        depth(node.name, frozenset())
    return found


def _places(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, _Place]:
    level = depths(nodes, edges)
    layers: dict[int, list[Node]] = {}
    for node in nodes:
        layers.setdefault(level[node.name], []).append(node)
    order = {node.name: float(number) for number, node in enumerate(nodes)}
    total = sum(node.height + _GAP for node in nodes)
    widest = max(node.width for node in nodes) + _BETWEEN
    # As high as the width of a page asks for, so that nothing has to be made small.
    tallest = max(420.0, total / max(1.0, math.floor(_PAGE / widest)), *(node.height for node in nodes))
    layered = [layers[number] for number in sorted(layers)]
    if sum(math.ceil(sum(node.height + _GAP for node in layer) / tallest) for layer in layered) * widest > 1.5 * _PAGE:
        # A chain of many references would lead far out of the page: several layers share a rank.
        layered = [[node for layer in layered for node in layer]]
    places: dict[str, _Place] = {}
    x = _MARGIN
    for layer in layered:
        layer.sort(key=lambda node: (level[node.name], _middle(node, edges, places, order), node.name))
        for rank in _ranks(layer, tallest):
            y = _MARGIN
            for node in rank:
                places[node.name] = _Place(x, y, node)
                y += node.height + _GAP
            x += max(node.width for node in rank) + _BETWEEN
    return places


def _ranks(layer: Sequence[Node], tallest: float) -> list[list[Node]]:
    """A layer divided into as many ranks as its height asks for, of about the same height."""
    whole = sum(node.height + _GAP for node in layer)
    limit = whole / max(1, math.ceil(whole / tallest))
    ranks: list[list[Node]] = [[]]
    used = 0.0
    for node in layer:
        if ranks[-1] and used + node.height / 2 > limit:
            ranks.append([])
            used = 0.0
        ranks[-1].append(node)
        used += node.height + _GAP
    return ranks


def _middle(
    node: Node, edges: Sequence[Edge], places: Mapping[str, _Place], order: Mapping[str, float]
) -> tuple[float, float]:
    """Where a table's parents stand on the average, so that lines cross less."""
    above = [places[e.parent[0]].row(e.parent[1]) for e in edges if e.child[0] == node.name and e.parent[0] in places]
    return (sum(above) / len(above) if above else 0.0, order[node.name])


def _pointed_at(tables: Iterable[str]) -> str:
    """Rules by which the lines of the table under the pointer stay and all others fade: a hundred tables have many."""
    rules = "".join(f"svg.graph:has(.table.{n}:hover) .edge:not(.{n}){{opacity:.1}}" for n in tables)
    return f"<style>{rules}</style>"


def _edge(child: _Place, parent: _Place, edge: Edge, tables: str) -> tuple[str, float]:
    """The line with its head, and how far to the right it goes."""
    kind = "declared" if edge.declared else "undeclared"
    y1, y2 = child.row(edge.child[1]), parent.row(edge.parent[1])
    title = f"{'.'.join(edge.child)} → {'.'.join(edge.parent)}, {kind}"
    right = parent.x + parent.node.width
    if child.x > right:
        x1, x2, reach = child.x, right, child.x
        bend = max(30.0, (x1 - x2) / 2)
        path = f"M{x1:.0f},{y1:.1f} C{x1 - bend:.0f},{y1:.1f} {x2 + bend:.0f},{y2:.1f} {x2 + 7:.0f},{y2:.1f}"
    else:  # itself, a table of the same rank, or back in a cycle: around the right side
        x1, x2 = child.x + child.node.width, right
        bend = reach = max(x1, x2) + 24 + min(44.0, abs(y1 - y2) / 12)
        path = f"M{x1:.0f},{y1:.1f} C{bend:.0f},{y1:.1f} {bend:.0f},{y2:.1f} {x2 + 7:.0f},{y2:.1f}"
    head = f"M{right:.0f},{y2:.1f} l8,-4 l0,8 z"
    line = f'<path class="line" d="{path}"/><path class="head" d="{head}"/>'
    return f'<g class="edge {kind} {tables}"><title>{escape(title)}</title>{line}</g>', reach


def _box(place: _Place, table: str) -> str:
    node, x, y = place.node, place.x, place.y
    parts = [
        f'<g class="table {table}"><title>{escape(node.name)}</title>',
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{node.width:.0f}" height="{node.height:.0f}" rx="5"/>',
        f'<text class="name" x="{x + 9:.0f}" y="{y + 16:.0f}">{escape(short(node.name))}</text>',
    ]
    for number, (column, state) in enumerate(node.columns):
        top = y + _HEAD + _ROW * number
        parts.append(
            f'<g class="column {escape(state)}"><rect x="{x + 5:.0f}" y="{top:.0f}" width="{node.width - 10:.0f}" '
            f'height="{_ROW - 2:.0f}" rx="3"/><text x="{x + 12:.0f}" y="{top + 12:.0f}">{escape(short(column))}'
            "</text></g>"
        )
    return "".join(parts) + "</g>"


def short(name: str) -> str:
    """A name that fits its box: a long one loses its middle."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST // 2 - 1]}…{name[-(_LONGEST // 2) :]}"
