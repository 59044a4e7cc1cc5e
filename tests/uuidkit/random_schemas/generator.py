"""Random schemas with string ids: tables, keys, references of every kind, ids in every format. Replayable by seed."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field

from uuidkit.catalog.names import display

ACTIONS = ["", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON DELETE RESTRICT", " ON UPDATE CASCADE"]
TIMING = ["", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"]
TYPES = ["varchar", "text", "varchar(80)", "char(80)", 'varchar COLLATE "C"', 'text COLLATE "POSIX"']
NAMES = ["batch", "job", "domain", "Order", "line item", "gruppe", "select", "a.b", "x" * 40]
DEFAULTS = ["gen_random_uuid()::text", "'batch_' || gen_random_uuid()", "md5(random()::text)"]


@dataclass
class Table:
    """A table that is being made up.

    Attributes:
        key: name of its string id column.
        ids: its string ids, one per row.
        key_type: the id column's type.
    """

    schema: str
    name: str
    key: str
    key_type: str
    ids: list[str]
    columns: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    values: list[list[str]] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    tenants: list[int] = field(default_factory=list)

    @property
    def full(self) -> str:
        """The table's name as it is written in SQL."""
        return f"{display(self.schema)}.{display(self.name)}"


@dataclass
class Database:
    """What one seed makes, in schemas of its own.

    Attributes:
        statements: make it, rows included.
        targets: the columns to convert, one per reference graph at least.
        references: (referencing table, column, referenced table, column) of all references, declared or not.
        include: undeclared references that only their maker knows of.
    """

    statements: list[str]
    targets: list[str]
    references: list[tuple[str, str, str, str]]
    tables: list[Table]


def literal(text: str | None) -> str:
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def spell(rng: random.Random, value: uuid.UUID, style: str) -> str:
    """One uuid in one of the formats, or a text that is none."""
    text = str(value)
    if style == "mixed":
        style = rng.choice(["canonical", "hex", "prefixed", "prefixed hex", "upper", "braced", "underscored", "urn"])
    return {
        "canonical": text,
        "hex": value.hex,
        "prefixed": f"batch_{text}",
        "prefixed hex": f"batch_{value.hex}",
        "upper": f"Job-{text.upper()}",
        "braced": f"{{{text}}}",
        "underscored": text.replace("-", "_"),
        "urn": f"urn:uuid:{text}",
        "short": f"job_{value.hex[:8]}",
        "date": f"batch_20250401_{value.int % 10**9:09d}",
    }[style]


def make(seed: int) -> Database:
    """The tables of a seed.

    Args:
        seed: any integer; the same gives the same tables.
    """
    rng = random.Random(seed)
    schemas = [f"s{seed}", *rng.sample([f"app{seed}", f"Mixed Case {seed}"], rng.randint(0, 2))]
    tables: list[Table] = []
    references: list[tuple[str, str, str, str]] = []
    for number in range(rng.randint(1, 5)):
        style = rng.choice(["canonical", "hex", "prefixed", "prefixed hex", "mixed", "mixed", "short", "date"])
        ids = [spell(rng, uuid.UUID(int=rng.getrandbits(128), version=4), style) for _ in range(rng.randint(0, 12))]
        name = f"{rng.choice(NAMES)}{number}"
        table = Table(
            schema=rng.choice(schemas),
            name=name,
            key=rng.choice(["id", f"{name}_id"[:50], "batchId", "key.id"]),
            key_type=rng.choice(TYPES),
            ids=ids,
        )
        table.tenants = [rng.randint(1, 3) for _ in ids]
        _own_columns(rng, table)
        for parent in rng.sample(tables, rng.randint(0, min(2, len(tables)))):
            _reference(rng, table, parent, references)
        tables.append(table)
    if len(tables) > 1 and rng.random() < 0.3:
        _cycle(rng, tables[0], tables[-1], references)
    if rng.random() < 0.3:
        _self_reference(rng, rng.choice(tables), references)
    targets = [f"{table.full}.{display(table.key)}" for table in tables]
    return Database(_sql(rng, schemas, tables), targets, references, tables)


def _own_columns(rng: random.Random, table: Table) -> None:
    key = display(table.key)
    default = f" DEFAULT {rng.choice(DEFAULTS)}" if rng.random() < 0.4 else ""
    table.columns = ["row_number integer", f"{key} {table.key_type}{default} NOT NULL", "tenant integer NOT NULL"]
    table.names = ["row_number", table.key, "tenant"]
    table.values = [
        [str(n), literal(text), str(tenant)]
        for n, (text, tenant) in enumerate(zip(table.ids, table.tenants, strict=True))
    ]
    kind = rng.choice(["primary", "unique", "index", "deferred pk"])
    if kind in ("primary", "deferred pk"):
        table.constraints.append(f"PRIMARY KEY ({key})")
    else:
        table.constraints.append("PRIMARY KEY (row_number)")
        if kind == "unique":
            nulls = " NULLS NOT DISTINCT" if rng.random() < 0.3 else ""
            table.constraints.append(f"UNIQUE{nulls} ({key})")
        else:
            include = " INCLUDE (tenant)" if rng.random() < 0.5 else ""
            table.later.append(f"CREATE UNIQUE INDEX {display(table.name + '_u')} ON {table.full} ({key}){include}")
    table.constraints.append(f"UNIQUE (tenant, {key})")
    extra = rng.random()
    if extra < 0.2:
        table.later.append(f"CREATE INDEX ON {table.full} USING hash ({key})")
    elif extra < 0.4:
        table.later.append(f"CREATE INDEX ON {table.full} ({key} DESC NULLS LAST, tenant) WHERE tenant > 1")
    elif extra < 0.5:
        table.later.append(f"CREATE INDEX ON {table.full} USING brin ({key})")
    if rng.random() < 0.3:
        table.later.append(f"COMMENT ON COLUMN {table.full}.{key} IS 'id of a row; it''s a string'")
    if rng.random() < 0.2:
        table.later.append(f"ALTER TABLE {table.full} ALTER {key} SET STATISTICS 77")
    if rng.random() < 0.2:
        table.later.append(f"ALTER TABLE {table.full} ALTER {key} SET STORAGE EXTERNAL")


