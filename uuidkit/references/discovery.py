"""References that no foreign key declares, found from names, formats and values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, display
from uuidkit.database.session import Session
from uuidkit.findings import Reference
from uuidkit.references.candidates import Candidates, wanted_columns
from uuidkit.references.graph import declared
from uuidkit.references.matching import Match, match
from uuidkit.references.naming import (
    belongs_to_table,
    is_specific,
    kind_beside,
    purpose,
    says_by_whom,
    says_id,
)
from uuidkit.references.proof import Proof, prove, repeats, unparseable_texts
from uuidkit.references.samples import OnUnreadable, Sample, read_samples
from uuidkit.survey import access
from uuidkit.survey.access import Unreadable


def _say_nothing(_: Unreadable) -> None:
    pass


def discover(
    session: Session,
    schema: Schema,
    *,
    around: Collection[ColumnName] | None = None,
    samples: Mapping[ColumnName, Sample] | None = None,
    on_unreadable: OnUnreadable = _say_nothing,
) -> tuple[Reference, ...]:
    """Undeclared references of text columns to keys, each with its evidence.

    What may be referred to: text and uuid columns with a single-column unique index or constraint; a uuid column
    without one that is called after its own table (``batch_jobs.batch_id`` whose key was lost); a target. What may
    refer: text columns without a foreign key of their own that are not the kept text of a uuid column beside them.

    A reference is *certain*, and goes along with a conversion, when all its rows show that

    (a) the name points to the key (the same specific name, the table's name, or a name that ends in the key's), at
        least one value is contained and more than half of the different values are: what is left are orphans, which
        are counted; where the name merely fits the table, one of the contained values has to be a uuid; or
    (b) the name says nothing, but every value is a uuid in some format and contained, there are at least two, the key
        is in another table, or of people of whom the name says that they did something (``created_by``), and no other
        key holds any of them.

    It is not certain when either column has another purpose by its name (an e-mail, a URL, a hash, a token …), when a
    column beside one whose name says nothing tells what it refers to (``record_type`` beside ``record_id``), when the
    values are spread over several keys, when two keys fit equally well, or when there are no values. Values are
    compared as the uuids they become; beside a uuid key a text is first looked up in the column of old texts.

    Args:
        session: in a transaction; row security is turned off meanwhile.
        schema: the catalog.
        around: the columns of the request; only references that touch their graphs, to any depth, are looked into. None
            for the whole database.
        samples: read before with ``samples.read_samples``; None to read them now.
        on_unreadable: told of each table that could not be read.

    Raises:
        psycopg.Error: the server refuses something else than reading a table.
    """
    with access.settings(session):
        candidates = Candidates.of(schema, around or ())
        if samples is None:
            samples = read_samples(session, schema, wanted_columns(schema, around or ()), on_unreadable)
        matches = match(session, schema, candidates.children, candidates.keys, samples)
        return _Search(session, schema, candidates, samples, matches, on_unreadable).run(around)


class _Search:
    def __init__(
        self,
        session: Session,
        schema: Schema,
        candidates: Candidates,
        samples: Mapping[ColumnName, Sample],
        matches: Sequence[Match],
        on_unreadable: OnUnreadable,
    ) -> None:
        self.session = session
        self.schema = schema
        self.keys = candidates.keys
        self.samples = samples
        self.on_unreadable = on_unreadable
        self.declared = declared(schema)
        self.parents: dict[ColumnName, list[ColumnName]] = {}
        for reference in self.declared:
            self.parents.setdefault(reference.referencing, []).append(reference.referenced)
        kept = {(found.backup, found.key) for found in matches}
        self.by_child: dict[ColumnName, list[Match]] = {}
        for found in matches:
            # A column that refers to this one holds the same ids, and is nothing that this one refers to; nor does a
            # column that keeps the key's old texts refer to it.
            if not self.refers(found.key, found.child) and (found.child, found.key) not in kept:
                self.by_child.setdefault(found.child, []).append(found)
        self.qualities: dict[ColumnName, int] = {}

    def run(self, around: Collection[ColumnName] | None) -> tuple[Reference, ...]:
        """All references, or those that touch the graphs of some columns."""
        results: dict[ColumnName, tuple[Reference, ...]] = {}
        if around is None:
            for child in self.by_child:
                results[child] = self.judge(child)
        else:
            reached = self.closure(set(around))
            while near := [
                child
                for child in self.by_child
                if child not in results and reached & {child, self.strongest(child).key}
            ]:
                for child in near:
                    results[child] = self.judge(child)
                    for reference in results[child]:
                        if reference.certain:
                            reached |= self.closure({reference.referencing, reference.referenced})
            for child in self.by_child.keys() - results.keys():
                best = self.strongest(child)
                fitting = [m for m in self.by_child[child] if m.key in reached and self.has_uuid(m)]
                results[child] = tuple(self.unsure(m, best) for m in fitting)
        found = [reference for references in results.values() for reference in references]
        return tuple(sorted(self.one_way(found), key=self.order))

    def refers(self, column: ColumnName, to: ColumnName) -> bool:
        """Whether declared foreign keys lead from one column to another, over any number of steps."""
        reached = {column}
        waiting = [column]
        while waiting:
            for parent in self.parents.get(waiting.pop(), ()):
                if parent not in reached:
                    reached.add(parent)
                    waiting.append(parent)
        return to in reached

    def closure(self, columns: set[ColumnName]) -> set[ColumnName]:
        """The columns with all that declared foreign keys tie to them."""
        reached = set(columns)
        grown = True
        while grown:
            before = len(reached)
            for reference in self.declared:
                if reference.referencing in reached or reference.referenced in reached:
                    reached |= {reference.referencing, reference.referenced}
            grown = len(reached) > before
        return reached

    def order(self, reference: Reference) -> tuple[int, int, ColumnName]:
        column = self.schema.column(reference.referencing)
        table = self.schema.tables[reference.referencing.table_name]
        return table.oid, column.attnum if column else 0, reference.referenced

    def one_way(self, found: Iterable[Reference]) -> list[Reference]:
        """Of two references that run both ways between two keys only the likelier one."""
        by_ends = {(r.referencing, r.referenced): r for r in found}
        kept = []
        for (child, key), reference in by_ends.items():
            back = by_ends.get((key, child))
            if back is not None and self.likeliness(back) > self.likeliness(reference):
                continue
            kept.append(reference)
        return kept

    def likeliness(self, reference: Reference) -> tuple[bool, int, bool, int, int, ColumnName]:
        key = reference.referenced
        incoming = sum(other.referenced == key for other in self.declared)
        return (
            reference.certain,
            -self.keys.get(key, 3),
            belongs_to_table(key),
            incoming,
            -self.schema.tables[key.table_name].oid,
            key,
        )

    def judge(self, child: ColumnName) -> tuple[Reference, ...]:
        """The references of one column: the one it seems to be, and others that fit."""
        strongest = self.strongest(child)
        ordered = sorted(self.by_child[child], key=self.rank)
        rivals = [m for m in ordered if m is not strongest and m.found and not self.tied(m, strongest)]
        results = [self.reference(strongest, rivals)]
        results += [self.unsure(m, strongest) for m in rivals if self.has_uuid(m)]
        return tuple(reference for reference in results if reference is not None)

    def strongest(self, child: ColumnName) -> Match:
        return min(self.by_child[child], key=self.rank)

    def rank(self, found: Match) -> tuple[bool, int, int, int, bool, bool, int, ColumnName]:
        strength = 0 if found.name is None else 2 if found.name.strong else 1
        return (
            not found.found,
            -strength,
            self.quality(found.key) if found.found else self.keys[found.key],
            -len(found.found),
            found.key in self.parents,
            not belongs_to_table(found.key),
            self.schema.tables[found.key.table_name].oid,
            found.key,
        )

    def tied(self, other: Match, strongest: Match) -> bool:
        """Whether a key is itself a column that refers to the other one, so that both hold the same ids."""
        if any({r.referencing, r.referenced} == {other.key, strongest.key} for r in self.declared):
            return True
        return any(
            {m.child, m.key} == {other.key, strongest.key} and m.found and (m.name or len(m.found) == m.compared)
            for child in (other.key, strongest.key)
            for m in self.by_child.get(child, ())
        )

    def quality(self, key: ColumnName) -> int:
        """0 for a unique column; higher for one that is not, odd where its values do repeat."""
        if key not in self.qualities:
            rank = self.keys[key]
            self.qualities[key] = 0 if not rank else 2 * rank + repeats(self.session, key)
        return self.qualities[key]

    def has_uuid(self, found: Match) -> bool:
        return any(text in self.samples[found.child].uuids for text in found.found)

    def unsure(self, found: Match, strongest: Match) -> Reference:
        return Reference(
            referencing=found.child,
            referenced=found.key,
            declared=False,
            certain=False,
            why=f"{len(found.found)} of {_values(found.compared)} looked up {_occur(found)} there, but "
            f"{strongest.key} fits better or as well.",
            backup=found.backup,
            seen=len(found.found),
        )

    def reference(self, found: Match, rivals: Sequence[Match]) -> Reference | None:
        sample = self.samples[found.child]
        evidence = _capital(found.name.why) if found.name is not None else ""
        unsure = Reference(
            found.child, found.key, declared=False, certain=False, backup=found.backup, seen=len(found.found)
        )
        if not sample.texts:
            if found.name is None or not found.name.strong or not _identifies(found):
                return None
            what = "holds no value yet" if sample.empty else "hardly holds a value"
            return _because(unsure, f"{evidence}, but the column {what}, so nothing shows it.")
        if not found.found:
            if found.name is None or not found.name.strong or not _identifies(found):
                return None
            return _because(unsure, f"{evidence}, but none of {_values(found.compared)} looked up occurs there.")
        if not (found.name is not None and found.name.strong) and not self.has_uuid(found):
            return None  # mere texts, such as 310, occur in two places by accident
        doubt = self.doubt(found, rivals)
        if doubt is not None:
            # A purpose by its name says more about a column than where its values occur.
            if purpose(found.child.name) is None:
                unsure = replace(unsure, elsewhere=tuple(m.key for m in rivals if m.found - found.found))
            amount = f"{len(found.found)} of {_values(found.compared)} looked up {_occur(found)} there"
            return _because(unsure, f"{evidence + ', and ' if evidence else ''}{amount}, but {doubt}.")
        try:
            proof = self.prove(found)
        except Unreadable as error:
            self.on_unreadable(error)
            return _because(unsure, f"It could not be proved: {error.reason}.")
        return self.proved(found, proof, unsure, evidence)

    def doubt(self, found: Match, rivals: Sequence[Match]) -> str | None:
        """Why a reference is not certain whatever all its rows show, None when nothing is against it."""
        sample = self.samples[found.child]
        aim = purpose(found.child.name)
        if aim is not None:
            return f"by its name the column is meant for something else ({aim})"
        aim = purpose(found.key.name)
        if aim is not None:
            return f"by its name that column is meant for something else ({aim})"
        elsewhere = [m for m in rivals if m.found - found.found]
        if elsewhere:
            return f"other values occur in {elsewhere[0].key}: it refers now to this, now to that"
        equal = [m for m in rivals if self.rank(m)[:3] == self.rank(found)[:3] and len(m.found) == len(found.found)]
        if equal and not (belongs_to_table(found.key) and not belongs_to_table(equal[0].key)):
            return f"they occur in {equal[0].key} as well"
        if found.name is not None:
            return None
        kind = kind_beside(found.child.name, self.schema.tables[found.child.table_name].columns)
        if kind is not None:
            return f"by {display(kind)} beside it, it may refer to other tables too"
        if rivals:
            return f"they occur in {rivals[0].key} as well, and the name points to neither"
        if len(sample.uuids) < len(sample.texts) or sample.long:
            return "other values are no uuids, and the name does not point there"
        if len(found.found) < found.compared:
            return "others do not, and the name does not point there"
        if found.child.table_name == found.key.table_name and not says_by_whom(found.child, found.key):
            return "that column is in the same table, and the name does not point to another row"
        if len(sample.texts) < 2:
            return "one value alone may be there by accident, and the name does not point there"
        return None

    def prove(self, found: Match) -> Proof:
        key = self.schema.column(found.key)
        assert key is not None  # keys come from the schema
        return prove(
            self.session,
            found.child,
            found.key,
            key_is_uuid=key.is_uuid,
            backup=found.backup,
            child_texts=self.samples[found.child].texts,
            key_texts=self.samples[found.key].texts,
        )

    def proved(self, found: Match, proof: Proof, unsure: Reference, evidence: str) -> Reference:
        counted = Reference(
            referencing=found.child,
            referenced=found.key,
            declared=False,
            orphans=proof.orphans,
            orphan_samples=proof.orphan_samples,
            respelled=proof.respelled,
            certain=True,
            backup=found.backup,
            seen=len(found.found),
        )
        share = f"{proof.contained} of its {_values(proof.distinct)}"
        if found.name is None:
            texts = self.samples[found.child].texts
            if proof.contained < proof.distinct or unparseable_texts(self.session, found.child, texts):
                return _because(_unsure(counted), f"{share} occur there, and the name does not point there.")
            return _because(
                counted, f"All of its {_values(proof.distinct)} are uuids that occur there, and in no other key."
            )
        if proof.contained * 2 <= proof.distinct:
            return _because(_unsure(counted), f"{evidence}, but only {share} occur there.")
        why = f"{evidence}, and {share} occur there"
        if self.quality(found.key) % 2:
            why += "; the key's own values repeat"
        return _because(counted, f"{why}.")


def _identifies(found: Match) -> bool:
    return is_specific(found.child.name) and says_id(found.child.name) and purpose(found.child.name) is None


def _because(reference: Reference, why: str) -> Reference:
    return replace(reference, why=why)


def _unsure(reference: Reference) -> Reference:
    return replace(reference, certain=False)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _occur(found: Match) -> str:
    return "occurs" if len(found.found) == 1 else "occur"


def _values(number: int) -> str:
    return f"{number} different value{'' if number == 1 else 's'}"
