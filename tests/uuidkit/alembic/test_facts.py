"""Facts in a revision: their script needs no database, does what the online upgrade does, and refuses the rest."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

import uuidkit
from tests.support import Server, checksums, pg_dump, psql
from tests.support.servers import Pool, parse_choice
from tests.uuidkit.alembic.conftest import TABLES, run
from tests.uuidkit.alembic.project import Project
from tests.uuidkit.alembic.test_autogenerate import ALL, models, project_on
from uuidkit.alembic import include_object, process_revision_directives
from uuidkit.errors import UsageError

NewDatabase = Callable[[str | None], str]
HOOKS = {"include_object": include_object, "process_revision_directives": process_revision_directives}
# Keys whose triggers fire in another order than their names' or ages': the second one was made first.
MORE = """
ALTER TABLE others ADD first text, ADD second varchar(60) COLLATE "C" DEFAULT 'batch_' || gen_random_uuid();
UPDATE others SET first = (SELECT min(id) FROM parents), second = (SELECT max(id) FROM parents);
ALTER TABLE others ADD CONSTRAINT "b %s:x" FOREIGN KEY (second) REFERENCES parents ON DELETE CASCADE;
ALTER TABLE others ADD CONSTRAINT a FOREIGN KEY (first) REFERENCES parents ON DELETE RESTRICT DEFERRABLE;
COMMENT ON CONSTRAINT a ON others IS 'it''s';
CREATE INDEX ON others (second DESC, tenant);
"""


@pytest.fixture
def new_database(server: Server) -> Iterator[NewDatabase]:
    """Makes empty databases, or copies of one."""
    made = []

    def new(template: str | None = None) -> str:
        made.append(server.create_database(template))
        return made[-1]

    yield new
    for url in made:
        server.drop_database(url)


def wider() -> sa.MetaData:
    """Models of the tables with ``MORE``."""
    metadata = models(*ALL)
    parents = sa.ForeignKey("parents.id", name="a", ondelete="RESTRICT", deferrable=True)
    metadata.tables["others"].append_column(sa.Column("first", sa.Uuid, parents))
    again = sa.ForeignKey("parents.id", name="b %s:x", ondelete="CASCADE")
    metadata.tables["others"].append_column(sa.Column("second", sa.Uuid, again))
    sa.Index("others_second_tenant_idx", sa.text("second DESC"), metadata.tables["others"].c.tenant)
    return metadata


def triggers(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT k.conname, t.tgname, p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "JOIN pg_constraint k ON k.oid = t.tgconstraint ORDER BY 2"
        ).fetchall()


def ledger(url: str) -> list[Any]:
    """The ledger's entries, the numbers in the names of triggers left out: they belong to one database each."""
    query = r"SELECT regexp_replace(graph::text, '(RI_\w+Trigger_[ac]_)\d+', '\1', 'g')::jsonb FROM uuidkit.conversions"
    with psycopg.connect(url) as connection:
        return connection.execute(f"{query} ORDER BY graph::text").fetchall()


def script(project: Project, revisions: str, down: bool = False) -> str:
    config = project.config()
    (command.downgrade if down else command.upgrade)(config, revisions, sql=True)
    return str(config.attributes["output"].getvalue())


def facts_of(text: str) -> list[dict[str, Any]]:
    return [
        ast.literal_eval(n.value) for n in ast.walk(ast.parse(text)) if isinstance(n, ast.keyword) and n.arg == "facts"
    ]


