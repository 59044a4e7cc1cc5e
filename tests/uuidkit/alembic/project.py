"""Somebody's project: an env.py of their own, and revisions written by a test."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from alembic import command
from alembic.config import Config

ROOT = Path(__file__).resolve().parents[3]

ENV = """
from alembic import context
from sqlalchemy import NullPool, create_engine

import uuidkit.alembic

config = context.config
options = config.attributes["options"]

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", dialect_opts={"paramstyle": "named"}, literal_binds=True, **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(config.attributes["url"], poolclass=NullPool, **config.attributes["engine"])
    with engine.connect() as connection:
        if config.attributes["dry_run"]:
            config.attributes["status"] = uuidkit.alembic.dry_run(config, context.script, connection, options)
        else:
            context.configure(connection=connection, **options)
            with context.begin_transaction():
                context.run_migrations()
"""

MAKO = """
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}

def upgrade():
    ${upgrades if upgrades else "pass"}

def downgrade():
    ${downgrades if downgrades else "pass"}
"""


def sqlalchemy_url(url: str, driver: str = "psycopg") -> str:
    return url.replace("postgresql://", f"postgresql+{driver}://", 1)


class Project:
    """A folder with an environment, and Alembic's commands on it, in this process."""

    def __init__(self, folder: Path, url: str, **options: Any) -> None:
        self.folder = folder
        self.url = url
        self.options = options
        self.engine: dict[str, Any] = {}
        self.last: str | None = None
        (folder / "versions").mkdir(parents=True)
        (folder / "env.py").write_text(ENV)
        (folder / "script.py.mako").write_text(MAKO)

    def revision(self, upgrade: str, downgrade: str = "pass", head: str = "") -> str:
        """Write the next revision, `op` and `sa` at hand: its id."""
        number = f"r{len(list((self.folder / 'versions').glob('*.py'))) + 1}"
        body = f"from alembic import op\nimport sqlalchemy as sa\n{dedent(head)}\n"
        body += f"revision, down_revision = {number!r}, {self.last!r}\n"
        for name, text in (("upgrade", upgrade), ("downgrade", downgrade)):
            body += f"def {name}():\n{indent(dedent(text).strip(), '    ')}\n"
        (self.folder / "versions" / f"{number}.py").write_text(body)
        self.last = number
        return number

    def use_callers_connection(self) -> None:
        """Let env.py make dry runs alone, on the connection that the caller puts into the configuration."""
        (self.folder / "env.py").write_text(
            "from alembic import context\nimport uuidkit.alembic\nconfig = context.config\n"
            "config.attributes['status'] = uuidkit.alembic.dry_run(\n"
            "    config, context.script, config.attributes['connection'], {})\n"
        )

    def config(self, *, dry_run: str | None = None) -> Config:
        output = io.StringIO()
        x = [] if dry_run is None else [f"dry-run={dry_run}" if dry_run else "dry-run"]
        config = Config(stdout=output, output_buffer=output, cmd_opts=Namespace(x=x))
        config.set_main_option("script_location", str(self.folder).replace("%", "%%"))
        config.set_main_option("path_separator", "newline")
        config.attributes.update(
            url=sqlalchemy_url(self.url),
            options=dict(self.options),
            engine=self.engine,
            dry_run=dry_run is not None,
            output=output,
        )
        return config

    def upgrade(self, revision: str = "head") -> None:
        command.upgrade(self.config(), revision)

    def downgrade(self, revision: str) -> None:
        command.downgrade(self.config(), revision)

    def script(self, revisions: str) -> str:
        """The script of an upgrade, or of a downgrade where the first revision is the later one."""
        config = self.config()
        first, second = revisions.split(":")
        later = second == "base" or (first.startswith("r") and second.startswith("r") and first > second)
        run = command.downgrade if later else command.upgrade
        run(config, revisions, sql=True)
        return str(config.attributes["output"].getvalue())

    def dry_run(self, revision: str = "head", *, down: bool = False, given: str = "") -> tuple[str, int]:
        """The report, and the exit status; `given` is what comes after `-x dry-run=`."""
        config = self.config(dry_run=given)
        (command.downgrade if down else command.upgrade)(config, revision)
        return str(config.attributes["output"].getvalue()), config.attributes["status"]

    def check(self) -> str:
        """What `alembic check` prints; it raises where something differs."""
        config = self.config()
        command.check(config)
        return str(config.attributes["output"].getvalue())

    def autogenerate(self, **options: Any) -> str:
        """Write a revision from what differs: its text."""
        script = command.revision(self.config(), "found", autogenerate=True, **options)
        assert script is not None
        assert not isinstance(script, list)
        self.last = script.revision
        return Path(script.path).read_text()


def run_alembic(folder: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The alembic command as a user of another project runs it."""
    return subprocess.run(
        [sys.executable, "-m", "alembic", *args],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
    )
