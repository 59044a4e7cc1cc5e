"""What a plan says of the neighbourhood of its tables."""

from __future__ import annotations

import psycopg

import uuidkit


def test_rows_of_another_server(database: str) -> None:
    """A subscription goes on writing texts; that it would stop at a prefixed one is said."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE jobs (id varchar(64) PRIMARY KEY)")
        connection.execute("INSERT INTO jobs SELECT 'job_' || md5(n::text) FROM generate_series(1, 3) AS n")
        connection.execute("CREATE PUBLICATION sent FOR TABLE jobs")
        # The database is its own other server; nothing is copied.
        connection.execute(
            """
            DO $$BEGIN
              EXECUTE format(
                'CREATE SUBSCRIPTION copies CONNECTION %L PUBLICATION sent '
                'WITH (create_slot = false, slot_name = NONE, enabled = false)',
                format('host=%s dbname=%s user=%s', current_setting('unix_socket_directories'), current_database(),
                       current_user));
            END$$
            """
        )
        try:
            plan = uuidkit.plan(connection, ["jobs.id"])
        finally:
            connection.execute("DROP SUBSCRIPTION copies")
        [said] = [note for note in plan.graphs[0].notes if "ubscription copies" in note]
        assert "public.jobs" in said
        after = uuidkit.plan(connection, ["jobs.id"])
        assert not [note for note in after.graphs[0].notes if "ubscription copies" in note]
