"""A throw-away PostgreSQL server for one benchmark, durable as an installed one is."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from tests.support.servers import _reachable_bin, drop_rights, hand_over, new_folder, release

# Everything else is as installed. Nothing runs in the background in the middle of a measurement, and no checkpoint
# falls into one of two runs that are compared.
SETTINGS = {
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "max_wal_size": "16GB",
}
_OURS = {"listen_addresses": "", "logging_collector": "off", "timezone": "UTC"}
_PATIENCE = 60.0  # seconds for a start or an end


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        version: as it says itself.
        folder: where its socket is.
        process: its first process.
    """

    version: str
    folder: Path
    process: psutil.Process

    def url(self, database: str = "postgres") -> str:
        """The superuser's URL of a database."""
        return f"postgresql://postgres@/{quote(database)}?host={quote(str(self.folder), safe='/')}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection in autocommit mode."""
        return psycopg.connect(self.url(database), autocommit=True)

    def create(self, database: str, template: str | None = None) -> None:
        """A database, empty or an identical copy, with everything written to disk before it returns."""
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database))
        if template is not None:
            # File by file: the copy does not go through the log or the server's memory.
            statement += sql.SQL(" TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(template))
        with self.connect() as connection:
            connection.execute(statement)
            connection.execute("CHECKPOINT")

    def processor_time(self, database: str) -> float:
        """Seconds that the server's processes for one database, parallel workers included, have had a processor.

        Args:
            database: that nobody is going to use any more; those of all databases are counted, so take a difference.
        """
        with self.connect() as connection:
            while connection.execute("SELECT FROM pg_stat_activity WHERE datname = %s", [database]).fetchall():
                time.sleep(0.01)
        time.sleep(0.1)  # the first process counts a process when it has seen it end
        times = self.process.cpu_times()
        return float(times.children_user + times.children_system)

    def drop(self, database: str) -> None:
        """Drop a database."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


@contextmanager
def server(label: str, *, durable: bool = True) -> Iterator[Server]:
    """A server that is made, started and removed again.

    Args:
        label: ``18`` or ``16`` (from the wheel), ``system`` for the newest one of the machine.
        durable: False where nothing is measured: it does not wait for the disk.

    Raises:
        LookupError: there is none of that label.
    """
    chosen = release(label)
    programs, copied = _reachable_bin(chosen.bin_dir)
    base = new_folder(f"bench{label}")
    hand_over(base)
    process = None
    try:
        data = base / "data"
        initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        done = subprocess.run([*drop_rights(), *map(str, initdb)], capture_output=True, text=True, cwd="/")
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")
        settings = {**_OURS, **SETTINGS, "unix_socket_directories": str(base), "fsync": "on" if durable else "off"}
        command = [str(programs / "postgres"), "-D", str(data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        with (base / "log").open("w") as log:
            process = subprocess.Popen(
                [*drop_rights(), *command], stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", env=environment
            )
        running = Server(chosen.version, base, psutil.Process(process.pid))
        _wait(running, process, base / "log")
        yield running
    finally:
        if process is not None:
            process.send_signal(signal.SIGQUIT)  # nothing of it is kept
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(base, ignore_errors=True)
        if copied is not None:
            shutil.rmtree(copied, ignore_errors=True)
            _reachable_bin.cache_clear()


def _wait(running: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            running.connect().close()
            return
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The server did not start:\n{log.read_text()}") from error
            time.sleep(0.05)