def _reference(rng: random.Random, table: Table, parent: Table, references: list[tuple[str, str, str, str]]) -> None:
    composite = rng.random() < 0.25
    column = f"{parent.name}_ref{len(table.columns)}"
    tenant = f"tenant{len(table.columns)}"
    picked = [rng.randrange(len(parent.ids)) if parent.ids and rng.random() < 0.85 else None for _ in table.ids]
    key_type = parent.key_type if rng.random() < 0.7 else rng.choice(["varchar", "text", "varchar(90)"])
    if "COLLATE" in parent.key_type or parent.key_type == "char(80)":
        key_type = parent.key_type  # a foreign key between collations is another story
    table.columns.append(f"{display(column)} {key_type}")
    table.names.append(column)
    for row, n in zip(table.values, picked, strict=True):
        row.append(literal(None if n is None else parent.ids[n]))
    if composite:
        table.columns.append(f"{display(tenant)} integer")
        table.names.append(tenant)
        for row, n in zip(table.values, picked, strict=True):
            row.append("NULL" if n is None else str(parent.tenants[n]))
    name = f"{table.name[:20]}_{len(table.columns)}_fk"
    on = rng.choice(ACTIONS)
    declared = f"{display(tenant)}, {display(column)}" if composite else display(column)
    target = f"tenant, {display(parent.key)}" if composite else display(parent.key)
    match = " MATCH FULL" if composite and rng.random() < 0.4 else ""
    # NOT VALID cannot come with rows that are checked anyway; it is put up afterwards like the others.
    table.later.append(
        f"ALTER TABLE {table.full} ADD CONSTRAINT {display(name)} FOREIGN KEY ({declared}) REFERENCES {parent.full} "
        f"({target}){match}{on}{rng.choice(TIMING)}{' NOT VALID' if rng.random() < 0.2 else ''}"
    )
    if rng.random() < 0.3:
        table.later.append(f"COMMENT ON CONSTRAINT {display(name)} ON {table.full} IS 'who it belongs to'")
    if rng.random() < 0.5:
        table.later.append(f"CREATE INDEX ON {table.full} ({display(column)})")
    references.append((table.full, display(column), parent.full, display(parent.key)))


def _cycle(rng: random.Random, first: Table, last: Table, references: list[tuple[str, str, str, str]]) -> None:
    column = "favourite"
    first.later.append(f"ALTER TABLE {first.full} ADD COLUMN {column} {last.key_type}")
    if last.ids:
        first.later.append(
            f"UPDATE {first.full} SET {column} = {literal(rng.choice(last.ids))} WHERE row_number % 2 = 0"
        )
    first.later.append(
        f"ALTER TABLE {first.full} ADD CONSTRAINT cycle_fk FOREIGN KEY ({column}) REFERENCES {last.full} "
        f"({display(last.key)}) DEFERRABLE"
    )
    references.append((first.full, column, last.full, display(last.key)))


def _self_reference(rng: random.Random, table: Table, references: list[tuple[str, str, str, str]]) -> None:
    table.later.append(f"ALTER TABLE {table.full} ADD COLUMN parent_ref {table.key_type}")
    if table.ids:
        table.later.append(
            f"UPDATE {table.full} SET parent_ref = {literal(rng.choice(table.ids))} WHERE row_number > 0"
        )
    table.later.append(
        f"ALTER TABLE {table.full} ADD CONSTRAINT self_fk FOREIGN KEY (parent_ref) REFERENCES {table.full} "
        f"({display(table.key)}) ON DELETE {rng.choice(['CASCADE', 'SET NULL', 'NO ACTION'])}"
    )
    references.append((table.full, "parent_ref", table.full, display(table.key)))


def _sql(rng: random.Random, schemas: list[str], tables: list[Table]) -> list[str]:
    lines = [f"CREATE SCHEMA {display(schema)}" for schema in schemas]
    for table in tables:
        unlogged = "UNLOGGED " if rng.random() < 0.05 else ""
        lines.append(f"CREATE {unlogged}TABLE {table.full} ({', '.join([*table.columns, *table.constraints])})")
        names = ", ".join(display(name) for name in table.names)
        lines += [f"INSERT INTO {table.full} ({names}) VALUES ({', '.join(row)})" for row in table.values]
    # An unlogged table cannot be referred to from a logged one.
    if any("UNLOGGED" in line for line in lines):
        lines = [line.replace("CREATE TABLE", "CREATE UNLOGGED TABLE") for line in lines]
    later = [line for table in tables for line in table.later]
    unique = [line for line in later if line.startswith("CREATE UNIQUE")]
    return [*lines, *unique, *(line for line in later if line not in unique)]
