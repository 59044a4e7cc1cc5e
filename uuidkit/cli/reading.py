"""The commands that change nothing: in a READ ONLY transaction, or in one that is rolled back."""

from __future__ import annotations

from typing import Any

import click

from uuidkit.cli.connecting import planning, reading, server, undone
from uuidkit.cli.failures import BLOCKED, FAILED
from uuidkit.cli.options import Face, checked_request, faced, request_options, scope_options
from uuidkit.cli.output import emit, emit_script, message, written
from uuidkit.cli.rehearsing import RowCount, rehearsed

# --fail-on, and what then ends with status 3.
_FAILS = {
    "blocked": ("blocked",),
    "changed": ("blocked", "changed"),
    "review": ("blocked", "changed", "review"),
}


@click.command(
    short_help="Show tables: columns, keys, indexes, references, dependents.",
    epilog="Example: uuidkit inspect batch_jobs",
)
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option("--schema", metavar="SCHEMA", help="Look only at tables of this schema.")
@faced()
def inspect(face: Face, tables: tuple[str, ...], schema: str | None) -> None:
    """Show tables: columns, keys, indexes, references and what depends on them."""
    from uuidkit import inspection
    from uuidkit.catalog.read import read_schema
    from uuidkit.database.session import adapt
    from uuidkit.report import inspected, inspected_json, json

    with reading(face) as connection:
        catalog = read_schema(adapt(connection))
    found = inspection.inspect(catalog, tables, schema)
    emit(json.dumps(inspected_json.inspection(found)) if face.json else inspected.inspection(found), face)


@click.command(
    short_help="List the text columns that hold ids, with a verdict each.",
    epilog="Example: uuidkit scan --schema public --exclude jobs.tenant_id",
)
@scope_options
@faced(mask=True)
def scan(face: Face, schema: str | None, exclude: tuple[str, ...]) -> None:
    """List the text columns that hold ids, with a verdict each, and the references between them."""
    from uuidkit import api
    from uuidkit.report import json, scanned

    with reading(face) as connection:
        result = api.scan(connection, schema=schema, exclude=exclude)
    emit(
        json.dumps(json.scan(result, mask=face.mask)) if face.json else scanned.scan(result, mask=face.mask),
        face,
    )


@click.command(
    short_help="The dry run: what `convert` would do, find, refuse and cost.",
    epilog="Example: uuidkit report batch_jobs.batch_id --on-unparseable derive",
)
@request_options
@click.option(
    "--statements/--no-statements",
    default=None,
    help="Print every statement in full, which a document does anyway; or leave them out of a document.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["blocked", "changed", "review"]),
    default="blocked",
    show_default=True,
    help="When to end with status 3: when blocked; also when an object comes to mean something else, though that is "
    "allowed; also when anything is worth a look (texts without a uuid, other spellings, orphans, notes).",
)
@click.option(
    "--rehearse",
    is_flag=True,
    help="Carry it out on a scratch copy, prove it, take it back and compare; the copy is dropped.",
)
@click.option(
    "--rehearse-rows",
    type=RowCount(),
    metavar="N|all",
    help="With --rehearse: rows of each table to begin the sample with; whatever they refer to comes along.  "
    "[default: 1000]",
)
@faced(mask=True, documents=True)
@click.pass_context
def report(
    ctx: click.Context,
    /,
    face: Face,
    statements: bool | None,
    fail_on: str,
    rehearse: bool,
    rehearse_rows: int | None,
    **given: Any,
) -> None:
    """The dry run: everything `convert` would do, find, refuse and cost. Changes nothing."""
    targets, options = checked_request(given)
    if rehearse_rows is not None and not rehearse:
        raise click.UsageError("--rehearse-rows says how --rehearse goes about it; add --rehearse.")
    document = face.form in ("html", "markdown")
    if statements is False and not document:
        raise click.UsageError("--no-statements is for a document; add --format html or --format markdown.")
    from uuidkit import api
    from uuidkit.forecast import forecast
    from uuidkit.report import json, text, words

    with server(face) as url:
        with undone(url) as connection:
            plan = forecast(connection, api.plan(connection, targets, **options))
            database = connection.info.dbname
        found = {**json.plan(plan, mask=face.mask), "database": database}
        if rehearse:
            found["rehearsal"] = rehearsed(url, plan, rehearse_rows)
    if face.json:
        emit(json.dumps(found), face)
    elif document:
        if statements is False:
            found["graphs"] = [{**graph, "steps": []} for graph in found["graphs"]]
        emit(written(found, face), face)
    else:
        said = text.plan(plan, mask=face.mask, statements=bool(statements))
        if rehearse:
            from uuidkit.report import rehearsed as section

            said += section.as_text(found["rehearsal"])
        emit(said, face)
    failed = found.get("rehearsal") is not None and not found["rehearsal"]["ok"]
    if failed or words.worst(plan) in _FAILS[fail_on]:
        ctx.exit(BLOCKED)