@pytest.mark.parametrize("options", [(), ("-1",)], ids=["psql", "psql -1"])
def test_a_script_of_facts_does_what_the_online_upgrade_does(
    tables: str, tmp_path: Path, new_database: NewDatabase, options: tuple[str, ...]
) -> None:
    run(tables, MORE)
    project = project_on(tables, tmp_path, wider())
    text = project.autogenerate()
    assert len(facts_of(text)) == 3
    project.url = "postgresql://nobody@/nowhere?host=/nonexistent"
    written = script(project, f"r1:{project.last}")
    before = (pg_dump(tables), triggers(tables))
    online, offline = new_database(tables), new_database(tables)
    # Where another database made other names for the triggers, they are asked for there.
    for url in (online, offline):
        run(
            url,
            "ALTER TABLE others DROP CONSTRAINT a; ALTER TABLE others ADD CONSTRAINT a FOREIGN KEY (first) "
            "REFERENCES parents ON DELETE RESTRICT DEFERRABLE; COMMENT ON CONSTRAINT a ON others IS 'it''s'",
        )
    made = (pg_dump(online), triggers(online), triggers(offline))
    project.url = online
    project.upgrade()
    done = psql(offline, written, "-q", *options)
    assert done.returncode == 0, done.stderr
    assert pg_dump(offline, "--exclude-table-data=uuidkit.*") == pg_dump(online, "--exclude-table-data=uuidkit.*")
    assert triggers(offline) == made[2]
    assert ledger(offline) == ledger(online)
    with psycopg.connect(offline) as connection:
        assert uuidkit.verify(connection).ok
    project.url = offline
    assert "No new upgrade operations detected" in project.check()
    project.downgrade("r1")
    assert pg_dump(offline) == made[0]
    assert triggers(offline) == made[2]
    assert before == (pg_dump(tables), triggers(tables))


