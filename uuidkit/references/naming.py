"""What names say: which column a name points to, and what a column is for. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from uuidkit.catalog.names import ColumnName, TableName

_BETWEEN_WORDS = re.compile(r"[\W_]+")

ID_WORDS = frozenset({"id", "ids", "uuid", "guid", "uid", "pk", "oid"})

# A name made of these alone says nothing about what it identifies.
_GENERIC = ID_WORDS | frozenset(
    """code data entity external field foreign group identifier item key kind label legacy name no number object old
    original parent public record ref reference remote row source state status target title type value""".split()
)

# What a column is for when it is no identifier, whatever its values look like.
_PURPOSES = frozenset(
    """address avatar blob body checksum comment content cookie crc crc32 description digest domain email etag file
    filename fingerprint gravatar hash host hostname href image ip link logo mail md5 md5sum message nonce note notes
    password path payload phone photo picture salt secret sha sha1 sha224 sha256 sha384 sha512 signature text title
    token uri url value website""".split()
)
_SPELLED = frozenset("base64 hex lower normalized sum".split())  # file_hash_hex is a hash all the same
_KEYS = frozenset("api cache idempotency".split())

_ROLES = frozenset({"parent", "previous", "prev", "next", "root", "original", "origin", "superseded", "duplicate"})

# What stands in the place of ``id`` in the name of the column beside it that says what is identified.
_KINDS = frozenset({"type", "kind", "class", "model"})

# In the name of a column that says of which table the row is that a ``row_id`` beside it identifies.
_TABLES = frozenset({"table", "tablename", "relation", "entity", "model"})
_BESIDE_TABLES = frozenset({"name", "object", "record", "row", "source", "target"})

# Those of whom a column called created_by, approved_by … tells.
_PEOPLE = frozenset(
    """account admin administrator agent author contact customer employee member operator owner people person principal
    staff user""".split()
)

# Words with which the former text of a converted column is commonly kept.
_BACKUP_WORDS = frozenset(
    """original orig old backup bak legacy text txt str string varchar before previous prev former raw""".split()
)

_ENDS_IN_ID = re.compile(r"[a-z]{2,}(?:id|uuid|guid)\Z")
_NO_IDS = frozenset(
    "acid android avoid fluid grid hybrid invalid liquid paid prepaid raid solid unpaid valid void".split()
)


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """What a column's name says about the key it may refer to.

    Attributes:
        strong: the name alone points to that key; otherwise it only fits it.
        why: the reason, as the first half of a sentence.
    """

    strong: bool
    why: str


@cache
def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, whether written ``batch_id``, ``batchId`` or ``BATCH-ID``."""
    found = []
    for part in _BETWEEN_WORDS.split(name):
        begin = 0
        for at in range(1, len(part)):
            before, here, after = part[at - 1], part[at], part[at + 1 : at + 2]
            # batchId and sha256Hex, but UUIDValue
            if here.isupper() and (not before.isupper() or after.islower()):
                found.append(part[begin:at].lower())
                begin = at
        if part:
            found.append(part[begin:].lower())
    return tuple(found)


