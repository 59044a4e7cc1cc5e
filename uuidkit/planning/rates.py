"""How fast a server is, and what its settings say about large tables: measured, or typical."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from uuidkit.catalog.names import TableName
from uuidkit.planning.model import Work

# Seconds per row on a common machine (two cores, PostgreSQL 18, warm cache).
_HEAP = 0.35e-6  # and column
_HEAP_BYTE = 1.2e-9  # per byte of the table
_INDEX = 0.17e-6
_PROOF = 0.25e-6  # and column
_STATISTICS = 0.25e-6  # and column, texts that are kept too

_ROWS = 40_000  # those are for, and what a trial takes of a table
_UUID_BYTES = 16
_TEXT_BYTES = 38  # that it takes the place of
_INDEX_BYTES = 32  # one entry with its share of the upper pages

FIXED = "Typical rates of a common machine; nothing was measured on this server."


@dataclass(frozen=True, slots=True)
class Sample:
    """What rewriting some rows of a table has shown.

    Attributes:
        rows: how many rows were rewritten.
        heap: seconds per row for the table itself.
        index: seconds per row for all its indexes, at that number of rows.
        proof: seconds per row to compare the uuids with their texts.
        statistics: seconds per row that ANALYZE looks at.
        heap_bytes: bytes per row afterwards, with long values that are kept elsewhere (TOAST).
        row_bytes: without those.
        index_bytes: bytes per row in all indexes afterwards.
        logged: whether changes of the table are written to the log.
        paged: whether its pages went through the system's memory, as those of a larger table do.
    """

    rows: int
    heap: float
    index: float
    proof: float
    statistics: float
    heap_bytes: float
    row_bytes: float
    index_bytes: float
    logged: bool = True
    paged: bool = False


@dataclass(frozen=True, slots=True)
class Server:
    """What a server's settings say.

    Attributes:
        memory: bytes of its own memory (shared_buffers).
        temporary: bytes of a session's memory for temporary tables (temp_buffers).
        readers: processes that may join in reading one table.
        builders: processes that may join in building one index.
        statistics: rows of one table that ANALYZE looks at.
        logged: whether rewriting a table is written to the log (not so with wal_level minimal).
        ready: bytes of log for which there are files already; None where that is not to be seen.
    """

    memory: int = 128 * 1024 * 1024
    temporary: int = 8 * 1024 * 1024
    readers: int = 2
    builders: int = 1
    statistics: int = 30_000
    logged: bool = True
    ready: int | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """How fast a server is.

    Attributes:
        speed: how long it takes for what takes the common machine one second.
        like: the same for rewriting tables of which no row was.
        log_record: seconds per row that is written to the log.
        log_byte: seconds per byte of it.
        sync: seconds per byte that is brought to the disk before the commit.
        server: what its settings say.
        samples: what was measured, table by table.
        basis: how all this is known, as a sentence or two.
        apart: how much less, and how much more, time the same work took at one moment than at most others; None where
            nothing was measured.
    """

    speed: float = 1.0
    like: float = 1.0
    log_record: float = 0.12e-6
    log_byte: float = 0.5e-9
    sync: float = 0.0
    server: Server = field(default_factory=Server)
    samples: Mapping[TableName, Sample] = field(default_factory=dict)
    basis: str = FIXED
    apart: tuple[float, float] | None = None

    def sample(self, work: Work) -> Sample:
        """What was measured of a table, or what is typical of one like it.

        Args:
            work: with a known number of rows.
        """
        return self.samples.get(work.table) or typical(work, self.like)


def typical(work: Work, like: float = 1.0) -> Sample:
    """What rewriting some rows of a table would show on a server.

    Args:
        work: with a known number of rows.
        like: how long that server takes for what takes the common machine one second.
    """
    width = work.bytes / max(work.rows or 0, 1)
    after = width + _UUID_BYTES * work.columns - _TEXT_BYTES * (work.columns - work.backups)
    return Sample(
        rows=_ROWS,
        heap=like * (_HEAP * work.columns + _HEAP_BYTE * width),
        index=like * _INDEX * work.indexes,
        proof=like * _PROOF * work.columns,
        statistics=like * _STATISTICS * (work.columns + work.backups),
        heap_bytes=after,
        row_bytes=after,
        index_bytes=_INDEX_BYTES * work.indexes,
    )


def compared(works: Mapping[TableName, Work], samples: Mapping[TableName, Sample]) -> float | None:
    """How long the tables that were tried take for what would typically take one second; None where none was.

    Args:
        works: of all tables.
        samples: of those that were tried.
    """

    def seconds(of: Mapping[TableName, Sample]) -> float:
        return sum((works[table].rows or 0) * (one.heap + one.index + one.proof) for table, one in of.items())

    expected = seconds({table: typical(works[table]) for table in samples})
    return seconds(samples) / expected if expected else None
