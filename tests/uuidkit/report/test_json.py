from __future__ import annotations

import json as standard

import psycopg

import uuidkit
from tests.uuidkit.report import plans
from uuidkit.report import document, json, text


def keys(value: dict[str, object]) -> set[str]:
    return set(value)


def test_the_report_has_the_shape_that_scripts_rely_on() -> None:
    found = standard.loads(json.dumps(json.plan(plans.ready_plan())))
    assert keys(found) >= {
        "status", "plan_hash", "columns", "foreign_keys", "dependents", "blockers", "statements", "estimate",
    }  # fmt: skip
    assert found["status"] == "ready"
    assert found["plan_hash"] == "ab" * 32
    column = found["columns"][0]
    assert keys(column) >= {
        "table", "column", "type", "rows", "nulls", "distinct", "formats", "unparseable", "verdict", "why",
        "backup_column", "collisions", "orphans", "on_unparseable",
    }  # fmt: skip
    assert (column["table"], column["column"], column["type"]) == ("public.batch_jobs", "batch_id", "character varying")
    assert column["unparseable"] == {"count": 2, "samples": [plans.SECRET, "310"]}
    assert column["formats"]["prefixed"] == 1_234_553
    assert column["shapes"][0] == {"shape": "batch_<hex>", "count": 1_234_553}
    assert (column["verdict"], column["backup_column"], column["on_unparseable"]) == (
        "convert",
        "batch_id_original",
        "derive",
    )
    assert [item["orphans"] for item in found["columns"]] == [0, 0, 3]
    kept, new = found["foreign_keys"]
    assert keys(kept) >= {"name", "from", "to", "declared", "on_delete", "on_update", "deferrable", "validated"}
    assert {name: kept[name] for name in ("from", "to", "declared", "on_delete", "deferrable", "validated")} == {
        "from": "public.jobs.batch_id",
        "to": "public.batch_jobs.batch_id",
        "declared": True,
        "on_delete": "SET NULL",
        "deferrable": True,
        "validated": False,
    }
    assert (new["declared"], new["on_delete"], new["deferrable"], new["validated"]) == (False, "NO ACTION", False, True)
    for dependent in found["dependents"]:
        assert keys(dependent) >= {"kind", "name", "action", "meaning", "example"}
    assert found["dependents"][0]["example"] is None
    assert len(found["statements"]) == 4
    assert all(isinstance(statement, str) for statement in found["statements"])
    assert keys(found["estimate"]) == {
        "seconds", "between", "bytes_written", "locks", "disk_peak", "wal", "basis", "tables",
    }  # fmt: skip
    assert {name: found["estimate"][name] for name in ("seconds", "bytes_written", "locks")} == {
        "seconds": 12.34,
        "bytes_written": 987_654_321,
        "locks": [
            {"table": "public.batch_jobs", "mode": "ACCESS EXCLUSIVE", "seconds": 12.34},
            {"table": "public.jobs", "mode": "SHARE", "seconds": None},
        ],
    }
    assert found["request"]["targets"] == ["public.batch_jobs.batch_id"]
    assert len(found["notes"]) == 2


def test_a_blocked_report_names_the_blockers() -> None:
    found = json.plan(plans.blocked_plan())
    assert found["status"] == "blocked"
    assert all(keys(blocker) == {"code", "object", "message", "remedy"} for blocker in found["blockers"])
    assert [blocker["code"] for blocker in found["blockers"]] == ["UNPARSEABLE", "COLLISION"]
    [collision] = found["columns"][0]["collisions"]
    assert collision["uuid"] == str(plans.SECRET_UUID)
    assert len(collision["values"]) == 2


def test_nothing_to_do() -> None:
    found = json.plan(plans.done_plan())
    assert (found["status"], found["statements"]) == ("nothing to do", [])
    assert found["columns"][0]["verdict"] == "keep"


def test_masking_hides_every_value_and_keeps_the_counts() -> None:
    for plan in (plans.ready_plan(), plans.blocked_plan()):
        found = json.plan(plan, mask=True)
        assert found["masked"] is True
        written = json.dumps({key: value for key, value in found.items() if key != "statements"})
        for secret in ("jane", "example.org", '"310"', "it's", "3f2504e0", "4f89"):
            assert secret not in written
        assert found["columns"][0]["unparseable"] == {"count": 2, "samples": ["xxxx.xxx@xxxxxxx.xxx", "999"]}
    assert "jane" in json.dumps(json.plan(plans.ready_plan()))


def test_every_form_counts_the_same_rows_and_transactions(database: str) -> None:
    """Rows of a table that is part of two graphs are rewritten twice, whoever tells it."""
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE parents (id text PRIMARY KEY); CREATE TABLE others (id text PRIMARY KEY)")
        connection.execute("CREATE TABLE children (parent text REFERENCES parents, other text REFERENCES others)")
        connection.execute("INSERT INTO parents SELECT gen_random_uuid() FROM generate_series(1, 5)")
        connection.execute("INSERT INTO others SELECT gen_random_uuid() FROM generate_series(1, 70)")
        connection.execute("INSERT INTO children SELECT parents.id, others.id FROM parents, others LIMIT 300")
        plan = uuidkit.plan(connection, ["parents.id", "others.id"])
    found = json.plan(plan)
    for written in (text.plan(plan), document.markdown(found), document.html(found)):
        assert "675 rows" in written
        assert "in 2 transactions, one per reference graph" in " ".join(written.split())
