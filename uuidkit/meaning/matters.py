"""What each object depends on, and the reasons not to try it at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from uuidkit import lexing
from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.meaning import definitions
from uuidkit.meaning.asking import Trial
from uuidkit.meaning.definitions import Facts, Function, Key, Relation
from uuidkit.meaning.given import query, unqualified
from uuidkit.meaning.model import Thing
from uuidkit.meaning.questions import NotToBeAsked

_VIEWS = ("v", "m")
_RUN_TIME = "EXECUTE"
_OF_ONE_TABLE = ("pg_constraint", "pg_policy", "pg_trigger")


@dataclass(slots=True)
class Matter:
    """One object with everything it reads.

    Attributes:
        tables: the affected tables that it reads, directly or through views, and the table it hangs on.
        views: the affected views that it reads, each after those that it reads itself.
        settings: the users' settings that it reads, directly or through functions.
        path: the schemas under which its definition is printed and tried.
        unknown: why it is not tried; empty otherwise.
        unrun: why it may not be run for a trial, though its definition is known; empty otherwise.
        parts: its definition.
        queries: those of ``views``.
        columns: of a view, the names of its columns.
        reads_ids: whether it reads a column that changes itself, and not only a view that shows one.
        bodies: the texts of the functions that it calls.
        given: the definition that the user wants instead, in the names of the stage.
        rewritten: the queries that ``views`` will have, where they are others.
        untouched: whether it reads none of the columns that change.
    """

    thing: Thing
    own: Relation | None
    tables: dict[int, Relation] = field(default_factory=dict)
    views: dict[int, Relation] = field(default_factory=dict)
    settings: dict[str, None] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    unknown: str = ""
    unrun: str = ""
    parts: Mapping[str, Any] = field(default_factory=dict)
    queries: dict[int, str] = field(default_factory=dict)

    columns: tuple[str, ...] = ()
    untouched: bool = False
    reads_ids: bool = True
    bodies: list[str] = field(default_factory=list)
    given: str = ""
    rewritten: dict[int, str] = field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        """Every expression and query of its own definition, with those of the views that it reads."""
        return [*_strings(self.parts.values()), *self.queries.values()]


@dataclass(slots=True)
class Catalog:
    """What the objects use, read with few questions.

    Attributes:
        facts: by object; views that are read belong to them.
        relations: by oid.
        functions: by oid.
    """

    facts: dict[Key, Facts]
    relations: dict[int, Relation]
    functions: dict[int, Function]

    def columns(self, keys: Iterable[Key], relation: int) -> set[str] | None:
        """The columns of a relation that objects read; None for all of them.

        Args:
            keys: the objects.
            relation: its oid.
        """
        found: set[str] = set()
        for key in keys:
            facts = self.facts.get(key)
            if facts is None:
                continue
            if facts.whole_row:
                return None
            found |= {column for oid, column in facts.columns if oid == relation}
        return found


def read(
    trial: Trial, schema: Schema, things: Sequence[Thing], given: Mapping[Key, Facts] = MappingProxyType({})
) -> Catalog:
    """What the objects use, and what the views that they read use, to any depth.

    Args:
        trial: under the search path ``pg_catalog``.
        schema: the tables.
        things: the objects.
        given: what the definitions use that the user gives instead of their own.
    """
    catalog = Catalog({}, {}, {})
    wanted: set[Key] = {thing.key for thing in things}
    own = {schema.tables[thing.table].oid for thing in things if thing.table in schema.tables}
    while wanted:
        facts_of = definitions.facts(trial, sorted(wanted))
        found = {key: facts.with_those_of(given.get(key)) for key, facts in facts_of.items()}
        catalog.facts |= found
        oids = {oid for facts in found.values() for oid in facts.relations} | own
        oids |= {oid for catalog_name, oid in wanted if catalog_name == "pg_class"}
        oids |= {oid for facts in found.values() for oid, _ in facts.columns}
        catalog.relations |= definitions.relations(trial, sorted(oids - set(catalog.relations)))
        wanted = {("pg_class", oid) for oid in oids if _is_view(catalog, oid)} - set(catalog.facts)
    called = {oid for facts in catalog.facts.values() for oid in facts.functions}
    catalog.functions |= definitions.functions(trial, sorted(called))
    return catalog


def matters(
    trial: Trial,
    schema: Schema,
    catalog: Catalog,
    things: Sequence[Thing],
    changing: Collection[ColumnName],
    rewrites: Mapping[Key, str] = MappingProxyType({}),
) -> list[Matter]:
    """Each object with what it reads, and its definition printed so that it reads the stand-ins.

    Args:
        trial: the search path is set again and again.
        schema: the tables.
        catalog: what ``read`` found.
        things: the objects.
        changing: every column that changes.
        rewrites: definitions that the user gives instead of the objects' own.
    """
    columns = {(schema.tables[column.table_name].oid, column.name) for column in changing}
    oids = {oid for oid, _ in columns}
    tainted = _Tainted(trial, catalog, oids, {table.oid for table in schema.tables.values()} - oids)
    found = [_matter(schema, catalog, thing, oids, tainted) for thing in things]
    for matter in found:
        facts = catalog.facts.get(matter.thing.key)
        if facts is not None:
            names = {name for _, name in columns}
            read = {(oid, name) for oid, name in facts.columns if oid not in matter.views or name in names}
            matter.reads_ids = facts.whole_row or bool(
                read & (columns | {(oid, n) for oid in matter.views for n in names})
            )
        if matter.thing.catalog in _OF_ONE_TABLE and facts is not None and not matter.views:
            matter.untouched = not facts.whole_row and not facts.columns & columns
    by_path: dict[tuple[str, ...], list[Matter]] = {}
    for matter in found:
        if not matter.unknown:
            by_path.setdefault(matter.path, []).append(matter)
    for path, group in by_path.items():
        trial.path(path)
        for matter in group:
            on_stage = [relation.name for relation in (*matter.tables.values(), *matter.views.values())]
            if matter.thing.key in rewrites:
                matter.given = unqualified(rewrites[matter.thing.key], on_stage)
            for oid in matter.views:
                if ("pg_class", oid) in rewrites:
                    matter.rewritten[oid] = _query(unqualified(rewrites["pg_class", oid], on_stage))
        _print(trial, group, oids)
        for matter in group:
            # A definition of the user's own names things as the user's session does.
            matter.path = (*path, *(name for name in schema.search_path if name not in path)) if matter.given else path
    return found


def _query(text: str) -> str:
    try:
        return query(text)
    except NotToBeAsked:
        return ""  # the view stays as it is, as far as can be told


def _matter(schema: Schema, catalog: Catalog, thing: Thing, oids: set[int], tainted: _Tainted) -> Matter:
    facts = catalog.facts.get(thing.key)
    if facts is None:
        return Matter(thing, None, unknown="it is not there any more")
    table = schema.tables.get(thing.table)
    read = {oid: catalog.relations[oid] for oid, _ in facts.columns if oid in catalog.relations}
    own = (
        catalog.relations.get(table.oid)
        if table is not None
        else next((relation for relation in read.values() if relation.name == thing.table), None)
    )
    matter = Matter(thing, own)
    start = set(facts.relations)
    if thing.catalog == "pg_proc":
        start |= {oid for oid, _ in facts.columns}  # rows of a table among its parameters
    if thing.catalog == "pg_class" and _is_view(catalog, thing.oid):
        start.discard(thing.oid)  # the rule of a view names the view itself
        matter.columns = catalog.relations[thing.oid].columns
    elif own is not None and own.kind in _VIEWS:
        start.add(own.oid)  # the default of a view's column, the index of a materialised view
    _expand(catalog, start, oids, matter, (thing.oid,) if thing.catalog == "pg_class" else ())
    if own is not None and facts.stored and own.kind not in _VIEWS:
        matter.tables.setdefault(own.oid, own)
    concerned = [facts, *(catalog.facts[("pg_class", oid)] for oid in matter.views)]
    matter.unrun = _reason(catalog, concerned, tainted, matter)
    everything = [*matter.tables.values(), *matter.views.values()]
    names = [relation.name.name for relation in everything]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice and not matter.unknown:
        matter.unknown = f"it reads relations of one name in several schemas: {', '.join(twice)}"
    matter.path = tuple(dict.fromkeys(sorted(relation.name.schema for relation in everything)))
    return matter


def _expand(catalog: Catalog, start: set[int], oids: set[int], matter: Matter, above: tuple[int, ...]) -> bool:
    """Add the affected relations to a matter; whether there is any."""
    any_affected = False
    for oid in sorted(start):
        relation = catalog.relations.get(oid)
        if relation is None or oid in above:
            continue
        if relation.kind == "f":
            matter.unknown = f"it reads the foreign table {relation.name}, which is another server's"
        if oid in oids:
            matter.tables[oid] = relation
            any_affected = True
        elif relation.kind in _VIEWS:
            facts = catalog.facts[("pg_class", oid)]
            if oid in matter.views or _expand(catalog, set(facts.relations), oids, matter, (*above, oid)):
                matter.views.setdefault(oid, relation)
                any_affected = True
    return any_affected


def _reason(catalog: Catalog, concerned: Sequence[Facts], tainted: _Tainted, matter: Matter) -> str:
    for facts in concerned:
        for oid in sorted(facts.functions):
            function = catalog.functions.get(oid)
            if function is None:
                continue
            if function.volatile:
                return f"it calls the volatile function {function.name}, which is not run for a trial"
            named = tainted.by(oid, function)
            if named:
                return f"it calls the function {function.name}, whose body {named}"
            if function.body is not None:
                matter.settings |= dict.fromkeys(lexing.settings(function.body)[0])
                matter.bodies.append(function.body)
    return ""


class _Tainted:
    """Functions of the users' that read an affected relation, themselves or through others."""

    def __init__(self, trial: Trial, catalog: Catalog, oids: set[int], staying: set[int]) -> None:
        self._staying = staying
        self._names: list[str] = []
        if not any(function.body is not None for function in catalog.functions.values()):
            return
        names = [
            relation.name.name for oid, relation in catalog.relations.items() if oid in oids or _is_view(catalog, oid)
        ]
        bodies = definitions.bodies(trial)
        self._names = [*names, _RUN_TIME]
        grown = True
        while grown:
            more = [name for name, body in bodies if name not in self._names and lexing.mentions(body, self._names)]
            self._names += more
            grown = bool(more)

    def by(self, oid: int, function: Function) -> str:
        """What a function does that cannot be tried, as half a sentence; empty where there is nothing of the kind."""
        if function.reads - self._staying:
            return "reads a table or view that may change"
        found = None if function.body is None else lexing.mentions(function.body, self._names)
        if found is None:
            return ""
        return "puts commands together at run time" if found == _RUN_TIME else f"mentions {found}, which changes"


