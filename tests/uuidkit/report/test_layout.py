from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uuidkit.report.layout import duration, listing, sample, size, table, visible, width, wrap
from uuidkit.wording import count


@given(st.text(max_size=300), st.integers(10, 80))
def test_wrapped_lines_fit_and_lose_nothing(text: str, columns: int) -> None:
    lines = wrap(text, "  ", columns=columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == visible(text).replace(" ", "")


@given(st.lists(st.tuples(st.text(max_size=90), st.text(max_size=90), st.text(max_size=20)), max_size=5))
def test_tables_fit_and_lose_nothing(rows: list[tuple[str, str, str]]) -> None:
    lines = table(("NAME", "TYPE", "ROWS"), rows, "  ", right=(2,))
    assert all(width(line) <= 80 for line in lines)
    shown = sorted("".join(lines[1:]).replace(" ", ""))
    assert shown == sorted("".join(visible(cell) for row in rows for cell in row).replace(" ", ""))


@given(st.text())
def test_nothing_invisible_reaches_a_terminal(text: str) -> None:
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in visible(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Größe 表", "Größe 表"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\nb\tc", r"a\x0ab\x09c"),
        ("a\u202eb", r"a\u202eb"),
        ("a\U000e0001b", r"a\U000e0001b"),
    ],
)
def test_control_characters_become_escapes(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_wide_characters_take_two_cells() -> None:
    assert width("表a") == 3
    assert wrap("表表表", columns=4) == ["表表", "表"]


def test_long_names_break_after_a_joint() -> None:
    assert wrap("public.some_table.some_column", columns=20) == ["public.some_table.", "some_column"]


def test_long_samples_are_cut_and_say_so() -> None:
    assert sample("x" * 48) == f"'{'x' * 48}'"
    assert sample("x" * 1_000_000) == f"'{'x' * 48}…' (1,000,000 characters)"


def test_table_aligns_columns() -> None:
    assert table(("NAME", "ROWS"), [("a", "1"), ("long", "12,000")], "  ", right=(1,)) == [
        "  NAME    ROWS",
        "  a          1",
        "  long  12,000",
    ]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0004, "0 ms"), (0.25, "250 ms"), (0.9999, "1.0 s"), (12.34, "12.3 s"), (150, "2 min"), (7300, "2 h 2 min")],
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 bytes"), (8192, "8.0 kB"), (999_999, "977 kB"), (987_654_321, "942 MB"), (5 * 1024**4, "5.0 TB")],
)
def test_sizes(number: int, said: str) -> None:
    assert size(number) == said


def test_counts_and_lists() -> None:
    assert [count(n, "row") for n in (0, 1, 2000)] == ["0 rows", "1 row", "2,000 rows"]
    assert [listing(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
