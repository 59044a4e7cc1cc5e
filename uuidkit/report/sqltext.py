"""SQL as it is shown: broken into lines where a break changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from uuidkit.report.layout import WIDTH, visible, width

# What may not be broken: quoted things whole, other text up to the next bracket, comma or blank.
_ATOM = re.compile(
    r"""(?P<gap>\s*)
        (?P<atom> [eE]'(?:[^'\\]|\\.|'')*'
                | [A-DF-Za-df-z&]{0,2}'(?:[^']|'')*'
                | (?:[uU]&)?"(?:[^"]|"")*"
                | (?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag)
                | [^\s'"$(),]*[(),]
                | [^\s'"$(),]+
                | \S )""",
    re.VERBOSE | re.DOTALL,
)
_BODY = re.compile(r"(?P<tag>\$(?:[A-Za-z_]\w*)?\$)(?P<code>.*)(?P=tag)", re.DOTALL)
_LITERAL = re.compile(r"[A-Za-z&]{0,2}'")
# What stays together within a literal: a word with the blanks after it; where that is too long, an escape.
_WORD = re.compile(r"\S*\s*", re.DOTALL)
_UNIT = re.compile(r"''|.", re.DOTALL)
_ESCAPED_WORD = re.compile(r"(?:\\.|\S)*\s*", re.DOTALL)
_ESCAPED_UNIT = re.compile(r"\\(?:x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)|''|.", re.DOTALL)


def wrap_sql(statement: str, indent: str = "", columns: int = WIDTH) -> list[str]:
    """A statement's lines, each at most ``columns`` cells wide unless one name alone is wider.

    The statement's own line breaks are kept. A literal that fits no line becomes several on lines of their own, which
    SQL reads as one.

    Args:
        statement: SQL.
        indent: what every line begins with.
        columns: the widest line allowed, in cells.

    Source: PostgreSQL, "Lexical Structure: Constants".
    """
    lines: list[str] = []
    line, empty, hanging = indent, True, ""
    for gap, atoms in _words(statement):
        if "\n" in gap:
            # A line break of the statement's own: its indentation is part of how it reads.
            hanging = gap.rpartition("\n")[2].replace("\t", "    ")
            if not empty:
                lines.append(line)
                line, empty = indent + hanging, True
        room = columns - width(indent + hanging) - 2
        shown = [_shown(atom, indent, columns) for atom in atoms]
        # A word that fits a line of its own is not broken; a longer one is, between its atoms.
        whole = "".join(shown)
        parts = [whole] if max(map(width, whole.split("\n"))) <= room else shown
        blank = "" if empty else " "
        for part in parts:
            if _LITERAL.match(part) and max(map(width, part.split("\n"))) > room:
                part = _continued(part, f"{indent}{hanging}  ", columns)
            head, *rest = part.split("\n")
            if not empty and width(line + blank + head) > columns:
                lines.append(line)
                line, blank = f"{indent}{hanging}  ", ""
            line += blank + head
            empty, blank = False, ""
            if rest:
                lines += [line, *rest[:-1]]
                line = rest[-1]
    return [*lines, line]


def _words(statement: str) -> Iterator[tuple[str, list[str]]]:
    """What stands between two blanks, as atoms, with the blanks before it."""
    number = 0
    numbered: list[tuple[int, str, str]] = []
    for match in _ATOM.finditer(statement):
        number += bool(match["gap"])
        numbered.append((number, match["gap"], match["atom"]))
    for _, group in groupby(numbered, key=lambda item: item[0]):
        items = list(group)
        yield items[0][1], [atom for _, _, atom in items]


def _shown(atom: str, indent: str, columns: int) -> str:
    """The atom as it is shown; no control character but a line break reaches a terminal."""
    body = _BODY.fullmatch(atom)
    if body is None or "\n" not in atom:
        return "\n".join(map(visible, atom.split("\n")))
    # The code within dollar quotes is SQL again, and is set in lines like it.
    code = body["code"].strip("\n")
    return "\n".join([body["tag"], *wrap_sql(code, indent, columns), indent + body["tag"]])


def _continued(literal: str, indent: str, columns: int) -> str:
    """A long literal as several, one below the other."""
    start = literal.index("'") + 1
    words, units = (_ESCAPED_WORD, _ESCAPED_UNIT) if literal[0] in "eE" else (_WORD, _UNIT)
    lines: list[str] = []
    line = literal[:start]
    limit = columns - width(indent) - 1
    for word in words.findall(literal[start:-1]):
        for unit in [word] if width(word) < limit // 2 else units.findall(word):
            if width(line.rpartition("\n")[2]) + width(unit.partition("\n")[0]) > limit and len(line) > 1:
                lines.append(line + "'")
                line = "'"
            line += unit
    lines.append(line + "'")
    return f"\n{indent}".join(lines)
