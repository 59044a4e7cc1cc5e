"""SQL as it is shown: broken into lines where a blank is only a blank."""

from __future__ import annotations

import re

from uuidkit.report.layout import WIDTH, visible, width

# A piece is what may not be broken: quoted things whole, other text up to the next blank.
_PIECE = re.compile(
    r"""(?: [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
          | (?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag)
          | \S )+""",
    re.VERBOSE | re.DOTALL,
)


def wrap_sql(statement: str, indent: str = "", first: str | None = None, columns: int = WIDTH) -> list[str]:
    """A statement's lines, each at most ``columns`` cells wide unless one literal or name alone is wider.

    The statement's own line breaks are kept, and nothing within quotes is broken.

    Args:
        statement: SQL.
        indent: what every line begins with.
        first: what the first line begins with instead of ``indent``.
        columns: the widest line allowed, in cells.
    """
    lines: list[str] = []
    line = indent if first is None else first
    empty, position = True, 0
    hanging = ""
    for match in _PIECE.finditer(statement):
        gap, position = statement[position : match.start()], match.end()
        piece = _shown(match.group())
        if "\n" in gap:
            # A line break of the statement's own: its indentation is part of how it reads.
            hanging = gap.rpartition("\n")[2].replace("\t", "    ")
            if not empty:
                lines.append(line)
                line, empty = indent + hanging, True
        if not empty and width(line) + 1 + width(piece.split("\n")[0]) > columns:
            lines.append(line)
            line, empty = f"{indent}{hanging}  ", True
        line += piece if empty else f" {piece}"
        empty = False
        *whole, line = line.split("\n")
        lines += whole
    lines.append(line)
    return [line.rstrip() for line in lines]


def _shown(piece: str) -> str:
    # A line break within a literal or a function body stays one; no other control character reaches a terminal.
    return "\n".join(visible(part) for part in piece.split("\n"))
