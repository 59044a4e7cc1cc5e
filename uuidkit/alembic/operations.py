"""What a revision can ask for: ``op.convert_to_uuid``, ``op.revert_from_uuid``, ``op.finalize_uuid``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, get_args

from alembic.operations import MigrateOperation, Operations

from uuidkit.alembic.failures import command_errors
from uuidkit.errors import UsageError
from uuidkit.planning.model import Backup, OnOrphan, OnUnparseable, References


def quoted(name: str) -> str:
    """A plain name, as the catalog holds it, written so that a target's syntax takes it as one part."""
    return '"' + name.replace('"', '""') + '"'


class UuidOperation(MigrateOperation):
    """What the three operations share: the column they are about.

    Args:
        table: name of the table, neither dotted nor quoted.
        column: name of the column.
        schema: name of the table's schema; None for the first one of the search path that has the table.
        lock_timeout: seconds that one attempt waits for the locks.
        lock_attempts: how many attempts are made.
    """

    name: ClassVar[str]

    def __init__(
        self,
        table: str,
        column: str,
        *,
        schema: str | None = None,
        lock_timeout: float = 2.0,
        lock_attempts: int = 30,
    ) -> None:
        self.table = str(table)
        self.column = str(column)
        self.schema = None if schema is None else str(schema)
        self.lock_timeout = float(lock_timeout)
        self.lock_attempts = lock_attempts

    @property
    def target(self) -> str:
        """The column in the syntax of the toolkit's targets."""
        return ".".join(quoted(part) for part in (self.schema, self.table, self.column) if part is not None)

    @property
    def title(self) -> str:
        """The call as a reader recognises it."""
        return f"op.{self.name} {'.'.join(part for part in (self.schema, self.table, self.column) if part is not None)}"

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """The operation as ``alembic check`` lists it."""
        return (self.name, self.schema, self.table, self.column)


