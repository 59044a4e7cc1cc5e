from __future__ import annotations

from tests.uuidkit.report import plans
from uuidkit.findings import Reference
from uuidkit.report import json, scanned
from uuidkit.report.layout import width
from uuidkit.scanning import Embedded, ScannedColumn, ScanResult

RESULT = ScanResult(
    columns=(
        ScannedColumn(
            plans.findings(plans.PARENT), "convert", f"It is a key (batch_jobs_batch_id_key); {plans.SECRET!r} is not."
        ),
        ScannedColumn(plans.findings(plans.JOBS.column("etag")), "review", "All values are 32 hex digits alone."),
        ScannedColumn(plans.findings(plans.JOBS.column("sha1")), "keep", "No value is a uuid."),
    ),
    references=(
        Reference(plans.CHILD, plans.PARENT, declared=True, constraint="jobs_batch_id_fkey", orphans=0),
        Reference(
            plans.UNDECLARED, plans.PARENT, declared=False, orphans=3, certain=False, why="It has the key's name."
        ),
    ),
    embedded=(Embedded(plans.JOBS.column("meta"), "jsonb", "JSON", 5, 1000, str(plans.SECRET_UUID)),),
    unreadable=("public.secrets may not be read.",),
)


def test_the_text_goes_from_what_to_do_to_what_to_leave() -> None:
    text = scanned.scan(RESULT)
    assert all(width(line) <= 80 for line in text.split("\n"))
    assert text.startswith("3 text columns looked at: 1 to convert, 1 to review, 1 to keep.\n")
    titles = ["TO CONVERT", "TO REVIEW", "TO KEEP", "REFERENCES", "EMBEDDED", "NOT LOOKED AT"]
    places = [text.index(f"\n{title}") for title in titles]
    assert places == sorted(places)
    for piece in (
        "  public.jobs.sha1 (character varying): No value is a uuid.\n",
        "    Declared as jobs_batch_id_fkey.\n",
        "    Not declared, and not certain. It has the key's name. 3 rows have no\n",
        "'jane.doe@example.org', '310'",
        "5 of 1,000 rows looked at",
    ):
        assert piece in text


def test_json_has_the_shape_that_scripts_rely_on() -> None:
    found = json.scan(RESULT)
    assert set(found) >= {"columns", "references"}
    assert set(found["columns"][0]) >= {
        "table", "column", "type", "rows", "nulls", "distinct", "formats", "unparseable", "verdict", "why",
    }  # fmt: skip
    assert [item["verdict"] for item in found["columns"]] == ["convert", "review", "keep"]
    assert set(found["references"][0]) >= {"from", "to", "declared", "constraint", "orphans", "certain", "why"}
    assert found["references"][1]["constraint"] is None
    assert found["embedded"][0]["column"] == "meta"
    assert found["unreadable"] == ["public.secrets may not be read."]


def test_masking_hides_every_value() -> None:
    for written in (scanned.scan(RESULT, mask=True), json.dumps(json.scan(RESULT, mask=True))):
        flat = "".join(written.split())
        for secret in ("jane", "'310'", '"310"', "3f2504e0"):
            assert secret not in flat
        assert "xxxx.xxx@xxxxxxx.xxx" in flat


def test_nothing_found() -> None:
    assert scanned.scan(ScanResult((), ())) == "There is no text column that holds identifiers.\n"
