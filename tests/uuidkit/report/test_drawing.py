"""The drawing of who refers to whom: everything is on it, nothing overlaps, and it stays within a page."""

from __future__ import annotations

import random
import re
from itertools import combinations

import pytest

from uuidkit.report.document.drawing import Edge, Node, draw

STAR, CHAIN, RANDOM = "star", "chain", "random"


def schema(kind: str, tables: int) -> tuple[list[Node], list[Edge]]:
    chance = random.Random(1)

    def parent(number: int) -> int:
        return {STAR: 0, CHAIN: number - 1, RANDOM: chance.randrange(number)}[kind]

    nodes = [Node(f"public.table_{n}", (("id", "convert"), ("other_id", "convert"))) for n in range(tables)]
    edges = [
        Edge((nodes[n].name, "other_id"), (nodes[parent(n)].name, "id"), declared=n % 2 == 0) for n in range(1, tables)
    ]
    return nodes, [*edges, Edge((nodes[0].name, "other_id"), (nodes[0].name, "id"), declared=True)]


@pytest.mark.parametrize("kind", [STAR, CHAIN, RANDOM])
@pytest.mark.parametrize("tables", [1, 3, 30, 100])
def test_a_schema(kind: str, tables: int) -> None:
    nodes, edges = schema(kind, tables)
    drawn = draw(nodes, edges)
    [(width, height)] = re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawn)
    assert int(width) <= 1700  # a page and a half
    boxes: list[tuple[float, ...]] = [
        tuple(map(float, found))
        for found in re.findall(r'</title><rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)" rx="5"/>', drawn)
    ]
    assert len(boxes) == tables
    for (x1, y1, w1, h1), (x2, y2, w2, h2) in combinations(boxes, 2):
        assert x1 + w1 <= x2 or x2 + w2 <= x1 or y1 + h1 <= y2 or y2 + h2 <= y1
    lines = re.findall(r'class="line" d="M([\d.]+),([\d.]+) C([\d.-]+),([\d.]+) ([\d.-]+),([\d.]+) ([\d.]+),', drawn)
    assert len(lines) == len(edges)
    for line in lines:
        numbers = list(map(float, line))
        assert min(numbers[0], numbers[6]) >= 0
        assert max(numbers[0::2]) <= int(width)
        assert max(numbers[1::2]) <= int(height)
    for name in (node.name for node in nodes):
        assert drawn.count(f"<title>{name}</title>") == 1