def test_from_base_to_head_without_a_database(tables: str, tmp_path: Path, new_database: NewDatabase) -> None:
    """The whole history as one script, on an empty database: tables, conversion, and what comes after it."""
    project = Project(tmp_path / "migrations", tables, target_metadata=models(*ALL), **HOOKS)
    project.revision(f"op.execute({TABLES.split('INSERT')[0]!r})\nop.execute({others_of(TABLES)!r})")
    run(tables, "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    run(tables, "INSERT INTO alembic_version VALUES ('r1')")
    project.autogenerate()
    project.upgrade()
    third = project.revision(
        "op.add_column('parents', sa.Column('more', sa.String))\n"
        "op.create_table('added', sa.Column('parent', sa.Uuid, sa.ForeignKey('parents.id')))",
        "op.drop_table('added'); op.drop_column('parents', 'more')",
    )
    online, offline = new_database(None), new_database(None)
    project.url = "postgresql://nobody@/nowhere?host=/nonexistent"
    written = script(project, f"base:{third}")
    assert "Planned by the facts of its revision" in written
    project.url = online
    project.upgrade()
    run(offline, written)
    assert pg_dump(offline, "--schema-only") == pg_dump(online, "--schema-only")
    assert [graph["columns"] for (graph,) in ledger(offline)] == [
        [
            {**column, "shapes": shapes(tables, column), "legacy_shape": legacy(tables, column)}
            for column in graph["columns"]
        ]
        for (graph,) in ledger(online)
    ]
    run(offline, f"INSERT INTO parents VALUES ('{'0' * 32}')")
    project.url = offline
    project.downgrade("r1")
    with psycopg.connect(offline) as connection:
        [(spelled,)] = connection.execute("SELECT id FROM parents").fetchall()
    assert spelled == "batch_00000000-0000-0000-0000-000000000000"


def others_of(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("CREATE TABLE others"))


def shapes(url: str, column: dict[str, Any]) -> Any:
    return known(url, column)["shapes"]


def legacy(url: str, column: dict[str, Any]) -> Any:
    return known(url, column)["legacy_shape"]


def known(url: str, column: dict[str, Any]) -> dict[str, Any]:
    """What the ledger of the database in which the facts were gathered says of a column."""
    found = [c for (graph,) in ledger(url) for c in graph["columns"]]
    return next(c for c in found if (c["table"], c["column"]) == (column["table"], column["column"]))


def test_facts_hold_no_value(tables: str, tmp_path: Path) -> None:
    run(tables, "INSERT INTO parents VALUES ('secret word'); UPDATE parents SET note = 'other secret'")
    project = project_on(tables, tmp_path, models("parents.id", "children.parent"))
    text = project.autogenerate()
    [facts] = facts_of(text)
    with psycopg.connect(tables) as connection:
        ids = [row[0] for row in connection.execute("SELECT right(id, 36) FROM parents WHERE id <> 'secret word'")]
        [(owner,)] = connection.execute("SELECT current_user").fetchall()
    assert not [word for word in ("secret", owner, *ids) if word in json.dumps(facts)]
    # What holds no uuid is for the user to decide, after which the same facts serve.
    path = next((project.folder / "versions").glob(f"{project.last}*"))
    assert path.read_text() == text
    path.write_text(text.replace("'parents', 'id',", "'parents', 'id', on_unparseable='derive',"))
    run(tables, script(project, f"r1:{project.last}"))
    with psycopg.connect(tables) as connection:
        assert uuidkit.verify(connection).ok
        assert uuidkit.lookup(connection, ["secret word"])[0].uuid == uuidkit.derive("secret word")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("INSERT INTO parents VALUES ('310'), ('311')", "public.parents.id: 2 value(s), for example '310', '311'"),
        ("INSERT INTO parents VALUES (gen_random_uuid())", "public.parents.id: 1 value(s), for example "),
        ("ALTER TABLE children ADD note text", "public.children: not as it was when the revision was written"),
        ("CREATE VIEW v AS SELECT id FROM parents", "public.parents: not as it was when"),
        (
            "COMMENT ON CONSTRAINT children_parent_fkey ON children IS 'x'",
            "public.children, public.parents: not as it was",
        ),
        ("ALTER TABLE others ALTER id SET STORAGE EXTERNAL", "public.others: not as it was when"),
        ("UPDATE others SET tenant = 'batch:' || md5(id)", "others.tenant: 20 value(s), for example 'batch:"),
    ],
)
def test_data_that_are_not_as_frozen_are_refused(tables: str, tmp_path: Path, change: str, words: str) -> None:
    project = project_on(tables, tmp_path, models(*ALL))
    project.autogenerate()
    written = script(project, f"r1:{project.last}")
    run(tables, change)
    before = (pg_dump(tables), checksums(tables))
    for options in ((), ("-1",)):
        done = psql(tables, written, *options)
        assert done.returncode == 3
        assert words in done.stderr
        assert "take the argument facts out of the revision" in done.stderr
    assert (pg_dump(tables), checksums(tables)) == before


def test_facts_of_an_empty_table_know_no_form(database: str, tmp_path: Path, new_database: NewDatabase) -> None:
    empty = "CREATE TABLE parents (id text PRIMARY KEY, note text);"
    run(database, empty)
    metadata = sa.MetaData()
    sa.Table("parents", metadata, sa.Column("id", sa.Uuid, primary_key=True), sa.Column("note", sa.Text))
    project = project_on(database, tmp_path, metadata)
    project.autogenerate()
    written = script(project, f"r1:{project.last}")
    for value, status in (("x:" + "ab" * 16, 0), ("310", 3)):
        other = new_database(database)
        run(other, f"INSERT INTO parents VALUES ('{value}')")
        assert psql(other, written).returncode == status


