"""Does each object that reads a converted column say the same afterwards?

Every expression is tried on a stage: stand-ins for the affected tables, filled with rows of the tables themselves and
with rows made for the purpose, once as they are and once with uuids. Nothing is created, and nothing of the users' is
run that could write: volatile functions are not called, and the transaction is read-only while it lasts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import psycopg

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import TableName
from uuidkit.database.session import Session
from uuidkit.meaning import casting, definitions, evaluation, lexing, matters, offers, props, verdict
from uuidkit.meaning.asking import OutOfTime, Trial
from uuidkit.meaning.casting import LARGE, MIDDLE, SMALL, Company, Size
from uuidkit.meaning.evaluation import Answers, Failure, Stage, Table
from uuidkit.meaning.matters import Catalog, Matter
from uuidkit.meaning.model import Conversion, Judgement, Thing
from uuidkit.meaning.questions import NotToBeAsked, Question, questions
from uuidkit.meaning.scenarios import Scenario, scenarios

_PATIENCE = 6  # times the limit of one question, for all of them together
_SHARE = 0.2  # seconds for each of many objects
_NOT_SET = "42704"
_ORDER = ("ORDER",)
_TOGETHER = 12  # questions in one statement


def judge(
    session: Session,
    schema: Schema,
    conversions: Sequence[Conversion],
    things: Sequence[Thing],
    *,
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
            return judge(session, schema, conversions, things, time_limit=time_limit)
    with Trial(session, time_limit, max(time_limit * _PATIENCE, _SHARE * len(things))) as trial:
        return _Judge(trial, schema, conversions).all(things)


class _Judge:
    def __init__(self, trial: Trial, schema: Schema, conversions: Sequence[Conversion]) -> None:
        self._trial = trial
        self._schema = schema
        self._conversions = casting.inherited(schema, conversions)
        self._found: dict[tuple[str, int], list[Judgement]] = {}
        self._catalog = Catalog({}, {}, {})

    def all(self, things: Sequence[Thing]) -> dict[tuple[str, int], Judgement]:
        trial, schema = self._trial, self._schema
        catalog = self._catalog = matters.read(trial, schema, things)
        found = matters.matters(trial, schema, catalog, things, list(self._conversions))
        asked: list[tuple[Matter, Question]] = []
        for matter in found:
            if not matter.unknown and matter.untouched:
                self._note(matter.thing, Judgement("same", "it reads none of the columns that change"))
            elif not matter.unknown:
                for question in self._questions(matter):
                    if self._reads_ids(matter, question):
                        asked.append((matter, question))
                    else:
                        self._note(matter.thing, Judgement("same", "it reads none of the columns that change"))
            if matter.unknown:
                self._note(matter.thing, Judgement("unknown", matter.unknown))
        company = casting.gather(trial, schema, catalog, list({id(m): m for m, _ in asked}.values()), self._conversions)
        self._try(company, asked)
        self._rewrite(company, asked)
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
            asked = questions(matter.thing, matter.parts, own, matter.columns)
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

    def _reads_ids(self, matter: Matter, question: Question) -> bool:
        """Whether a part of an object can read an id: a policy's other condition, the predicate of an index may not."""
        if question.form not in ("condition", "value") or matter.views or set(matter.tables) != {question.table}:
            return True
        table = matter.tables[question.table].name
        names = {column.name for column in self._conversions if column.table_name == table}
        # The names of rows stand where one is read as a whole.
        return any(token.value in names | {table.name, "old", "new"} for token in lexing.tokens(question.text))

    def _note(self, thing: Thing, judgement: Judgement) -> None:
        self._found.setdefault(thing.key, []).append(judgement)

    def _try(self, company: Company, asked: Sequence[tuple[Matter, Question]]) -> None:
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
            casting.translate(self._trial, company, [(tables, texts) for tables, texts, _ in stages])
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
                judged = self._group(company, texts, members)
            except OutOfTime:
                judged = [Judgement("unknown", "the time for all trials together was used up")] * len(members)
            for (matter, _), judgement in zip(members, judged, strict=True):
                self._note(matter.thing, judgement)

    def _group(
        self, company: Company, texts: Sequence[str], members: Sequence[tuple[Matter, Question]]
    ) -> list[Judgement]:
        matter, first = members[0]
        matters_of = [matter for matter, _ in members]
        if first.form == "default":
            return [self._default(company, matter, question) for _, question in members]
        if first.form == "rows":
            return [self._rows(company, matter, question) for _, question in members]
        size = LARGE if len(matter.tables) == 1 and not matter.settings else MIDDLE
        stage = self._stage(company, matters_of, texts, size)
        asked = [question for _, question in members]
        if first.form == "value":
            return self._values(company, stage, members)
        return self._conditions(stage, asked, scenarios(stage, tuple(matter.settings), texts, matter.bodies))

    def _stage(self, company: Company, tried: Sequence[Matter], texts: Sequence[str], size: Size) -> Stage:
        """What all of some objects read, which are about the same tables and views."""
        matter = tried[0]
        keys = [*(one.thing.key for one in tried), *(("pg_class", oid) for oid in matter.views)]
        return Stage(
            tuple(
                casting.stand_in(company, relation, texts, size, self._catalog.columns(keys, oid))
                for oid, relation in matter.tables.items()
            ),
            tuple((relation, matter.queries[oid]) for oid, relation in matter.views.items()),
        )

    def _conditions(self, stage: Stage, asked: Sequence[Question], tried: Sequence[Scenario]) -> list[Judgement]:
        seen: list[list[verdict.Scenario]] = [[] for _ in asked]
        refusals: list[Judgement | None] = [None] * len(asked)
        for scenario in tried:
            self._trial.under(scenario.settings)
            out = evaluation.answerless(self._trial, stage, asked) if scenario.settings else set()
            chosen = [number for number in range(len(asked)) if number not in out]
            if not chosen:
                continue
            for number, (before, after) in zip(
                chosen, self._both(stage, [asked[number] for number in chosen]), strict=True
            ):
                if isinstance(before, Failure) and before.sqlstate == _NOT_SET and scenario.label == "":
                    continue  # what is asked for has to be set
                if isinstance(before, Failure) or isinstance(after, Failure):
                    judged = _refused(asked[number], before, after)
                    if refusals[number] is None or judged.meaning == "changed":
                        refusals[number] = judged
                else:
                    seen[number].append((scenario.label, before, after))
        judged_all = []
        for question, answers, refusal in zip(asked, seen, refusals, strict=True):
            parts = [refusal] if refusal is not None else []
            if answers:
                parts.append(verdict.of_condition(question, stage.table(question.table), answers))
            judged_all.append(
                verdict.together(parts) if parts else Judgement("unknown", "it asks for a setting that nobody has set")
            )
        return judged_all

    def _both(self, stage: Stage, asked: Sequence[Question]) -> list[tuple[Answers | Failure, Answers | Failure]]:
        """The answers before and after; what fails before is not asked again."""
        before = evaluation.answers(self._trial, stage, asked, "old")
        again = [number for number, found in enumerate(before) if not isinstance(found, Failure)]
        after = evaluation.answers(self._trial, stage, [asked[number] for number in again], "new") if again else []
        found: dict[int, Answers | Failure] = dict(zip(again, after, strict=True))
        return [(answer, found.get(number, answer)) for number, answer in enumerate(before)]

    def _values(self, company: Company, stage: Stage, members: Sequence[tuple[Matter, Question]]) -> list[Judgement]:
        asked = [question for _, question in members]
        judged = []
        for (matter, question), (before, after) in zip(members, self._both(stage, asked), strict=True):
            if isinstance(before, Failure) or isinstance(after, Failure):
                judged.append(_refused(question, before, after))
                continue
            table = stage.table(question.table)
            # What another expression looks for says nothing of this one.
            own = casting.own_texts(company, table.relation, question.text)
            concerned = {
                number: answer
                for number, answer in before.items()
                if table.rows[number].variant < 0 or own.issuperset(table.converted(table.rows[number]))
            }
            strange = casting.strange(company, matter.tables.values(), [question.text])
            judged.append(verdict.of_value(question, table, concerned, after, company.all_uuids, strange))
        return judged

    def _rows(self, company: Company, matter: Matter, question: Question, size: Size = MIDDLE) -> Judgement:
        stage = self._stage(company, [matter], matter.texts, size)
        worst: Judgement | None = None
        for scenario in scenarios(stage, tuple(matter.settings), matter.texts, matter.bodies):
            self._trial.under(scenario.settings)
            judged = self._rows_under(company, stage, question, matter)
            if judged.meaning == "unknown" and size is MIDDLE and "too long" in judged.why:
                return self._rows(company, matter, question, SMALL)
            if judged.meaning == "changed":
                return judged
            if worst is None or worst.meaning == "unknown":
                worst = judged
        assert worst is not None
        return worst

    def _rows_under(self, company: Company, stage: Stage, question: Question, matter: Matter) -> Judgement:
        before = evaluation.table(self._trial, stage, question, "old")
        if isinstance(before, Failure) and before.sqlstate in props.NEEDS_TABLE:
            keys = self._keys(stage)
            before = props.table_with_keys(self._trial, stage, question, "old", keys, matter.path)
            after = props.table_with_keys(self._trial, stage, question, "new", keys, matter.path)
            self._trial.start_afresh()
            return self._compared(company, matter, question, before, after, None)
        if isinstance(before, Failure) and before.by_value:
            # A made value may be to blame: then the tables' own rows have to do.
            first, stage = before, stage.of_real_rows()
            before = evaluation.table(self._trial, stage, question, "old")
            if isinstance(before, Table) and not before.rows:
                return _refused(question, first, None)
        if isinstance(before, Failure):
            return _refused(question, before, None)
        after = evaluation.table(self._trial, stage, question, "new")
        everything = None
        if isinstance(after, Table) and not before.rows and not after.rows:
            found = evaluation.table(self._trial, stage, question, "old", unconverted=True)
            everything = found if isinstance(found, Table) else None
        judged = self._compared(company, matter, question, before, after, everything)
        if judged.meaning != "same" or not matter.reads_ids:
            return judged
        if any(lexing.mentions(text, _ORDER) for text in matter.texts):
            rest = stage.without_null()
            was = evaluation.table(self._trial, rest, question, "old")
            now = evaluation.table(self._trial, rest, question, "new")
            ordered = self._compared(company, matter, question, was, now, None)
            if ordered.meaning == "changed":
                return ordered
        return self._confirmed(stage, question, before, judged)

    def _confirmed(self, stage: Stage, question: Question, before: Table, judged: Judgement) -> Judgement:
        """A judgement stands only where other ids would have given another answer."""
        for other_stage in stage.with_other_ids():
            other = evaluation.table(self._trial, other_stage, question, "old")
            if not isinstance(other, Table) or other.rows != before.rows:
                return judged
        return Judgement("unknown", verdict.NO_DIFFERENCE)

    def _default(self, company: Company, matter: Matter, question: Question) -> Judgement:
        stage = self._stage(company, [matter], matter.texts, SMALL)
        before = evaluation.table(self._trial, stage, question, "old")
        after = evaluation.table(self._trial, stage, question, "new")
        if isinstance(before, Failure) or isinstance(after, Failure):
            return _refused(question, before, after)
        judged = verdict.of_default(question, before, after, company.all_uuids)
        uuid = (judged.example or {}).get("uuid")
        if not isinstance(uuid, str):
            return judged
        return replace(judged, offer=offers.new_default(matter.thing.table, matter.parts["column"], uuid))

    def _compared(
        self,
        company: Company,
        matter: Matter,
        question: Question,
        before: Table | Failure,
        after: Table | Failure,
        everything: Table | None,
    ) -> Judgement:
        if isinstance(before, Failure) or isinstance(after, Failure):
            return _refused(question, before, after)
        strange = casting.strange(company, matter.tables.values(), matter.texts)
        return verdict.of_rows(question, before, after, everything, company.all_uuids, strange)

    def _keys(self, stage: Stage) -> dict[TableName, tuple[str, ...]]:
        oids = {table.relation.name for table in stage.tables}
        return {
            index.table: tuple(column for column in index.key_columns if column is not None)
            for index in self._schema.indexes
            if index.primary and index.table in oids
        }

    def _rewrite(self, company: Company, asked: Sequence[tuple[Matter, Question]]) -> None:
        """Add an offer to what has changed, where there is one."""
        by_thing: dict[tuple[str, int], list[tuple[Matter, Question]]] = {}
        for matter, question in asked:
            by_thing.setdefault(matter.thing.key, []).append((matter, question))
        for key, members in by_thing.items():
            judged = verdict.together(self._found[key])
            if judged.meaning != "changed":
                continue
            matter = members[0][0]
            self._trial.path(matter.path)
            self._trial.under({})
            try:
                offered = self._offer(company, matter, [q for _, q in members], fails=judged.fails)
            except OutOfTime:
                return
            self._found[key] = [replace(judged, offer=offered)]
        for matter, _ in asked:
            judged = verdict.together(self._found[matter.thing.key])
            roots = [str(v.name) for oid, v in matter.views.items() if self._meaning(("pg_class", oid)) == "changed"]
            if judged.meaning == "changed" and judged.offer is None and roots:
                why = f"{judged.why}; it reads {', '.join(roots)}, which has changed itself"
                self._found[matter.thing.key] = [replace(judged, why=why)]

    def _offer(self, company: Company, matter: Matter, asked: Sequence[Question], *, fails: bool) -> str | None:
        """A complete definition that means the same, where that takes no more than uuids for the old ids in it."""
        columns = {column.name for column in self._conversions}
        uuids = offers.old_ids(matter.texts, company.all_uuids, company.real_texts)
        if not uuids and matter.parts.get("query") is None and not fails:
            return None
        texts = matter.texts
        for way in (0, 1):
            rewritten = [list(offers.rewritten(question.text, uuids, columns))[way : way + 1] for question in asked]
            if not any(rewritten):
                return None
            again = [question.with_rewritten("".join(text)) for question, text in zip(asked, rewritten, strict=True)]
            judged = [self._group(company, texts, [(matter, question)])[0] for question in again]
            if all(judgement.meaning == "same" for judgement in judged):
                self._trial.path(())
                complete = definitions.complete(self._trial, matter.thing.key)
                self._trial.path(matter.path)
                if complete is None:
                    return None
                head, body = complete
                [text] = list(offers.rewritten(body, uuids, columns))[way : way + 1] or [body]
                return f"{head} {text}".strip().rstrip(";") + ";"
        return None


def _refused(question: Question, before: object, after: object) -> Judgement:
    return verdict.refused(
        question, before if isinstance(before, Failure) else None, after if isinstance(after, Failure) else None
    )
