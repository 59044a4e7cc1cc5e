from __future__ import annotations

from uuid import UUID

from tests.uuidkit.report import plans
from uuidkit.execute import GraphOutcome, Outcome
from uuidkit.looking_up import Found
from uuidkit.report import json, results
from uuidkit.report.layout import width
from uuidkit.verification import ColumnProof, Proof

ONE = UUID("3f2504e0-4f89-41d3-9a0c-0305e82c3301")
OUTCOME = Outcome(
    done=(GraphOutcome((plans.PARENT, plans.CHILD), 2_200_000, 8.44), GraphOutcome((plans.UNDECLARED,), 7, 0.02)),
    seconds=8.5,
    plan=plans.ready_plan(),
)
PROOF = Proof(
    (
        ColumnProof(plans.PARENT, 30, 29, ("it is of type uuid", "29 of 29 rows have the uuid of their text"), ()),
        ColumnProof(plans.CHILD, 30, 30, (), ("The foreign key jobs_batch_id_fkey is gone.",)),
    )
)


def fits(text: str) -> bool:
    return text.endswith("\n") and all(width(line) <= 80 for line in text.split("\n"))


def test_what_was_converted() -> None:
    text = results.converted(OUTCOME)
    assert fits(text)
    assert text.startswith("Done: 3 columns became uuid, 2,200,007 rows, in 8.5 s.\n")
    assert "  public.batch_jobs.batch_id  2,200,000  8.4 s\n  public.jobs.batch_id" in text
    assert json.outcome(OUTCOME) == {
        "status": "done",
        "seconds": 8.5,
        "graphs": [
            {"columns": ["public.batch_jobs.batch_id", "public.jobs.batch_id"], "rows": 2_200_000, "seconds": 8.44},
            {"columns": ["public.domains.batch_id"], "rows": 7, "seconds": 0.02},
        ],
        "plan_hash": "ab" * 32,
    }


def test_what_was_reverted_and_finalized() -> None:
    one = Outcome(done=(GraphOutcome((plans.PARENT,), 0, 0.5),), seconds=0.5)
    assert results.reverted(OUTCOME).startswith("Done: 3 columns are text again, 2,200,007 rows, in 8.5 s.\n")
    assert results.reverted(one).startswith("Done: 1 column is text again, in 500 ms.\n")
    assert results.finalized(one).startswith("Done: 1 column is final, in 500 ms.\n")


def test_nothing_to_do() -> None:
    nothing = Outcome(done=(), seconds=0.1)
    assert [text(nothing).split(":")[0] for text in (results.converted, results.reverted, results.finalized)] == [
        "Nothing to do"
    ] * 3
    assert json.outcome(nothing)["status"] == "nothing to do"
    assert results.proof(Proof(())) == "Nothing to verify: there is no finished conversion.\n"


def test_a_failed_proof_shows_first_what_is_wrong() -> None:
    text = results.proof(PROOF)
    assert fits(text)
    lines = text.split("\n")
    assert lines[0] == "Not proved: 1 of 2 columns did not pass."
    assert lines[2] == "  FAILED  public.jobs.batch_id: 30 rows, 30 checked"
    assert lines[3] == "          ! The foreign key jobs_batch_id_fkey is gone."
    found = json.proof(PROOF)
    assert (found["ok"], [item["ok"] for item in found["columns"]]) == (False, [True, False])


def test_a_proof() -> None:
    text = results.proof(Proof(PROOF.columns[:1]))
    assert fits(text)
    assert text.startswith("Proved: 1 column, 29 values checked.\n")
    assert "          - it is of type uuid" in text.split("\n")


def test_what_was_looked_up() -> None:
    asked = ("batch_3f2504e04f8941d39a0c0305e82c3301", "nothing\x1b[31m")
    found = (
        Found(asked[0], plans.PARENT, "batch_3f2504e04f8941d39a0c0305e82c3301", ONE, 1),
        Found(asked[0], plans.CHILD, None, ONE, 12_000),
        Found(asked[0], plans.UNDECLARED, "x" * 10_000, None, 2),
    )
    text = results.lookup(asked, found)
    assert fits(text)
    assert "\x1b" not in text
    assert text.split("\n")[:8] == [
        "'batch_3f2504e04f8941d39a0c0305e82c3301'",
        "  was  'batch_3f2504e04f8941d39a0c0305e82c3301'",
        "  is   3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "       public.batch_jobs.batch_id  1 row",
        "  was  (added since the conversion)",
        "  is   3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "       public.jobs.batch_id  12,000 rows",
        "  was  '" + "x" * 72,
    ]
    assert text.endswith("\n\n'nothing\\x1b[31m' is in no converted column.\n")
    answer = json.lookup(asked, found)
    assert answer["not_found"] == [asked[1]]
    assert answer["found"][1] == {
        "asked": asked[0],
        "column": "public.jobs.batch_id",
        "original": None,
        "uuid": str(ONE),
        "rows": 12_000,
    }
