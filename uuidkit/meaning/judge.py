"""Does each object that reads a converted column say the same afterwards?

Every expression is tried on a stage: stand-ins for the affected tables, filled with rows of the tables themselves and
with rows made for the purpose, once as they are and once with uuids. Nothing is created that stays, and nothing of the
users' is run that could write: volatile functions are not called, and the transaction is read-only while it lasts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import psycopg

from uuidkit import lexing
from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session
from uuidkit.dependents.printed import as_it_was
from uuidkit.meaning import casting, evaluation, given, matters, offers, samples, verdict, writing
from uuidkit.meaning.asking import OutOfTime, Trial
from uuidkit.meaning.matters import Catalog, Matter
from uuidkit.meaning.model import Conversion, Judgement, Thing
from uuidkit.meaning.questions import NotToBeAsked, Question, questions
from uuidkit.meaning.repairing import Repairing
from uuidkit.meaning.trying import Trying
from uuidkit.planning.model import OFFERED

_PATIENCE = 6  # times the limit of one question, for all of them together
_SHARE = 0.2  # seconds for each of many objects
_TOGETHER = 12  # questions in one statement


def judge(
    session: Session,
    schema: Schema,
    conversions: Sequence[Conversion],
    things: Sequence[Thing],
    *,
    rewrites: Mapping[tuple[str, int], str] = MappingProxyType({}),
    time_limit: float = 5.0,
) -> dict[tuple[str, int], Judgement]:
    """Judge what objects will say once columns are uuids.

    Nothing is changed, and no lock is taken beyond that of reading. A user's own setting (``app.tenant``) that a
    policy reads is set for the trial and undone with it; PostgreSQL then gives '' for it in this session where it gave
    NULL before, as after any SET LOCAL.

    Args:
        session: any; a transaction is begun, and rolled back, where none is open.
        schema: the tables.
        conversions: every column that will change.
        things: the objects.
        rewrites: definitions that the user gives instead of the objects' own, by (catalog, oid); it is these that are
            judged then. ``OFFERED`` for the one that is offered: what reads the object is judged by that one.
        time_limit: seconds that one question may take; all of them together may take six times as long, or a fifth of
            a second for each object where there are many.

    Returns:
        A judgement for every object, by (catalog, oid).

    Raises:
        psycopg.Error: the catalog itself could not be read.
    """
    if not things:
        return {}
    if not session.in_transaction:
        with session.transaction():
            return judge(session, schema, conversions, things, rewrites=rewrites, time_limit=time_limit)
    with Trial(session, time_limit, max(time_limit * _PATIENCE, _SHARE * len(things))) as trial:
        return _Judge(trial, schema, conversions, rewrites).all(things)


def misfits(
    session: Session,
    schema: Schema,
    conversions: Sequence[Conversion],
    things: Sequence[Thing],
    states: Sequence[Collection[ColumnName]],
    *,
    rewrites: Mapping[tuple[str, int], str] = MappingProxyType({}),
    time_limit: float = 5.0,
) -> list[frozenset[tuple[str, int]]]:
    """What cannot be made while some of the columns are uuids and the others texts; nothing is run for it.

    Args:
        session: in a transaction.
        schema, things, rewrites, time_limit: as for ``judge``.
        conversions: every column that will change.
        states: each with the columns that are uuids then.

    Returns:
        For each state the (catalog, oid) of such objects.
    """
    with Trial(session, time_limit, max(time_limit * _PATIENCE, _SHARE * len(things))) as trial:
        return list(_Judge(trial, schema, conversions, rewrites).between(things, states))


class _Judge:
    def __init__(
        self, trial: Trial, schema: Schema, conversions: Sequence[Conversion], rewrites: Mapping[tuple[str, int], str]
    ) -> None:
        self._trial = trial
        self._schema = schema
        self._conversions = casting.inherited(schema, conversions)
        self._found: dict[tuple[str, int], list[Judgement]] = {}
        self._catalog = Catalog({}, {}, {})
        self._rewrites = {key: text for key, text in rewrites.items() if text.strip() and text != OFFERED}
        self._taken = {key for key, text in rewrites.items() if text == OFFERED}
        self._offered: dict[tuple[str, int], Mapping[str, str]] = {}

    def _matters(self, things: Sequence[Thing]) -> list[Matter]:
        trial, schema = self._trial, self._schema
        schemas = {*schema.search_path, *(table.schema for table in schema.tables)}
        named = given.named(trial, self._rewrites, schemas) if self._rewrites else {}
        self._catalog = matters.read(trial, schema, things, named)
        return matters.matters(trial, schema, self._catalog, things, list(self._conversions), self._rewrites)

    def between(
        self, things: Sequence[Thing], states: Sequence[Collection[ColumnName]]
    ) -> Iterator[frozenset[tuple[str, int]]]:
        found = [(m, q) for m in self._matters(things) if not m.unknown for q in self._questions(m)]
        # As the way back makes it, which has to be possible in the same states.
        asked = [(matter, replace(question, text=as_it_was(question.text))) for matter, question in found]
        asked.sort(key=lambda member: member[0].path)
        for state in states:
            changed = [one for column, one in self._conversions.items() if column in state]
            company = casting.Company(self._schema, casting.inherited(self._schema, changed))
            trying = Trying(self._trial, self._schema, self._catalog, company)
            keys = set()
            for matter, question in asked:
                self._trial.path(matter.path)
                self._trial.under({})
                if evaluation.misfit(self._trial, trying.empty_stage(matter), question) is not None:
                    keys.add(matter.thing.key)
            yield frozenset(keys)

    def all(self, things: Sequence[Thing]) -> dict[tuple[str, int], Judgement]:
        trial, schema = self._trial, self._schema
        found = self._matters(things)
        catalog = self._catalog
        asked: list[tuple[Matter, Question]] = []
        unrun: list[tuple[Matter, Question]] = []
        for matter in found:
            if matter.unrun:
                unrun += [(matter, question) for question in ([] if matter.unknown else self._questions(matter))]
                matter.unknown = matter.unrun
            elif not matter.unknown and matter.untouched:
                self._note(matter.thing, Judgement("same", "it reads none of the columns that change"))
            elif not matter.unknown:
                for question in self._questions(matter):
                    if self._reads_ids(matter, question):
                        asked.append((matter, question))
                    else:
                        self._note(matter.thing, Judgement("same", "it reads none of the columns that change"))
            if matter.unknown:
                self._note(matter.thing, Judgement("unknown", matter.unknown))
        members = list({id(m): m for m, _ in (*asked, *unrun)}.values())
        company = casting.gather(trial, schema, catalog, members, self._conversions)
        trying = Trying(trial, schema, catalog, company)
        self._try(trying, asked)
        for matter, judgement in trying.defaults(unrun):
            self._found[matter.thing.key] = [judgement]
        self._refuse(trying, asked)
        self._fit(trying, [*unrun, *asked])
        for matter, judgement in writing.judged(trial, trying, [matter for matter in found if matter.unknown]):
            self._found[matter.thing.key] = [judgement]
        self._rewrite(trying, asked)
        self._take(trying, asked)
        self._look_beside(found)
        self._follow(catalog, found)
        result = {}
        for thing in things:
            judged = self._found.get(thing.key)
            result[thing.key] = (
                verdict.together(judged) if judged else Judgement("same", "it holds no expression that reads a value")
            )
        return result

    def _follow(self, catalog: Catalog, found: Sequence[Matter]) -> None:
        """What reads a generated column was tried with its values of before, and is not known where they change."""
        changing = {
            (matter.own.oid, matter.parts["column"]): f"{matter.own.name}.{matter.parts['column']}"
            for matter in found
            if matter.own is not None and matter.parts.get("generated") and self._meaning(matter.thing.key) != "same"
        }
        for matter in found:
            keys = [matter.thing.key, *(("pg_class", oid) for oid in matter.views)]
            read = {column for key in keys if key in catalog.facts for column in catalog.facts[key].columns}
            names = sorted(changing[column] for column in read & changing.keys())
            if names and not matter.parts.get("generated") and self._meaning(matter.thing.key) == "same":
                why = f"it reads the generated column {', '.join(names)}, whose values may change"
                self._note(matter.thing, Judgement("unknown", why))

    def _meaning(self, key: tuple[str, int]) -> str:
        return verdict.together(self._found[key]).meaning if key in self._found else "same"

    def _questions(self, matter: Matter) -> list[Question]:
        own = matter.own.oid if matter.own is not None else 0
        try:
            asked = self._asked(matter, own)
        except NotToBeAsked as reason:
            matter.unknown = str(reason)
            return []
        if matter.own is not None and matter.own.oid in matter.views and matter.thing.catalog == "pg_class":
            return [question.over_view(matter.own.columns) for question in asked]
        if any(question.form in ("condition", "value") and question.table not in matter.tables for question in asked):
            matter.unknown = "it stands on a view, whose rows cannot be told apart"
            return []
        read = self._catalog.columns([matter.thing.key], own)
        return [replace(question, reads=None if read is None else frozenset(read)) for question in asked]

    def _asked(self, matter: Matter, own: int) -> list[Question]:
        if not matter.given:
            return questions(matter.thing, matter.parts, own, matter.columns)
        backups = {conversion.backup for conversion in self._conversions.values()} - {""}
        kept = lexing.mentions(matter.given, sorted(backups)) if backups else None
        if kept is not None:
            raise NotToBeAsked(f"the definition given reads {kept}, which the conversion makes")
        if matter.own is not None and matter.own.oid in matter.views:
            raise NotToBeAsked("a definition given for what stands on a view is not tried")
        new = given.parts(matter.thing, matter.given, matter.parts)
        old = given.effective(matter.thing, matter.parts, new)
        ask = partial(questions, matter.thing, table=own, columns=matter.columns)
        return given.paired(ask(old), ask(new))

    def _reads_ids(self, matter: Matter, question: Question) -> bool:
        """Whether a part of an object can read an id: a policy's other condition, the predicate of an index may not."""
        if question.form not in ("condition", "value") or matter.views or set(matter.tables) != {question.table}:
            return True
        table = matter.tables[question.table].name
        names = {column.name for column in self._conversions if column.table_name == table}
        # The names of rows stand where one is read as a whole.
        return any(
            token.kind == "name" and token.value in names | {table.name, "old", "new"}
            for token in lexing.tokens(f"{question.text} {question.rewritten}")
        )

    def _note(self, thing: Thing, judgement: Judgement) -> None:
        self._found.setdefault(thing.key, []).append(judgement)

    def _try(self, trying: Trying, asked: Sequence[tuple[Matter, Question]]) -> None:
        groups: dict[tuple[object, ...], list[tuple[Matter, Question]]] = {}
        for matter, question in asked:
            alone: tuple[object, ...] = (id(matter), question.form)
            if question.form in ("condition", "value") and set(matter.tables) == {question.table} and not matter.views:
                alone = (question.table, question.pairs, question.form)
            groups.setdefault((matter.path, tuple(sorted(matter.settings)), *alone), []).append((matter, question))
        # Few enough at a time that the rows can show whatever each of them looks for.
        chunks = [g[n : n + _TOGETHER] for g in groups.values() for n in range(0, len(g), _TOGETHER)]
        stages = [
            (list(members[0][0].tables.values()), list(dict.fromkeys(t for m, _ in members for t in m.texts)), members)
            for members in chunks
        ]
        self._trial.path(())
        try:
            casting.translate(self._trial, trying.company, [(tables, texts) for tables, texts, _ in stages])
        except psycopg.Error as error:
            refusal = f"the conversion could not be tried: {evaluation.failure(error).message}"
            for matter, _ in asked:
                self._note(matter.thing, Judgement("unknown", refusal))
            return
        path: tuple[str, ...] | None = None
        for _, texts, members in sorted(stages, key=lambda stage: stage[2][0][0].path):
            if members[0][0].path != path:
                path = members[0][0].path
                self._trial.path(path)
            self._trial.under({})
            try:
                judged = trying.answer(texts, members)
            except OutOfTime:
                judged = [Judgement("unknown", "the time for all trials together was used up")] * len(members)
            for (matter, _), judgement in zip(members, judged, strict=True):
                self._note(matter.thing, judgement)

    def _refuse(self, trying: Trying, asked: Sequence[tuple[Matter, Question]]) -> None:
        """What the server would say of definitions that cannot be made."""
        columns = {column.name for column in self._conversions}
        changing = {
            self._schema.tables[c.table_name].oid: kept for c, one in self._conversions.items() if (kept := one.backup)
        }
        for matter, question in asked:
            text, row_of = question.text_on("new"), matter.parts.get("row_of")
            if matter.thing.catalog == "pg_publication_rel" and offers.casts(text, columns):
                why = "PostgreSQL takes no row filter that casts a uuid to a text"
            elif row_of in changing and not self._catalog.facts[matter.thing.key].whole_row:
                why = (
                    f"it returns rows of a table that gets the column {changing[row_of]}, which its body does not give"
                )
            else:
                why = ""
            if why:
                why = f"the {matter.thing.kind} cannot be put back over uuids: {why}"
                self._found[matter.thing.key] = [Judgement("changed", why, fails=True)]
            if not question.given:
                continue
            self._trial.path(matter.path)
            self._trial.under({})
            try:
                refused = evaluation.refusal(self._trial, trying.stage([matter], matter.texts), question)
            except OutOfTime:
                return
            if refused is not None and refused.by_definition:
                why = f"the definition given for the {matter.thing.kind} cannot be made: {refused.message}"
                self._found[matter.thing.key] = [Judgement("changed", why, fails=True)]

    def _fit(self, trying: Trying, members: Sequence[tuple[Matter, Question]]) -> None:
        """What is not known has to fit the types at least: otherwise it cannot be put back, and no --allow helps."""
        for matter, question in members:
            if self._meaning(matter.thing.key) != "unknown":
                continue
            self._trial.path(matter.path)
            self._trial.under({})
            try:
                misfit = evaluation.misfit(self._trial, trying.bare_stage(matter), question)
            except OutOfTime:
                return
            if misfit is not None:
                what = (
                    f"the definition given for the {matter.thing.kind}"
                    if question.given
                    else f"the {matter.thing.kind}"
                )
                why = f"{what} cannot be {'made' if question.given else 'put back'} over uuids: {misfit.message}"
                self._note(matter.thing, Judgement("changed", why, fails=True))

    def _take(self, trying: Trying, asked: Sequence[tuple[Matter, Question]]) -> None:
        """Judge what reads a view by the definition that is offered for that view, where the user takes it."""
        for matter, _ in asked:
            for oid, query in matter.queries.items():
                texts = self._offered.get(("pg_class", oid), {}) if ("pg_class", oid) in self._taken else {}
                if query in texts:
                    matter.rewritten[oid] = texts[query]
            key = matter.thing.key
            if not any(("pg_class", oid) in self._taken & self._offered.keys() for oid in matter.rewritten):
                continue
            own = [(other, question) for other, question in asked if other is matter]
            if self._found.pop(key, None) is not None:
                self._offered.pop(key, None)
                self._try(trying, own)
                self._rewrite(trying, own)

    def _look_beside(self, found: Sequence[Matter]) -> None:
        """Columns that stay texts, and may be why an object changes: ids are compared with them."""
        named = {table.oid: table for table in self._schema.tables.values()}
        known: dict[ColumnName, bool] = {}
        for matter in found:
            judged = verdict.together(self._found[matter.thing.key]) if matter.thing.key in self._found else None
            if judged is None or judged.meaning != "changed" or matter.given:
                continue
            keys = [matter.thing.key, *(("pg_class", oid) for oid in matter.views)]
            read = {column for key in keys if key in self._catalog.facts for column in self._catalog.facts[key].columns}
            columns = [named[oid].name.column(name) for oid, name in sorted(read) if oid in named]
            beside = []
            for column in columns:
                facts = self._schema.column(column)
                if facts is None or not facts.is_text or column in self._conversions:
                    continue
                if column not in known:
                    try:
                        known[column] = samples.holds_ids(self._trial, column)
                    except OutOfTime:
                        return
                if known[column]:
                    beside.append(column)
            if beside:
                self._found[matter.thing.key] = [replace(judged, beside=tuple(beside))]

    def _rewrite(self, trying: Trying, asked: Sequence[tuple[Matter, Question]]) -> None:
        """Add an offer to what has changed, where there is one."""
        by_thing: dict[tuple[str, int], list[tuple[Matter, Question]]] = {}
        for matter, question in asked:
            by_thing.setdefault(matter.thing.key, []).append((matter, question))
        repairing = Repairing(self._trial, trying)
        for key, members in by_thing.items():
            judged = verdict.together(self._found[key])
            matter = members[0][0]
            if judged.meaning != "changed" or judged.offer is not None or matter.given:
                continue
            self._trial.path(matter.path)
            self._trial.under({})
            try:
                offered = repairing.offer(matter, [question for _, question in members])
            except OutOfTime:
                return
            if offered is not None:
                self._found[key] = [replace(judged, offer=offered[0])]
                self._offered[key] = offered[1]
        for matter, _ in asked:
            judged = verdict.together(self._found[matter.thing.key])
            roots = [str(v.name) for oid, v in matter.views.items() if self._meaning(("pg_class", oid)) == "changed"]
            if judged.meaning == "changed" and judged.offer is None and roots:
                why = f"{judged.why}; it reads {', '.join(roots)}, which has changed itself"
                self._found[matter.thing.key] = [replace(judged, why=why)]
