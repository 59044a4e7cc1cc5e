"""Failures told in a sentence, with the exit status that scripts rely on."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

from uuidkit.cli.options import FACE, Face
from uuidkit.cli.output import emit, message, say
from uuidkit.errors import BlockedError, UuidkitError
from uuidkit.report.layout import visible

if TYPE_CHECKING:
    import psycopg

FAILED = 1
BLOCKED = 3
INTERRUPTED = "Graphs finished before stay finished; `uuidkit verify` shows them."

# SQLSTATE class or code -> what to do (PostgreSQL, appendix A).
_REMEDIES = {
    "42501": "Connect as the owner of the tables, or let the owner grant what is missing.",
    "25006": "The server accepts no writes: it is a standby, or default_transaction_read_only is on.",
    "53100": "Free disk space on the server and run the command again.",
    "53": "The server is short of a resource; free it and run the command again.",
    "55P03": "Another session holds a lock; run the command again, or with a longer --lock-timeout.",
    "57014": "A time limit or another session cancelled the statement.",
    "57P": "The server ended the connection; once it is back, run the command again.",
    "08": "Check that the server runs and can be reached, and run the command again.",
    "40": "Another session was in the way; run the command again.",
}


@contextmanager
def explained(ctx: click.Context) -> Iterator[None]:
    """Turn every failure within into a message and an exit status.

    Args:
        ctx: the context of the program, which exits.
    """
    try:
        yield
    except (click.ClickException, click.exceptions.Exit):
        raise
    except (KeyboardInterrupt, click.Abort):
        _end(ctx, "Interrupted. What was under way has been rolled back.", INTERRUPTED, FAILED)
    except BlockedError as error:
        _blocked(ctx, error)
    except UuidkitError as error:
        _end(ctx, " ".join(part for part in (error.message, error.standing) if part), error.remedy, error.exit_code)
    except BrokenPipeError:
        raise  # click ends quietly: the reader of our output has gone
    except OSError as error:
        _end(ctx, f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.", "", FAILED)
    except Exception as error:  # noqa: BLE001 - the last resort: told, and with a way to see where it came from
        _unforeseen(ctx, error)


def _blocked(ctx: click.Context, error: BlockedError) -> NoReturn:
    from uuidkit.report import json, text

    face: Face = ctx.meta.get(FACE) or Face()
    _trace()
    say(text.blockers(error.blockers, mask=face.mask, changed=bool(error.finished)), nl=False)
    if error.finished:
        message("\n" + visible(error.standing))
    if face.json:
        found = json.blockers(error.blockers, mask=face.mask)
        emit(json.dumps({"status": "blocked", "blockers": found}), face)
    ctx.exit(FAILED if error.finished else BLOCKED)


def _unforeseen(ctx: click.Context, error: Exception) -> NoReturn:
    import psycopg

    if isinstance(error, psycopg.Error):
        sentence, remedy = database_failure(error)
        _end(ctx, sentence, remedy, FAILED)
    _end(
        ctx,
        f"Unexpected failure, {type(error).__name__}: {error}",
        "This is a fault of the program. UUIDKIT_TRACEBACK=1 shows where it happened.",
        FAILED,
    )


def database_failure(error: psycopg.Error) -> tuple[str, str]:
    """What an error of the database says, and what to do about it.

    Args:
        error: as psycopg raised it.

    Returns:
        (sentence, remedy); the remedy may be empty.
    """
    import psycopg

    state = error.sqlstate or ""
    said = error.diag.message_primary or str(error).strip().partition("\n")[0] or type(error).__name__
    remedy = next((text for code, text in _REMEDIES.items() if state.startswith(code)), error.diag.message_hint or "")
    if not state and isinstance(error, psycopg.OperationalError):
        return (
            f"The connection to the server was lost: {said}",
            "The server rolls back what was under way. Run the command again once it can be reached.",
        )
    return f"PostgreSQL refused: {said}{f' (SQLSTATE {state})' if state else ''}.", remedy


def _end(ctx: click.Context, sentence: str, remedy: str, status: int) -> NoReturn:
    _trace()
    message("\n".join(map(visible, sentence.splitlines())), error=True)
    if remedy:
        message("\n".join(map(visible, remedy.splitlines())))
    ctx.exit(status)


def _trace() -> None:
    if os.environ.get("UUIDKIT_TRACEBACK"):
        say(traceback.format_exc(), nl=False)
