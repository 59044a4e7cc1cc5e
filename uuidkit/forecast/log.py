"""How fast the write-ahead log takes records, and for how many bytes of them it has files."""

from __future__ import annotations

import time
from dataclasses import dataclass

import psycopg
from psycopg import sql

from uuidkit.database.session import Session, undone

_BYTES = 6 * 1024 * 1024  # of messages of one length
_PAGE = 8192  # one length: the log takes whole pages of new indexes
_ROW = 150  # the other: it takes new rows one by one
_HEAD = 59  # bytes of a message's record beside it
# Seconds per byte to make a file of it, on a common machine.
NEW = 2.2e-9


@dataclass(frozen=True, slots=True)
class Log:
    """How fast the log is.

    Attributes:
        record: seconds for each record.
        byte: seconds for each byte, in the server's memory and on the disk.
        flush: seconds to bring a byte to the disk, as far as a commit waits for it; zero where none was made.
    """

    record: float
    byte: float
    flush: float


def log(session: Session) -> Log | None:
    """Write messages that say nothing, and see how long that takes; None where there is no right to it.

    Args:
        session: outside of a transaction, how long the disk takes is seen as well.
    """
    try:
        pages, rows = ([_written(session, length) for _ in range(2)] for length in (_PAGE, _ROW))
    except psycopg.errors.InsufficientPrivilege:
        return None
    page, row = min(pages, key=sum), min(rows, key=sum)  # the other one may have met cold caches
    byte = sum(page) / _BYTES
    record = sum(row) / (_BYTES // _ROW) - byte * (_ROW + _HEAD)
    return Log(max(record, 0.0), byte, page[1] / _BYTES)


def _written(session: Session, length: int) -> tuple[float, float]:
    """Seconds of writing messages, and of bringing them to the disk."""
    message = sql.SQL("SELECT count(pg_logical_emit_message(true, 'uuidkit', {})) FROM generate_series(1, {})").format(
        sql.Literal("x" * length), sql.Literal(_BYTES // length)
    )
    alone = not session.in_transaction
    begun = time.perf_counter()
    with undone(session):  # nobody who reads the log is told of them
        session.rows(message)
    done = time.perf_counter()
    if not alone:
        return done - begun, 0.0
    with session.transaction():
        session.rows("SELECT pg_catalog.pg_current_xact_id()")  # without a number there is nothing to wait for
        begun, done = time.perf_counter(), done - begun
    return done, time.perf_counter() - begun


def ready(session: Session) -> int | None:
    """Bytes of log for which there are files already, made or kept for use again; None where they are not to be seen.

    Args:
        session: with or without a transaction.
    """
    [(allowed,)] = session.rows("SELECT has_function_privilege('pg_catalog.pg_ls_waldir()', 'EXECUTE')")
    if not allowed:
        return None
    [(found,)] = session.rows(
        """SELECT count(*) * pg_size_bytes(current_setting('wal_segment_size'))
             FROM pg_ls_waldir()
            WHERE name ~ '^[0-9A-F]{24}$' AND name > pg_walfile_name(pg_current_wal_insert_lsn())"""
    )
    return int(found)
