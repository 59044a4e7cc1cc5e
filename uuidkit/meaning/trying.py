"""One question, or several of a kind, asked over the texts and over the uuids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from uuidkit import lexing
from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import TableName
from uuidkit.meaning import casting, evaluation, props, verdict, view_defaults
from uuidkit.meaning.asking import Trial
from uuidkit.meaning.casting import LARGE, MIDDLE, SMALL, Company, Size
from uuidkit.meaning.evaluation import Answers, Failure, Table
from uuidkit.meaning.matters import Catalog, Matter
from uuidkit.meaning.model import Judgement
from uuidkit.meaning.questions import Question, questions
from uuidkit.meaning.scenarios import Scenario, scenarios
from uuidkit.meaning.stage import Stage, StagedView

_NOT_SET = "42704"
_ORDER = ("ORDER",)


class Trying:
    """Asks questions about objects, and judges the answers.

    Args:
        trial: whose search path and settings suit the questions.
        schema: the tables.
        catalog: what the objects use.
        company: who can be put on the stage.
    """

    def __init__(self, trial: Trial, schema: Schema, catalog: Catalog, company: Company) -> None:
        self._trial = trial
        self._schema = schema
        self._catalog = catalog
        self.company = company

    def stage(self, tried: Sequence[Matter], texts: Sequence[str], size: Size | None = None) -> Stage:
        """What all of some objects read, which are about the same tables and views.

        Args:
            tried: the objects.
            texts: the definitions whose literals are tried.
            size: how many rows; None for as many as suit conditions and values.
        """
        matter = tried[0]
        size = size or (LARGE if len(matter.tables) == 1 and not matter.settings else MIDDLE)
        keys = [*(one.thing.key for one in tried), *(("pg_class", oid) for oid in matter.views)]
        return Stage(
            tuple(
                casting.stand_in(self.company, relation, texts, size, self._catalog.columns(keys, oid))
                for oid, relation in matter.tables.items()
            ),
            self._views(matter),
        )

    def bare_stage(self, matter: Matter) -> Stage:
        """What an object reads, without any row.

        Args:
            matter: the object.
        """
        stage = self.stage([matter], [], SMALL)
        return Stage(tuple(table.limited([]) for table in stage.tables), stage.views)

    def empty_stage(self, matter: Matter) -> Stage:
        """The same, for a company of which nothing is gathered but what columns become.

        Args:
            matter: the object.
        """
        return Stage(
            tuple(casting.empty_stand_in(self.company, relation) for relation in matter.tables.values()),
            self._views(matter),
        )

    def _views(self, matter: Matter) -> tuple[StagedView, ...]:
        return tuple(
            StagedView(relation, matter.queries[oid], matter.rewritten.get(oid, ""))
            for oid, relation in matter.views.items()
        )

    def answer(self, texts: Sequence[str], members: Sequence[tuple[Matter, Question]]) -> list[Judgement]:
        """The judgement of each of some questions, which can be asked over one stage.

        Args:
            texts: the definitions whose literals are tried.
            members: each object with a question of it, all of one form, tables, views and settings.

        Raises:
            OutOfTime: the time for all objects is used up.
        """
        matter, first = members[0]
        matters_of = [matter for matter, _ in members]
        if first.form == "default":
            return [self._default(matter, question) for _, question in members]
        if first.form == "rows":
            return [self._rows(matter, question) for _, question in members]
        stage = self.stage(matters_of, texts)
        if any(question.given for _, question in members):
            # Conditions that differ for such rows alone are as good; most are.
            stage = stage.possible()
        asked = [question for _, question in members]
        if first.form == "value":
            return self._values(stage, members)
        return self._conditions(stage, asked, scenarios(stage, tuple(matter.settings), texts, matter.bodies))

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
            judged = (
                verdict.together(parts) if parts else Judgement("unknown", "it asks for a setting that nobody has set")
            )
            if judged.meaning == "unknown" and refusal is None and len(tried) == 1:
                judged = self._elsewhere(stage, question) or judged
            judged_all.append(judged)
        return judged_all

    def _elsewhere(self, stage: Stage, question: Question) -> Judgement | None:
        """The judgement of a condition that is always the same: with other rows, or whatever the rows; None without."""
        seen: set[bool] = set()
        others = [] if len(stage.tables) == 1 else [*stage.with_other_ids(), stage.with_others_empty(question.table)]
        for other in (stage, *others):
            [(before, after)] = self._both(other, [question])
            if isinstance(before, Failure) or isinstance(after, Failure):
                return None
            judged = verdict.of_condition(question, other.table(question.table), [("", before, after)])
            if judged.meaning == "changed":
                return judged
            seen |= verdict.answers_of(question, before)
            if other is stage and len(seen) != 1:
                return None  # something else than the ids decides as well
        if len(seen) > 1:
            return Judgement("same", "the same answer before and after, whatever rows the tables have that it reads")
        if all(evaluation.constant(self._trial, stage, question, side) for side in evaluation.SIDES):
            return Judgement("same", "its answer does not hang on any value")
        return None

    def _both(self, stage: Stage, asked: Sequence[Question]) -> list[tuple[Answers | Failure, Answers | Failure]]:
        """The answers before and after; what fails before is not asked again."""
        before = evaluation.answers(self._trial, stage, asked, "old")
        again = [number for number, found in enumerate(before) if not isinstance(found, Failure)]
        after = evaluation.answers(self._trial, stage, [asked[number] for number in again], "new") if again else []
        found: dict[int, Answers | Failure] = dict(zip(again, after, strict=True))
        return [(answer, found.get(number, answer)) for number, answer in enumerate(before)]

    def _values(self, stage: Stage, members: Sequence[tuple[Matter, Question]]) -> list[Judgement]:
        asked = [question for _, question in members]
        judged = []
        for (matter, question), (before, after) in zip(members, self._both(stage, asked), strict=True):
            if isinstance(before, Failure) or isinstance(after, Failure):
                judged.append(_refused(question, before, after))
                continue
            table = stage.table(question.table)
            # What another expression looks for says nothing of this one.
            own = casting.own_texts(self.company, table.relation, question.text)
            concerned = {
                number: answer
                for number, answer in before.items()
                if table.rows[number].variant < 0 or own.issuperset(table.converted(table.rows[number]))
            }
            strange = casting.strange(self.company, matter.tables.values(), [question.text])
            known = verdict.Known(self.company.all_uuids, strange)
            judged.append(verdict.of_value(question, table, concerned, after, known))
        return judged

    def _rows(self, matter: Matter, question: Question, size: Size = MIDDLE) -> Judgement:
        stage = self.stage([matter], matter.texts, size)
        if question.given or matter.rewritten:
            stage = stage.possible()
        worst: Judgement | None = None
        for scenario in scenarios(stage, tuple(matter.settings), matter.texts, matter.bodies):
            self._trial.under(scenario.settings)
            judged = self._rows_under(stage, question, matter)
            if judged.meaning == "unknown" and size is MIDDLE and "too long" in judged.why:
                return self._rows(matter, question, SMALL)
            if judged.meaning == "changed":
                return judged
            if worst is None or worst.meaning == "unknown":
                worst = judged
        assert worst is not None
        return worst

    def _rows_under(self, stage: Stage, question: Question, matter: Matter) -> Judgement:
        before = evaluation.table(self._trial, stage, question, "old")
        if isinstance(before, Failure) and before.sqlstate in evaluation.NEEDS_TABLE:
            keys = self._keys(stage)
            before = props.table_with_keys(self._trial, stage, question, "old", keys, matter.path)
            after = props.table_with_keys(self._trial, stage, question, "new", keys, matter.path)
            self._trial.start_afresh()
            return self._compared(matter, question, before, after, None)
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
        judged = self._compared(matter, question, before, after, everything)
        if judged.meaning != "same" or not matter.reads_ids:
            return judged
        if any(lexing.mentions(text, _ORDER) for text in matter.texts):
            rest = stage.without_null()
            was = evaluation.table(self._trial, rest, question, "old")
            now = evaluation.table(self._trial, rest, question, "new")
            ordered = self._compared(matter, question, was, now, None)
            if ordered.meaning == "changed":
                return ordered
            otherwise = self._order(rest, question, matter)
            if otherwise is not None:
                return otherwise
            if isinstance(was, Table) and self._confirmed(rest, question, was, judged).meaning == "same":
                return judged
        return self._confirmed(stage, question, before, judged)

    def _order(self, stage: Stage, question: Question, matter: Matter) -> Judgement | None:
        """The judgement of a view whose rows come in another order; None where they do not, or where none is said."""
        if question.thing.kind != "view" or lexing.clause(question.text, "ORDER", ()) is None:
            return None
        few = stage.of_different_ids()
        before, after = (evaluation.table(self._trial, few, question, side) for side in evaluation.SIDES)
        again = evaluation.table(self._trial, few.backwards(), question, "old")
        # Rows that are equal to what orders them come in any order.
        if isinstance(before, Failure) or isinstance(after, Failure) or before != again:
            return None
        return verdict.of_order(question, before, after, self._known(matter))

    def _confirmed(self, stage: Stage, question: Question, before: Table, judged: Judgement) -> Judgement:
        """A judgement stands only where other ids would have given another answer."""
        for other_stage in stage.with_other_ids():
            other = evaluation.table(self._trial, other_stage, question, "old")
            if not isinstance(other, Table) or other.rows != before.rows:
                return judged
        return Judgement("unknown", verdict.NO_DIFFERENCE)

    def _default(self, matter: Matter, question: Question) -> Judgement:
        expression = matter.parts["value"]
        # The types tell without its value, which may be another one each time.
        bare = {**matter.parts, "value": f"(SELECT {expression} WHERE false)"}
        [typed] = questions(matter.thing, bare, question.table, matter.columns)
        stage = self.stage([matter], matter.texts, SMALL)
        before, after = (evaluation.table(self._trial, stage, typed, side) for side in evaluation.SIDES)
        if isinstance(before, Failure) or isinstance(after, Failure):
            return _refused(question, before, after)
        value: str | None = None
        if not matter.unrun and not view_defaults.fits(before, after):
            answer = evaluation.table(self._trial, stage, question, "old")
            if not isinstance(answer, Failure):
                [(value, _)] = answer.rows
        view, column = matter.thing.table, matter.parts["column"]
        return view_defaults.judged(view, column, expression, before, after, value, self.company.all_uuids)

    def defaults(self, unrun: Sequence[tuple[Matter, Question]]) -> Iterator[tuple[Matter, Judgement]]:
        """The judgement of each default among what may not be run: its type tells.

        Args:
            unrun: objects with their questions.
        """
        for matter, question in unrun:
            if question.form == "default":
                self._trial.path(matter.path)
                self._trial.under({})
                yield matter, self._default(matter, question)

    def _compared(
        self,
        matter: Matter,
        question: Question,
        before: Table | Failure,
        after: Table | Failure,
        everything: Table | None,
    ) -> Judgement:
        if isinstance(before, Failure) or isinstance(after, Failure):
            return _refused(question, before, after)
        return verdict.of_rows(question, before, after, everything, self._known(matter))

    def _known(self, matter: Matter) -> verdict.Known:
        strange = casting.strange(self.company, matter.tables.values(), matter.texts)
        return verdict.Known(self.company.all_uuids, strange, self.company.real_values)

    def _keys(self, stage: Stage) -> dict[TableName, tuple[str, ...]]:
        oids = {table.relation.name for table in stage.tables}
        return {
            index.table: tuple(column for column in index.key_columns if column is not None)
            for index in self._schema.indexes
            if index.primary and index.table in oids
        }


def _refused(question: Question, before: object, after: object) -> Judgement:
    return verdict.refused(
        question, before if isinstance(before, Failure) else None, after if isinstance(after, Failure) else None
    )
