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
_BODY = re.compile(r"(?P<tag>\$(?:[A-Za-z_]\w*)?\$)(?P<code>.*)(?P=tag)(?P<tail>[^$]*)", re.DOTALL)


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
        if "\n" in gap:
            # A line break of the statement's own: its indentation is part of how it reads.
            hanging = gap.rpartition("\n")[2].replace("\t", "    ")
            if not empty:
                lines.append(line)
                line, empty = indent + hanging, True
        head, *rest = _shown(match.group(), indent, columns)
        if not empty and width(line) + 1 + width(head) > columns:
            lines.append(line)
            line, empty = f"{indent}{hanging}  ", True
        line += head if empty else f" {head}"
        empty = False
        if rest:
            lines += [line, *rest[:-1]]
            line = rest[-1]
    lines.append(line)
    return [line.rstrip() for line in lines]


def _shown(piece: str, indent: str, columns: int) -> list[str]:
    """The piece's own lines; no control character in it reaches a terminal."""
    body = _BODY.fullmatch(piece)
    if body is None or "\n" not in piece:
        return [visible(part) for part in piece.split("\n")]
    # The code within dollar quotes is SQL again, and is set in lines like it.
    code = body["code"].strip("\n")
    return [f"{body['tag']}", *wrap_sql(code, indent, columns=columns), f"{indent}{body['tag']}{body['tail']}"]
