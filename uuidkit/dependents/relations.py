"""Views, materialised views and functions: what takes each down and puts it back. Pure.

One function a kind; each takes the row that its query in :mod:`uuidkit.dependents.queries` gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, LiteralString

from psycopg import sql

from uuidkit.catalog.names import TableName, display
from uuidkit.composing import raw, text_of
from uuidkit.dependents import pieces
from uuidkit.dependents.grants import column_grants, grants, privileges, unreachable
from uuidkit.dependents.model import DependentObject, Trouble

Row = Sequence[Any]


def relation(row: Row) -> DependentObject:
    """A view or a materialised view."""
    (oid, schema, name, relkind, definition, owner, owned, acl, acl_default, options, tablespace, method, populated) = (
        row[:13]
    )
    comment, owner_creates, columns, address, identity, extension, labelled = row[13:]
    view = TableName(schema, name)
    materialized = relkind == "m"
    what: LiteralString = "MATERIALIZED VIEW" if materialized else "VIEW"
    parts: list[sql.Composable] = [sql.SQL("CREATE {} {}").format(raw(what), view.identifier)]
    if materialized and method:
        parts.append(sql.SQL("USING {}").format(sql.Identifier(method)))
    if options:
        parts.append(sql.SQL("WITH ({})").format(pieces.options(options)))
    if materialized and tablespace:
        parts.append(sql.SQL("TABLESPACE {}").format(sql.Identifier(tablespace)))
    parts.append(sql.SQL("AS\n{}").format(raw(definition.strip().removesuffix(";"))))
    if materialized:
        parts.append(sql.SQL("WITH NO DATA"))
    alter = sql.SQL("ALTER {} {}").format(raw(what), view.identifier)
    up = [text_of(sql.SQL(" ").join(parts))]
    for column in columns or ():
        up += [text_of(sql.SQL("{} {}").format(alter, change)) for change in _column_changes(column)]
        if materialized:
            up += pieces.storage(view.identifier, column["name"], column["storage"], column["compression"])
    up.append(text_of(sql.SQL("{} OWNER TO {}").format(alter, sql.Identifier(owner))))
    wanted = privileges(acl)
    up += grants(
        sql.SQL("TABLE {}").format(view.identifier),
        sql.SQL("(SELECT relacl FROM pg_class WHERE oid = {}::regclass)").format(sql.Literal(text_of(view.identifier))),
        owner,
        wanted,
        default=acl_default,
    )
    if comment is not None:
        up.append(pieces.comment(what, view.identifier, comment))
    for column in columns or ():
        up += column_grants(view.identifier, column["name"], owner, privileges(column["acl"]))
        wanted += privileges(column["acl"])
        if column["comment"] is not None:
            target = sql.SQL("{}.{}").format(view.identifier, sql.Identifier(column["name"]))
            up.append(pieces.comment("COLUMN", target, column["comment"]))
    return DependentObject(
        catalog="pg_class",
        oid=oid,
        kind="materialized view" if materialized else "view",
        name=identity,
        table=view,
        address=pieces.address_of(address),
        down=(text_of(sql.SQL("DROP {} {}").format(raw(what), view.identifier)),),
        up=tuple(up),
        fill=(text_of(sql.SQL("REFRESH MATERIALIZED VIEW {}").format(view.identifier)),)
        if materialized and populated
        else (),
        lock=text_of(sql.SQL("{} OWNER TO {}").format(alter, sql.Identifier(owner))),
        troubles=(
            *pieces.ownership(owned, owner, identity),
            *pieces.membership(extension, labelled, identity),
            *(pieces.grantor(role, identity) for role in unreachable(owner, wanted)),
            *_creation(owner_creates, owner, schema, identity),
        ),
    )


def _creation(allowed: bool, owner: str, schema: str, what: str) -> tuple[Trouble, ...]:
    if allowed:
        return ()
    return (
        Trouble(
            "PERMISSION",
            f"{what} belongs to {display(owner)}, who may not create anything in its schema, and so could not get it "
            "back.",
            f"GRANT CREATE ON SCHEMA {display(schema)} TO {display(owner)}, for the time of the conversion.",
        ),
    )


def _column_changes(column: dict[str, Any]) -> Iterator[sql.Composable]:
    name = sql.Identifier(column["name"])
    if column["statistics"] is not None:
        yield sql.SQL("ALTER COLUMN {} SET STATISTICS {}").format(name, sql.Literal(column["statistics"]))
    if column["options"]:
        yield sql.SQL("ALTER COLUMN {} SET ({})").format(name, pieces.options(column["options"]))


def default(row: Row) -> DependentObject:
    """The default of a view's column."""
    oid, schema, name, column, expression, owned, owner, address, _, extension, labelled = row
    view = TableName(schema, name)
    full = f"{view}.{display(column)}"
    alter = sql.SQL("ALTER VIEW {} ALTER COLUMN {}").format(view.identifier, sql.Identifier(column))
    return DependentObject(
        catalog="pg_attrdef",
        oid=oid,
        kind="default",
        name=full,
        table=view,
        address=pieces.address_of(address),
        down=(text_of(sql.SQL("{} DROP DEFAULT").format(alter)),),
        up=(text_of(sql.SQL("{} SET DEFAULT {}").format(alter, raw(expression))),),
        troubles=(*pieces.ownership(owned, owner, full), *pieces.membership(extension, labelled, full)),
    )


