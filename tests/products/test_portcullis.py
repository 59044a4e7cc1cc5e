"""An identity server with varchar ids, made without a thought of the toolkit: converted whole, used, and brought back.

One of its objects needs a decision, a policy with `IN (SELECT …)`, which PostgreSQL prints with a cast to text: what is
offered for it is taken. Everything else is found, judged, taken down and put back without help; the realm called master
stays, and so does all that refers to realms.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from tests.support import Server, apply
from tests.support.database_state import difference, state
from uuidkit.cli.main import uuidkit

FOLDER = Path(__file__).parent / "portcullis"
DECISIONS = ("--rewrite-offered",)


def run(url: str, *args: str, status: int = 0) -> Result:
    """A command as its owner types it."""
    result = CliRunner(env={"DATABASE_URL": url}).invoke(uuidkit, args, prog_name="uuidkit")
    assert result.exit_code == status, result.output
    return result


def asked(url: str, *args: str, status: int = 0) -> dict[str, Any]:
    """What a command answers in JSON."""
    found: dict[str, Any] = json.loads(run(url, *args, "--format", "json", status=status).stdout)
    return found


def one(connection: psycopg.Connection, query: str) -> Any:
    """The only value of a query."""
    row = connection.execute(query).fetchone()  # type: ignore[arg-type]
    return row and row[0]


@pytest.fixture
def portcullis(server: Server, owner_database: str) -> str:
    """The product's database for its owner, a role without any other right."""
    for file in ("schema.sql", "data.sql"):
        apply(owner_database, FOLDER / file)
    if server.version_num < 170000:
        # Before 17 the expression of a generated column cannot be changed in place: refused, and so dropped by hand.
        with psycopg.connect(owner_database, autocommit=True) as connection:
            blocked = {blocker["object"] for blocker in asked(owner_database, "report", "--all", status=3)["blockers"]}
            assert "auth.users.urn" in blocked
            connection.execute("ALTER TABLE auth.users DROP COLUMN urn")
    return owner_database


@pytest.mark.many
def test_there_and_back_with_all(portcullis: str) -> None:
    with psycopg.connect(portcullis, autocommit=True) as connection:
        before = state(connection, portcullis)
    scanned = asked(portcullis, "scan")
    verdicts = {f"{column['table']}.{column['column']}": column["verdict"] for column in scanned["columns"]}
    left = {name for name, verdict in verdicts.items() if verdict == "review"}
    assert {name for name in left if not name.endswith(".realm_id")} == {
        "auth.realms.id",  # master
        "auth.users.avatar_hash",
        "auth.user_attributes.value",
        "auth.clients.secret",
        "auth.devices.push_token",
        "auth.federated_identities.remote_user",
        "auth.settings.value",
        "audit.events.subject_id",  # now a user, now a group, now a client
        "audit.webhooks.secret",
    }
    assert "auth.sessions.realm_id" in left  # refers to realms without a foreign key
    assert {item["table"] for item in scanned["embedded"]} == {
        "auth.realms", "auth.sessions", "auth.tokens", "audit.events", "audit.admin_log"
    }  # fmt: skip

    report = asked(portcullis, "report", "--all", status=3)
    assert {blocker["object"] for blocker in report["blockers"]} == {"managers_read on auth.tokens"}
    assert any("audit.events.subject_id" in note for note in report["notes"])
    with psycopg.connect(portcullis, autocommit=True) as connection:
        assert difference(before.dump, state(connection, portcullis).dump) == ""

    done = asked(portcullis, "convert", "--all", "--yes", *DECISIONS)
    converted = {column for graph in done["graphs"] for column in graph["columns"]}
    assert converted == {name for name, verdict in verdicts.items() if verdict == "convert"}
    assert asked(portcullis, "verify")["ok"]
    with psycopg.connect(portcullis, autocommit=True) as connection:
        use(connection)
        # A second run finds nothing more.
        assert asked(portcullis, "report", "--all", *DECISIONS)["status"] == "nothing to do"

    run(portcullis, "revert", "--all", "--yes")
    with psycopg.connect(portcullis, autocommit=True) as connection:
        after = state(connection, portcullis)
    assert difference(before.dump, after.dump) == ""
    assert after.triggers == before.triggers