@Operations.register_operation("convert_to_uuid")
class ConvertToUuidOp(UuidOperation):
    """Turn a text column, and every column tied to it, into uuid; the texts stay in backup columns."""

    name = "convert_to_uuid"

    def __init__(
        self,
        table: str,
        column: str,
        *,
        schema: str | None = None,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        references: References = "auto",
        on_unparseable: OnUnparseable = "fail",
        on_orphan: OnOrphan = "keep",
        declare_references: bool = False,
        allow: Sequence[str] = (),
        rewrite: Mapping[str, str] | None = None,
        rewrite_offered: bool = False,
        backup: str = "column",
        backup_suffix: str = "_original",
        lock_timeout: float = 2.0,
        lock_attempts: int = 30,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(table, column, schema=schema, lock_timeout=lock_timeout, lock_attempts=lock_attempts)
        self.include = _names("include", include)
        self.exclude = _names("exclude", exclude)
        self.references = _one_of("references", references, References)
        self.on_unparseable = _one_of("on_unparseable", on_unparseable, OnUnparseable)
        self.on_orphan = _one_of("on_orphan", on_orphan, OnOrphan)
        self.declare_references = declare_references
        self.allow = _texts("allow", allow)
        self.rewrite = dict(rewrite or {})
        self.rewrite_offered = rewrite_offered
        self.backup = _one_of("backup", backup, Backup)
        self.backup_suffix = backup_suffix
        self.facts = facts
        # Why autogenerate has found no facts, for a comment in the revision.
        self.missing = ""
        if not backup_suffix:
            raise UsageError(
                "backup_suffix must not be empty.", "The backup is a column beside the converted one; give it a name."
            )

    @classmethod
    def convert_to_uuid(
        cls,
        operations: Operations,
        table: str,
        column: str,
        *,
        schema: str | None = None,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        references: str = "auto",
        on_unparseable: str = "fail",
        on_orphan: str = "keep",
        declare_references: bool = False,
        allow: Sequence[str] = (),
        rewrite: Mapping[str, str] | None = None,
        rewrite_offered: bool = False,
        backup: str = "column",
        backup_suffix: str = "_original",
        lock_timeout: float = 2.0,
        lock_attempts: int = 30,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Turn a text column, and every column tied to it, into uuid; the texts stay in backup columns.

        It runs in the migration's own transaction. A column that is uuid already is left as it is.

        Args:
            table: name of the table, neither dotted nor quoted.
            column: name of the column.
            schema: name of the table's schema; None for the first one of the search path that has the table.
            include: further columns, taken along as references, as ``table.column`` or ``schema.table.column`` and
                quoted as in SQL where needed.
            exclude: columns left out, written in the same way.
            references: ``auto`` takes declared and certain references along, ``declared`` only those, ``none`` none.
            on_unparseable: ``fail``, ``derive`` or ``null``, for values that hold no uuid.
            on_orphan: ``keep`` or ``fail``, for values of undeclared references that refer to nothing.
            declare_references: make real foreign keys of undeclared references.
            allow: names of objects, as the report writes them, that may come to mean something else.
            rewrite: by such a name the SQL that makes the object instead; ``"offered"`` for what the report offers, an
                empty text to leave it away until the way back.
            rewrite_offered: make every object by the definition that the report offers for it, where there is one.
            backup: ``column`` keeps the texts in a column beside each, ``table`` in a table of the ledger's schema.
            backup_suffix: what is appended to a column's name to name its backup.
            lock_timeout: seconds that one attempt waits for the locks.
            lock_attempts: how many attempts are made.
            facts: what autogenerate has found out, so that a script (``--sql``) can be written without a database;
                online the database itself is asked.

        Raises:
            UsageError: a name does not exist, an option is unknown, or there is no transaction to run in.
            BlockedError: findings forbid it.
            LockNotAvailable, ConversionFailed: as for ``uuidkit.convert``.
                All of them are also ``alembic.util.CommandError``, which the alembic command prints as one sentence.
        """
        with command_errors():
            operation = cls(
                table,
                column,
                schema=schema,
                include=include,
                exclude=exclude,
                references=references,  # type: ignore[arg-type]  # checked there
                on_unparseable=on_unparseable,  # type: ignore[arg-type]
                on_orphan=on_orphan,  # type: ignore[arg-type]
                declare_references=declare_references,
                allow=allow,
                rewrite=rewrite,
                rewrite_offered=rewrite_offered,
                backup=backup,
                backup_suffix=backup_suffix,
                lock_timeout=lock_timeout,
                lock_attempts=lock_attempts,
                facts=facts,
            )
        operations.invoke(operation)

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments of ``uuidkit.plan`` and ``uuidkit.convert``."""
        return {
            "include": self.include,
            "exclude": self.exclude,
            "references": self.references,
            "on_unparseable": self.on_unparseable,
            "on_orphan": self.on_orphan,
            "declare_references": self.declare_references,
            "allow": self.allow,
            "rewrite": self.rewrite,
            "rewrite_offered": self.rewrite_offered,
            # A revision runs on databases that have the object and on others that have not.
            "optional_names": True,
            "backup": self.backup,
            "backup_suffix": self.backup_suffix,
            "lock_timeout": self.lock_timeout,
            "lock_attempts": self.lock_attempts,
        }

    def reverse(self) -> RevertFromUuidOp:
        """The operation of the downgrade."""
        return RevertFromUuidOp(self.table, self.column, schema=self.schema)


@Operations.register_operation("revert_from_uuid")
class RevertFromUuidOp(UuidOperation):
    """Put the text columns of a conversion back, exactly."""

    name = "revert_from_uuid"

    def __init__(
        self,
        table: str,
        column: str,
        *,
        schema: str | None = None,
        legacy_format: str | None = None,
        lock_timeout: float = 2.0,
        lock_attempts: int = 30,
    ) -> None:
        super().__init__(table, column, schema=schema, lock_timeout=lock_timeout, lock_attempts=lock_attempts)
        self.legacy_format = legacy_format
        # The conversion that this takes back, where it is known.
        self.forward: ConvertToUuidOp | None = None

    @classmethod
    def revert_from_uuid(
        cls,
        operations: Operations,
        table: str,
        column: str,
        *,
        schema: str | None = None,
        legacy_format: str | None = None,
        lock_timeout: float = 2.0,
        lock_attempts: int = 30,
    ) -> None:
        """Put a converted column, and every column that was converted with it, back to its text.

        It runs in the migration's own transaction. A column that is text already is left as it is.

        Args:
            table: name of the table, neither dotted nor quoted.
            column: name of the column, any one of those converted together.
            schema: name of the table's schema; None for the first one of the search path that has the table.
            legacy_format: how rows added since are spelled, for example ``batch_<hex>``; None as the column used to be.
            lock_timeout: seconds that one attempt waits for the locks.
            lock_attempts: how many attempts are made.

        Raises:
            UsageError: a name does not exist, or the format is none.
            LedgerError: the ledger knows no such conversion: it was never made, or it is final.
            BlockedError, LockNotAvailable, ConversionFailed: as for ``uuidkit.revert``.
                All of them are also ``alembic.util.CommandError``.
        """
        operations.invoke(
            cls(
                table,
                column,
                schema=schema,
                legacy_format=legacy_format,
                lock_timeout=lock_timeout,
                lock_attempts=lock_attempts,
            )
        )

    def reverse(self) -> ConvertToUuidOp:
        """The operation of the upgrade, with its defaults where it is not known."""
        return self.forward or ConvertToUuidOp(self.table, self.column, schema=self.schema)


@Operations.register_operation("finalize_uuid")
class FinalizeUuidOp(UuidOperation):
    """Drop the backup columns of a conversion; there is no way back afterwards."""

    name = "finalize_uuid"

    @classmethod
    def finalize_uuid(
        cls,
        operations: Operations,
        table: str,
        column: str,
        *,
        schema: str | None = None,
        lock_timeout: float = 2.0,
        lock_attempts: int = 30,
    ) -> None:
        """Drop the backup columns of a conversion, and with them the way back.

        Args:
            table: name of the table, neither dotted nor quoted.
            column: name of the column, any one of those converted together.
            schema: name of the table's schema; None for the first one of the search path that has the table.
            lock_timeout: seconds that one attempt waits for the locks.
            lock_attempts: how many attempts are made.

        Raises:
            UsageError: a name does not exist.
            LedgerError: the ledger knows no such conversion: it was never made, or it is final already.
            BlockedError, LockNotAvailable, ConversionFailed: as for ``uuidkit.finalize``.
                All of them are also ``alembic.util.CommandError``.
        """
        operations.invoke(cls(table, column, schema=schema, lock_timeout=lock_timeout, lock_attempts=lock_attempts))


def _names(option: str, given: Sequence[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise UsageError(f"{option} is a list of columns, not one string.", f'Write {option}=["{given}"].')
    return tuple(given)


def _texts(option: str, given: Sequence[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise UsageError(f"{option} is a list of names, not one string.", f'Write {option}=["{given}"].')
    return tuple(given)


def _one_of(option: str, given: Any, allowed: Any) -> Any:
    words = get_args(allowed)
    if given not in words:
        raise UsageError(f"{option}={given!r} is not known.", f"It is one of {', '.join(map(repr, words))}.")
    return given
