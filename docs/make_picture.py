"""The main parts of a text report as a picture of a terminal, in SVG: no font, script or address from elsewhere.

uuidkit report orders.order_id --on-unparseable derive --declare-references > report.txt
python docs/make_picture.py '$ uuidkit report …' report.txt docs/images/report.svg
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from uuidkit.cli.output import painted
from uuidkit.report.layout import width

# The parts shown, and how many paragraphs of each; dots stand for what is left out.
PARTS = {"COLUMNS": 2, "FOREIGN KEYS": 2, "UNDECLARED REFERENCES": 2, "COST": 3}

CHARACTER, LINE, MARGIN, TITLE = 8.4, 19, 18, 30  # pixels, at a font size of 14
COLUMNS = 80
# A dark window with a border of its own, so that it can be read on a light page and on a dark one.
STYLE = (
    "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace;"
    "fill:#d7dde5;white-space:pre}text.b{font-weight:bold;fill:#ffffff}text.g{font-weight:bold;fill:#5fd787}"
    "text.r{font-weight:bold;fill:#ff7b72}text.p{fill:#8b949e}"
)
_HEADING = re.compile(r"[A-Z][A-Z ]+(?: \(|$)")
_PART = re.compile(r"\S+(?: \S+)*")  # columns are two blanks apart
_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_CLASSES = {"32": "g", "31": "r", "1": "b"}


def picture(prompt: str, report: str) -> str:
    """The SVG.

    Args:
        prompt: the command, shown in the first line.
        report: what it printed.
    """
    lines = painted("\n".join(excerpt(report))).split("\n")
    rows = [row(0, [("p", prompt)]), *(row(number, spans(line)) for number, line in enumerate(lines, 2))]
    across = round(COLUMNS * CHARACTER + 2 * MARGIN)
    down = TITLE + (len(lines) + 2) * LINE + MARGIN
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}" viewBox="0 0 {across} {down}"'
    return "\n".join(
        [
            f'{head} xml:space="preserve" role="img" aria-label={quoteattr(f"Terminal: {prompt}")}>',
            f"<style>{STYLE}</style>",
            f'<rect x="0.5" y="0.5" width="{across - 1}" height="{down - 1}" rx="8" fill="#161b22" stroke="#484f58"/>',
            *(f'<circle cx="{MARGIN + 6 + 18 * n}" cy="18" r="5.5" fill="#484f58"/>' for n in range(3)),
            *filter(None, rows),
            "</svg>\n",
        ]
    )


def excerpt(report: str) -> list[str]:
    """The lines of the verdict and of ``PARTS``.

    Args:
        report: a text report.
    """
    kept: list[str] = []
    left = 1
    for paragraph in report.rstrip("\n").split("\n\n"):
        if _HEADING.match(paragraph):
            left = PARTS.get(paragraph.partition(" (")[0].partition("\n")[0], 0)
        if left > 0:
            kept += ["", *paragraph.split("\n")]
        elif kept[-1] != "  …":
            kept += ["", "  …"]
        left -= 1
    return kept[1:]


def spans(line: str) -> Iterator[tuple[str, str]]:
    """The pieces of a coloured line: a class, or none, and text.

    Args:
        line: with the codes of ECMA-48 that click writes.
    """
    kind, start = "", 0
    for code in _SGR.finditer(line):
        if code.start() > start:
            yield kind, line[start : code.start()]
        for number in code[1].split(";"):
            # Bold after a colour: what is coloured is bold anyway.
            kind = "" if number in ("", "0") else kind if number == "1" and kind else _CLASSES.get(number, kind)
        start = code.end()
    if line[start:]:
        yield kind, line[start:]


def row(number: int, pieces: Iterable[tuple[str, str]]) -> str:
    """One line; its columns stand where they belong, whatever the font.

    Args:
        number: from 0.
        pieces: class and text.
    """
    found = []
    column = 0
    for kind, piece in pieces:
        style = f' class="{kind}"' if kind else ""
        for part in _PART.finditer(piece):
            x = MARGIN + (column + width(piece[: part.start()])) * CHARACTER
            found.append(
                f'<text x="{x:g}" y="{TITLE + (number + 1) * LINE}" textLength="{width(part[0]) * CHARACTER:g}"{style}>'
                f"{escape(part[0])}</text>"
            )
        column += width(piece)
    return "".join(found)


if __name__ == "__main__":
    prompt, source, target = sys.argv[1:]
    Path(target).write_text(picture(prompt, Path(source).read_text(encoding="utf-8")), encoding="utf-8")