def use(connection: psycopg.Connection) -> None:
    """What the product does all day, over uuids; nothing of it is kept."""
    with connection.transaction(force_rollback=True):
        anna = one(connection, "SELECT id FROM auth.users WHERE username = 'User21'")
        boss = one(connection, "SELECT manager_id FROM auth.users WHERE username = 'User21'")
        assert type(anna).__name__ == "UUID"
        # Views, views on views, a recursive one, materialised ones.
        assert one(connection, "SELECT count(*) FROM auth.active_users") == 356
        assert one(connection, f"SELECT reports FROM auth.managers WHERE manager = '{boss}'") > 0
        assert one(connection, "SELECT count(*) FROM auth.group_paths") == 60
        assert one(connection, "SELECT count(*) FROM auth.granted g JOIN auth.users u ON u.id = g.user_id") > 600
        assert one(connection, "SELECT count(*) FROM auth.role_counts") == one(
            connection, "SELECT count(DISTINCT user_id) FROM auth.granted"
        )
        connection.execute("REFRESH MATERIALIZED VIEW audit.last_seen")
        # Defaults, keys, checks, generated columns.
        token = one(
            connection,
            f"INSERT INTO auth.tokens (user_id, token_hash) VALUES ('{anna}', repeat('a', 64)) RETURNING token_id",
        )
        assert type(token).__name__ == "UUID"
        new = one(connection, "INSERT INTO auth.users (realm_id, username) VALUES ('master', 'New') RETURNING id")
        if connection.info.server_version >= 170000:
            assert one(connection, f"SELECT urn FROM auth.users WHERE id = '{new}'") == f"urn:portcullis:user:{new}"
        role = one(connection, "SELECT id FROM auth.roles ORDER BY name LIMIT 1")
        refused = {
            f"INSERT INTO auth.composite_roles VALUES ('{role}', '{role}')": "23514",
            f"INSERT INTO auth.required_actions VALUES ('{role}', 'x')": "23503",
            f"UPDATE auth.users SET id = gen_random_uuid() WHERE id = '{new}'": "P0001",
            f"INSERT INTO auth.devices VALUES ((SELECT device_id FROM auth.devices LIMIT 1), '{new}')": "23505",
        }
        for statement, expected in refused.items():
            with pytest.raises(psycopg.Error) as failure, connection.transaction():
                connection.execute(statement)  # type: ignore[arg-type]
            assert failure.value.sqlstate == expected, statement
        # The partitioned audit trail.
        connection.execute(
            "INSERT INTO audit.events_2025 (happened_at, realm_id, actor_user_id, subject_type, subject_id) "
            f"VALUES ('2025-07-07', 'master', '{anna}', 'user', '{new}')"
        )
        assert one(connection, f"SELECT count(*) FROM audit.events WHERE subject_id = '{new}'") == 1
        # Deleting somebody takes along what it took along before.
        connection.execute(f"DELETE FROM auth.users WHERE id = '{new}'")
        # Policies: everybody sees their own tokens and those of whom they lead.
        counted = f"SELECT count(*) FROM auth.tokens WHERE user_id = '{anna}'"
        total = one(connection, counted)
        connection.execute("ALTER TABLE auth.tokens FORCE ROW LEVEL SECURITY")
        assert one(connection, counted) == 0
        for somebody in (anna, boss):
            connection.execute(f"SET LOCAL portcullis.user_id = '{somebody}'")
            assert one(connection, counted) == total > 0
        connection.execute("SET LOCAL portcullis.user_id = ''")
