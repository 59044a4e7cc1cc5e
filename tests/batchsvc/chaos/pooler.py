"""A PgBouncer in transaction mode that can be killed and started again where it was."""

from __future__ import annotations

import shutil
import subprocess
import time
from urllib.parse import quote

import psycopg

from tests.support.pgbouncer import program
from tests.support.servers import Server, drop_rights, hand_over, new_folder


class Pooler:
    """In front of every database of a server, for one role.

    Args:
        server: behind it.
        role: that clients and it log in as.
    """

    def __init__(self, server: Server, role: str) -> None:
        found = program()
        if found is None:
            raise LookupError("needs pgbouncer (Debian: apt-get install pgbouncer)")
        self.folder = new_folder("pool")
        self._server = server
        self._role = role
        users, ini = self.folder / "users.txt", self.folder / "pgbouncer.ini"
        users.write_text(f'"{role}" ""\n')
        settings = {
            "listen_addr": "",
            "listen_port": "5432",
            "unix_socket_dir": self.folder,
            "auth_type": "trust",
            "auth_file": users,
            "pool_mode": "transaction",
            "max_client_conn": 200,
            "default_pool_size": 30,
            "server_login_retry": 1,
            "logfile": self.folder / "log",
        }
        lines = ["[databases]", f"* = host={server.socket_dir} port=5432", "[pgbouncer]"]
        ini.write_text("\n".join([*lines, *(f"{name} = {value}" for name, value in settings.items()), ""]))
        for path in (self.folder, users, ini):
            hand_over(path)
        self._command = [*drop_rights(), str(found), "-q", str(ini)]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def url(self, url: str) -> str:
        """The URL of a database through it."""
        return url.replace(quote(str(self._server.socket_dir), safe="/"), quote(str(self.folder), safe="/"))

    def start(self) -> None:
        """Start it; nothing happens when it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        for left in self.folder.glob(".s.PGSQL*"):
            left.unlink()
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def wait(self) -> None:
        """Wait until it answers."""
        url = self.url(self._server.url_of("template1", self._role))
        for _ in range(500):
            try:
                psycopg.connect(url).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError(f"PgBouncer does not answer: {(self.folder / 'log').read_text()}")

    def kill(self) -> None:
        """End it at once, with every connection through it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """End it and remove its files."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
