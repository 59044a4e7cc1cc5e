"""How the stage is asked: read-only, within a time limit, and never leaving a failed transaction behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from time import monotonic
from typing import Any

import psycopg
from psycopg import sql

from uuidkit.database.session import Session

# How the server prints and compares, and that it starts nothing large. What may write is refused by the server itself.
_SETTINGS = {
    "standard_conforming_strings": "on",
    "quote_all_identifiers": "off",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
_READ_ONLY = {"transaction_read_only": "on"}
QUERY_CANCELED = "57014"


class OutOfTime(Exception):
    """The time for all objects together is used up."""


class _Undone(Exception):
    pass


class Trial(AbstractContextManager["Trial"]):
    """A part of a transaction in which questions are asked, rolled back at the end in any case.

    Errors are raised as they are; the next question finds the transaction as before.

    Args:
        session: in a transaction.
        time_limit: seconds that one question may take.
        patience: seconds for all of them together.
    """

    def __init__(self, session: Session, time_limit: float, patience: float) -> None:
        self._session = session
        self._time_limit = time_limit
        self._end = monotonic() + patience
        self._outer: AbstractContextManager[None] | None = None
        self._inner: AbstractContextManager[None] | None = None
        self._settings: Mapping[str, str] = {}

    def __enter__(self) -> Trial:
        self._outer = self._session.savepoint()
        self._outer.__enter__()
        try:
            milliseconds = f"{max(1, round(self._time_limit * 1000))}ms"
            self._set({**_SETTINGS, "search_path": "pg_catalog, pg_temp", "statement_timeout": milliseconds})
        except BaseException:
            self._leave("_outer")
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._leave("_inner")
        self._leave("_outer")

    def rows(self, statement: sql.Composable | str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The answer to one question.

        Args:
            statement: a query.
            params: as of ``Session.rows``.

        Raises:
            psycopg.Error: the server's.
            OutOfTime: the time for all questions is used up.
        """
        if monotonic() > self._end:
            raise OutOfTime
        if self._inner is None:
            self.build(())
        try:
            return self._session.rows(statement, params)
        except psycopg.Error:
            self._leave("_inner")
            raise

    def text(self, statement: sql.Composable) -> str:
        """A statement as the server gets it."""
        return self._session.text(statement)

    def build(self, statements: Sequence[sql.Composable]) -> None:
        """Begin anew, with temporary tables for the questions up to the next error or the next change of a setting.

        Args:
            statements: what creates and fills them.

        Raises:
            psycopg.Error: they cannot be created.
        """
        self._leave("_inner")
        self._inner = self._session.savepoint()
        self._inner.__enter__()
        try:
            for statement in statements:
                self._session.run(statement)
            self._set({**self._settings, **_READ_ONLY})
        except psycopg.Error:
            self._leave("_inner")
            raise

    def path(self, schemas: tuple[str, ...]) -> None:
        """Set the search path.

        Args:
            schemas: their names; ``pg_catalog`` comes first and temporary tables last in any case.
        """
        self._leave("_inner")
        text = sql.SQL(", ").join([sql.Identifier(name) for name in (*schemas, "pg_temp")])
        self._set({"search_path": self._session.text(text)})

    def under(self, settings: Mapping[str, str]) -> None:
        """Set users' own settings for the questions that follow, and no others.

        Args:
            settings: names, each with a point in it, and values.
        """
        if settings == self._settings:
            return
        # What has been set can be set again, but it is never again as if it had not been.
        if self._inner is None or set(self._settings) - set(settings):
            self._leave("_inner")
        else:
            self._set(settings)
        self._settings = settings

    def start_afresh(self) -> None:
        """Undo what was built."""
        self._leave("_inner")

    def _set(self, values: Mapping[str, str]) -> None:
        calls = [
            sql.SQL("pg_catalog.set_config({}, {}, true)").format(sql.Literal(name), sql.Literal(value))
            for name, value in values.items()
        ]
        self._session.rows(sql.SQL("SELECT {}").format(sql.SQL(", ").join(calls)))

    def _leave(self, name: str) -> None:
        context: AbstractContextManager[None] | None = getattr(self, name)
        setattr(self, name, None)
        if context is None:
            return
        with suppress(_Undone):
            context.__exit__(_Undone, _Undone(), None)
