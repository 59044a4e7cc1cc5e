"""The verdict on a text column: convert, review or keep, with the reason. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, Literal

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, display
from uuidkit.findings import ColumnFindings, Reference
from uuidkit.references.naming import kind_beside, names_copy_of, purpose, says_id
from uuidkit.references.samples import Sample

Verdict = Literal["convert", "review", "keep"]
Judgement = tuple[Verdict, str]

_ALONE: Final = "the column is no key and refers to none"
# Letters alone, in one word or several; an id that is no uuid has digits.
_WORD: Final = re.compile(r"[^\W\d_]{2,}(?:[ _./-][^\W\d_]+)*\Z")
_LOOKALIKE: Final = re.compile(r"[0-9a-fA-F]{40,}\Z")  # SHA-1 and longer


class Judge:
    """Judges the columns of one database.

    Args:
        schema: the catalog.
        samples: a few values of every readable text column.
        references: declared and found ones.
        exclude: columns that are to stay as they are; so does what foreign keys tie to them.
    """

    def __init__(
        self,
        schema: Schema,
        samples: Mapping[ColumnName, Sample],
        references: Sequence[Reference],
        exclude: Collection[ColumnName] = (),
    ) -> None:
        self._schema = schema
        self._samples = samples
        self._exclude = frozenset(exclude)
        self._up: dict[ColumnName, list[Reference]] = {}
        self._ties: dict[ColumnName, list[Reference]] = {}
        self._spread: dict[ColumnName, Reference] = {}
        self._tied: set[ColumnName] = set()
        self._referenced: set[ColumnName] = set()
        for reference in references:
            ends = {reference.referencing, reference.referenced}
            self._tied |= ends
            if reference.elsewhere:
                self._spread[reference.referencing] = reference
            if not reference.certain or (not reference.declared and ends & self._exclude):
                continue
            for end in ends:
                self._ties.setdefault(end, []).append(reference)
            if len(ends) > 1:
                self._up.setdefault(reference.referencing, []).append(reference)
                self._referenced.add(reference.referenced)
        self._judged: dict[ColumnName, Judgement] = {}

    def forget(self) -> None:
        """Judge anew from now on, because more is known about the values."""
        self._judged.clear()

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

    def with_relatives(self, columns: Collection[ColumnName]) -> list[ColumnName]:
        """The columns and every text column that would change with one of them, which their verdict depends on."""
        reached = dict.fromkeys(columns)
        waiting = list(columns)
        while waiting:
            for other in self._neighbours(waiting.pop()):
                if other not in reached:
                    reached[other] = None
                    waiting.append(other)
        return [name for name in reached if name in self._samples and self._is_text(name)]

    def _neighbours(self, name: ColumnName) -> Iterator[ColumnName]:
        for reference in self._ties.get(name, ()):
            yield reference.referenced if reference.referencing == name else reference.referencing

    def _is_text(self, name: ColumnName) -> bool:
        found = self._schema.column(name)
        return found is not None and found.is_text

    def verdict(self, name: ColumnName, findings: Mapping[ColumnName, ColumnFindings]) -> Judgement:
        """The verdict on a column and the reason.

        Args:
            name: a text column that was surveyed.
            findings: of it and of every column of ``with_relatives``.
        """
        own = self._alone(name, findings)
        empty = own[0] == "keep" and not findings[name].values
        if own[0] != "convert" and not empty:
            return own
        changing = None
        for other in self.with_relatives([name]):
            if other == name or other not in findings:
                continue
            verdict, why = self._alone(other, findings)
            if verdict == "convert":
                changing = changing or other
            elif findings[other].values:
                return (
                    ("keep", own[1]) if empty else ("review", f"It changes together with {other}: {_uncapital(why)}.")
                )
        excluded = self._tied_to_excluded(name)
        if excluded is not None and not empty:
            return "review", excluded
        if empty and changing is not None and excluded is None:
            return "convert", f"The column is empty, and changes together with {changing}."
        return own

    def _tied_to_excluded(self, name: ColumnName) -> str | None:
        """The sentence about a left-out column that foreign keys tie a column to, over any number of steps."""
        if not self._exclude:
            return None
        reached, waiting = {name}, [name]
        while waiting:
            for other in self._neighbours(waiting.pop()):
                if other in self._exclude:
                    return (
                        f"Foreign keys tie it to {other}, which is left out: PostgreSQL holds no key from text to uuid."
                    )
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
        return None

    def _alone(self, name: ColumnName, findings: Mapping[ColumnName, ColumnFindings]) -> Judgement:
        """The verdict on a column, what changes with it aside."""
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
                verdict, why = self._alone(parent, findings)
                if verdict == "convert":
                    return verdict, f"{tie}, and changes with it."
                what = "is to be reviewed" if verdict == "review" else "stays as it is"
                return verdict, f"{tie}, which {what}: {_uncapital(why)}."
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
                f"{_uuids(uuids, values)}, but by its name the column is meant for something else ({aim})."
            )
        spread = self._spread.get(name)
        if spread is not None and name not in self._up:
            others = ", ".join(map(str, spread.elsewhere[:3]))
            return "review", (
                f"Some of its values occur in {spread.referenced}, others in {others}: it refers now to this, now to "
                "that, so that no foreign key can hold it."
            )
        key = self._key(name)
        named = says_id(name.name)
        if key is not None:
            return self._of_key(findings, key, named, uuids)
        discriminator = kind_beside(name.name, self._schema.tables[name.table_name].columns)
        if discriminator is not None and name in self._tied and name not in self._up:
            return "review", (
                f"{_uuids(uuids, values)}, but {display(discriminator)} beside it says what each of them is: one that "
                "may refer to several tables, so that no foreign key can hold it."
            )
        if uuids < values:
            return "review", (f"{_uuids(uuids, values)}, the others are not, such as {_samples(findings)}; {_ALONE}.")
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
        word = self._word(findings)
        if word is not None:
            return "review", (
                f"{key}, and {_uuids(uuids, values, first=False)}, but words stand among them, such as {word!r}."
            )
        others = f"{findings.unparseable} are not, such as {_samples(findings)}"
        if named and 2 * uuids >= values:
            return "convert", f"{key}, and {_uuids(uuids, values, first=False)}; {others}."
        if named:
            return "review", f"{key}, but only {_uuids(uuids, values, first=False)}; {others}."
        return "review", f"{key}, but uuids are mixed with other words: {others}."

    def _word(self, findings: ColumnFindings) -> str | None:
        """A plain word among the values, such as ``master``: it has a meaning that a uuid derived from it has not."""
        sample = self._samples[findings.column]
        odd = (*findings.unparseable_samples, *sorted(sample.texts - set(sample.uuids)))
        return next((text for text in odd if _WORD.match(text)), None)

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


def _uuids(part: int, whole: int, *, first: bool = True) -> str:
    return f"{_share(part, whole, first=first)} {'a uuid' if part == 1 and whole > 1 else 'uuids'}"


def _share(part: int, whole: int, *, first: bool = True) -> str:
    if part == whole:
        return "All values are" if first else "all values are"
    return f"{part} of {whole} values {'is' if part == 1 else 'are'}"


def _samples(findings: ColumnFindings) -> str:
    return ", ".join(repr(text) for text in findings.unparseable_samples[:3]) or "''"


def _uncapital(text: str) -> str:
    return text[:1].lower() + text[1:].removesuffix(".")
