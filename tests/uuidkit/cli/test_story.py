"""The way through the commands on a legacy database: scan, report, convert, verify, lookup, revert, finalize."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psycopg
import pytest

from tests.support.clients import checksums, pg_dump, psql
from tests.support.servers import Server
from tests.uuidkit.cli.conftest import Run, execute, fetch, program
from uuidkit.report.layout import width

TARGET = "batch_jobs.batch_id"
COLUMNS = ["public.batch_jobs.batch_id", "public.domains.batch_id", "public.jobs.batch_id"]


def state(url: str) -> tuple[str, dict[str, str]]:
    """Everything about a database: its definitions and its rows."""
    return pg_dump(url, "--schema-only"), checksums(url)


def types(url: str) -> dict[str, str]:
    """The types of the three columns."""
    rows = fetch(
        url,
        "SELECT table_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'batch_id'",
    )
    return {str(table): str(kind) for table, kind in rows}


def fits(text: str) -> bool:
    return all(width(line) <= 80 for line in text.split("\n"))


def test_scan_names_the_columns_and_the_references(run: Run, legacy: str) -> None:
    before = state(legacy)
    text = run(legacy, "scan")
    assert text.exit_code == 0
    assert fits(text.stdout)
    assert text.stdout.index("TO CONVERT") < text.stdout.index("public.batch_jobs.batch_id")
    found = json.loads(run(legacy, "scan", "--format", "json").stdout)
    columns = {f"{item['table']}.{item['column']}": item for item in found["columns"]}
    assert sorted(name for name, item in columns.items() if item["verdict"] == "convert") == COLUMNS
    parent = columns["public.batch_jobs.batch_id"]
    assert set(parent) >= {
        "table", "column", "type", "rows", "nulls", "distinct", "formats", "unparseable", "verdict", "why",
    }  # fmt: skip
    assert (parent["rows"], parent["nulls"], parent["distinct"]) == (30, 0, 30)
    assert parent["formats"]["canonical"] == 10
    assert parent["formats"]["prefixed"] == 20
    assert parent["unparseable"] == {"count": 0, "samples": []}
    references = {(item["from"], item["to"]): item for item in found["references"]}
    declared = references["public.jobs.batch_id", "public.batch_jobs.batch_id"]
    assert set(declared) >= {"from", "to", "declared", "constraint", "orphans", "certain", "why"}
    assert (declared["declared"], declared["constraint"]) == (True, "jobs_batch_id_fkey")
    undeclared = references["public.domains.batch_id", "public.batch_jobs.batch_id"]
    assert (undeclared["declared"], undeclared["constraint"], undeclared["certain"]) == (False, None, True)
    narrowed = json.loads(run(legacy, "scan", "--exclude", "domains.batch_id", "--format", "json").stdout)
    assert all(item["table"] != "public.domains" or item["column"] != "batch_id" for item in narrowed["columns"])
    assert state(legacy) == before


def test_report_changes_nothing_and_ends_with_0_when_ready(run: Run, legacy: str) -> None:
    before = state(legacy)
    result = run(legacy, "report", TARGET, "--declare-references")
    assert result.exit_code == 0
    assert result.stdout.startswith("Ready: 3 columns of 3 tables become uuid, 90 rows, in one transaction.\n")
    assert fits(result.stdout)
    assert "domains_batch_id_fkey: new" in result.stdout
    full = run(legacy, "report", TARGET, "--statements")
    assert fits(full.stdout)
    assert "TYPE uuid USING" in " ".join(full.stdout.split())
    for form in ("html", "markdown"):
        whole, short = (run(legacy, "report", TARGET, "--format", form, *more) for more in ((), ("--no-statements",)))
        assert "TYPE uuid USING" in whole.stdout
        assert "LOCK TABLE" not in short.stdout
        assert "public.domains.batch_id" in short.stdout
    found = json.loads(run(legacy, "report", TARGET, "--format", "json").stdout)
    assert found["status"] == "ready"
    assert found["columns"][0]["table"] == "public.batch_jobs"
    assert state(legacy) == before


def test_a_blocked_report_ends_with_3_and_names_everything_at_once(run: Run, legacy: str) -> None:
    execute(
        legacy,
        "INSERT INTO batch_jobs (batch_id, tenant_id) VALUES ('jane.doe@example.org', gen_random_uuid()), "
        "(upper((SELECT batch_id FROM batch_jobs WHERE batch_id NOT LIKE 'batch%' LIMIT 1)), gen_random_uuid())",
        "CREATE VIEW seen AS SELECT batch_id FROM batch_jobs",
    )
    before = state(legacy)
    for args in (["report"], ["convert"], ["sql"]):
        result = run(legacy, *args, TARGET)
        assert result.exit_code == 3
        assert (result.stdout == "") == (args != ["report"])
        said = result.stdout + result.stderr
        assert "Blocked: 2 findings" in said
        for piece in ("UNPARSEABLE: public.batch_jobs.batch_id", "COLLISION: "):
            assert piece in said
        assert "jane.doe@example.org" in said
        masked = run(legacy, *args, TARGET, "--mask")
        assert "jane" not in masked.output
        assert "xxxx.xxx@xxxxxxx.xxx" in masked.output
    found = json.loads(run(legacy, "report", TARGET, "--format", "json").stdout)
    assert found["status"] == "blocked"
    assert [item["code"] for item in found["blockers"]] == ["UNPARSEABLE", "COLLISION"]
    refused = json.loads(run(legacy, "convert", TARGET, "--format", "json").stdout)
    assert refused["status"] == "blocked"
    assert len(refused["blockers"]) == 2
    assert state(legacy) == before


def test_convert_verify_lookup_revert(run: Run, legacy: str) -> None:
    before = state(legacy)
    [(old, hexes)] = fetch(
        legacy, "SELECT batch_id, right(batch_id, 32) FROM batch_jobs WHERE length(batch_id) = 38 LIMIT 1"
    )
    result = run(legacy, "convert", TARGET)
    assert result.exit_code == 0
    assert result.stdout.startswith("Done: 3 columns became uuid, 90 rows, in ")
    assert fits(result.stdout)
    assert "rewrite public.batch_jobs" in result.stderr
    assert "\x1b" not in result.stderr
    assert "\r" not in result.stderr
    assert types(legacy) == {"batch_jobs": "uuid", "jobs": "uuid", "domains": "uuid"}

    again = run(legacy, "convert", TARGET)
    assert (again.exit_code, again.stdout.split(":")[0]) == (0, "Nothing to do")
    dry = run(legacy, "report", TARGET)
    assert (dry.exit_code, dry.stdout.split(":")[0]) == (0, "Nothing to do")

    proof = run(legacy, "verify")
    assert proof.exit_code == 0
    assert proof.stdout.startswith("Proved: 3 columns")
    assert fits(proof.stdout)
    assert json.loads(run(legacy, "verify", TARGET, "--format", "json").stdout)["ok"] is True

    found = json.loads(run(legacy, "lookup", str(old), "nothing", "--format", "json").stdout)
    uuid = f"{str(hexes)[:8]}-{str(hexes)[8:12]}-{str(hexes)[12:16]}-{str(hexes)[16:20]}-{str(hexes)[20:]}"
    assert {item["column"] for item in found["found"]} == set(COLUMNS)
    assert {item["uuid"] for item in found["found"]} == {uuid}
    assert found["not_found"] == ["nothing"]
    text = run(legacy, "lookup", uuid, "nothing")
    assert text.exit_code == 0
    assert fits(text.stdout)
    assert f"  was  '{old}'\n  is   {uuid}\n" in text.stdout
    assert "'nothing' is in no converted column." in text.stdout

    back = run(legacy, "revert", TARGET)
    assert back.exit_code == 0
    assert back.stdout.startswith("Done: 3 columns are text again")
    assert state(legacy) == before
    empty = run(legacy, "revert", "--all")
    assert (empty.exit_code, empty.stdout.split(":")[0]) == (0, "Nothing to do")
    assert run(legacy, "verify").stdout.startswith("Nothing to verify")


def test_a_damaged_conversion_is_not_proved(run: Run, legacy: str) -> None:
    assert run(legacy, "convert", TARGET).exit_code == 0
    execute(legacy, "UPDATE domains SET batch_id = gen_random_uuid() WHERE domain = 'shop7.example.org'")
    result = run(legacy, "verify")
    assert result.exit_code == 1
    assert result.stdout.startswith("Not proved: 1 of 3 columns did not pass.")
    assert "FAILED  public.domains.batch_id" in result.stdout


def test_finalize_drops_the_backups_and_the_ledger(run: Run, legacy: str) -> None:
    assert run(legacy, "convert", TARGET).exit_code == 0
    assert run(legacy, "finalize", TARGET).exit_code == 2
    result = run(legacy, "finalize", TARGET, "--yes")
    assert result.exit_code == 0
    assert result.stdout.startswith("Done: 3 columns are final")
    assert "original" not in pg_dump(legacy, "--schema-only")
    refused = run(legacy, "revert", TARGET)
    assert refused.exit_code == 1
    assert "Error: " in refused.stderr


def test_all_converts_what_scan_judges_so(run: Run, legacy: str) -> None:
    assert run(legacy, "convert", "--all", "--exclude", "domains.batch_id").exit_code == 0
    assert types(legacy) == {"batch_jobs": "uuid", "jobs": "uuid", "domains": "character varying"}
    assert run(legacy, "revert", "--all").exit_code == 0
    assert run(legacy, "convert", "--all", "--schema", "public", "--single-transaction").exit_code == 0
    assert types(legacy) == {"batch_jobs": "uuid", "jobs": "uuid", "domains": "uuid"}


def test_the_script_gives_the_same_database_and_fails_as_a_whole(
    run: Run, legacy: str, server: Server, legacy_template: str
) -> None:
    script = run(legacy, "sql", TARGET, "--declare-references").stdout
    before = state(legacy)
    assert before == state(legacy_template)
    assert run(legacy, "convert", TARGET, "--declare-references").exit_code == 0
    other = server.create_database(template=legacy_template)
    try:
        done = psql(other, script)
        assert done.returncode == 0, done.stderr
        assert pg_dump(other, "--schema-only") == pg_dump(legacy, "--schema-only")
        mine, theirs = checksums(legacy), checksums(other)
        assert {name: found for name, found in mine.items() if not name.startswith("uuidkit.")} == {
            name: found for name, found in theirs.items() if not name.startswith("uuidkit.")
        }
        assert run(other, "verify").exit_code == 0
        assert run(other, "revert", "--all").exit_code == 0
        assert state(other) == before
        # A value that came after the script was written: it fails, and nothing is changed.
        execute(other, "INSERT INTO domains (domain, batch_id) VALUES ('late', 'no uuid at all')")
        late = state(other)
        failed = psql(other, script)
        assert failed.returncode != 0
        assert state(other) == late
    finally:
        server.drop_database(other)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([TARGET.replace("_id", "_ix")], "Did you mean public.batch_jobs.batch_id?"),
        (["batch_job.batch_id"], "Did you mean public.batch_jobs"),
        (["jobs"], "table.column"),
        (["jobs.batch_id", "nowhere.x", "jobs.nothing"], "There is no table nowhere"),
        ([TARGET, "--include", "domains.batchid"], "Did you mean public.domains.batch_id?"),
        ([TARGET, "--exclude", "domains.batchid"], "Did you mean public.domains.batch_id?"),
        (["--all", "--schema", "nowhere"], "nowhere"),
        (["'; DROP TABLE jobs; --"], "is not a name"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("command", ["report", "sql", "convert"])
def test_unknown_targets_end_with_2_and_say_what_may_be_meant(
    run: Run, legacy: str, command: str, args: list[str], said: str
) -> None:
    result = run(legacy, command, *args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in result.stderr


def test_unknown_targets_of_the_other_commands(run: Run, legacy: str) -> None:
    for command in (["verify"], ["revert"], ["finalize", "--yes"]):
        assert run(legacy, *command, "jobs.nothing").exit_code == 2
        unknown = run(legacy, *command, TARGET)
        assert unknown.exit_code == 1
        assert "The ledger knows no conversion of public.batch_jobs.batch_id." in unknown.stderr
    assert run(legacy, "scan", "--schema", "nowhere").exit_code == 2


def test_missing_rights_are_blockers(run: Run, legacy: str, server: Server) -> None:
    role = server.create_role()
    url = server.url_of(legacy.partition("?")[0].rpartition("/")[2], role)
    try:
        result = run(url, "report", TARGET)
        assert result.exit_code == 3
        assert "PERMISSION: public.batch_jobs" in result.stdout
        refused = run(url, "convert", TARGET)
        assert refused.exit_code == 3
        assert "PERMISSION" in refused.stderr
        assert run(url, "scan").exit_code == 0
        assert run(url, "inspect", "jobs").exit_code == 0
    finally:
        server.drop_role(role)


def test_a_lock_that_is_not_to_be_had_ends_with_1_and_names_the_holder(run: Run, legacy: str) -> None:
    before = state(legacy)
    with psycopg.connect(legacy, application_name="long report") as blocker:
        blocker.execute("SELECT count(*) FROM jobs")
        result = run(legacy, "convert", TARGET, "--lock-timeout", "50ms", "--lock-attempts", "2")
    assert result.exit_code == 1
    assert "could not be locked in 2 attempts" in result.stderr
    assert "long report" in result.stderr
    assert "waiting: " in result.stderr
    assert state(legacy) == before


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("interrupt", "Interrupted. What was under way has been rolled back."),
        ("terminate", "Error: "),
        ("cancel", "The server cancelled the statement"),
    ],
)
def test_whatever_ends_a_conversion_leaves_no_change_and_a_sentence(legacy: str, how: str, said: str) -> None:
    before = state(legacy)
    with psycopg.connect(legacy) as blocker:
        blocker.execute("SELECT count(*) FROM jobs")
        running = subprocess.Popen(
            [sys.executable, "-m", "uuidkit.cli", "convert", TARGET, "--lock-timeout", "30s"],
            env={**os.environ, "DATABASE_URL": legacy},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        waiting: list[tuple[object, ...]] = []
        for _ in range(600):
            waiting = fetch(
                legacy, "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'LOCK%'"
            )
            if waiting:
                break
            time.sleep(0.05)
        assert waiting
        if how == "interrupt":
            running.send_signal(signal.SIGINT)
        else:
            execute(legacy, f"SELECT pg_{how}_backend({waiting[0][0]})")
        stdout, stderr = running.communicate(timeout=30)
    assert running.returncode == 1
    assert stdout == ""
    assert said in stderr
    assert "Traceback" not in stderr
    assert state(legacy) == before


def on_terminal(
    url: str, answer: str, *args: str, meanwhile: Callable[[], object] = int, **environment: str
) -> tuple[int, str]:
    """Run the program on a pseudo-terminal, answer its question; its exit status and all that it showed.

    `meanwhile` is called between the question and the answer.
    """
    master, slave = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "DATABASE_URL")}
    running = subprocess.Popen(
        [sys.executable, "-m", "uuidkit.cli", *args],
        env={**env, "DATABASE_URL": url, "TERM": "xterm", **environment},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        close_fds=True,
    )
    os.close(slave)
    shown, answered = b"", False
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        ready, _, _ = select.select([master], [], [], 0.2)
        if ready:
            try:
                piece = os.read(master, 4096)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        if b"[y/N]" in shown and not answered:
            meanwhile()
            os.write(master, answer.encode())
            answered = True
    os.close(master)
    return running.wait(timeout=10), shown.decode()


def test_on_a_terminal_convert_shows_the_plan_and_asks(legacy: str) -> None:
    status, shown = on_terminal(legacy, "n\n", "convert", TARGET)
    assert status == 0
    assert "3 columns of 3 tables become uuid" in shown
    assert "batch_id_original" in shown
    assert "Nothing was changed." in shown
    assert types(legacy)["jobs"] == "character varying"
    status, shown = on_terminal(legacy, "y\n", "convert", TARGET)
    assert status == 0
    assert types(legacy)["jobs"] == "uuid"
    assert "\x1b[" in shown  # colours
    # Named is one column; asked is about all that were converted with it.
    status, shown = on_terminal(legacy, "n\n", "revert", "domains.batch_id")
    assert sorted(line.strip() for line in shown.splitlines() if line.startswith("  public.")) == COLUMNS
    assert "Put the text back in these 3 columns?" in shown
    status, shown = on_terminal(legacy, "n\n", "finalize", "--all")
    assert (status, "the backups of these 3 columns for good?" in shown) == (0, True)
    assert "batch_id_original" in pg_dump(legacy, "--schema-only")
    status, shown = on_terminal(legacy, "\x04", "revert", "--all")  # end of input
    assert status == 1
    assert "Interrupted." in shown
    status, shown = on_terminal(legacy, "y\n", "revert", "--all", NO_COLOR="1")
    assert status == 0
    assert "\x1b[" not in shown
    assert types(legacy)["jobs"] == "character varying"


def test_finalize_drops_what_was_agreed_to_and_nothing_else(legacy: str) -> None:
    execute(legacy, "CREATE TABLE later (id text PRIMARY KEY)", "INSERT INTO later SELECT gen_random_uuid()")
    assert program(legacy, "convert", TARGET).returncode == 0
    status, shown = on_terminal(
        legacy, "y\n", "finalize", "--all", meanwhile=lambda: program(legacy, "convert", "later.id")
    )
    assert status == 0
    assert "public.later.id" not in shown
    schema = pg_dump(legacy, "--schema-only")
    assert "batch_id_original" not in schema
    assert "id_original text" in schema
    assert program(legacy, "revert", "--all").returncode == 0


def test_yes_asks_nothing(legacy: str) -> None:
    status, shown = on_terminal(legacy, "", "convert", TARGET, "--yes")
    assert status == 0
    assert "[y/N]" not in shown
    assert types(legacy)["jobs"] == "uuid"


def test_the_program_in_a_process_of_its_own(legacy: str) -> None:
    done = program(legacy, "convert", TARGET, "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["status"] == "done"
    assert sorted(found["graphs"][0]["columns"]) == COLUMNS
    assert program(legacy, "verify").returncode == 0
    assert program(legacy, "finalize", "--all").returncode == 2
    assert program(legacy, "revert", "--all").returncode == 0


def test_client_messages_of_other_languages_and_strange_names(run: Run, database: str) -> None:
    execute(
        database,
        'CREATE SCHEMA "Müller & Söhne"',
        'CREATE TABLE "Müller & Söhne"."Or""der" ("batch Id" text PRIMARY KEY)',
        'INSERT INTO "Müller & Söhne"."Or""der" SELECT gen_random_uuid() FROM generate_series(1, 3)',
    )
    target = '"Müller & Söhne"."Or""der"."batch Id"'
    assert run(database, "report", target).exit_code == 0
    assert run(database, "convert", target).exit_code == 0
    assert run(database, "verify", target).exit_code == 0
    assert run(database, "revert", target).exit_code == 0
