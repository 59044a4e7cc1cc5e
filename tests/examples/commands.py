"""Runs one command after another for a test, each as if it were typed anew; the interpreter starts but once.

Reads ``[program, arguments, environment]`` as a line of JSON, answers ``[status, standard output, the rest]``.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import logging
import os
import sys
import traceback
from pathlib import Path


def main() -> None:
    """Answer until standard input ends."""
    for line in sys.stdin:
        program, arguments, environment = json.loads(line)
        os.environ.update(environment)
        sys.modules.pop("app", None)  # a Flask application reads the environment when it is imported
        out, err = io.StringIO(), io.StringIO()
        status = 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                run(program, arguments)
            except SystemExit as error:
                status = error.code if isinstance(error.code, int) else int(error.code is not None)
            except Exception:  # noqa: BLE001  the test shows it
                status = 70
                traceback.print_exc()
        logging.getLogger("alembic").handlers.clear()
        sys.__stdout__.write(json.dumps([status, out.getvalue(), err.getvalue()]) + "\n")  # type: ignore[union-attr]
        sys.__stdout__.flush()  # type: ignore[union-attr]


def run(program: str, arguments: list[str]) -> None:
    """Call the program as its own start script would."""
    sys.argv = [program, *arguments]
    sys.path[0] = str(Path.cwd())
    if program == "flask":
        importlib.import_module("flask.cli").main()
    else:
        importlib.import_module("alembic.config").main(prog="alembic", argv=arguments)


if __name__ == "__main__":
    main()
