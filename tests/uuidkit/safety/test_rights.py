"""What a role may not do is said before anything starts, all of it at once."""

from __future__ import annotations

import psycopg

import uuidkit
from tests.support.servers import Server
from tests.uuidkit.safety.conftest import Legacy


def test_a_role_with_some_columns_alone_gets_a_report_that_says_so(server: Server, legacy: Legacy) -> None:
    role = server.create_role()
    name = legacy.url.partition("?")[0].rpartition("/")[2]
    try:
        with legacy.connect() as owner:
            owner.execute(f"GRANT SELECT (id) ON batch_jobs TO {role}; GRANT SELECT ON jobs TO {role}")
        with psycopg.connect(server.url_of(name, role), autocommit=True) as connection:
            plan = uuidkit.plan(connection, ["batch_jobs.batch_id"])
        assert plan.status == "blocked"
        found = {(blocker.code, blocker.object) for blocker in plan.blockers}
        assert ("PERMISSION", "public.batch_jobs.batch_id") in found  # not readable
        assert {("PERMISSION", "public.batch_jobs"), ("PERMISSION", "public.jobs")} <= found  # not owned
        assert ("PERMISSION", name) in found  # no schema for the ledger
        assert all(blocker.remedy for blocker in plan.blockers)
    finally:
        with legacy.connect() as owner:
            owner.execute(f"DROP OWNED BY {role}")
        server.drop_role(role)


def test_a_schema_for_the_ledger_made_beforehand_is_enough_and_stays(server: Server, legacy: Legacy) -> None:
    role = server.create_role()
    name = legacy.url.partition("?")[0].rpartition("/")[2]
    try:
        with legacy.connect() as owner:
            for table in ("batch_jobs", "jobs", "domains"):
                owner.execute(f"ALTER TABLE {table} OWNER TO {role}")
            owner.execute(f"CREATE SCHEMA uuidkit AUTHORIZATION {role}")
        before = legacy.state()
        with psycopg.connect(server.url_of(name, role), autocommit=True) as connection:
            uuidkit.convert(connection, ["batch_jobs.batch_id"])
            assert uuidkit.verify(connection).ok
            uuidkit.revert(connection, all=True)
        assert legacy.state() == before
    finally:
        with legacy.connect() as owner:
            owner.execute(f"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}")
        server.drop_role(role)
