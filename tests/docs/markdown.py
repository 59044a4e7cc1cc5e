"""The documents taken apart: fenced blocks with the mark before them, links, headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = tuple(sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]))

_FENCE = re.compile(r"^```(\w*)\s*$")
_MARK = re.compile(r"^<!-- (\w[\w-]*)(?:: (.*?))? -->$")
_LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`[^`]*`")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        kind: the word behind the fence.
        mark, value: the comment on the line before, ``<!-- mark: value -->``; empty where there is none.
        line: number of its first line, from 1.
    """

    kind: str
    text: str
    line: int
    mark: str = ""
    value: str = ""


def name_of(path: Path) -> str:
    """The document's path within the project."""
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path) -> Iterator[Block]:
    """The fenced blocks of a document, in order."""
    lines = path.read_text(encoding="utf-8").split("\n")
    number = 0
    mark = value = ""
    while number < len(lines):
        comment = _MARK.match(lines[number])
        fence = _FENCE.match(lines[number])
        if comment:
            mark, value = comment[1], comment[2] or ""
        elif fence:
            end = next(n for n in range(number + 1, len(lines)) if lines[n] == "```")
            yield Block(fence[1], "\n".join(lines[number + 1 : end]) + "\n", number + 2, mark, value)
            number = end
            mark = value = ""
        elif lines[number].strip():
            mark = value = ""
        number += 1


def prose(path: Path) -> str:
    """A document without its fenced blocks."""
    inside = False
    kept = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        fence = line.startswith("```")
        if not fence and not inside:
            kept.append(line)
        inside = inside != fence
    return "\n".join(kept)


def links(path: Path) -> Iterator[str]:
    """Where a document's links and pictures lead."""
    yield from _LINK.findall(_CODE.sub("", prose(path)))


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub makes of a document's headings."""
    headings = [line.lstrip("#").strip() for line in prose(path).split("\n") if re.match(r"#{1,6} ", line)]
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def sections(path: Path) -> dict[str, str]:
    """The text under each second-level heading, by heading."""
    found: dict[str, str] = {}
    heading = ""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("## "):
            heading = line[3:].strip()
        elif heading:
            found[heading] = found.get(heading, "") + line + "\n"
    return found
