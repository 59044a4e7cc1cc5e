"""What is written into a revision can be read again, and by people too."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from uuidkit.alembic.autogenerate.rendering import literal

plain = st.none() | st.booleans() | st.integers() | st.text(max_size=30)
documents = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=12), inner, max_size=6)
)


@given(documents, st.integers(20, 120))
def test_a_literal_is_what_it_was_made_of(document: Any, width: int) -> None:
    assert ast.literal_eval(literal(document, width)) == document


@given(st.lists(st.lists(st.integers(0, 999), max_size=30), max_size=30), st.integers(20, 120))
def test_lines_are_neither_too_long_nor_half_empty(document: list[list[int]], width: int) -> None:
    lines = literal(document, width).split("\n")
    assert all(len(line) <= width for line in lines)
    # A line of numbers ends where the next number, its comma and the blank before it would not fit.
    for line, after in pairwise(lines):
        depth, more = len(line) - len(line.lstrip()), len(after) - len(after.lstrip())
        if depth == more == 2:
            assert len(line) + 1 + len(after.split()[0]) > width
