"""Errors of the database as sentences with what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from uuidkit.errors import ConversionFailed, PlanOutdated, UuidkitError
from uuidkit.guard import LEDGER_CHANGED, PROOF_FAILED, SCHEMA_CHANGED
from uuidkit.planning.model import Statement

LOCK_NOT_AVAILABLE = "55P03"
DEADLOCK_DETECTED = "40P01"
_IN_FUNCTION = re.compile(r"(?:PL/\w+|SQL) function ")

_CANCELLED = (
    "Find out who cancelled it, and run it again; against a statement_timeout, with PGOPTIONS='-c statement_timeout=0'."
)

# SQLSTATE -> what it means here, and what to do. Everything else is shown as the server said it.
_MEANINGS = {
    "22P02": (
        "A value that is no uuid was added or changed after the survey: {detail}.",
        "Run the command again; the new survey will find it.",
    ),
    "23505": ("Two rows would have the same key: {detail}.", "Run the report; it lists the texts that meet."),
    "23503": ("A row would refer to nothing: {detail}.", "Run the report; it lists the rows without counterpart."),
    "55006": (
        "The transaction has checks of deferred constraints or triggers pending on these tables: {detail}.",
        "Convert in a transaction of its own, or run SET CONSTRAINTS ALL IMMEDIATE before it.",
    ),
    "25006": (
        "The transaction may not write: {detail}.",
        "Run it on the primary, or without default_transaction_read_only (ALTER ROLE … SET, or PGOPTIONS).",
    ),
    "42501": ("A right is missing: {detail}.", "Run the report; it names the GRANT."),
    "53100": ("The server's disk is full: {detail}.", "Free space (a rewrite needs the tables' size again) and retry."),
    "57014": ("The server cancelled the statement: {detail}.", _CANCELLED),
    "57P01": ("The server was shut down, or the session was ended by an administrator.", "Run it again."),
    DEADLOCK_DETECTED: ("The server broke a deadlock by ending this transaction.", "Run it again."),
    "22001": (
        "A text does not fit the old type: {detail}.",
        "Choose a shorter spelling for rows added since with --legacy-format.",
    ),
}


def explain(error: psycopg.Error, statement: Statement) -> UuidkitError:
    """A database error as a sentence with what to do.

    Args:
        error: as psycopg raised it.
        statement: the one that failed.
    """
    state = error.sqlstate
    primary = error.diag.message_primary or str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
    function = _function(error)
    where = f"Failed at: {statement.summary}{function}. The transaction is rolled back, nothing was changed."
    # A table that is not there is one of the plan's, unless a function (of an event trigger) asked for it.
    if state == SCHEMA_CHANGED or (state == "42P01" and statement.phase == "lock" and not function):
        return PlanOutdated(f"{primary} Nothing was changed.", "Run the command again.")
    if state in (PROOF_FAILED, LEDGER_CHANGED):
        return ConversionFailed(f"{primary} {where}", "Keep this message; run the report again to see what changed.")
    if state in _MEANINGS:
        message, remedy = _MEANINGS[state]
        return ConversionFailed(f"{message.format(detail=primary)} {where}", remedy)
    if state is None or state.startswith("08"):
        return ConversionFailed(
            f"The connection to the server was lost ({primary}). {where}", "Look at the server, then run it again."
        )
    return ConversionFailed(f"{primary} (SQLSTATE {state}). {where}", error.diag.message_hint or "")


def _function(error: psycopg.Error) -> str:
    """The user's function in which an error arose, such as an event trigger's, as the end of a sentence."""
    lines = (error.diag.context or "").splitlines()
    found = next((line for line in lines if _IN_FUNCTION.match(line) and "inline_code_block" not in line), None)
    return "" if found is None else f", in {found}"


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what is left of database errors into sentences."""
    try:
        yield
    except psycopg.Error as error:
        text = error.diag.message_primary or str(error).strip() or type(error).__name__
        if error.sqlstate is None or error.sqlstate.startswith("08"):
            raise ConversionFailed(
                f"The connection to the server was lost: {text.splitlines()[0]}.",
                "Whatever was not committed is rolled back by the server. Run the command again.",
            ) from error
        remedy = error.diag.message_hint or (_CANCELLED if error.sqlstate == "57014" else "")
        if error.sqlstate == "42501" and "conversions" in text:
            remedy = (
                "The ledger belongs to the role that converted: connect as it, or GRANT USAGE ON SCHEMA uuidkit and "
                "SELECT ON uuidkit.conversions."
            )
        raise ConversionFailed(f"{text} (SQLSTATE {error.sqlstate}). Nothing was changed.", remedy) from error
