"""Plans built by hand, with every part that a report can show."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from uuidkit.catalog.model import Column, ForeignKey
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.findings import Collision, ColumnFindings, Reference, ShapeCount
from uuidkit.ids import Shape
from uuidkit.planning.model import (
    Blocker,
    ColumnPlan,
    DependentPlan,
    Estimate,
    ForeignKeyPlan,
    GraphPlan,
    Plan,
    Request,
    Statement,
    UniquePlan,
)

BATCHES = TableName("public", "batch_jobs")
JOBS = TableName("public", "jobs")
DOMAINS = TableName("public", "domains")
PARENT = BATCHES.column("batch_id")
CHILD = JOBS.column("batch_id")
UNDECLARED = DOMAINS.column("batch_id")

SECRET = "jane.doe@example.org"
SECRET_UUID = UUID("3f2504e0-4f89-41d3-9a0c-0305e82c3301")


def text_column(name: str = "batch_id", **changes: object) -> Column:
    """A varchar column."""
    return replace(
        Column(name=name, attnum=2, type="character varying", base_type="varchar", not_null=True),
        **changes,  # type: ignore[arg-type]
    )


def findings(column: ColumnName = PARENT, **changes: object) -> ColumnFindings:
    """A column with most of what a survey can find."""
    found = ColumnFindings(
        column=column,
        type="character varying",
        rows=1_234_567,
        nulls=4,
        distinct=1_234_563,
        formats={"canonical": 5, "hex": 3, "prefixed": 1_234_553, "unparseable": 2},
        shapes=(
            ShapeCount(Shape("batch_", "hex"), 1_234_553, 1_234_553),
            ShapeCount(Shape("", "canonical"), 5, 5),
        ),
        prefixes={"batch_": 1_234_553},
        unparseable=2,
        unparseable_samples=(SECRET, "310"),
        padded=1,
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def column_plan(column: ColumnName = PARENT, **changes: object) -> ColumnPlan:
    """How one column changes."""
    plan = ColumnPlan(
        column=column,
        before=text_column(column.name, default="('batch_'::text || (gen_random_uuid())::text)"),
        findings=findings(column),
        backup=column.name + "_original",
        expression='("right"((batch_id)::text, 32))::uuid',
        default_after="gen_random_uuid()",
        legacy_shape=Shape("batch_", "hex"),
        on_unparseable="derive",
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


def existing_key() -> ForeignKey:
    """A declared foreign key with an action."""
    return ForeignKey(
        oid=1,
        name="jobs_batch_id_fkey",
        table=JOBS,
        columns=("batch_id",),
        referenced_table=BATCHES,
        referenced_columns=("batch_id",),
        definition="FOREIGN KEY (batch_id) REFERENCES public.batch_jobs(batch_id) ON DELETE SET NULL NOT VALID",
        on_delete="SET NULL",
        on_update="NO ACTION",
        match="SIMPLE",
        deferrable=True,
        deferred=True,
        validated=False,
        enforced=True,
        index=2,
    )


def kept_key() -> ForeignKeyPlan:
    """The key as it comes back."""
    key = existing_key()
    return ForeignKeyPlan(
        key.name, key.table, key.columns, key.referenced_table, key.referenced_columns, key.definition, key
    )


def new_key() -> ForeignKeyPlan:
    """A reference that is to be declared; its name looks like an action, to be seen through."""
    return ForeignKeyPlan(
        "domains_batch_id_fkey",
        DOMAINS,
        ("ON DELETE CASCADE",),
        BATCHES,
        ("batch_id",),
        'FOREIGN KEY ("ON DELETE CASCADE") REFERENCES "public"."batch_jobs" ("batch_id")',
    )


def ready_plan(**changes: object) -> Plan:
    """A plan of one graph with three columns."""
    graph = GraphPlan(
        tables=(BATCHES, DOMAINS, JOBS),
        columns=(
            column_plan(),
            column_plan(CHILD, lookup=(BATCHES.column("batch_id_old"),)),
            column_plan(UNDECLARED, default_after=None, before=text_column(), legacy_shape=None),
        ),
        references=(
            Reference(CHILD, PARENT, declared=True, constraint="jobs_batch_id_fkey"),
            Reference(
                UNDECLARED,
                PARENT,
                declared=False,
                orphans=3,
                orphan_samples=(SECRET,),
                respelled=2,
                why="every value is a key of batch_jobs, and the name says so",
            ),
        ),
        foreign_keys=(kept_key(), new_key()),
        uniques=(UniquePlan("batch_jobs_batch_id_key", PARENT),),
        dependents=(
            DependentPlan("index", "public.ix_jobs_batch_id", JOBS, "keep"),
            DependentPlan(
                "policy",
                "tenant_rows on public.jobs",
                JOBS,
                "recreate",
                "changed",
                {"value": SECRET, "before": True, "after": False, "rows": 7},
                offer="CREATE POLICY tenant_rows ON public.jobs AS PERMISSIVE FOR SELECT TO PUBLIC\n"
                f"  USING ((((batch_id)::text <> '{SECRET}'::text) AND (length((batch_id)::text) > 4)));",
            ),
        ),
        blockers=(),
        notes=(f"public.jobs.batch_id: 1 value such as {SECRET!r} becomes {SECRET_UUID}.",),
        statements=(
            Statement("DO $uuidkit$\nBEGIN\n  PERFORM 1;\nEND\n$uuidkit$", "before", "set what it needs"),
            Statement('LOCK TABLE "public"."batch_jobs" IN ACCESS EXCLUSIVE MODE', "lock", "lock it", BATCHES),
            Statement(
                'ALTER TABLE "public"."batch_jobs"\n  ALTER COLUMN "batch_id" TYPE uuid USING CASE WHEN length'
                "((\"batch_id\")::text) = 38 AND starts_with((\"batch_id\")::text, 'batch_ with  blanks''') THEN "
                '("right"(("batch_id")::text, 32))::uuid ELSE ("batch_id")::uuid END',
                "change",
                "rewrite public.batch_jobs: batch_id to uuid, the text to batch_id_original",
                BATCHES,
            ),
            Statement('ANALYZE "public"."batch_jobs" ("batch_id")', "after", "analyse", BATCHES),
        ),
        fingerprints=(),
    )
    plan = Plan(
        request=Request(targets=(PARENT,), on_unparseable="derive", declare_references=True),
        graphs=(graph,),
        estimate=Estimate(12.34, 987_654_321, ((BATCHES, "ACCESS EXCLUSIVE", 12.34), (JOBS, "SHARE", None))),
        version_num=180004,
        hash="ab" * 32,
        notes=("A note about everything.",),
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


def blocked_plan() -> Plan:
    """The same plan with a blocker of each kind that quotes values, and no statements."""
    plan = ready_plan()
    collision = Collision(SECRET_UUID, ("batch_" + SECRET_UUID.hex, str(SECRET_UUID)), 2, "batch_jobs_batch_id_key")
    column = column_plan(
        findings=findings(collisions=(collision,), collision_count=1, merged=(collision,), merged_count=4)
    )
    blockers = (
        Blocker(
            "UNPARSEABLE",
            str(PARENT),
            f'2 values hold no uuid in any known format, for example {SECRET!r}, "it\'s 310".',
            "Correct or remove them, or decide with --on-unparseable derive.",
        ),
        Blocker(
            "COLLISION",
            str(PARENT),
            f"1 uuid would be shared: {collision.values[0]!r}, {collision.values[1]!r} → {SECRET_UUID} "
            '(under "Batch_key").',
            "Merge those rows first: which of them is meant only their owner can know.",
        ),
    )
    graph = replace(plan.graphs[0], columns=(column,), blockers=blockers, statements=())
    return replace(plan, graphs=(graph,))


def done_plan() -> Plan:
    """A plan that finds everything done."""
    plan = ready_plan()
    column = column_plan(done=True, before=text_column(type="uuid", base_type="uuid"), findings=None)
    graph = replace(
        plan.graphs[0],
        columns=(column,),
        foreign_keys=(),
        uniques=(),
        dependents=(),
        references=(),
        notes=(),
        statements=(),
    )
    return replace(plan, graphs=(graph,), notes=())