def test_orphans_are_refused_on_the_server_too(tables: str, tmp_path: Path) -> None:
    run(tables, "ALTER TABLE others ALTER tenant TYPE text; UPDATE others SET tenant = (SELECT min(id) FROM parents)")
    options = {"uuidkit_options": {"on_orphan": "fail", "include": ["others.tenant"]}}
    metadata = models("parents.id", "children.parent", "others.tenant")
    metadata.tables["others"].append_constraint(
        sa.ForeignKeyConstraint(["tenant"], ["parents.id"], name="f", use_alter=True)
    )
    project = project_on(tables, tmp_path, metadata, **options)
    text = project.autogenerate()
    assert "on_orphan='fail'" in text
    path = next((project.folder / "versions").glob(f"{project.last}*"))
    path.write_text(
        "\n".join(
            line for line in text.splitlines() if not line.strip().startswith(("op.create_foreign", "op.drop_constr"))
        )
    )
    written = script(project, f"r1:{project.last}")
    run(tables, "UPDATE others SET tenant = 'batch_' || gen_random_uuid() WHERE id = (SELECT min(id) FROM others)")
    done = psql(tables, written)
    assert done.returncode == 3
    assert "1 row(s) of public.others.tenant refer to nothing in public.parents.id." in done.stderr


def test_where_facts_are_not_enough_the_revision_says_so(tables: str, tmp_path: Path) -> None:
    run(tables, "CREATE VIEW v AS SELECT id FROM parents")
    project = project_on(tables, tmp_path, models("parents.id", "children.parent"))
    text = project.autogenerate()
    assert facts_of(text) == []
    assert "# A script (--sql) of this is planned from the database of DATABASE_URL." in text
    assert "public.v" in text
    compile(text, "revision", "exec")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("'format': 1", "'format': 2", "are of format 2"),
        ("'attnum': 1", "'number': 1", "cannot be read"),
        ("'parents', 'id',", "'parents', 'id', references='none',", "gathered for another references"),
    ],
)
def test_facts_that_do_not_fit_are_a_sentence(tables: str, tmp_path: Path, old: str, new: str, words: str) -> None:
    project = project_on(tables, tmp_path, models("parents.id", "children.parent"))
    text = project.autogenerate()
    path = next((project.folder / "versions").glob(f"{project.last}*"))
    path.write_text(text.replace(old, new))
    with pytest.raises(UsageError, match=words):
        script(project, f"r1:{project.last}")


def test_a_conversion_that_was_taken_back_and_made_again(
    tables: str, tmp_path: Path, new_database: NewDatabase
) -> None:
    """Facts of a later revision are of the tables as the earlier ones leave them."""
    project = project_on(tables, tmp_path, models("parents.id", "children.parent"))
    copy = new_database(tables)
    project.autogenerate()
    first = project.last
    project.upgrade()
    project.options["target_metadata"] = models("parents.id", "children.parent", "others.id", "others.tenant")
    project.autogenerate()
    project.upgrade()
    run(copy, script(project, f"r1:{project.last}"))
    assert pg_dump(copy, "--exclude-table-data=uuidkit.*") == pg_dump(tables, "--exclude-table-data=uuidkit.*")
    assert ledger(copy) == ledger(tables)
    project.url = copy
    project.downgrade(str(first))
    with psycopg.connect(copy) as connection:
        assert uuidkit.verify(connection).ok


def test_facts_of_one_server_hold_on_another(
    tables: str, tmp_path: Path, servers: Pool, request: pytest.FixtureRequest
) -> None:
    """Gathered on the first of the servers that the tests were given, and used on the others."""
    setup = TABLES + MORE
    run(tables, MORE)
    project = project_on(tables, tmp_path, wider())
    project.autogenerate()
    written = script(project, f"r1:{project.last}")
    for label in parse_choice(request.config.getoption("servers"))[1:]:
        other = servers.get(label).create_database()
        try:
            run(other, setup + "CREATE TABLE alembic_version AS SELECT 'r1'::varchar(32) AS version_num")
            before = (pg_dump(other), triggers(other))
            run(other, written)
            with psycopg.connect(other) as connection:
                proof = uuidkit.verify(connection)
                assert proof.ok
                assert len(proof.columns) == 6
            project.url = other
            project.downgrade("r1")
            assert pg_dump(other).splitlines() == before[0].splitlines()
            assert triggers(other) == before[1]
        finally:
            servers.get(label).drop_database(other)
