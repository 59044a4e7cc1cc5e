"""Lines of text that fit a terminal: wrapping, tables, numbers in words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

WIDTH = 80  # columns; the text reports are made for the smallest terminal in use

_GAP = 2


def visible(text: str) -> str:
    """The text with every control and formatting character written as an escape.

    Names and values come from somebody's database: none of them may move the cursor, colour the terminal, start a
    new line of a report or of a script, or turn the direction of writing.

    Args:
        text: anything.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c == " " or not unicodedata.category(c).startswith(("C", "Z")) else _escape(c) for c in text)


def _escape(character: str) -> str:
    if unicodedata.category(character) == "Zs":
        return " "
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def width(text: str) -> int:
    """Number of terminal cells the text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def sample(value: str, limit: int = 48) -> str:
    """A value from the database as it is shown: in quotes, escaped, and cut when it is long.

    Args:
        value: the value.
        limit: the most characters shown.
    """
    cut = visible(value[:limit])
    if len(value) > limit:
        return f"'{cut}…' ({len(value):,} characters)"
    return f"'{cut}'"


def wrap(text: str, indent: str = "", first: str | None = None, columns: int = WIDTH) -> list[str]:
    """The text as lines of at most ``columns`` cells, broken at blanks, in words only where one is too long.

    Args:
        text: one paragraph.
        indent: what every line begins with.
        first: what the first line begins with instead of ``indent``.
        columns: the widest line allowed, in cells.
    """
    lead = indent if first is None else first
    lines: list[str] = []
    line, room, empty = lead, columns - width(lead), True
    for word in visible(text).split(" "):
        if not word:
            continue
        for piece in _pieces(word, columns - width(indent)):
            needed = width(piece) + (0 if empty else 1)
            if needed > room and not empty:
                lines.append(line.rstrip())
                line, room, empty = indent, columns - width(indent), True
                needed = width(piece)
            line += piece if empty else f" {piece}"
            room, empty = room - needed, False
    lines.append(line.rstrip())
    return lines


def _pieces(word: str, room: int) -> list[str]:
    """The word in pieces that fit, broken after a joint of a name where there is one."""
    room = max(room, 1)
    pieces: list[str] = []
    while width(word) > room:
        end, taken = 0, 0
        for character in word:
            step = width(character)
            if taken + step > room and end:
                break
            end, taken = end + 1, taken + step
        joint = max(word.rfind(mark, 0, end) for mark in "._/-,(:") + 1
        cut = joint if joint > end // 2 else end
        pieces.append(word[:cut])
        word = word[cut:]
    return [*pieces, word] if word else pieces


def pad(text: str, cells: int, right: bool = False) -> str:
    """The text filled up with blanks to a width in cells."""
    blanks = " " * (cells - width(text))
    return blanks + text if right else text + blanks


def table(
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    indent: str = "",
    right: Iterable[int] = (),
    columns: int = WIDTH,
    yielding: Sequence[int] = (),
) -> list[str]:
    """Rows under headers; where they are too wide together, the widest columns are wrapped.

    Args:
        headers: one per column; headers that are all empty are not printed.
        rows: the cells.
        indent: what every line begins with.
        right: numbers of the columns that are aligned to the right.
        columns: the widest line allowed, in cells.
        yielding: numbers of the columns that are wrapped before any other is.
    """
    body = [[visible(cell) for cell in row] for row in rows]
    widths = [max(map(width, cells)) for cells in zip(headers, *body, strict=True)]
    available = columns - width(indent) - _GAP * (len(widths) - 1)
    while sum(widths) > available and max(widths) > 4:
        soft = [place for place in yielding if widths[place] > 16]
        widest = max(soft or range(len(widths)), key=lambda place: widths[place])
        widths[widest] -= 1
    aligned = frozenset(right)
    lines: list[str] = []
    for row in ([list(headers)] if any(headers) else []) + body:
        cells = [wrap(cell, columns=size) for cell, size in zip(row, widths, strict=True)]
        for number in range(max(map(len, cells))):
            parts = [
                pad(cell[number] if number < len(cell) else "", size, place in aligned)
                for place, (cell, size) in enumerate(zip(cells, widths, strict=True))
            ]
            lines.append((indent + (" " * _GAP).join(parts)).rstrip())
    return lines


def duration(seconds: float) -> str:
    """A time span as it is said."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def size(number: float) -> str:
    """A number of bytes as it is said, in units of 1024."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "bytes" or number >= 9.95 else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} TB"


def listing(words: Sequence[str], last: str = "and") -> str:
    """Words as a list in a sentence: ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def sentences(facts: Sequence[str]) -> str:
    """Facts as sentences, each with a capital letter and a full stop.

    Args:
        facts: clauses or sentences.
    """
    return " ".join(f"{fact[0].upper()}{fact[1:].rstrip('.')}." for fact in facts if fact)
