"""Where the embedded server keeps its data, and who is using it.

`.postgres/` of the working directory is the home, unless the server's account cannot enter it: then the home lies
elsewhere and `.postgres/location` names it. In the home:

    data/    the database cluster
    lock     held by whoever starts the server
    in-use   held shared by everybody who uses the server; free again when a process dies, however it dies
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from uuidkit.database.embedded.account import MAJOR, Account, EmbeddedError, account_for, store

ENV = "UUIDKIT_EMBEDDED_DIR"
POINTER = "location"
_OURS = ("lock", "in-use", "origin", POINTER, ".gitignore")
PATIENCE = 120.0  # seconds to wait for another process that starts or stops the server
_REMEDY = f"Set {ENV} to a folder that can be used, or DATABASE_URL to a PostgreSQL server."


@dataclass(frozen=True, slots=True)
class Home:
    """The folder with the server's data, and the account that owns the data."""

    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        """The database cluster."""
        return self.folder / "data"

    @property
    def in_use(self) -> Path:
        """The file that every user of the server holds a shared lock on."""
        return self.folder / "in-use"

    @contextmanager
    def starting(self) -> Iterator[None]:
        """The right to start the server; one process at a time has it.

        Raises:
            EmbeddedError: another process has kept it for too long.
        """
        with locked(self.folder / "lock", fcntl.LOCK_EX):
            yield


def default_directory() -> Path:
    """`.postgres` of the working directory, or what UUIDKIT_EMBEDDED_DIR names."""
    return Path(os.environ.get(ENV) or ".postgres")


def open_home(directory: Path) -> Home:
    """The home that belongs to a directory; made where there is none yet.

    Args:
        directory: `.postgres` or what stands in for it.

    Raises:
        EmbeddedError: there is none and none can be made, or what is there cannot be used.
    """
    directory = directory.resolve()
    try:
        home = _find(directory) or _make(directory)
        if not os.access(home.data if home.data.exists() else home.folder, os.R_OK | os.W_OK | os.X_OK):
            raise EmbeddedError(
                f"The embedded PostgreSQL's data in {home.folder} belong to another account.",
                f"Run this as that account, or set {ENV} to another folder.",
            )
    except OSError as error:
        raise EmbeddedError(f"The embedded PostgreSQL cannot keep its data in {directory}: {error}.", _REMEDY) from None
    _check_version(home)
    return home


def remove_home(directory: Path, home: Home) -> None:
    """Delete a home with its data; the directory itself only if nothing else is in it.

    Args:
        directory: what :func:`open_home` was given.
        home: what it returned; the caller has stopped its server.
    """
    if home.data.exists():
        shutil.rmtree(home.data)
    for folder in dict.fromkeys((home.folder, directory.resolve())):
        for name in _OURS:
            (folder / name).unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def locked(path: Path, kind: int) -> Iterator[int]:
    """Hold a lock on a file, made where missing; the system lets go of it when the process ends in any way.

    Args:
        path: the file.
        kind: LOCK_SH or LOCK_EX of :mod:`fcntl`.

    Yields:
        The open file's descriptor.

    Raises:
        EmbeddedError: others have kept the lock for too long.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise EmbeddedError(
                        f"Another process has been starting or stopping the embedded PostgreSQL for {PATIENCE:.0f} s "
                        f"(lock on {path}).",
                        "Look for it and end it.",
                    ) from None
                time.sleep(0.01)
        yield descriptor
    finally:
        os.close(descriptor)


def _find(directory: Path) -> Home | None:
    pointer = directory / POINTER
    if pointer.exists():
        folder = Path(pointer.read_text(encoding="utf-8").strip())
        if not folder.is_dir():
            raise EmbeddedError(
                f"The embedded PostgreSQL's data are gone: {pointer} names {folder}, which is not there.",
                f"Put it back, or remove {directory} to begin with an empty server.",
            )
        return Home(folder, account_for(folder))
    if not (directory / "data").exists():
        return None
    home = Home(directory, account_for(directory / "data"))
    if home.account.other and not home.account.reaches(home.data):
        raise EmbeddedError(
            f"The account {home.account.name!r} cannot enter {home.data}, which the embedded PostgreSQL made as it.",
            f"Move {directory} to a folder that the account can enter, and set {ENV} to it.",
        )
    return home


def _make(directory: Path) -> Home:
    if not directory.is_dir():
        directory.mkdir(parents=True, exist_ok=True)
        (directory / ".gitignore").write_text("*\n", encoding="utf-8")
    account = account_for(directory / "data")
    if not account.other or account.reaches(directory):
        return Home(directory, account)
    # Not named after the path alone: a directory that was removed and made again begins with an empty server.
    digest = hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]
    folder = store(account) / f"{digest}-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    (folder / "origin").write_text(f"{directory}\n", encoding="utf-8")
    account.own(folder)
    draft = Path(tempfile.mkstemp(prefix=".location-", dir=directory)[1])
    draft.write_text(f"{folder}\n", encoding="utf-8")
    try:
        os.link(draft, directory / POINTER)  # unlike a rename it fails where another process was faster
    except FileExistsError:
        shutil.rmtree(folder)
    finally:
        draft.unlink()
    found = _find(directory)
    assert found is not None
    return found


def _check_version(home: Home) -> None:
    try:
        version = (home.data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return
    if version != MAJOR:
        raise EmbeddedError(
            f"The data in {home.data} were made by PostgreSQL {version}; the embedded server is {MAJOR}.",
            f"Set {ENV} to another folder, and bring the data over with pg_dump of PostgreSQL {version}.",
        )