def function(row: Row, *, dropped: bool) -> DependentObject:
    """A function that reads a column in a body of standard SQL, or has a view's row among its types.

    Args:
        dropped: whether it has to go, since its signature names a row type that goes; otherwise it gets an empty body
            in the meantime, and keeps its oid with all that is built on it.
    """
    oid, schema, name, arguments, kind, definition, body, owner, owned, acl, acl_default, comment = row[:12]
    address, identity, extension, labelled = row[12:]
    what: LiteralString = "PROCEDURE" if kind == "p" else "FUNCTION"
    signature = sql.SQL("{}({})").format(sql.Identifier(schema, name), raw(arguments))
    troubles = (*pieces.ownership(owned, owner, identity), *pieces.membership(extension, labelled, identity))
    if definition is None:
        aggregate = Trouble("DEPENDENT", f"{identity} is an aggregate over a view's rows.", "Drop it first.")
        definition, troubles = "", (*troubles, aggregate)
    up = [definition.strip()]
    if dropped:
        down = text_of(sql.SQL("DROP {} {}").format(raw(what), signature))
        wanted = privileges(acl)
        up.append(text_of(sql.SQL("ALTER {} {} OWNER TO {}").format(raw(what), signature, sql.Identifier(owner))))
        current = sql.SQL("(SELECT proacl FROM pg_proc WHERE oid = {}::regprocedure)").format(sql.Literal(identity))
        up += grants(sql.SQL("{} {}").format(raw(what), signature), current, owner, wanted, default=acl_default)
        troubles = (*troubles, *(pieces.grantor(role, identity) for role in unreachable(owner, wanted)))
        if comment is not None:
            up.append(pieces.comment(what, signature, comment))
    else:
        # Up to its body the definition is what it was; a body of text is not looked at before it is called.
        down = definition.strip().removesuffix((body or "").strip()).rstrip() + "\nAS 'SELECT'"
        troubles = (
            *troubles,
            *(
                ()
                if body and definition.strip().endswith(body.strip())
                else [Trouble("DEPENDENT", f"The body of {identity} cannot be told from its head.", "Drop it first.")]
            ),
        )
    return DependentObject(
        catalog="pg_proc",
        oid=oid,
        kind="function",
        name=identity,
        table=TableName(schema, name),
        address=pieces.address_of(address),
        down=("SET LOCAL check_function_bodies = off", down, "SET LOCAL check_function_bodies = on")
        if not dropped
        else (down,),
        up=tuple(up),
        troubles=troubles,
    )
