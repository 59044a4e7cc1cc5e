"""Starts and stops the embedded server: shared by all who use one directory, gone when the last of them is."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil

from uuidkit.database.embedded.account import Account, EmbeddedError, programs
from uuidkit.database.embedded.home import PATIENCE, Home, default_directory, locked, open_home, remove_home

SOCKET_PREFIX = "uuidkit-"
PORT = 5432  # no TCP port: only a part of the socket's name
MAX_SOCKET_FOLDER = 80  # bytes; a socket's whole path may have about 107 (unix(7)), 103 on macOS

# The server outlives its starter where others use it, and ends by itself when the last of them was killed: a shell
# waits for the exclusive lock on "in-use", which is free once nobody holds the shared one. While it stops the server
# it keeps that lock, so that whoever comes next waits. Without flock(1) the last user that ends in order stops it.
_LAUNCH = """(
log=$1 in_use=$2 socket=$3
shift 3
"$@" </dev/null >"$log" 2>&1 &
server=$!
echo "$server"
exec </dev/null >/dev/null 2>&1
command -v flock || exit 0
exec 9<"$in_use"
flock -x 9
kill -INT "$server"
wait "$server"
rmdir "$socket"
) &"""


@dataclass(frozen=True, slots=True)
class _Postmaster:
    """What postmaster.pid says (PostgreSQL source, miscadmin.h, LOCK_FILE_LINE_*)."""

    process: psutil.Process
    socket: Path
    status: str


@contextmanager
def server(directory: Path | None = None, *, durable: bool = True) -> Iterator[str]:
    """Use the embedded server of a directory; it is made, started and stopped as needed.

    Args:
        directory: where it keeps its data; `.postgres` of the working directory, or UUIDKIT_EMBEDDED_DIR, by default.
        durable: False, where this call has to make or start it, for data that need not outlive a crash of the machine,
            such as a demonstration's; much faster on a busy disk.

    Yields:
        The URL of its database, over a unix socket that only its account and root can enter.

    Raises:
        EmbeddedError: the server cannot be made or started.
    """
    home = open_home(default_directory() if directory is None else directory)
    with _using(home, durable) as lock:
        try:
            yield _url(_running(home))
        finally:
            # The others' locks forbid ours; then one of them, or the shell that waits, stops the server.
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _stop(home)


def destroy(directory: Path | None = None) -> None:
    """Delete the embedded server of a directory with all its data, when nobody uses it any more.

    Args:
        directory: as for :func:`server`; nothing happens where there is none.

    Raises:
        EmbeddedError: it is in use, or cannot be deleted.
    """
    directory = default_directory() if directory is None else directory
    if not directory.is_dir():
        return
    home = open_home(directory)
    with home.starting(), locked(home.in_use, fcntl.LOCK_EX):
        _stop(home)
        try:
            remove_home(directory, home)
        except OSError as error:
            raise EmbeddedError(f"{directory} cannot be deleted: {error}.", "Delete it by hand.") from None


@contextmanager
def _using(home: Home, durable: bool) -> Iterator[int]:
    """Hold the shared lock of a user, with the server running."""
    with home.starting():
        context = locked(home.in_use, fcntl.LOCK_SH)
        lock = context.__enter__()
        try:
            _start(home, durable)
        except BaseException:
            context.__exit__(None, None, None)
            raise
    try:
        yield lock
    finally:
        context.__exit__(None, None, None)


def _url(postmaster: _Postmaster | None) -> str:
    if postmaster is None:
        raise EmbeddedError("The embedded PostgreSQL has ended right after its start.", "Try again.")
    return f"postgresql+psycopg://postgres@/postgres?host={quote(str(postmaster.socket))}&port={PORT}"


def _start(home: Home, durable: bool) -> None:
    """Make sure that the server runs and answers; the caller may start it."""
    # Another starter may have been killed half-way, or somebody may be stopping the server by hand.
    _wait(lambda: (found := _running(home)) is None or found.status == "ready", "settle")
    if _running(home) is None:
        bin_dir = programs(home.account)
        if not home.data.exists():
            _initialise(home, bin_dir, durable)
        _clear_after_crash(home)
        _launch(home, bin_dir, durable)


def _initialise(home: Home, bin_dir: Path, durable: bool) -> None:
    """Make the cluster, whole or not at all."""
    for leftover in home.folder.glob("new-*"):
        _clear_unfinished(leftover)
    draft = Path(tempfile.mkdtemp(prefix="new-", dir=home.folder))
    home.account.own(draft)
    arguments = ["--username=postgres", "--auth=trust", "--encoding=UTF8"]
    arguments += ["--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"]
    if not durable:
        arguments.append("--no-sync")
    elif sys.platform == "linux":
        arguments.append("--sync-method=syncfs")  # one call for the thousand new files: 1 s instead of 4
    done = home.account.run([bin_dir / "initdb", "-D", draft, *arguments])
    if done.returncode:
        shutil.rmtree(draft, ignore_errors=True)
        raise EmbeddedError(
            f"The embedded PostgreSQL could not be set up in {home.folder}:\n{done.stdout.strip()}",
            "Set DATABASE_URL to a PostgreSQL server instead.",
        )
    draft.rename(home.data)


def _clear_unfinished(draft: Path) -> None:
    """Remove a cluster whose maker was killed; its initdb may still be at work."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if str(draft) in process.cmdline():
                process.kill()
    _wait(lambda: not _processes_in(draft), "end")
    shutil.rmtree(draft, ignore_errors=True)


