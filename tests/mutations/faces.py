"""The command line and Alembic: exit statuses, questions, what is shown, what autogenerate leaves alone."""

from __future__ import annotations

from tests.mutations.mutation import Mutation, cases

_MEANWHILE = "tests/mutations/test_survivors_meanwhile.py"
_JUDGEMENT = "tests/mutations/test_survivors_judgement.py"
_CHANGING = "uuidkit/cli/changing.py"
_URL = "uuidkit/database/url.py"
_FILTERS = "uuidkit/alembic/filters.py"
_STORY = ("tests/uuidkit/cli/test_story.py",)
_USAGE = ("tests/uuidkit/cli/test_usage.py",)
_AUTOGENERATE = ("tests/uuidkit/alembic/test_autogenerate.py",)

FACES = (
    Mutation(
        "reports are READ ONLY",
        "uuidkit/cli/connecting.py",
        "        connection.read_only = True\n",
        "        connection.read_only = False\n",
        _USAGE,
        "nothing but our own care keeps a report from writing",
    ),
    Mutation(
        "finalize without a terminal needs --yes",
        _CHANGING,
        "    if not yes and not interactive():\n",
        "    if False:\n",
        _USAGE,
        "the one step without a way back is taken unasked",
    ),
    Mutation(
        "finalize asks",
        _CHANGING,
        "        if not yes and not ask(",
        "        if False and not ask(",
        _STORY,
        "the one step without a way back is taken unasked",
    ),
    Mutation(
        "revert asks",
        _CHANGING,
        "        if interactive() and not yes and not ask(",
        "        if False and not ask(",
        _STORY,
        "tables are rewritten unasked",
    ),
    Mutation(
        "convert asks",
        _CHANGING,
        '                if not ask("Convert?"):\n',
        "                if False:\n",
        _STORY,
        "tables are rewritten unasked",
    ),
    Mutation(
        "blocked ends with 3",
        "uuidkit/cli/failures.py",
        "ctx.exit(FAILED if error.finished else BLOCKED)",
        "ctx.exit(FAILED)",
        cases("blocked_view"),
        "a script cannot tell a refusal from a failure",
    ),
    Mutation(
        "blocked after some graphs were finished ends with 1",
        "uuidkit/cli/failures.py",
        "ctx.exit(FAILED if error.finished else BLOCKED)",
        "ctx.exit(BLOCKED)",
        (f"{_MEANWHILE}::test_blocked_after_a_graph_was_finished_ends_with_1",),
        "a script believes that nothing was changed",
    ),
    Mutation(
        "wrong usage ends with 2",
        "uuidkit/errors.py",
        "    exit_code = 2\n",
        "    exit_code = 1\n",
        _STORY,
        "a script cannot tell a wrong name from a failure",
    ),
    Mutation(
        "the password of a URL",
        _URL,
        'secret = ":***" if found.pop("password", None) is not None else ""',
        'secret = ":" + found.pop("password", "")',
        ("tests/uuidkit/database/test_url.py",),
        "a password is shown",
    ),
    Mutation(
        "a password among the parameters",
        _URL,
        "'***' if _SECRET.search(name) else quote(",
        "'***' if not name else quote(",
        ("tests/uuidkit/database/test_url.py",),
        "a password is shown",
    ),
    Mutation(
        "a URL that cannot be read",
        _URL,
        'return f"{scheme[1]}://***" if scheme else "***"',
        "return url",
        ("tests/uuidkit/database/test_url.py",),
        "a password is shown",
    ),
    Mutation(
        "values are masked",
        "uuidkit/report/mask.py",
        "    return _VALUE.sub(",
        "    return message or _VALUE.sub(",
        ("tests/uuidkit/report/test_mask.py",),
        "what users keep in their tables is shown to others",
    ),
    Mutation(
        "no conversion without a transaction",
        "uuidkit/alembic/online.py",
        "    if not session.in_transaction:\n",
        "    if False:\n",
        ("tests/uuidkit/alembic/test_operations.py",),
        "a failure half way in a migration cannot be undone",
    ),
    Mutation(
        "SQLAlchemy's AUTOCOMMIT",
        "uuidkit/database/sqlalchemy_session.py",
        "        if self.driver_connection.autocommit:\n",
        "        if False:\n",
        ("tests/uuidkit/database/test_session.py",),
        "each statement is committed by itself",
    ),
    Mutation(
        "an Alembic dry run is READ ONLY",
        "uuidkit/alembic/dryrun.py",
        '        session.run("SET TRANSACTION READ ONLY")\n',
        "",
        ("tests/uuidkit/alembic/test_dry_run.py",),
        "nothing but our own care keeps a dry run from writing",
    ),
    Mutation(
        "a script is planned READ ONLY",
        "uuidkit/alembic/offline.py",
        '            session.run("SET TRANSACTION READ ONLY")\n',
        "",
        (f"{_JUDGEMENT}::test_a_script_is_planned_in_a_read_only_transaction",),
        "nothing but our own care keeps it from writing",
    ),
    Mutation(
        "a script begins where the database is",
        "uuidkit/alembic/offline.py",
        "    if set(begins) <= set(live) and bool(begins) == bool(live):\n",
        "    if True:\n",
        ("tests/uuidkit/alembic/test_scripts.py",),
        "a script is planned from tables that will be others when it runs",
    ),
    Mutation(
        "an Alembic script stops at an error",
        "uuidkit/alembic/offline.py",
        '    yield "\\\\set ON_ERROR_STOP on\\n"\n',
        "",
        ("tests/uuidkit/alembic/test_scripts.py",),
        "psql goes on after an error and reports success",
    ),
    Mutation(
        "a script notices its own other changes",
        "uuidkit/alembic/offline.py",
        "    guards = [_as_left(script, before)] if before else []\n",
        "    guards: list[str] = []\n",
        ("tests/uuidkit/alembic/test_scripts.py",),
        "a table is converted otherwise than it was planned",
    ),
    Mutation(
        "autogenerate leaves backups alone",
        _FILTERS,
        "        return not is_backup(object)\n",
        "        return True\n",
        (f"{_JUDGEMENT}::test_a_backup_is_known_by_its_comment_alone",),
        "a revision drops the backups",
    ),
    Mutation(
        "a backup is known by its comment",
        _FILTERS,
        '    if is_backup_comment(column.comment or ""):',
        "    if False:",
        (f"{_JUDGEMENT}::test_a_backup_is_known_by_its_comment_alone",),
        "a revision drops the backups",
    ),
    Mutation(
        "a backup is known by the ledger",
        "uuidkit/alembic/autogenerate.py",
        "op.table_name, op.column_name) in backups:",
        "op.table_name, op.column_name) in ():",
        _AUTOGENERATE,
        "a revision drops the backups",
    ),
    Mutation(
        "autogenerate leaves the ledger alone",
        _FILTERS,
        "        return not _is_ledger(object)\n",
        "        return True\n",
        _AUTOGENERATE,
        "a revision drops the ledger",
    ),
)