@click.command(
    short_help="Print the conversion as a script for psql.",
    epilog="Example: uuidkit sql batch_jobs.batch_id -o convert.sql && psql -f convert.sql",
)
@request_options
@faced(json=False, mask=True)
@click.pass_context
def sql(ctx: click.Context, /, face: Face, **given: Any) -> None:
    """Print the conversion as a script for psql: one transaction that fails as a whole or not at all."""
    targets, options = checked_request(given)
    from uuidkit import api
    from uuidkit.report import script, text

    with planning(face) as connection:
        plan = api.plan(connection, targets, **options)
    if plan.status == "blocked":
        message(text.blockers(plan.blockers, mask=face.mask).rstrip("\n"))
        ctx.exit(BLOCKED)
    emit_script(script.script(plan), face)


@click.command(short_help="Prove finished conversions.", epilog="Example: uuidkit verify batch_jobs.batch_id")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option(
    "--expect",
    metavar="SEAL|FILE",
    help="Also compare with an earlier proof: the seal that its document shows, or the JSON that `verify` or `convert` "
    "wrote.",
)
@faced(documents=True)
@click.pass_context
def verify(ctx: click.Context, /, face: Face, targets: tuple[str, ...], expect: str | None) -> None:
    """Prove finished conversions, all or those named, from the catalog, the ledger and the backups."""
    from uuidkit import api
    from uuidkit.cli.proving import expected_text, plan_hashes, proved
    from uuidkit.report import json, results
    from uuidkit.report.proved import unexpected, without_plan

    then = None if expect is None else expected_text(expect)
    with reading(face) as connection:
        proof = api.verify(connection, targets)
        if face.form == "text" and then is None:
            emit(results.proof(proof), face)
            if not proof.ok:
                ctx.exit(FAILED)
            return
        found = proved(connection, proof, targets)
        hashes = plan_hashes(connection, targets)
        origin = {"server_version_num": connection.info.server_version, "database": connection.info.dbname}
    differs: list[str] = []
    if then is not None:
        try:
            differs = unexpected(found, then)
        except ValueError as error:
            raise click.BadParameter(f"{expect} is {error}.", param_hint="--expect") from error
        found["expected"] = {"holds": not differs, "differs": differs}
    if face.json:
        emit(json.dumps(found), face)
    elif face.form in ("html", "markdown"):
        emit(written({**without_plan(found, hashes), **origin}, face), face)
    else:
        emit(results.proof(proof), face)
    for sentence in differs:
        message(f"Not as proved before: {sentence}")
    if then is not None and not differs:
        message("It still holds: the converted values are those of then.")
    if differs or not proof.ok:
        ctx.exit(FAILED)


@click.command(
    short_help="Say what became of an old id, or what a uuid was before.",
    epilog="Example: uuidkit lookup batch_20250412_101500 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
)
@click.argument("texts", nargs=-1, required=True, metavar="TEXT...")
@faced()
def lookup(face: Face, texts: tuple[str, ...]) -> None:
    """Say what became of an old id, in every converted column; or what a uuid was before."""
    from uuidkit import api
    from uuidkit.report import json, results

    with reading(face) as connection:
        found = api.lookup(connection, texts)
    emit(json.dumps(json.lookup(texts, found)) if face.json else results.lookup(texts, found), face)