@cache
def singular(word: str) -> str:
    """The singular of an English plural, as far as table names need it."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes", "uses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2:
        return word[:-1]
    return word


@cache
def is_specific(name: str) -> bool:
    """Whether the name says what it identifies (``batch_id``), unlike ``id``, ``code`` or ``external_id``."""
    return any(word.rstrip("0123456789") not in _GENERIC for word in words(name) if not word.isdigit())


def says_id(name: str) -> bool:
    """Whether the name says that the column holds an identifier."""
    found = words(name)
    if not found:
        return False
    return found[-1] in ID_WORDS or (bool(_ENDS_IN_ID.match(found[-1])) and found[-1] not in _NO_IDS)


def purpose(name: str) -> str | None:
    """The word that says that the column is for something other than identifying, or None.

    Args:
        name: the column's name; ``email`` and ``file_hash`` have another purpose, ``email_id`` has not.
    """
    found = list(words(name))
    while len(found) > 1 and found[-1] in _SPELLED:
        found.pop()
    if not found:
        return None
    joined = "".join(found)
    if joined in _PURPOSES or (len(found) > 1 and found[-1] == "key" and found[-2] in _KEYS):
        return joined if joined in _PURPOSES else "key"
    word = found[-1]
    return next((known for known in (singular(word), word) if known in _PURPOSES), None)


def names_copy_of(name: str, original: str) -> bool:
    """Whether a column's name says that it keeps the text of another one (``batch_id_original``).

    Args:
        name: the column that may be a copy.
        original: the other column of the same table.
    """
    ours, theirs = words(name), words(original)
    extra = len(ours) - len(theirs)
    if extra != 1 or not theirs:
        return False
    before, after = ours[0], ours[-1]
    return (ours[:-1] == theirs and after in _BACKUP_WORDS) or (ours[1:] == theirs and before in _BACKUP_WORDS)


def kind_beside(name: str, columns: Collection[str]) -> str | None:
    """The column that says what an id identifies, as ``record_type`` does of ``record_id``; None where there is none.

    Beside an id whose name says nothing a ``table_name`` does so as well.

    Args:
        name: the column of the ids.
        columns: the names of its table's columns.
    """
    ours = words(name)
    if len(ours) < 2 or ours[-1] not in ID_WORDS:
        return None
    for other in columns:
        theirs = words(other)
        if theirs[:-1] == ours[:-1] and theirs[-1] in _KINDS:
            return other
        if not is_specific(name) and _TABLES.intersection(theirs) and {*theirs} <= _KINDS | _TABLES | _BESIDE_TABLES:
            return other
    return None


def points_to(child: ColumnName, key: ColumnName) -> NameEvidence | None:
    """What the name of a column says about its referring to a key; None when it says nothing.

    Args:
        child: the column that may refer.
        key: the column it may refer to.
    """
    ours, theirs = words(child.name), words(key.name)
    if not ours or not theirs:
        return None
    same_table = child.table_name == key.table_name
    if not same_table and ours == theirs and is_specific(child.name):
        return NameEvidence(True, "it has the key's name")
    if same_table:
        stem = _stem(ours, theirs)
        if (stem and stem[-1] in _ROLES) or _other_row(ours, child.table):
            return NameEvidence(True, "its name points to another row of the same table")
    if is_specific(key.name) and len(ours) > len(theirs) and ours[-len(theirs) :] == theirs:
        return NameEvidence(True, "its name ends in the key's name")
    stem = _stem(ours, theirs)
    if not stem:
        return None
    for table in _table_forms(key.table):
        if stem == table:
            return NameEvidence(True, f"it is named after the table {key.table}")
        if stem[-len(table) :] == table or stem in (table[: len(stem)], table[-len(stem) :]):
            return NameEvidence(False, f"its name fits the table {key.table}")
    return None


class Names:
    """Columns by the words of their names, so that of thousands only a few are asked which key they point to.

    Args:
        columns: those that may refer.
    """

    def __init__(self, columns: Sequence[ColumnName]) -> None:
        self._columns = columns
        self._places: dict[TableName | str, list[int]] = {}
        for place, column in enumerate(columns):
            marks: set[TableName | str] = {column.table_name, *words(column.name)}
            for mark in marks:
                self._places.setdefault(mark, []).append(place)

    def pointing_to(self, key: ColumnName) -> dict[ColumnName, NameEvidence]:
        """What ``points_to`` says of each column of which it says something, in their order.

        Args:
            key: the column they may refer to.
        """
        # Another table's column does so only by a word of the key's table, or of the key.
        marks: set[TableName | str] = {key.table_name, *(word for form in _table_forms(key.table) for word in form)}
        if is_specific(key.name):
            marks.update(words(key.name))
        places = {place for mark in marks for place in self._places.get(mark, ())}
        asked = (self._columns[place] for place in sorted(places))
        return {
            column: evidence for column in asked if column != key and (evidence := points_to(column, key)) is not None
        }


def says_by_whom(child: ColumnName, key: ColumnName) -> bool:
    """Whether a name such as ``created_by`` says who did something, and the key is one of people.

    Args:
        child: the column that may refer.
        key: the column it may refer to.
    """
    return words(child.name)[-1:] == ("by",) and any(form[-1] in _PEOPLE for form in _table_forms(key.table))


def _other_row(ours: tuple[str, ...], table: str) -> bool:
    """Whether a name is that of its own table with a role before or behind it, as ``parent_group`` in ``groups``."""
    return any(
        (ours[0] in _ROLES and ours[1:] == form) or (ours[-1] in _ROLES and ours[:-1] == form)
        for form in _table_forms(table)
    )


def belongs_to_table(column: ColumnName) -> bool:
    """Whether a column is named after its own table, as ``batch_jobs.batch_id`` is after ``batch``."""
    stem = tuple(word for word in words(column.name) if word not in ID_WORDS)
    if not stem:
        return False
    return any(stem in (table[: len(stem)], table[-len(stem) :]) for table in _table_forms(column.table))


def _stem(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...] | None:
    """What stands before the word that says id, or before the key column's own words."""
    if len(ours) > len(theirs) and ours[-len(theirs) :] == theirs:
        return ours[: -len(theirs)]
    if ours[-1] in ID_WORDS | {"key", "ref"}:
        return ours[:-1]
    return None


@cache
def _table_forms(table: str) -> tuple[tuple[str, ...], ...]:
    found = words(table)
    if not found:
        return ()
    return tuple(dict.fromkeys((found, (*found[:-1], singular(found[-1])))))