def _print(trial: Trial, group: Sequence[Matter], oids: set[int]) -> None:
    keys = {matter.thing.key for matter in group}
    keys |= {("pg_class", oid) for matter in group for oid in matter.views}
    parts = definitions.printed(trial, sorted(keys))
    hidden = definitions.hidden(trial, sorted({oid for m in group for oid in (*m.tables, *m.views)}))
    for matter in group:
        found = parts.get(matter.thing.key)
        if found is None:
            matter.unknown = "its definition cannot be read"
            continue
        matter.parts = found
        matter.queries = {oid: parts[("pg_class", oid)]["query"] for oid in matter.views}
        out_of_sight = [r.name for oid, r in {**matter.tables, **matter.views}.items() if oid in hidden]
        qualified = [r.name for r in (*matter.tables.values(), *matter.views.values()) if _qualified(matter, r.name)]
        if out_of_sight or qualified:
            names = ", ".join(map(str, dict.fromkeys([*out_of_sight, *qualified])))
            matter.unknown = f"another relation, or a part of its query, has the name of {names}"
        for text in (*matter.texts, matter.given, *matter.rewritten.values()):
            named, constant = lexing.settings(text)
            matter.settings |= dict.fromkeys(named)
            if not constant:
                matter.unknown = "it reads a setting whose name is not a constant"


def _qualified(matter: Matter, name: TableName) -> bool:
    # The clause of a trigger or rule is printed with the qualified name of its table, which is not tried.
    if matter.thing.catalog in ("pg_trigger", "pg_rewrite"):
        return False
    for text in matter.texts:
        words = [token.value for token in lexing.tokens(text)]
        if any(words[n : n + 3] == [name.schema, ".", name.name] for n in range(len(words) - 2)):
            return True
    return False


def _strings(values: Iterable[Any]) -> list[str]:
    found = []
    for value in values:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, list):
            found += [item for item in value if isinstance(item, str)]
    return found


def _is_view(catalog: Catalog, oid: int) -> bool:
    relation = catalog.relations.get(oid)
    return relation is not None and relation.kind in _VIEWS
