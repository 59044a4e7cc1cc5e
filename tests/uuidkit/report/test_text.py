from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.uuidkit.report import plans
from uuidkit.catalog.names import TableName
from uuidkit.planning.model import Blocker, Plan
from uuidkit.report import text
from uuidkit.report.layout import visible, width

PLANS = {"ready": plans.ready_plan(), "blocked": plans.blocked_plan(), "done": plans.done_plan()}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("statements", [False, True], ids=["summaries", "statements"])
@pytest.mark.parametrize("mask", [False, True], ids=["open", "masked"])
def test_every_line_fits(plan: Plan, statements: bool, mask: bool) -> None:
    written = text.plan(plan, statements=statements, mask=mask)
    assert [line for line in written.split("\n") if width(line) > 80] == []
    assert written.endswith("\n")
    assert not any(line != line.rstrip() for line in written.split("\n"))


@given(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=63),
    st.text(max_size=200),
)
def test_hostile_names_and_values_neither_break_lines_nor_move_the_cursor(name: str, value: str) -> None:
    table = TableName(name, name)
    column = plans.column_plan(
        table.column(name),
        findings=plans.findings(table.column(name), unparseable_samples=(value,)),
        backup=name + "_original",
    )
    plan = plans.ready_plan()
    graph = replace(plan.graphs[0], columns=(column,), blockers=(Blocker("X", name, value, value),))
    written = text.plan(replace(plan, graphs=(graph,)))
    assert all(width(line) <= 80 for line in written.split("\n"))
    assert all(line == visible(line) for line in written.split("\n"))


def test_verdicts() -> None:
    assert text.verdict(plans.ready_plan()) == (
        "Ready: 3 columns of 3 tables become uuid, 3,703,701 rows, in one transaction."
    )
    assert text.verdict(plans.blocked_plan()) == (
        "Blocked: 2 findings forbid the conversion of 1 column. Nothing was changed."
    )
    assert text.verdict(plans.done_plan()).startswith("Nothing to do: 1 column named")


def test_blockers_come_first_with_code_object_message_and_remedy() -> None:
    written = text.plan(plans.blocked_plan())
    first = written.index("BLOCKERS")
    assert first < written.index("COLUMNS")
    for piece in ("UNPARSEABLE: public.batch_jobs.batch_id", "2 values hold no uuid", "-> Correct or remove them"):
        assert first < written.index(piece) < written.index("COLUMNS")
    assert "COST" not in written
    assert "STATEMENTS" not in written


def test_a_column_says_what_happens_to_it() -> None:
    written = " ".join(text.plan(plans.ready_plan()).split())
    for piece in (
        "type character varying → uuid",
        "why is a target",
        "values 1,234,567 rows, 4 NULL, 1,234,563 distinct, 1 with blanks around",
        "formats 1,234,553 prefixed, 5 canonical, 3 hex, 2 unparseable",
        "shapes 1,234,553 batch_<hex>, 5 <uuid>",
        "each text gets a uuid derived from it",
        "backup batch_id_original",
        "default ('batch_'::text || (gen_random_uuid())::text) → gen_random_uuid()",
        "looked up in public.batch_jobs.batch_id_old first",
        "would be written as batch_<hex>",
        "would be written as the canonical text",
        "refers to public.batch_jobs.batch_id by foreign key jobs_batch_id_fkey",
    ):
        assert piece in written, piece


def test_foreign_keys_say_whether_they_are_new_and_what_they_do() -> None:
    lines = text.plan(plans.ready_plan()).split("\n")
    kept = lines.index("  jobs_batch_id_fkey: put back as it was")
    assert lines[kept + 1 : kept + 3] == [
        "    public.jobs.batch_id → public.batch_jobs.batch_id",
        "    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED NOT VALID",
    ]
    new = lines.index("  domains_batch_id_fkey: new")
    assert lines[new + 1] == '    public.domains."ON DELETE CASCADE" → public.batch_jobs.batch_id'
    assert lines[new + 2] == ""


def test_statements_are_numbered_and_in_full_when_asked_for() -> None:
    short, full = text.plan(plans.ready_plan()), text.plan(plans.ready_plan(), statements=True)
    assert "LOCK TABLE" not in short
    assert "lock it" in short
    assert '      LOCK TABLE "public"."batch_jobs" IN ACCESS EXCLUSIVE MODE;' in full.split("\n")
    assert "'batch_ with  blanks'''" in full


def test_masking_hides_every_value_and_keeps_the_counts() -> None:
    for plan in (plans.ready_plan(), plans.blocked_plan()):
        written = text.plan(plan, mask=True) + text.summary(plan, mask=True) + text.blockers(plan.blockers, mask=True)
        flat = "".join(written.split())
        for secret in ("jane", "example.org", "'310'", "it's", "3f2504e0", "4f89"):
            assert secret not in flat
        assert "1,234,567rows" in flat
        assert "'xxxx.xxx@xxxxxxx.xxx'" in flat
    assert "jane" in text.plan(plans.ready_plan())


def test_several_graphs_are_told_apart() -> None:
    plan = plans.ready_plan()
    written = text.plan(replace(plan, graphs=plan.graphs * 2))
    assert "GRAPH 1 OF 2: public.batch_jobs.batch_id" in written
    assert "GRAPH 2 OF 2: public.batch_jobs.batch_id" in written
    flat = " ".join(written.split())
    assert "7,407,402 rows, in 2 transactions, one per reference graph" in flat
    estimate = replace(plan.estimate, locks=plan.estimate.locks[:1] * 2)
    assert "about 24.7 s in 2 transactions" in text.plan(replace(plan, estimate=estimate))
