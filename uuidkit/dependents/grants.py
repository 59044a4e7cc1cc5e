"""Privileges put back as they were, in their order, each by the role that gave it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from psycopg import sql

from uuidkit import guard
from uuidkit.composing import joined, raw, text_of


@dataclass(frozen=True, slots=True)
class Privilege:
    """One privilege of an object's list.

    Attributes:
        grantor: the role that gave it.
        grantee: the role that has it; None for PUBLIC.
        privilege: such as ``SELECT``.
        grantable: given WITH GRANT OPTION.
        reachable: whether the current role may act as the grantor.
    """

    grantor: str
    grantee: str | None
    privilege: str
    grantable: bool
    reachable: bool


def privileges(document: Sequence[Sequence[object]]) -> tuple[Privilege, ...]:
    """A list of privileges as the catalog's queries give it."""
    return tuple(
        Privilege(str(grantor), None if grantee is None else str(grantee), str(name), bool(grantable), bool(reachable))
        for grantor, grantee, name, grantable, reachable in document
    )


def grants(
    what: sql.Composable, current: sql.Composable, owner: str, wanted: Sequence[Privilege], *, default: bool
) -> Iterator[str]:
    """Statements that give a newly made object the privileges it used to have.

    A new object has what ALTER DEFAULT PRIVILEGES says, so everything is taken away first.

    Args:
        what: the object as GRANT names it, e.g. ``TABLE public.v`` or ``FUNCTION public.f(integer)``.
        current: an expression that gives the object's aclitem[]; NULL where nobody ever granted anything.
        owner: the owner's name.
        wanted: the list as it was.
        default: whether that is the list that the object's kind begins with.
    """
    given = list(_given(what, owner, wanted))
    if default:
        # Such a list has the owner's own grants alone, so no role has to be changed inside the block.
        yield _take_away(what, current, owner, only_if_given=True, then=given)
        return
    yield _take_away(what, current, owner, only_if_given=False, then=())
    yield from given


def column_grants(relation: sql.Composable, column: str, owner: str, wanted: Sequence[Privilege]) -> Iterator[str]:
    """Statements that give a column of a newly made relation the privileges it used to have.

    Args:
        relation: its name, quoted.
        column: the column's name.
        owner: the relation's owner.
        wanted: the list as it was; no role can have default privileges on a column.
    """
    yield from _given(sql.SQL("TABLE {}").format(relation), owner, wanted, sql.Identifier(column))


def unreachable(owner: str, wanted: Sequence[Privilege]) -> tuple[str, ...]:
    """Roles that gave privileges and as which the current role may not act."""
    return tuple(dict.fromkeys(item.grantor for item in wanted if item.grantor != owner and not item.reachable))


def _given(
    what: sql.Composable, owner: str, wanted: Sequence[Privilege], column: sql.Identifier | None = None
) -> Iterator[str]:
    part: sql.Composable = sql.SQL("") if column is None else sql.SQL(" ({})").format(column)
    acting: str | None = None
    for (grantor, grantee, grantable), group in groupby(
        wanted, key=lambda item: (item.grantor, item.grantee, item.grantable)
    ):
        wished = None if grantor == owner else grantor
        if wished != acting:
            yield from _act_as(wished, acting)
            acting = wished
        yield text_of(
            sql.SQL("GRANT {} ON {} TO {}{}").format(
                joined([sql.SQL("{}{}").format(raw(item.privilege), part) for item in group]),
                what,
                sql.SQL("PUBLIC") if grantee is None else sql.Identifier(grantee),
                sql.SQL(" WITH GRANT OPTION") if grantable else sql.SQL(""),
            )
        )
    yield from _act_as(None, acting)


def _act_as(role: str | None, before: str | None) -> Iterator[str]:
    if before is not None:
        yield "SELECT set_config('role', current_setting('uuidkit.role'), true)"
    if role is not None:
        yield "SELECT set_config('uuidkit.role', current_setting('role'), true)"
        yield text_of(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))


def _take_away(
    what: sql.Composable, current: sql.Composable, owner: str, *, only_if_given: bool, then: Sequence[str]
) -> str:
    """Take every privilege away and run what follows, in one block."""
    condition = sql.SQL("  IF ({}) IS NULL THEN RETURN; END IF;\n").format(current) if only_if_given else sql.SQL("")
    return guard.block(
        sql.SQL(
            "DECLARE\n"
            "  holder text;\n"
            "BEGIN\n"
            "{condition}"
            "  FOR holder IN\n"
            "    SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC'\n"
            "                         ELSE quote_ident(pg_get_userbyid(a.grantee)) END\n"
            "      FROM aclexplode({current}) AS a\n"
            "  LOOP\n"
            "    EXECUTE 'REVOKE ALL ON ' || {what} || ' FROM ' || holder;\n"
            "  END LOOP;\n"
            "  -- Of an object with the list of its kind there is nothing to explode.\n"
            "  EXECUTE 'REVOKE ALL ON ' || {what} || ' FROM PUBLIC, ' || {owner};\n"
            "{then}"
            "END"
        ).format(
            condition=condition,
            current=current,
            what=sql.Literal(text_of(what)),
            owner=sql.Literal(text_of(sql.Identifier(owner))),
            then=sql.SQL("").join([sql.SQL("  {};\n").format(raw(statement)) for statement in then]),
        )
    )