def _launch(home: Home, bin_dir: Path, durable: bool) -> None:
    """Start the server and wait until it accepts connections."""
    home.account.own(home.in_use)  # its shell has to open it
    socket = _socket_folder(home.account)
    log = home.data / "server.log"
    settings = {"listen_addresses": "", "unix_socket_directories": f'"{socket}"', "unix_socket_permissions": "0700"}
    if not durable:
        settings["fsync"] = "off"
    command: list[str | Path] = [bin_dir / "postgres", "-D", home.data, "-p", str(PORT)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    launched = home.account.run(
        ["/bin/sh", "-c", _LAUNCH, "sh", log, home.in_use, socket, *command], start_new_session=True
    )
    try:
        pid = int(launched.stdout.split()[0])
    except (IndexError, ValueError):
        raise EmbeddedError(f"The embedded PostgreSQL could not be started: {launched.stdout.strip()}") from None
    end = time.monotonic() + PATIENCE
    while True:
        found = _running(home)
        if found is not None and found.status == "ready":
            return
        if not _alive(pid):
            with suppress(OSError):
                socket.rmdir()
            raise EmbeddedError(
                f"The embedded PostgreSQL has ended at its start. Its log says:\n{_last_lines(log)}",
                "Mend that, or set DATABASE_URL to a PostgreSQL server instead.",
            )
        if time.monotonic() > end:
            raise EmbeddedError(
                f"The embedded PostgreSQL did not become ready in {PATIENCE:.0f} s. Its log says:\n{_last_lines(log)}",
                "It may be recovering after a crash: try again later.",
            )
        time.sleep(0.01)


def _stop(home: Home) -> None:
    """Stop the server in order; the caller has made sure that nobody uses it."""
    found = _running(home)
    if found is None:
        return
    with suppress(psutil.NoSuchProcess):
        found.process.send_signal(signal.SIGINT)  # fast shutdown
    _wait(lambda: not _alive(found.process.pid), "stop")
    with suppress(OSError):
        found.socket.rmdir()


def _running(home: Home) -> _Postmaster | None:
    """The server that runs on the data, or None; a number in a stale file is not taken for one."""
    try:
        lines = (home.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        process = psutil.Process(int(lines[0]))
        if process.status() == psutil.STATUS_ZOMBIE or not _works_on(process, home.data):
            return None
    except (FileNotFoundError, IndexError, ValueError, psutil.Error):
        return None
    # The file grows while the server starts.
    return _Postmaster(
        process, Path(lines[4] if len(lines) > 4 else ""), lines[7].strip() if len(lines) > 7 else "starting"
    )


def _works_on(process: psutil.Process, data: Path) -> bool:
    """Whether a process is the postmaster of the data, or just has got the number of a dead one."""
    try:
        return Path(process.cwd()) == data  # where the postmaster works, also after the folder was moved
    except psutil.AccessDenied:
        # Root without the right to trace, as in many containers.
        return str(data) in process.cmdline()


def _clear_after_crash(home: Home) -> None:
    """Remove what a killed server has left; its last processes end by themselves within moments."""
    lock_file = home.data / "postmaster.pid"
    try:
        lines = lock_file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    _wait(lambda: not _processes_in(home.data), "end")
    if lines and lines[0].isdecimal() and psutil.pid_exists(int(lines[0])):
        # PostgreSQL refuses to start while the number in the file is some process's, of whatever kind.
        lock_file.unlink()
    if len(lines) > 4 and Path(lines[4]).name.startswith(SOCKET_PREFIX):
        shutil.rmtree(lines[4], ignore_errors=True)


def _processes_in(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if Path(process.cwd()) == folder and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def _socket_folder(account: Account) -> Path:
    """A fresh folder for the socket, with a short path, that the account and nobody else can enter."""
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        if len(os.fsencode(parent)) <= MAX_SOCKET_FOLDER and '"' not in parent and account.reaches(Path(parent)):
            folder = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir=parent))
            account.own(folder)
            return folder
    raise EmbeddedError(
        f"There is no temporary folder that the account {account.name!r} can enter.", "Set TMPDIR to one."
    )


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _wait(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise EmbeddedError(
                f"The embedded PostgreSQL did not {what} in {PATIENCE:.0f} s.", "Look for its processes and end them."
            )
        time.sleep(0.01)


def _last_lines(log: Path) -> str:
    with suppress(OSError):
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:])
    return "(nothing)"
