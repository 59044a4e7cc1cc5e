"""Sessions that were open before go on: what they had prepared or cached fails at most once, and then works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

import uuidkit
from tests.uuidkit.safety.conftest import Legacy

PREPARED = """
CREATE TABLE log (line text);
CREATE FUNCTION on_job() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER COST 73
SET search_path = public, pg_temp AS $$
DECLARE seen record;
BEGIN
    SELECT * INTO seen FROM batch_jobs WHERE batch_jobs.batch_id = NEW.batch_id;
    INSERT INTO log VALUES (TG_OP || ' ' || coalesce(seen.batch_id::text, 'nothing'));
    IF EXISTS (SELECT FROM jobs WHERE jobs.batch_id = OLD.batch_id) THEN RETURN NEW; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER on_job BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION on_job();
CREATE VIEW seen AS SELECT batch_id, id FROM jobs;
CREATE FUNCTION first_of(given integer) RETURNS text LANGUAGE plpgsql STABLE COST 7 AS $$
DECLARE found seen%ROWTYPE;
BEGIN
    SELECT * INTO found FROM seen WHERE seen.id = given AND seen.batch_id IS NOT NULL;
    RETURN found.batch_id;
END $$;
CREATE PROCEDURE rename(given integer) LANGUAGE plpgsql AS $$
DECLARE old_one batch_jobs.batch_id%TYPE;
BEGIN
    SELECT batch_id INTO old_one FROM jobs WHERE id = given;
    UPDATE jobs SET batch_id = old_one WHERE id = given;
END $$;
"""
ALLOWED = ("public.on_job()", "public.first_of(integer)", "public.rename(integer)")

Use = Callable[[psycopg.Connection[Any]], object]
USES: dict[str, Use] = {
    "prepared": lambda c: c.execute("SELECT batch_id FROM jobs WHERE id = %s", [1], prepare=True).fetchall(),
    "prepared, whole rows": lambda c: c.execute("SELECT * FROM jobs ORDER BY id LIMIT 3", prepare=True).fetchall(),
    "prepared, a view": lambda c: c.execute("SELECT * FROM seen WHERE id = %s", [2], prepare=True).fetchall(),
    "trigger": lambda c: c.execute("UPDATE jobs SET id = id WHERE id = 3"),
    "function": lambda c: c.execute("SELECT first_of(4)").fetchone(),
    "procedure": lambda c: c.execute("CALL rename(5)"),
}


def facts(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    """Everything about the functions that a touch could change."""
    return connection.execute(
        "SELECT proname, prosrc, procost, prorows, proconfig, prosecdef, provolatile, proacl::text, proowner "
        "FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
    ).fetchall()


def tries(session: psycopg.Connection[Any], use: Use) -> list[str | None]:
    """Use it twice, as an application does that tries again after an error: what went wrong."""
    states = []
    for _ in range(2):
        try:
            use(session)
            session.commit()
        except psycopg.Error as error:
            session.rollback()
            states.append(error.sqlstate)
    return states


@pytest.mark.parametrize("name", USES)
def test_no_error_outlives_one_retry(legacy: Legacy, name: str) -> None:
    use = USES[name]
    with legacy.connect() as admin, legacy.connect() as session:
        admin.execute(PREPARED)
        session.autocommit = False
        for _ in range(7):  # more often than the five times after which the server keeps a general plan
            use(session)
            session.commit()
        before = facts(admin)
        uuidkit.convert(admin, ["batch_jobs.batch_id"], allow=ALLOWED)
        assert facts(admin) == before
        assert tries(session, use) in ([], ["0A000"])
        assert tries(session, use) == []
        uuidkit.revert(admin, all=True)
        assert facts(admin) == before
        assert tries(session, use) in ([], ["0A000"])
        assert tries(session, use) == []
