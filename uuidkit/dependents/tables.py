"""What belongs to a table: indexes, constraints, rules, policies, triggers and more; taken down and put back. Pure.

One function a kind; each takes the row that its query in :mod:`uuidkit.dependents.queries` gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, LiteralString

from psycopg import sql

from uuidkit.catalog.names import TableName, display
from uuidkit.composing import joined, raw, text_of
from uuidkit.dependents import pieces
from uuidkit.dependents.grants import column_grants, privileges, unreachable
from uuidkit.dependents.model import Address, DependentObject, Trouble

Row = Sequence[Any]

_COMMANDS: dict[str, LiteralString] = {"*": "ALL", "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}


def index(row: Row, substitute: tuple[str | None, str]) -> DependentObject:
    """An index, with the exclusion constraint that it serves, if it does.

    Args:
        substitute: (definition for a uuid column where this one cannot be had, what that means).
    """
    (oid, schema, name, table_schema, table_name, definition, owned, tablespace, clustered, replica_identity) = row[:10]
    statistics, comment, constraint, constraint_definition, constraint_comment = row[10:15]
    options, (table_kind, parent_schema, parent, deferral) = row[18], row[21:25]
    address, identity, extension, labelled = row[-4:]
    table = TableName(table_schema, table_name)
    found = sql.Identifier(schema, name)
    on_table = sql.SQL("ALTER TABLE {}").format(table.identifier)
    up: list[str]
    after: list[sql.Composable] = []
    if constraint is not None:
        if (
            options
            and deferral == constraint_definition[len(constraint_definition) - len(deferral) :]
            and (constraint_definition.startswith(("PRIMARY KEY", "UNIQUE")))
        ):
            kept = sql.SQL(" WITH ({})").format(pieces.options(options))
            constraint_definition = (
                constraint_definition[: len(constraint_definition) - len(deferral)] + text_of(kept) + deferral
            )
        elif options:
            after.append(sql.SQL("ALTER INDEX {} SET ({})").format(found, pieces.options(options)))
        down = text_of(sql.SQL("{} DROP CONSTRAINT {}").format(on_table, sql.Identifier(constraint)))
        # The constraints of the partitions are made one by one.
        only = sql.SQL("ALTER TABLE ONLY {}").format(table.identifier) if table_kind == "p" else on_table
        up = [
            text_of(
                sql.SQL("{} ADD CONSTRAINT {} {}").format(only, sql.Identifier(constraint), raw(constraint_definition))
            )
        ]
    else:
        down = text_of(sql.SQL("DROP INDEX {}").format(found))
        up = [definition]
    if parent is not None:
        whole = sql.Identifier(parent_schema, parent)
        after.append(sql.SQL("ALTER INDEX {} ATTACH PARTITION {}").format(whole, found))
    if tablespace:
        after.append(sql.SQL("ALTER INDEX {} SET TABLESPACE {}").format(found, sql.Identifier(tablespace)))
    for position, target in enumerate(statistics, 1):
        if target is not None:
            after.append(
                sql.SQL("ALTER INDEX {} ALTER COLUMN {} SET STATISTICS {}").format(
                    found, sql.Literal(position), sql.Literal(target)
                )
            )
    if clustered:
        after.append(sql.SQL("{} CLUSTER ON {}").format(on_table, sql.Identifier(name)))
    if replica_identity:
        after.append(sql.SQL("{} REPLICA IDENTITY USING INDEX {}").format(on_table, sql.Identifier(name)))
    up += map(text_of, after)
    if comment is not None:
        up.append(pieces.comment("INDEX", found, comment))
    if constraint_comment is not None:
        target = sql.SQL("{} ON {}").format(sql.Identifier(constraint), table.identifier)
        up.append(pieces.comment("CONSTRAINT", target, constraint_comment))
    return DependentObject(
        catalog="pg_class",
        oid=oid,
        kind="index",
        name=identity,
        table=table,
        address=pieces.address_of(address),
        down=() if parent is not None else (down,),  # it goes with the one that it is attached to
        up=tuple(up),
        troubles=(
            *pieces.ownership(owned, "the table's owner", identity),
            *pieces.membership(extension, labelled, identity),
        ),
        substitute=substitute[0],
        why=substitute[1],
    )


def check(row: Row) -> DependentObject:
    """A CHECK constraint of a table."""
    oid, schema, table_name, name, definition, owned, comment, below, address, identity, extension, labelled = row
    table = TableName(schema, table_name)
    on_table = sql.SQL("ALTER TABLE {}").format(table.identifier)
    up = [text_of(sql.SQL("{} ADD CONSTRAINT {} {}").format(on_table, sql.Identifier(name), raw(definition)))]
    if comment is not None:
        up.append(
            pieces.comment("CONSTRAINT", sql.SQL("{} ON {}").format(sql.Identifier(name), table.identifier), comment)
        )
    for below_schema, below_table, text in below:
        on = sql.SQL("{} ON {}").format(sql.Identifier(name), sql.Identifier(below_schema, below_table))
        up.append(pieces.comment("CONSTRAINT", on, text))
    troubles = (
        *pieces.ownership(owned, "the table's owner", identity),
        *pieces.membership(extension, labelled, identity),
    )
    return DependentObject(
        catalog="pg_constraint",
        oid=oid,
        kind="check",
        name=f"{table}.{display(name)}",
        table=table,
        address=pieces.address_of(address),
        down=(text_of(sql.SQL("{} DROP CONSTRAINT {}").format(on_table, sql.Identifier(name))),),
        up=tuple(up),
        troubles=troubles,
    )


def rule(row: Row) -> DependentObject:
    """A rule other than that which makes a view."""
    oid, schema, table_name, name, definition, state, owned, comment = row[:8]
    table = TableName(schema, table_name)
    made = [definition.strip().removesuffix(";"), *pieces.state("RULE", table, name, state)]
    return _named_on(table, "RULE", "pg_rewrite", oid, name, made, comment, owned, row[8:])


def policy(row: Row) -> DependentObject:
    """A row-security policy."""
    oid, schema, table_name, name, permissive, command, roles, using, with_check, owned, comment = row[:11]
    table = TableName(schema, table_name)
    on = sql.SQL("{} ON {}").format(sql.Identifier(name), table.identifier)
    to = joined([sql.SQL("PUBLIC") if role is None else sql.Identifier(role) for role in roles])
    made = sql.SQL("CREATE POLICY {} AS {} FOR {} TO {}").format(
        on, raw("PERMISSIVE" if permissive else "RESTRICTIVE"), raw(_COMMANDS[command]), to
    )
    if using is not None:
        made += sql.SQL(" USING ({})").format(raw(using))
    if with_check is not None:
        made += sql.SQL(" WITH CHECK ({})").format(raw(with_check))
    return _named_on(table, "POLICY", "pg_policy", oid, name, [text_of(made)], comment, owned, row[11:])


def trigger(row: Row) -> DependentObject:
    """A trigger, constraint triggers included."""
    oid, schema, table_name, name, definition, state, owned, comment, executable, clones = row[:10]
    table = TableName(schema, table_name)
    made = [definition, *pieces.state("TRIGGER", table, name, state)]
    found = _named_on(table, "TRIGGER", "pg_trigger", oid, name, made, comment, owned, row[10:])
    up = list(found.up)
    for clone_schema, clone_table, clone_state, clone_comment in clones:
        clone = TableName(clone_schema, clone_table)
        if clone_state != state:
            up += pieces.state("TRIGGER", clone, name, clone_state, only=True)
        if clone_comment is not None:
            on_clone = sql.SQL("{} ON {}").format(sql.Identifier(name), clone.identifier)
            up.append(pieces.comment("TRIGGER", on_clone, clone_comment))
    troubles = found.troubles
    if not executable:
        remedy = "GRANT EXECUTE on that function to the role that converts."
        message = f"The function of trigger {found.name} may not be used."
        troubles = (*troubles, Trouble("PERMISSION", message, remedy))
    return replace(found, up=tuple(up), troubles=troubles)


def _named_on(
    table: TableName,
    what: LiteralString,
    catalog: str,
    oid: int,
    name: str,
    made: Sequence[str],
    comment: str | None,
    owned: bool,
    identified: Sequence[Any],
) -> DependentObject:
    """What has a name of its own on a table: a rule, a policy, a trigger.

    Args:
        made: the statements that make it as it is, but for its comment.
        identified: address, identity, extension, whether it has a security label.
    """
    address, identity, extension, labelled = identified
    on = sql.SQL("{} ON {}").format(sql.Identifier(name), table.identifier)
    return DependentObject(
        catalog=catalog,
        oid=oid,
        kind=what.lower(),
        name=identity,
        table=table,
        address=pieces.address_of(address),
        down=(text_of(sql.SQL("DROP {} {}").format(raw(what), on)),),
        up=(*made, *([] if comment is None else [pieces.comment(what, on, comment)])),
        troubles=(
            *pieces.ownership(owned, "the table's owner", identity),
            *pieces.membership(extension, labelled, identity),
        ),
    )


def generated(row: Row, version_num: int) -> DependentObject:
    """A generated column of a table, stored or virtual."""
    oid, schema, table_name, name, type_name, kind, expression, not_null, owned, last, used, family = row[:12]
    collation, comment, statistics, acl, options, storage, compression, fixed, address, _, extension, labelled = row[
        12:
    ]
    table = TableName(schema, table_name)
    column = sql.Identifier(name)
    alter = sql.SQL("ALTER TABLE {}").format(table.identifier)
    down: list[sql.Composable]
    up: list[sql.Composable]
    full = f"{table}.{display(name)}"
    troubles = (*pieces.ownership(owned, "the table's owner", full), *pieces.membership(extension, labelled, full))
    if version_num >= 170000 and not fixed:
        # The column stays, with all that hangs on it; its expression alone makes room.
        if not_null:
            troubles = (
                *troubles,
                Trouble(
                    "DEPENDENT",
                    f"The generated column {full} is NOT NULL, so it cannot be empty while what it reads changes.",
                    f"ALTER TABLE {table} ALTER COLUMN {display(name)} DROP NOT NULL first, SET NOT NULL afterwards.",
                ),
            )
        to = sql.SQL("{} ALTER COLUMN {} SET EXPRESSION AS ({})")
        down = [to.format(alter, column, sql.SQL("NULL::{}").format(raw(type_name)))]
        up = [to.format(alter, column, raw(expression))]
        if statistics is not None:
            up.append(sql.SQL("{} ALTER COLUMN {} SET STATISTICS {}").format(alter, column, sql.Literal(statistics)))
    else:
        if not last or used or family:
            where = "in a table that has CHECKs or belongs to a publication" if fixed else "before PostgreSQL 17"
            troubles = (
                *troubles,
                Trouble(
                    "DEPENDENT",
                    f"The generated column {full} reads the column; {where} its expression cannot be changed, and a "
                    "new column would stand at the end of the table, without what hangs on this one.",
                    "Drop it first and add it again afterwards.",
                ),
            )
        down = [sql.SQL("{} DROP COLUMN {}").format(alter, column)]
        collate = sql.SQL(" COLLATE {}").format(sql.Identifier(*collation)) if collation else sql.SQL("")
        made = sql.SQL("{} ADD COLUMN {} {}{} GENERATED ALWAYS AS ({}) {}{}").format(
            alter,
            column,
            raw(type_name),
            collate,
            raw(expression),
            sql.SQL("VIRTUAL" if kind == "v" else "STORED"),
            sql.SQL(" NOT NULL" if not_null else ""),
        )
        up = [made]
        if statistics is not None:
            up.append(sql.SQL("{} ALTER COLUMN {} SET STATISTICS {}").format(alter, column, sql.Literal(statistics)))
        if options:
            up.append(sql.SQL("{} ALTER COLUMN {} SET ({})").format(alter, column, pieces.options(options)))
        up += map(raw, pieces.storage(table.identifier, name, storage, compression))
        if acl:
            wanted = privileges(acl)
            owner = wanted[0].grantor
            troubles = (*troubles, *(pieces.grantor(role, full) for role in unreachable(owner, wanted)))
            up += [raw(statement) for statement in column_grants(table.identifier, name, owner, wanted)]
        if comment is not None:
            up.append(raw(pieces.comment("COLUMN", sql.SQL("{}.{}").format(table.identifier, column), comment)))
    return DependentObject(
        catalog="pg_attrdef",
        oid=oid,
        kind="generated column",
        name=full,
        table=table,
        address=pieces.address_of(address),
        down=tuple(map(text_of, down)),
        up=tuple(map(text_of, up)),
        troubles=troubles,
    )


def publication(row: Row) -> DependentObject:
    """A table's place in a publication, with a row filter or a list of columns."""
    oid, schema, table_name, relkind, name, owned, owner, table_owned, where, columns = row[:10]
    address, _, extension, labelled = row[10:]
    table = TableName(schema, table_name)
    to = sql.SQL("ALTER PUBLICATION {}").format(sql.Identifier(name))
    only = sql.SQL("" if relkind == "p" else "ONLY ")
    made = sql.SQL("{} ADD TABLE {}{}").format(to, only, table.identifier)
    if columns is not None:
        made += sql.SQL(" ({})").format(joined([sql.Identifier(column) for column in columns]))
    if where is not None:
        made += sql.SQL(" WHERE ({})").format(raw(where))
    full = f"{display(name)}: {table}"
    return DependentObject(
        catalog="pg_publication_rel",
        oid=oid,
        kind="publication",
        name=full,
        table=table,
        address=pieces.address_of(address),
        down=(text_of(sql.SQL("{} DROP TABLE {}{}").format(to, only, table.identifier)),),
        up=(text_of(made),),
        troubles=(
            *pieces.ownership(owned, owner, f"publication {display(name)}"),
            *pieces.ownership(table_owned, "the table's owner", str(table)),
            *pieces.membership(extension, labelled, full),
        ),
    )


