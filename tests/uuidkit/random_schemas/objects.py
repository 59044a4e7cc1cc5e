"""Random objects that hang on the id columns of a random database: views, policies, triggers, indexes and the like."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.uuidkit.random_schemas.generator import Table
from uuidkit.catalog.names import display

# PostgreSQL prints a cast of the array, and reads it as one of each element.
LISTED = "tenant::varchar IN ('1', '3')"


@dataclass
class View:
    """A view that other objects may be built on.

    Attributes:
        full: its name as it is written in SQL.
        ids: its columns that hold ids, as they are written.
    """

    full: str
    ids: list[str]
    materialized: bool = False


class Maker:
    """Makes objects up, each with what hangs on it in turn."""

    def __init__(self, rng: random.Random, tables: list[Table], version_num: int, *, unlogged: bool) -> None:
        self.rng = rng
        self.unlogged = unlogged
        self.tables = tables
        self.version_num = version_num
        self.lines: list[str] = []
        self.views: list[View] = []
        self.generated: set[str] = set()
        self.number = 0

    def run(self) -> list[str]:
        """Statements for a few objects; all of them can be dropped and made again."""
        makers: list[Callable[[Table], None]] = [
            self.view, self.view, self.view, self.join, self.grouped, self.policy, self.trigger, self.rule, self.index,
            self.index, self.check, self.function, self.statistics, self.publication, self.procedural,
        ]  # fmt: skip
        for _ in range(self.rng.choice([0, 1, 2, 3, 5, 8])):
            self.rng.choice(makers)(self.rng.choice(self.tables))
        # Before 17 a generated column has to be the last one.
        for table in self.tables:
            if self.rng.random() < 0.15:
                self.generated_column(table)
        return self.lines

    def name(self, what: str) -> str:
        self.number += 1
        return f"{what} {self.number}" if self.rng.random() < 0.3 else f"{what}{self.number}"

    def some(self, *choices: str) -> str:
        return self.rng.choice(choices)

    def spelled(self, table: Table, same: list[str], spelled: list[str]) -> str:
        """A condition; of a varchar perhaps one over the spelling, which a text column would not let come back."""
        return self.rng.choice([*same, *(spelled if table.key_type.startswith("varchar") else [])])

    def view(self, table: Table) -> None:
        key = display(table.key)
        if self.views and self.rng.random() < 0.5:
            base = self.rng.choice(self.views)
            source, columns, where = base.full, [self.rng.choice(base.ids)], self.some("", " LIMIT 100")
        else:
            source, columns = table.full, [key]
            where = self.spelled(
                table,
                ["", f" WHERE {LISTED}", f" WHERE {key} IS NOT NULL"],
                [f" WHERE {key} <> 'none'", f" WHERE {key} LIKE 'batch%'", f" ORDER BY {key}"],
            )
        self._relation(table, f"SELECT {columns[0]} AS id FROM {source}{where}", ["id"])

    def _relation(self, table: Table, query: str, ids: list[str], *, plain: bool = False) -> None:
        full = f"{display(table.schema)}.{display(self.name('v'))}"
        if not plain and self.rng.random() < 0.25:
            self.lines.append(f"CREATE MATERIALIZED VIEW {full} AS {query}{self.some('', ' WITH NO DATA')}")
            view = View(full, ids, materialized=True)
            if self.rng.random() < 0.5:
                self.lines.append(f"CREATE INDEX ON {full} ({self.rng.choice(ids)})")
            if self.rng.random() < 0.3:
                self.lines.append(f"COMMENT ON MATERIALIZED VIEW {full} IS 'it''s kept'")
        else:
            options = self.some("", "", " WITH (security_barrier)", " WITH (security_invoker = true)")
            self.lines.append(f"CREATE VIEW {full}{options} AS {query}")
            view = View(full, ids)
            if self.rng.random() < 0.3:
                self.lines.append(f"ALTER VIEW {full} ALTER {ids[0]} SET DEFAULT gen_random_uuid()")
            if self.rng.random() < 0.3:
                self.lines.append(f"COMMENT ON COLUMN {full}.{ids[0]} IS 'an id'")
            if self.rng.random() < 0.2:
                signature = f"{display(table.schema)}.{display(self.name('rows'))}"
                self.lines.append(
                    f"CREATE FUNCTION {signature}({full}) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1'"
                )
        if self.rng.random() < 0.3:
            self.lines.append(f"GRANT {self.some('SELECT', 'ALL')} ON {full} TO PUBLIC")
        # What was never filled cannot be read.
        if "WITH NO DATA" not in self.lines[-1] and not any(
            line.startswith(f"CREATE MATERIALIZED VIEW {full} ") and line.endswith("NO DATA") for line in self.lines
        ):
            self.views.append(view)

    def join(self, table: Table) -> None:
        other = self.rng.choice(self.tables)
        a, b = display(table.key), display(other.key)
        self._relation(
            table,
            f"SELECT x.{a} AS one, y.{b} AS other FROM {table.full} x LEFT JOIN {other.full} y "
            f"ON y.row_number = x.row_number WHERE y.{b} IS NOT NULL",
            ["one", "other"],
        )

    def grouped(self, table: Table) -> None:
        key = display(table.key)
        self._relation(table, f"SELECT {key} AS id, count(*) AS n FROM {table.full} GROUP BY {key}", ["id"])

    def policy(self, table: Table) -> None:
        key, other = display(table.key), self.rng.choice(self.tables)
        on = self.rng.choice(self.tables).full
        read = f"EXISTS (SELECT FROM {table.full} p WHERE p.{key} IS NOT NULL AND p.tenant = 2)"
        own = f"{display(other.key)} IS NOT NULL AND {self.some('tenant <> 2', LISTED)}"
        name = display(self.name("p"))
        target, using = self.rng.choice([(on, read), (other.full, own)])
        kind = self.some("", " AS RESTRICTIVE", " FOR SELECT", " FOR DELETE TO PUBLIC")
        self.lines.append(f"CREATE POLICY {name} ON {target}{kind} USING ({using})")
        if self.rng.random() < 0.5:
            self.lines.append(f"ALTER TABLE {target} ENABLE ROW LEVEL SECURITY")
        if self.rng.random() < 0.3:
            self.lines.append(f"COMMENT ON POLICY {name} ON {target} IS 'whose'")

    def trigger(self, table: Table) -> None:
        key, name = display(table.key), display(self.name("t"))
        when = self.spelled(
            table,
            [
                f"BEFORE UPDATE OF {key} ON {table.full} FOR EACH ROW",
                f"BEFORE UPDATE ON {table.full} FOR EACH ROW WHEN (OLD.{key} IS DISTINCT FROM NEW.{key})",
                f"BEFORE UPDATE ON {table.full} FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)",
            ],
            [f"BEFORE UPDATE OF {key}, tenant ON {table.full} FOR EACH ROW WHEN (NEW.{key} LIKE 'batch%')"],
        )
        self.lines.append(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION suppress_redundant_updates_trigger()")
        state = self.some("", "", "DISABLE", "ENABLE ALWAYS", "ENABLE REPLICA")
        if state:
            self.lines.append(f"ALTER TABLE {table.full} {state} TRIGGER {name}")

    def rule(self, table: Table) -> None:
        key, name = display(table.key), display(self.name("r"))
        self.lines.append(
            f"CREATE RULE {name} AS ON UPDATE TO {table.full} WHERE OLD.{key} IS DISTINCT FROM NEW.{key} AND false "
            f"DO {self.some('ALSO', 'INSTEAD')} NOTHING"
        )
        if self.rng.random() < 0.4:
            self.lines.append(f"ALTER TABLE {table.full} {self.some('DISABLE', 'ENABLE ALWAYS')} RULE {name}")

    def index(self, table: Table) -> None:
        key, name = display(table.key), display(self.name("i"))
        on = f"{name} ON {table.full}"
        self.lines.append(
            "CREATE INDEX "
            + self.some(
                f"{on} (tenant) WHERE {key} IS NOT NULL",
                f"{on} ({key}, row_number) WHERE {LISTED}",
                f"{on} (tenant) INCLUDE (row_number) WHERE {key} LIKE 'batch%'",
                f"{on} (left({key}, 8), tenant DESC)",
                f"{on} ({key} text_pattern_ops DESC NULLS LAST, tenant)",
                f'{on} (tenant, {key} COLLATE "C") WITH (fillfactor = 60)',
                f"{on} USING spgist ({key} text_ops)",
                f"{on} USING hash (({key} IS NULL))",
            )
            if "char" not in table.key_type or table.key_type.startswith("varchar")
            else f"CREATE INDEX {on} ({key} bpchar_pattern_ops)"
        )
        schema = display(table.schema)
        if self.rng.random() < 0.3:
            self.lines.append(f"COMMENT ON INDEX {schema}.{name} IS 'fast'")

    def check(self, table: Table) -> None:
        key, name = display(table.key), display(self.name("c"))
        rule = self.spelled(
            table,
            [f"{key} IS NOT NULL OR tenant > 0", f"{key} IS NOT NULL OR {LISTED}"],
            [f"{key} <> ''", f"length({key}) > 3", f"{key} > ' '"],
        )
        end = self.some("", " NOT VALID", " NO INHERIT")
        if self.version_num >= 180000:
            end = self.some(end, end, " NOT ENFORCED")
        self.lines.append(f"ALTER TABLE {table.full} ADD CONSTRAINT {name} CHECK ({rule}){end}")
        if self.rng.random() < 0.3:
            self.lines.append(f"COMMENT ON CONSTRAINT {name} ON {table.full} IS 'always'")

    def function(self, table: Table) -> None:
        key = display(table.key)
        source, column = table.full, key
        if self.views and self.rng.random() < 0.4:
            base = self.rng.choice(self.views)
            source, column = base.full, base.ids[0]
        name = f"{display(table.schema)}.{display(self.name('f'))}"
        spelled = [f" WHERE {column} LIKE 'batch%'"] if source == table.full else []
        where = self.spelled(table, ["", f" WHERE {column} IS NOT NULL"], spelled)
        self.lines.append(
            f"CREATE FUNCTION {name}() RETURNS bigint STABLE {self.some('', 'SECURITY DEFINER ', 'COST 7 ')}"
            f"BEGIN ATOMIC SELECT count({column}) FROM {source}{where}; END"
        )
        if self.rng.random() < 0.3:
            self.lines.append(f"REVOKE EXECUTE ON FUNCTION {name}() FROM PUBLIC")

    def procedural(self, table: Table) -> None:
        name = f"{display(table.schema)}.{display(self.name('p'))}"
        self.lines.append(
            f"CREATE FUNCTION {name}() RETURNS bigint LANGUAGE plpgsql SET work_mem = '3MB' AS "
            f"$$ BEGIN RETURN (SELECT count({display(table.key)}) FROM {table.full}); END $$"
        )

    def statistics(self, table: Table) -> None:
        key, name = display(table.key), f"{display(table.schema)}.{display(self.name('s'))}"
        what = self.some(f"{key}, tenant", f"({key} IS NULL), ({LISTED})", f"length({key}), tenant")
        self.lines.append(f"CREATE STATISTICS {name} ON {what} FROM {table.full}")
        if self.rng.random() < 0.4:
            self.lines.append(f"ALTER STATISTICS {name} SET STATISTICS 33")

    def publication(self, table: Table) -> None:
        key = display(table.key)
        if self.unlogged:
            return
        what = self.some(f"({key}, tenant)", f"WHERE ({key} IS NOT NULL AND tenant > 1)", f"({key}) WHERE (tenant > 1)")
        # Names of publications belong to the database, not to a schema.
        name = display(f"{table.schema} {self.name('pub')}")
        self.lines.append(f"CREATE PUBLICATION {name} FOR TABLE {table.full} {what} WITH (publish = 'insert')")

    def generated_column(self, table: Table) -> None:
        key = display(table.key)
        virtual = self.version_num >= 180000 and self.rng.random() < 0.5
        expression = self.spelled(table, [f"{key} IS NOT NULL"], [f"coalesce({key} || 'x', '') <> ''", f"{key} < 'c'"])
        self.lines.append(
            f"ALTER TABLE {table.full} ADD COLUMN made boolean GENERATED ALWAYS AS ({expression}) "
            f"{'VIRTUAL' if virtual else 'STORED'}"
        )
