"""The statements that make the ledger, write into it and take it away again. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

from uuidkit.catalog.names import TableName
from uuidkit.composing import text_of
from uuidkit.dependents.proof import prints
from uuidkit.guard import LEDGER_CHANGED, block
from uuidkit.ledger.documents import LedgerEntry, LedgerGraph, to_json
from uuidkit.planning.model import Statement

SCHEMA = "uuidkit"
TABLE = TableName(SCHEMA, "conversions")
# A schema that carries this comment was made by the toolkit and may be dropped by it.
_MARK = "Ledger of uuidkit: conversions that can still be reverted. It goes with its last row."

# Conversions exclude each other through this key of pg_advisory_xact_lock.
ADVISORY_KEY = 0x7575_6964_6B69_74  # "uuidkit"


def creation() -> Statement:
    """The statement that makes the ledger where it is not there yet; under the advisory lock nobody else does."""
    return Statement(
        block(
            sql.SQL(
                """BEGIN
  IF to_regnamespace('uuidkit') IS NULL THEN
    CREATE SCHEMA uuidkit;
    COMMENT ON SCHEMA uuidkit IS {mark};
  END IF;
  IF to_regclass('uuidkit.conversions') IS NULL THEN
    CREATE TABLE uuidkit.conversions (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      converted_at timestamptz NOT NULL DEFAULT now(),
      converted_by text NOT NULL DEFAULT current_user,
      server_version_num integer NOT NULL DEFAULT current_setting('server_version_num')::integer,
      toolkit_version text NOT NULL,
      plan_hash text NOT NULL,
      graph jsonb NOT NULL
    );
  END IF;
END"""
            ).format(mark=sql.Literal(_MARK))
        ),
        "change",
        "make the ledger where there is none",
    )


def insertion(graph: LedgerGraph, plan_hash: str, toolkit_version: str) -> Statement:
    """The statement that writes a conversion down."""
    return Statement(
        text_of(
            sql.SQL(
                "INSERT INTO uuidkit.conversions (toolkit_version, plan_hash, graph)\n"
                "VALUES ({}, {}, {}::jsonb || jsonb_build_object('after', {}))"
            ).format(
                sql.Literal(toolkit_version),
                sql.Literal(plan_hash),
                sql.Literal(to_json(graph)),
                # What the objects are now, only the server can say.
                prints(
                    {str(n): d.address for n, d in enumerate(graph.dependents) if d.action in ("recreate", "rewrite")}
                ),
            )
        ),
        "ledger",
        "write the ledger",
    )


def removal(entry: LedgerEntry) -> Sequence[Statement]:
    """The statements that take an entry out, and the whole ledger with its last entry."""
    gone = sql.SQL(
        "BEGIN\n"
        "  DELETE FROM uuidkit.conversions WHERE id = {id} AND plan_hash = {hash};\n"
        "  IF NOT FOUND THEN\n"
        "    RAISE EXCEPTION USING ERRCODE = {code}, MESSAGE = 'The ledger''s entry is gone: somebody else has "
        "reverted or finalized this conversion.';\n"
        "  END IF;\n"
        "  IF NOT EXISTS (SELECT FROM uuidkit.conversions) THEN\n"
        "    DROP TABLE uuidkit.conversions;\n"
        "    IF obj_description('uuidkit'::regnamespace, 'pg_namespace') = {mark}\n"
        "       AND NOT EXISTS (SELECT FROM pg_depend d\n"
        "                        WHERE d.refclassid = 'pg_namespace'::regclass\n"
        "                          AND d.refobjid = 'uuidkit'::regnamespace) THEN\n"
        "      DROP SCHEMA uuidkit;\n"
        "    END IF;\n"
        "  END IF;\n"
        "END"
    ).format(
        id=sql.Literal(entry.id),
        hash=sql.Literal(entry.plan_hash),
        code=sql.Literal(LEDGER_CHANGED),
        mark=sql.Literal(_MARK),
    )
    return [Statement(block(gone), "ledger", "take the entry out of the ledger")]