def statistics(row: Row) -> DependentObject:
    """An object of extended statistics."""
    oid, schema, name, table_schema, table_name, definition, owner, owned, target, comment = row[:10]
    address, identity, extension, labelled = row[10:]
    found = sql.Identifier(schema, name)
    up = [definition]
    if target is not None:
        up.append(text_of(sql.SQL("ALTER STATISTICS {} SET STATISTICS {}").format(found, sql.Literal(target))))
    up.append(text_of(sql.SQL("ALTER STATISTICS {} OWNER TO {}").format(found, sql.Identifier(owner))))
    if comment is not None:
        up.append(pieces.comment("STATISTICS", found, comment))
    return DependentObject(
        catalog="pg_statistic_ext",
        oid=oid,
        kind="statistics",
        name=identity,
        table=TableName(table_schema, table_name),
        address=pieces.address_of(address),
        down=(text_of(sql.SQL("DROP STATISTICS {}").format(found)),),
        up=tuple(up),
        troubles=(*pieces.ownership(owned, owner, identity), *pieces.membership(extension, labelled, identity)),
    )


def other(catalog: str, oid: int, description: str, table: TableName) -> DependentObject:
    """Whatever the functions above do not know: named, and in the way."""
    return DependentObject(
        catalog=catalog,
        oid=oid,
        kind="other object",
        name=description,
        table=table,
        address=Address("", ()),
        troubles=(
            Trouble(
                "DEPENDENT",
                f"{description[:1].upper()}{description[1:]} depends on what has to be made anew, and this kind of "
                "object cannot be put back.",
                "Drop it first and create it again afterwards, or leave the column out.",
            ),
        ),
    )
