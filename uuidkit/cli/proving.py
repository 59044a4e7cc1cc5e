"""What `verify` and `convert` prove for a document: values, checksums, and the plans they come from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import psycopg

    from uuidkit.verification import Proof


def proved(connection: psycopg.Connection[Any], proof: Proof, targets: Sequence[str]) -> dict[str, Any]:
    """A proof with checksums and seal, as JSON.

    Args:
        connection: to the database.
        proof: as ``verify`` gave it.
        targets: as they were named.
    """
    from uuidkit.checksums import checksums, seal
    from uuidkit.report.proved import with_checksums

    sums = checksums(connection, targets)
    named = {str(name): found.as_json() for name, found in sums.items()}
    return with_checksums(proof, sums, seal=seal(named), targets=targets)


def plan_hashes(connection: psycopg.Connection[Any], targets: Sequence[str]) -> list[str]:
    """The hashes of the plans that were carried out, as the ledger has them.

    Args:
        connection: to the database.
        targets: as they were named.
    """
    from uuidkit.database.session import adapt
    from uuidkit.explaining import sentences
    from uuidkit.ledger import store
    from uuidkit.reading import read_database, reading
    from uuidkit.targets import resolve_columns

    session = adapt(connection)
    with sentences(), reading(session) as search_path:
        schema = read_database(session, search_path)
        entries = store.read(session, present=schema.ledger_present)
        chosen = store.select(entries, resolve_columns(schema, targets), everything=not targets)
    return [entry.plan_hash for entry in chosen]


def expected_text(given: str) -> str:
    """A seal as it is, or what a file says.

    Args:
        given: as it was typed.

    Raises:
        click.BadParameter: it is neither.
    """
    if re.fullmatch("[0-9a-f]{64}", given):
        return given
    try:
        return Path(given).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(
            f"{given} is neither a seal (64 hexadecimal digits) nor a file that can be read: {error}.",
            param_hint="--expect",
        ) from error
