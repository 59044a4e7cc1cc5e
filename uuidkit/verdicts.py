"""The verdict on a text column: convert, review or keep, with the reason. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, display
from uuidkit.findings import ColumnFindings, Reference
from uuidkit.references.naming import names_copy_of, purpose, says_id
from uuidkit.references.samples import Sample

Verdict = Literal["convert", "review", "keep"]
Judgement = tuple[Verdict, str]

_ALONE: Final = "the column is no key and refers to none"
_LOOKALIKE: Final = re.compile(r"[0-9a-fA-F]{40,}\Z")  # SHA-1 and longer


class Judge:
    """Judges the columns of one database.

    Args:
        schema: the catalog.
        samples: a few values of every readable text column.
        references: declared and found ones.
    """

    def __init__(self, schema: Schema, samples: Mapping[ColumnName, Sample], references: Sequence[Reference]) -> None:
        self._schema = schema
        self._samples = samples
        self._up: dict[ColumnName, list[Reference]] = {}
        self._tied: set[ColumnName] = set()
        self._referenced: set[ColumnName] = set()
        for reference in references:
            self._tied |= {reference.referencing, reference.referenced}
            if reference.certain and reference.referencing != reference.referenced:
                self._up.setdefault(reference.referencing, []).append(reference)
                self._referenced.add(reference.referenced)
        self._judged: dict[ColumnName, Judgement] = {}

    def worth_listing(self) -> list[ColumnName]:
        """The text columns that hold identifiers, or may seem to: in the order of tables and columns."""
        return [
            name
            for table in self._schema.tables.values()
            for column in table.columns.values()
            if column.is_text and self._worth_listing(name := table.name.column(column.name))
        ]

    def _worth_listing(self, name: ColumnName) -> bool:
        sample = self._samples.get(name)
        if sample is None:
            return False
        if sample.uuids or name in self._tied or self._schema.is_unique(name) or says_id(name.name):
            return True
        return any(_LOOKALIKE.match(text) for text in sample.texts)

    def with_parents(self, columns: Collection[ColumnName]) -> list[ColumnName]:
        """The columns and every text column above them, whose verdict theirs depends on."""
        reached = dict.fromkeys(columns)
        waiting = list(columns)
        while waiting:
            for reference in self._up.get(waiting.pop(), ()):
                parent = reference.referenced
                found = self._schema.column(parent)
                if parent not in reached and found is not None and found.is_text and parent in self._samples:
                    reached[parent] = None
                    waiting.append(parent)
        return list(reached)

    def verdict(self, name: ColumnName, findings: Mapping[ColumnName, ColumnFindings]) -> Judgement:
        """The verdict on a column and the reason.

        Args:
            name: a text column that was surveyed.
            findings: of it and of every column of ``with_parents``.
        """
        if name not in self._judged:
            self._judged[name] = self._own(name, findings[name])  # also the answer where references go in a circle
            above = self._from_above(name, findings)
            if above is not None:
                self._judged[name] = above
        return self._judged[name]

    def _from_above(self, name: ColumnName, findings: Mapping[ColumnName, ColumnFindings]) -> Judgement | None:
        """What the column it refers to says about a column: both change, or neither does."""
        for reference in sorted(self._up.get(name, ()), key=lambda r: (not r.declared, r.referenced)):
            parent = reference.referenced
            tie = (
                f"Its foreign key {display(reference.constraint or '')} refers to {parent}"
                if reference.declared
                else f"It refers to {parent} without a foreign key ({_uncapital(reference.why)})"
            )
            found = self._schema.column(parent)
            if found is not None and found.is_uuid:
                return "convert", f"{tie}, which is uuid already."
            if parent in findings:
                verdict, why = self.verdict(parent, findings)
                if verdict == "convert":
                    return verdict, f"{tie}, and changes with it."
                return verdict, f"{tie}, of which it holds: {_uncapital(why)}"
        return None

    def _own(self, name: ColumnName, findings: ColumnFindings) -> Judgement:
        original = self._copied(name)
        if original is not None:
            return "keep", f"By its name it keeps the former text of {display(original)}."
        values, uuids = findings.values, findings.values - findings.unparseable
        if not values:
            return "keep", "The column is empty."
        if not uuids:
            if any(_LOOKALIKE.match(text) for text in findings.unparseable_samples):
                return "keep", "No value is a uuid; values of 40 or more hex digits are hashes, such as SHA-1."
            return "keep", "No value is a uuid."
        aim = purpose(name.name)
        if aim is not None:
            return "review", (
                f"{_share(uuids, values)} uuids, but by its name the column is meant for something else ({aim})."
            )
        key = self._key(name)
        named = says_id(name.name)
        if key is not None:
            return self._of_key(findings, key, named, uuids)
        if uuids < values:
            return "review", (
                f"{_share(uuids, values)} uuids, the others are not, such as {_samples(findings)}; {_ALONE}."
            )
        bare = findings.formats.get("hex", 0)
        if bare:
            return "review", (
                f"{_share(bare, values)} 32 hex digits alone, which may as well be a hash (MD5, ETag); {_ALONE}."
            )
        if set(findings.formats) - _BUILT_IN:
            return "review", f"Every value is a uuid in a format added by hand; {_ALONE}."
        if named:
            return "convert", "Every value is a hyphenated or prefixed uuid, and the name says that it identifies."
        return "review", f"Every value is a uuid, but the name does not say that it identifies; {_ALONE}."

    def _of_key(self, findings: ColumnFindings, key: str, named: bool, uuids: int) -> Judgement:
        values = findings.values
        if uuids == values:
            return "convert", f"{key}, and every value is a uuid."
        others = f"{findings.unparseable} are not, such as {_samples(findings)}"
        if named and 2 * uuids >= values:
            return "convert", f"{key}, and {_share(uuids, values, first=False)} uuids; {others}."
        if named:
            return "review", f"{key}, but only {_share(uuids, values, first=False)} uuids; {others}."
        return "review", f"{key}, but uuids are mixed with other words: {others}."

    def _key(self, name: ColumnName) -> str | None:
        """What makes a column a key, as the beginning of a sentence."""
        for index in self._schema.indexes_of(name.table_name):
            if index.is_key and index.key_columns == (name.name,):
                kind = "primary key" if index.primary else "key"
                return f"It is a {kind} ({display(index.constraint or index.name)})"
        return "Other columns refer to it" if name in self._referenced else None

    def _copied(self, name: ColumnName) -> str | None:
        columns = self._schema.tables[name.table_name].columns.values()
        return next((c.name for c in columns if c.is_uuid and names_copy_of(name.name, c.name)), None)


_BUILT_IN: Final = frozenset({"canonical", "hex", "braced", "hyphenated", "underscored", "prefixed"})


def _share(part: int, whole: int, *, first: bool = True) -> str:
    if part == whole:
        return "All values are" if first else "all values are"
    return f"{part} of {whole} values {'is' if part == 1 else 'are'}"


def _samples(findings: ColumnFindings) -> str:
    return ", ".join(repr(text) for text in findings.unparseable_samples[:3]) or "''"


def _uncapital(text: str) -> str:
    return text[:1].lower() + text[1:].removesuffix(".")
