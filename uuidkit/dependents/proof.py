"""Checks on the server that dependent objects are what they should be; and what they are, for the ledger. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql

from uuidkit import guard
from uuidkit.composing import joined, raw
from uuidkit.dependents import fingerprints
from uuidkit.dependents.model import Address


@dataclass(frozen=True, slots=True)
class Expected:
    """An object and the md5 of what the catalog should say of it; None where anything will do."""

    address: Address
    definition: str | None
    attributes: str | None


def same_objects(expected: Sequence[Expected]) -> str:
    """Stop unless the objects are still those that the plan was made for.

    Args:
        expected: at least one.
    """
    return _all(expected, "no longer as it was when the plan was made.", guard.SCHEMA_CHANGED, "Make the plan again.")


def objects_are(expected: Sequence[Expected], message: str) -> str:
    """Stop when an object is missing, or is not what it should be.

    Args:
        expected: at least one.
        message: what that means; the names are put in front.
    """
    return _all(expected, message, guard.PROOF_FAILED)


def prints(addresses: Mapping[str, Address]) -> sql.Composable:
    """A JSON expression: per object, by its key, the md5 of definition, attributes and form, and the options.

    Args:
        addresses: by key; none gives an empty document.
    """
    if not addresses:
        return sql.SQL("'{}'::jsonb")
    return sql.SQL(
        "(SELECT jsonb_object_agg(({keys})[w.number + 1], jsonb_build_array(md5(coalesce({definition}, '')), "
        "md5(coalesce({attributes}, '')), md5({form}), {options}))\n  FROM {objects})"
    ).format(
        definition=raw(fingerprints.DEFINITION),
        attributes=raw(fingerprints.ATTRIBUTES),
        form=raw(fingerprints.FORM),
        options=raw(fingerprints.OPTIONS),
        keys=sql.Literal(list(addresses)) + sql.SQL("::text[]"),
        objects=_objects([Expected(address, None, None) for address in addresses.values()]),
    )


def _all(expected: Sequence[Expected], message: str, code: str, hint: str = "") -> str:
    return guard.block(
        sql.SQL(
            """DECLARE
  other text;
BEGIN
  SELECT string_agg(array_to_string(w.names, '.'), ', ') INTO other
    FROM {objects}
   WHERE {wrong};
  IF other IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = {code},
      MESSAGE = other || {message}{hint};
  END IF;
END"""
        ).format(
            objects=_objects(expected),
            wrong=_WRONG,
            code=sql.Literal(code),
            message=sql.Literal(f": {message}"),
            hint=sql.SQL(",\n      HINT = {}").format(sql.Literal(hint)) if hint else sql.SQL(""),
        )
    )


_WRONG = sql.SQL(
    "(w.definition IS NOT NULL AND w.definition IS DISTINCT FROM md5(coalesce({definition}, '')))\n"
    "      OR (w.attributes IS NOT NULL AND w.attributes IS DISTINCT FROM md5(coalesce({attributes}, '')))"
).format(definition=raw(fingerprints.DEFINITION), attributes=raw(fingerprints.ATTRIBUTES))


def _objects(expected: Sequence[Expected]) -> sql.Composed:
    """The objects at their addresses; the server raises an error for one that is not there."""
    rows = [
        sql.SQL("({}, {}, {}::text[], {}::text[], {}::text, {}::text)").format(
            sql.Literal(number),
            sql.Literal(one.address.type),
            sql.Literal(list(one.address.names)),
            sql.Literal(list(one.address.args)),
            sql.Literal(one.definition),
            sql.Literal(one.attributes),
        )
        for number, one in enumerate(expected)
    ]
    return sql.SQL(
        "(VALUES {}) AS w (number, type, names, args, definition, attributes)\n"
        "   CROSS JOIN LATERAL pg_get_object_address(w.type, w.names, w.args) AS o"
    ).format(joined(list(rows), ",\n      "))
