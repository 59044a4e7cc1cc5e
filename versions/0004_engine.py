"""The tables of procrastinate, the job engine, as the installed version of the library makes them.

Revision ID: 0004
Revises: 0003

Nothing of the engine's SQL is kept here: the library is asked for it. Which of its migrations the tables stand at is
written into a comment on ``procrastinate_jobs``, because a later version of the library may install newer ones; the
service compares the comment with the library before it works. An upgrade of the engine's tables is a revision of its
own, which runs the library's migrations after the one in the comment.
"""

from __future__ import annotations

from pathlib import Path

from alembic import context, op
from alembic.util import CommandError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

REFUSE_FOREIGN_TABLES = """
DO $$
BEGIN
    IF to_regclass('procrastinate_jobs') IS NOT NULL THEN
        RAISE EXCEPTION 'The database already has tables of procrastinate that this revision has not made; nothing was '
                        'changed.'
              USING ERRCODE = 'duplicate_table',
                    HINT = 'They may belong to another application: give the service a database of its own.';
    END IF;
END
$$
"""

# In the order in which they depend on each other: triggers, functions that return rows of a table, tables, types.
DROP_ENGINE = r"""
DO $$
DECLARE
    found record;
    here CONSTANT oid := current_schema()::regnamespace;
BEGIN
    FOR found IN
        SELECT t.tgname, t.tgrelid::regclass AS relation
          FROM pg_trigger AS t
          JOIN pg_class AS c ON c.oid = t.tgrelid
         WHERE c.relnamespace = here AND c.relname LIKE 'procrastinate\_%' AND NOT t.tgisinternal
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', found.tgname, found.relation);
    END LOOP;
    FOR found IN
        SELECT oid::regprocedure AS routine, prokind
          FROM pg_proc
         WHERE pronamespace = here AND proname LIKE 'procrastinate\_%'
    LOOP
        EXECUTE format('DROP %s %s', CASE found.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, found.routine);
    END LOOP;
    FOR found IN
        SELECT string_agg(oid::regclass::text, ', ') AS relations
          FROM pg_class
         WHERE relnamespace = here AND relname LIKE 'procrastinate\_%' AND relkind = 'r'
    LOOP
        EXECUTE format('DROP TABLE %s', found.relations);
    END LOOP;
    FOR found IN
        SELECT t.oid::regtype AS type
          FROM pg_type AS t
          LEFT JOIN pg_class AS c ON c.oid = t.typrelid
         WHERE t.typnamespace = here AND t.typname LIKE 'procrastinate\_%'
           AND (t.typtype = 'e' OR c.relkind = 'c')
         ORDER BY t.typtype  -- composite types have columns of the others
    LOOP
        EXECUTE format('DROP TYPE %s', found.type);
    END LOOP;
END
$$
"""


def upgrade() -> None:
    try:
        from procrastinate import __version__ as version
        from procrastinate.schema import SchemaManager
    except ImportError:
        raise CommandError(
            "Revision 0004 installs the tables of procrastinate, which is not installed here; nothing was changed. "
            "Install the service with its dependencies: pip install 'uuidkit[service]'."
        ) from None
    latest = max(path.stem for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    op.execute(REFUSE_FOREIGN_TABLES)
    _send(SchemaManager.get_schema())
    op.execute(f"COMMENT ON TABLE procrastinate_jobs IS 'procrastinate {version}, migration {latest}'")


def downgrade() -> None:
    op.execute(DROP_ENGINE)


def _send(script: str) -> None:
    """Send several statements at once, and leave tabs, percent signs and colons in a script as they are."""
    if context.is_offline_mode():
        op.get_context().impl.static_output(script)
    else:
        op.execute(script)
