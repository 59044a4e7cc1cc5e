"""A PgBouncer in transaction mode in front of a test server."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.servers import Server, drop_rights, hand_over, new_folder


def program() -> Path | None:
    """The pgbouncer of this machine."""
    found = shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    return Path(found) if found else None


@dataclass(frozen=True)
class PgBouncer:
    """One that runs.

    Attributes:
        folder: where its socket is.
        port: the socket's number, and that of 127.0.0.1 where it listens there.
        process: to be killed, for example.
    """

    folder: Path
    port: int
    process: subprocess.Popen[bytes]


@contextmanager
def pgbouncer(server: Server, pgbouncer_program: Path, mode: str = "transaction") -> Iterator[Path]:
    """Run PgBouncer in front of every database of a server: the folder of its socket, port 5432."""
    with running_pgbouncer(server, pgbouncer_program, pool_mode=mode) as found:
        yield found.folder


@contextmanager
def running_pgbouncer(
    server: Server, pgbouncer_program: Path, port: int = 5432, **given: str | int
) -> Iterator[PgBouncer]:
    """Run PgBouncer in front of every database of a server; `given` are settings of pgbouncer.ini."""
    folder = new_folder("pool")
    try:
        users = folder / "users.txt"
        users.write_text('"postgres" ""\n')
        settings = {
            "listen_addr": "",
            "listen_port": port,
            "unix_socket_dir": folder,
            "auth_type": "any",
            "auth_file": users,
            "pool_mode": "transaction",
            "logfile": folder / "log",
            **given,
        }
        lines = [f"{name} = {value}" for name, value in settings.items()]
        target = f"* = host={server.socket_dir} port=5432 user=postgres"
        ini = folder / "pgbouncer.ini"
        ini.write_text("\n".join(["[databases]", target, "[pgbouncer]", *lines, ""]))
        for path in (folder, users, ini):
            hand_over(path)
        command = [*drop_rights(), str(pgbouncer_program), "-q", str(ini)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/") as process:
            try:
                _wait_for(folder, port)
                yield PgBouncer(folder, port, process)
            finally:
                process.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(folder: Path, port: int) -> None:
    for _ in range(500):
        try:
            psycopg.connect(f"postgresql://postgres@/postgres?host={folder}&port={port}").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.01)
    log = folder / "log"
    raise RuntimeError(f"PgBouncer does not answer: {log.read_text() if log.exists() else 'no log'}")
