"""Commands run one after another in one other process, each as if it were typed anew: the interpreter starts but once.

As a program it reads ``[folder, program, arguments, environment]`` as a line of JSON and answers
``[status, standard output, standard error]``.
"""

from __future__ import annotations

import functools
import importlib
import io
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Interpreter:
    """A process that runs commands; what a project's own modules are called is free again with a new one."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            # A revision that a test writes again within a second, as long as before, must not be taken from a cache.
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Interpreter:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, folder: Path, program: str, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a folder.

        Args:
            program: ``alembic``, or ``flask``.
            env: added to the environment.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps([str(folder), program, args, env]) + "\n")
        stdin.flush()
        return subprocess.CompletedProcess([program, *args], *json.loads(stdout.readline()))


@functools.cache
def shared() -> Interpreter:
    """The one that ends with this process, for projects that have no modules of their own."""
    return Interpreter()


def main() -> None:
    """Answer until standard input ends."""
    environment = dict(os.environ)
    answers = sys.stdout
    # The same two objects for every command: what takes hold of them once, as Alembic does, goes on to write there.
    sys.stdout, sys.stderr = out, err = io.StringIO(), io.StringIO()
    for line in sys.stdin:
        folder, program, arguments, added = json.loads(line)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment, **added)
        sys.modules.pop("app", None)  # a Flask application reads the environment when it is imported
        status = 0
        try:
            _call(program, arguments)
        except SystemExit as error:
            status = error.code % 256 if isinstance(error.code, int) else int(error.code is not None)
        except Exception:  # noqa: BLE001  the test shows it
            status = 70
            traceback.print_exc()
        answers.write(json.dumps([status, out.getvalue(), err.getvalue()]) + "\n")
        answers.flush()
        for stream in (out, err):
            stream.seek(0)
            stream.truncate()


def _call(program: str, arguments: list[str]) -> None:
    """Call the program as its own start script would."""
    sys.argv = [program, *arguments]
    sys.path[0] = str(Path.cwd())
    if program == "flask":
        importlib.import_module("flask.cli").main()
    else:
        importlib.import_module("alembic.config").main(prog="alembic", argv=arguments)


if __name__ == "__main__":
    main()
