"""SQL as it is shown: broken into lines where a break changes nothing, long literals cut. Not meant to be run."""

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


def wrap_sql(statement: str, indent: str = "", columns: int = WIDTH) -> list[str]:
    """A statement's lines, each at most ``columns`` cells wide unless one name alone is wider.

    The statement's own line breaks are kept. A literal that fits no line is cut, and says so.

    Args:
        statement: SQL.
        indent: what every line begins with.
        columns: the widest line allowed, in cells.
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
        shown = [text for atom in atoms for text in [_shown(atom, indent, columns, room)]]
        # A word that fits a line of its own is not broken; a longer one is, between its atoms.
        whole = "".join(shown)
        parts = [whole] if "\n" in whole or width(whole) <= room else shown
        blank = "" if empty else " "
        for part in parts:
            head, *rest = part.split("\n")
            if not empty and width(line + blank + head) > columns:
                lines.append(line)
                line, blank = f"{indent}{hanging}  ", ""
            line += blank + head
            empty, blank = False, ""
            if rest:
                lines += [line, *rest[:-1]]
                line = rest[-1]
    lines.append(line)
    return [line.rstrip() for line in lines]


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


def _shown(atom: str, indent: str, columns: int, room: int) -> str:
    """The atom as it is shown; no control character but a line break reaches a terminal."""
    body = _BODY.fullmatch(atom)
    if body is not None and "\n" in atom:
        # The code within dollar quotes is SQL again, and is set in lines like it.
        code = body["code"].strip("\n")
        return "\n".join([body["tag"], *wrap_sql(code, indent, columns), indent + body["tag"]])
    lines = [visible(part) for part in atom.split("\n")]
    if _LITERAL.match(atom) and max(map(width, lines)) > room:
        note = f"…' /* {len(atom):,} characters */"
        text, kept = " ".join(lines), ""
        for character in text:
            if width(kept + character + note) > room:
                break
            kept += character
        return kept + note
    return "\n".join(lines)
