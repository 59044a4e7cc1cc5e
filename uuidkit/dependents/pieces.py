"""Small pieces that the definitions of several kinds share. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, LiteralString

from psycopg import sql

from uuidkit import guard
from uuidkit.catalog.names import TableName, display
from uuidkit.composing import joined, raw, text_of
from uuidkit.dependents.model import Address, Trouble

# pg_rewrite.ev_enabled and pg_trigger.tgenabled, as ALTER TABLE says them.
_STORAGE = {"p": "PLAIN", "e": "EXTERNAL", "m": "MAIN", "x": "EXTENDED"}
_COMPRESSION = {"p": "pglz", "l": "lz4"}
_STATES: dict[str, LiteralString] = {"O": "ENABLE", "D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}


def address_of(document: Sequence[Any]) -> Address:
    kind, names, args = document
    return Address(kind, tuple(names), tuple(args))


def state(what: LiteralString, table: TableName, name: str, state: str, *, only: bool = False) -> list[str]:
    if state == "O" and not only:
        return []
    return [
        text_of(
            sql.SQL("ALTER TABLE {}{} {} {} {}").format(
                raw("ONLY " if only else ""), table.identifier, raw(_STATES[state]), raw(what), sql.Identifier(name)
            )
        )
    ]


def storage(relation: sql.Composable, column: str, storage: str | None, compression: str | None) -> Iterator[str]:
    """How a column's values are stored, where its type leaves a choice: a uuid does not.

    Args:
        relation: its name, quoted.
        column: the column's name.
        storage, compression: as pg_attribute has them; None for what the type or the server begins with.
    """
    settings = [("STORAGE", _STORAGE[storage])] if storage else []
    settings += [("COMPRESSION", _COMPRESSION[compression])] if compression else []
    for what, wanted in settings:
        # ALTER TABLE is for materialised views as well.
        change = sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET {} {}").format(
            relation, sql.Identifier(column), raw(what), raw(wanted)
        )
        yield guard.block(
            sql.SQL(
                "BEGIN\n"
                "  IF (SELECT t.typstorage <> 'p' FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid\n"
                "       WHERE a.attrelid = {}::regclass AND a.attname = {}) THEN\n"
                "    EXECUTE {};\n"
                "  END IF;\n"
                "END"
            ).format(sql.Literal(text_of(relation)), sql.Literal(column), sql.Literal(text_of(change)))
        )


def comment(what: LiteralString, target: sql.Composable, text: str) -> str:
    return text_of(sql.SQL("COMMENT ON {} {} IS {}").format(raw(what), target, sql.Literal(text)))


def options(options: Sequence[str]) -> sql.Composed:
    """Storage parameters, as pg_class.reloptions keeps them: name=value."""
    return joined(
        [
            sql.SQL("{} = {}").format(sql.Identifier(*name.split(".", 1)), sql.Literal(value))
            for name, _, value in (option.partition("=") for option in options)
        ]
    )


def ownership(owned: bool, owner: str, what: str) -> tuple[Trouble, ...]:
    if owned:
        return ()
    return (
        Trouble(
            "PERMISSION",
            f"Only its owner ({owner}) may take {what} down and put it back.",
            f"Connect as a role that is a member of {owner}, or GRANT that role to the one that converts.",
        ),
    )


def membership(extension: str | None, labelled: bool, what: str) -> tuple[Trouble, ...]:
    found = []
    if extension:
        found.append(
            Trouble(
                "DEPENDENT",
                f"{what} belongs to the extension {extension}, or waits for it; it would not come back as such.",
                "Take it out of the extension first (ALTER EXTENSION … DROP), or leave the column out.",
            )
        )
    if labelled:
        found.append(
            Trouble(
                "DEPENDENT",
                f"{what} carries a security label, which cannot be put back.",
                "Take the label off first, and put it on again afterwards.",
            )
        )
    return tuple(found)


def grantor(role: str, what: str) -> Trouble:
    return Trouble(
        "PERMISSION",
        f"Privileges on {what} were granted by {display(role)}, and only that role can grant them again.",
        f"GRANT {display(role)} TO the role that converts, for the time of the conversion.",
    )
