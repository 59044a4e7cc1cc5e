"""The story in six steps: what each shows, and what has to hold at its end."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from uuidkit.database import connect
from uuidkit.database.url import ENV
from uuidkit.demo.scratch import scratch
from uuidkit.demo.stage import Stage, digest
from uuidkit.report.layout import duration

TABLES = ("batch_jobs", "domains", "jobs", "contacts", "places")
CONVERTED = {("batch_jobs", "batch_id"), ("domains", "batch_id"), ("jobs", "batch_id"), ("jobs", "tenant_id")}
CHOICES = ("--all", "--on-unparseable", "derive", "--declare-references")
LEGACY = "created_at < '2025-07-01'"  # the rows that the demo begins with
NEW_BATCH = "0d9f2a64-7c1b-4e35-8a90-5b6c7d8e9f01"
NOBODY = "ffffffff-ffff-4fff-bfff-ffffffffffff"

_ROWS = "SELECT count(*), md5(string_agg(r::text, E'\\n' ORDER BY r::text COLLATE \"C\")) FROM {} AS r WHERE {}"


class Story:
    """The steps; what they need to know of each other.

    Args:
        stage: where they are played.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._schema = b""
        self._rows: dict[str, tuple[int, str]] = {}
        self._seconds: list[tuple[str, float]] = []

    def play(self) -> None:
        """All steps, then how long each took.

        Raises:
            UuidkitError: a step did not do what it says.
        """
        steps: tuple[tuple[str, Callable[[int, str], None]], ...] = (
            ("A legacy database", self._legacy),
            ("The dry run", self._dry_run),
            ("The conversion", self._conversion),
            ("The proof", self._proof),
            ("Life on the new schema", self._life),
            ("The way back", self._way_back),
        )
        for number, (title, step) in enumerate(steps, 1):
            begun = time.monotonic()
            step(number, title)
            self._seconds.append((title, time.monotonic() - begun))
        self._stage.say("\nHOW LONG IT TOOK\n================")
        for number, (title, seconds) in enumerate(self._seconds, 1):
            self._stage.say(f"{number}. {title:<40}{duration(seconds):>10}")

    def _legacy(self, number: int, title: str) -> None:
        stage = self._stage
        stage.heading(
            number,
            title,
            "A batch scanner kept its ids as text, in every spelling that its releases happened to make. One "
            "foreign key was declared, another one was forgotten. These are its tables, in a scratch database; the "
            "same rows on every run.",
        )
        stage.script("legacy_tables.sql")
        stage.script("legacy_rows.sql")
        stage.psql(
            'SELECT quote_literal(min(batch_id)) AS "for example", count(*)\n'
            "  FROM batch_jobs\n"
            " GROUP BY regexp_replace(lower(batch_id), '[0-9a-f]', '0', 'g')\n"
            " ORDER BY 2 DESC, 1"
        )
        self._schema, self._rows = stage.schema(), self._contents()
        stage.check(all(rows for rows, _ in self._rows.values()), "The legacy rows could not be made.")
        stage.tell("Which text columns hold ids, which are to be left alone, and who refers to whom?")
        stage.uuidkit("scan")

    def _dry_run(self, number: int, title: str) -> None:
        stage = self._stage
        stage.heading(
            number,
            title,
            "Nothing is guessed: values that are no uuid in any spelling stop a conversion, until somebody decides "
            "what is to become of them.",
        )
        stage.uuidkit("convert", "--all", status=3)
        stage.tell(
            "The decision: each such text is given a uuid derived from it, the same one wherever the text occurs; "
            "and references that were never declared become real foreign keys. The report says beforehand all that "
            "would be done."
        )
        stage.uuidkit("report", *CHOICES)
        self._check_unchanged("The dry run changed the database.")

    def _conversion(self, number: int, title: str) -> None:
        stage = self._stage
        stage.heading(
            number,
            title,
            "Each group of columns that refer to each other changes in one transaction: wholly, or not at all.",
        )
        stage.uuidkit("convert", *CHOICES)
        stage.check(self._uuid_columns() >= CONVERTED, "Not every column has become a uuid column.")

    def _proof(self, number: int, title: str) -> None:
        self._stage.heading(
            number,
            title,
            "From the catalog, the ledger and the texts that were kept: every row is compared with the text it had.",
        )
        self._stage.uuidkit("verify")

    def _life(self, number: int, title: str) -> None:
        stage = self._stage
        stage.heading(number, title, "Ids are uuids now, with keys and indexes where they were.")
        stage.psql(
            'SELECT conrelid::regclass AS "table", pg_get_constraintdef(oid) AS key\n'
            "  FROM pg_constraint\n"
            " WHERE contype IN ('u', 'f')\n"
            "   AND 'batch_jobs'::regclass IN (conrelid, confrelid)\n"
            " ORDER BY oid"
        )
        stage.tell("A new batch, and a new domain in an old batch:")
        stage.psql(
            "INSERT INTO batch_jobs (batch_id, tenant_id, processor_type)\n"
            f"VALUES ('{NEW_BATCH}', gen_random_uuid(), 'domain')"
        )
        [(old, text)] = stage.ask("SELECT batch_id, batch_id_original FROM batch_jobs WHERE id = 37")
        stage.psql(
            "INSERT INTO domains (id, tenant_id, domain, batch_id)\n"
            f"VALUES (gen_random_uuid(), gen_random_uuid(), 'new.example',\n        '{old}')"
        )
        stage.tell("A domain of a batch that does not exist: the reference is a real foreign key now.")
        stage.psql(
            "INSERT INTO domains (id, tenant_id, domain, batch_id)\n"
            f"VALUES (gen_random_uuid(), gen_random_uuid(), 'orphan.example',\n        '{NOBODY}')",
            refused="23503",
        )
        stage.tell("What became of an old id?")
        answer = stage.uuidkit("lookup", text)
        stage.check(str(old) in answer, f"The lookup of {text} did not find {old}.")

    def _way_back(self, number: int, title: str) -> None:
        stage = self._stage
        stage.heading(number, title, "Should it have to be undone: the text columns come back exactly.")
        stage.uuidkit("revert", "--all", progress=False)
        schema, rows = stage.schema(), self._contents()
        stage.say("$ pg_dump --schema-only      lines   SHA-256")
        for when, dump in (("before the conversion", self._schema), ("after the way back", schema)):
            stage.say(f"  {when:<24}{len(dump.splitlines()):>8}   {digest(dump)}…")
        stage.check(schema == self._schema, "The schema is not as it was.")
        stage.say("  The same, byte for byte.\n")
        stage.say(f"{'Rows there were before':<24}{'before':>17}{'now':>17}   rows")
        for table, (count, before) in self._rows.items():
            stage.say(f"  {table:<22}{before[:14]:>16}…{rows[table][1][:14]:>16}…{count:>7,}")
        stage.check(rows == self._rows, "Some row is not as it was.")
        stage.say("  The same, text for text.\n")
        stage.tell("Rows added since got texts, too: the new batch its uuid's, the new domain that of its old batch.")
        stage.psql(
            "SELECT 'batch_jobs' AS \"new row in\", batch_id\n"
            "  FROM batch_jobs WHERE created_at >= '2025-07-01'\n"
            " UNION ALL\n"
            "SELECT 'domains', batch_id\n"
            "  FROM domains WHERE created_at >= '2025-07-01'"
        )
        new = stage.ask("SELECT batch_id FROM batch_jobs WHERE created_at >= '2025-07-01'")
        stage.check(new == [(NEW_BATCH,)], f"The new batch is spelled {new}.")
        child = stage.ask(
            "SELECT d.batch_id FROM domains AS d JOIN batch_jobs AS b USING (batch_id) "
            "WHERE d.domain = 'new.example' AND b.id = 37"
        )
        stage.check(len(child) == 1, "The new domain has not got its batch's old text.")

    def _uuid_columns(self) -> set[tuple[str, str]]:
        rows = self._stage.ask(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type = 'uuid'"
        )
        return {(table, column) for table, column in rows}

    def _contents(self) -> dict[str, tuple[int, str]]:
        """Number and checksum of the legacy rows, by table."""
        found = {}
        for table in TABLES:
            [(rows, checksum)] = self._stage.ask(_ROWS.format(table, LEGACY))
            found[table] = (rows, checksum)
        return found

    def _check_unchanged(self, otherwise: str) -> None:
        same = self._stage.schema() == self._schema and self._contents() == self._rows
        self._stage.check(same, otherwise)


def run(database_url: str | None = None) -> None:
    """Tell the whole story on a scratch database, which is dropped at the end.

    DATABASE_URL is left alone: the demo uses the embedded server, unless it is told to use another one.

    Args:
        database_url: a server to make the scratch database on; its databases are not touched.

    Raises:
        UuidkitError: there is no server, or a step did not do what it says.
    """
    begun = time.monotonic()
    with scratch(database_url) as url, connect(url) as connection:
        stage = Stage(url, connection)
        stage.tell("uuidkit: string ids become real uuid columns, with a report, a proof and a way back.")
        if os.environ.get(ENV) and database_url is None:
            stage.tell("DATABASE_URL is set; the demo leaves that database alone and uses the embedded server.")
        Story(stage).play()
    stage.say(f"{'With starting and stopping the server':<43}{duration(time.monotonic() - begun):>10}")
    stage.say("")
    stage.tell("Every step did what it says. The scratch database is gone.")
