"""What happens to each value, as SQL expressions: the twins of ``parse``, ``classify`` and ``derive``.

Every function takes an SQL expression for the raw value (of type varchar, text or char(n), under any collation) and
gives an SQL expression without parameters, percent signs, sub-queries or functions of an extension, which means the
same on every supported server. NULL gives NULL, except where a condition says otherwise.
"""

from __future__ import annotations

from typing import Final, Literal

from psycopg import sql

from uuidkit.ids import grammar
from uuidkit.ids.derivation import NAMESPACE
from uuidkit.ids.formats import FORMATS, Formats, built_in_condition, built_in_uuid

OnUnparseable = Literal["fail", "derive", "null"]

_TAIL: Final = sql.Literal(f"{grammar.BODY}$")
_LONGEST_BODY: Final = sql.Literal(grammar.LONGEST_BODY)
_NAMESPACE: Final = sql.Literal(NAMESPACE.hex)


def as_text(operand: sql.Composable) -> sql.Composable:
    """The value as text that is compared byte by byte.

    The cast takes the padding off a char(n); the collation makes patterns work where the column's is nondeterministic.

    Args:
        operand: the raw value.
    """
    return sql.SQL('({}::text COLLATE "C")').format(_closed(operand))


def cast(operand: sql.Composable) -> sql.Composable:
    """The value cast to uuid by the server, which raises 22P02 with the value in its message where it cannot.

    Args:
        operand: the raw value.
    """
    return sql.SQL("{}::text::uuid").format(_closed(operand))


def trimmed(operand: sql.Composable) -> sql.Composable:
    """The value as text without ASCII white space around it.

    Args:
        operand: the raw value.
    """
    return sql.SQL(r"btrim({}, E' \t\n\r\f\x0b')").format(as_text(operand))


def is_parseable(operand: sql.Composable, formats: Formats = FORMATS) -> sql.Composable:
    """The condition that the value is a uuid in one of the formats; NULL for NULL.

    Args:
        operand: the raw value.
        formats: the known formats.
    """
    text = trimmed(operand)
    conditions = [built_in_condition(text)]
    conditions += [sql.SQL("coalesce({}, false)").format(added.sql_condition(text)) for added in formats.added]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(conditions))


def parsed(operand: sql.Composable, formats: Formats = FORMATS) -> sql.Composable:
    """The uuid that the value stands for; NULL when it is unparseable.

    Args:
        operand: the raw value.
        formats: the known formats.
    """
    return _converted(operand, sql.NULL, formats)


def format_name(operand: sql.Composable, formats: Formats = FORMATS) -> sql.Composable:
    """The name of the first format that the value has; NULL when it is unparseable.

    Args:
        operand: the raw value.
        formats: the known formats.
    """
    text = trimmed(operand)
    arms = [sql.SQL("WHEN {} THEN {}").format(known.sql_condition(text), sql.Literal(known.name)) for known in formats]
    return sql.SQL("CASE {} END").format(sql.SQL(" ").join(arms))


def prefix_of(operand: sql.Composable) -> sql.Composable:
    """What stands before the uuid, as it is written; NULL when the value is not of the format ``prefixed``.

    Args:
        operand: the raw value.
    """
    text = trimmed(operand)
    prefixed = FORMATS["prefixed"].sql_condition(text)
    # Taken from the last characters only: a pattern with a part to be found is not read in linear time.
    body = sql.SQL("substring(right({}, {}) from {})").format(text, _LONGEST_BODY, _TAIL)
    return sql.SQL("CASE WHEN {} THEN left({}, -length({})) END").format(prefixed, text, body)


def derived(operand: sql.Composable) -> sql.Composable:
    """The uuid that stands for the text of the value, whatever it holds.

    Source: RFC 9562, section 5.8 and appendix B.2.

    Args:
        operand: the raw value.
    """
    name = sql.SQL("decode({}, 'hex') || convert_to({}, 'UTF8')").format(_NAMESPACE, trimmed(operand))
    # Bit by bit, so that the hash is written, and computed, once: version 8 in bits 52-55, variant 10 in bits 70-71.
    bits = sql.SQL("substr(sha256({}), 1, 16)").format(name)
    for bit, value in ((52, 0), (53, 0), (54, 0), (55, 1), (70, 0), (71, 1)):
        bits = sql.SQL("set_bit({}, {}, {})").format(bits, sql.Literal(bit), sql.Literal(value))
    return sql.SQL("encode({}, 'hex')::uuid").format(bits)


def conversion(operand: sql.Composable, on_unparseable: OnUnparseable, formats: Formats = FORMATS) -> sql.Composable:
    """The uuid that the value becomes: the general expression, exact for every value.

    Args:
        operand: the raw value.
        on_unparseable: ``fail`` makes the server raise 22P02 with the value in its message, ``derive`` gives the
            uuid derived from the text, ``null`` gives NULL.
        formats: the known formats.
    """
    match on_unparseable:
        case "fail":
            # The grammar holds all that the cast accepts, so here the cast of the value itself can only fail.
            otherwise = cast(operand)
        case "derive":
            otherwise = derived(operand)
        case "null":
            otherwise = sql.NULL
    return _converted(operand, otherwise, formats)


def _closed(operand: sql.Composable) -> sql.Composable:
    return operand if isinstance(operand, sql.Identifier) else sql.SQL("({})").format(operand)


def _converted(operand: sql.Composable, otherwise: sql.Composable, formats: Formats) -> sql.Composable:
    text = trimmed(operand)
    known = [(built_in_condition(text), built_in_uuid(text))]
    known += [(added.sql_condition(text), added.sql_uuid(text)) for added in formats.added]
    arms = [sql.SQL("WHEN {} THEN {}").format(condition, uuid) for condition, uuid in known]
    return sql.SQL("CASE {} ELSE {} END").format(sql.SQL(" ").join(arms), otherwise)
