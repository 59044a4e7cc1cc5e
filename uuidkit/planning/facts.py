"""What a plan is made from, beside the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.dependents.model import DependentObject, NamingTrigger, StringFunction
from uuidkit.findings import ColumnFindings, Reference
from uuidkit.meaning.model import Judgement


@dataclass(frozen=True, slots=True)
class GraphFacts:
    """What was found out about one reference graph.

    Attributes:
        columns: the graph's columns, parents first.
        findings: per column that is still text.
        references: declared and undeclared, within the graph.
        unreadable: (column, reason, remedy) of columns whose values could not be read.
        fingerprints: per table the md5 of the catalog facts that the plan rests on (``guard.fingerprint_query``).
        not_unique: referenced uuid columns whose values repeat, with a sample.
        ambiguous: old texts in a parent's backup column that stand for more than one uuid, with samples.
        doubtful: columns that seem to refer to one of these and are not taken along.
        not_looked_at: tables that could not be read in the search for undeclared references, a sentence each.
        dependents: what hangs on the columns, each after all that it is built on.
        judgements: (catalog, oid, judgement) of those whose meaning was looked at.
        functions: functions with a string for a body that have to do with the columns.
        naming_triggers: triggers that pass the name of a converted column to their function.
        row_triggers: (trigger, table, function) where the function handles whole rows of the table.
        publications: names of publications that send whole rows of a table.
        subscriptions: names of subscriptions that write into a table.
        sizes: bytes of each table's rows.
        ties: names of the objects that made one graph of several.
        changing_tables: the tables with columns that change, those that inherit them included.
    """

    columns: tuple[ColumnName, ...]
    findings: Mapping[ColumnName, ColumnFindings]
    references: tuple[Reference, ...]
    unreadable: tuple[tuple[ColumnName, str, str], ...] = ()
    fingerprints: tuple[tuple[TableName, str], ...] = ()
    not_unique: tuple[tuple[ColumnName, str], ...] = ()
    ambiguous: tuple[tuple[ColumnName, str], ...] = ()
    doubtful: tuple[Reference, ...] = ()
    not_looked_at: tuple[str, ...] = ()
    dependents: tuple[DependentObject, ...] = ()
    judgements: tuple[tuple[str, int, Judgement], ...] = ()
    functions: tuple[StringFunction, ...] = ()
    naming_triggers: tuple[NamingTrigger, ...] = ()
    row_triggers: tuple[tuple[str, TableName, str], ...] = ()
    publications: tuple[tuple[str, TableName], ...] = ()
    subscriptions: tuple[tuple[str, TableName], ...] = ()
    sizes: tuple[tuple[TableName, int], ...] = ()
    ties: tuple[str, ...] = ()
    changing_tables: frozenset[TableName] = frozenset()
