"""New definitions that mean what the old ones meant, found by trying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from uuidkit.ids import Shape
from uuidkit.meaning import definitions, evaluation, offers
from uuidkit.meaning.asking import Trial
from uuidkit.meaning.evaluation import Failure
from uuidkit.meaning.matters import Matter
from uuidkit.meaning.offers import Choice, Place
from uuidkit.meaning.questions import Question
from uuidkit.meaning.trying import Trying

_MOST_TRIES = 24  # per expression
_NEAR = 6  # places around that of an error that are looked at


class Repairing:
    """Looks for definitions that mean the same over uuids.

    The server says where an expression does not fit; there an old id becomes its uuid, or a column that was compared as
    a text is compared as a uuid, or the other way round. What comes out is offered where it is judged to be the same.

    Args:
        trial: as in ``trying``.
        trying: asks the questions.
    """

    def __init__(self, trial: Trial, trying: Trying) -> None:
        self._trial = trial
        self._trying = trying
        self._columns = {column.name for column in trying.company.conversions}

    def offer(self, matter: Matter, asked: Sequence[Question]) -> tuple[str, Mapping[str, str]] | None:
        """A complete definition, and each expression in it with the one that takes its place; None where there is none.

        Args:
            matter: an object that does not mean the same.
            asked: all that is asked about it.
        """
        company = self._trying.company
        uuids = offers.old_ids(matter.texts, company.all_uuids, company.real_texts)
        chosen: dict[str, Choice] = {}
        for question in asked:
            if question.text not in chosen:
                found = self._solution(matter, question, uuids)
                if found is None:
                    return None
                chosen[question.text] = found
        self._trial.path(())
        complete = definitions.complete(self._trial, matter.thing.key)
        self._trial.path(matter.path)
        if complete is None:
            return None
        head, body = complete
        moved = offers.within(chosen, body)
        if moved is None:
            return None
        text = offers.apply(body, moved)
        again = {text: offers.apply(text, places) for text, places in chosen.items()}
        return f"{head} {text}".strip().rstrip(";") + ";", again

    def _solution(self, matter: Matter, question: Question, uuids: Mapping[str, str]) -> Choice | None:
        """The places to change so that an expression means the same; none where it does as it is."""
        places = offers.places(question.text, uuids, self._columns)
        waiting = list(offers.beginnings(places))
        seen: set[Choice] = set()
        stage = self._trying.stage([matter], matter.texts)
        as_texts = self._print_alike(matter)
        while waiting and len(seen) < _MOST_TRIES:
            choice = waiting.pop(0)
            if choice in seen:
                continue
            seen.add(choice)
            again = question.with_rewritten(offers.apply(question.text, choice))
            refused = evaluation.refusal(self._trial, stage, again)
            if refused is None or refused.sqlstate in evaluation.NEEDS_TABLE or refused.by_value:
                if self._same(matter, question, choice):
                    return self._fewer(matter, question, choice)
            else:
                waiting[:0] = self._around(again, choice, places, refused, as_texts)
        return None

    def _same(self, matter: Matter, question: Question, choice: Choice) -> bool:
        again = question.with_rewritten(offers.apply(question.text, choice))
        if matter.thing.catalog == "pg_publication_rel" and offers.casts(again.rewritten, self._columns):
            return False  # PostgreSQL takes no such row filter
        return all(judged.meaning == "same" for judged in self._trying.answer(matter.texts, [(matter, again)]))

    def _fewer(self, matter: Matter, question: Question, choice: Choice) -> Choice:
        """The same without the casts that it can do without: what is shown as a uuid stays one."""
        for place in sorted(choice, key=lambda place: place.first):
            if place.kind == "column" and len(choice) > 1 and self._same(matter, question, choice - {place}):
                choice = choice - {place}
        return choice

    def _print_alike(self, matter: Matter) -> bool:
        """Whether every id that an object reads is spelled as its uuid prints: only then a text may be compared."""
        tables = {table.name for table in matter.tables.values()}
        return all(
            set(conversion.shapes) <= {Shape()}
            for column, conversion in self._trying.company.conversions.items()
            if column.table_name in tables
        )

    def _around(
        self, question: Question, choice: Choice, places: Sequence[Place], refused: Failure, as_texts: bool
    ) -> list[Choice]:
        """The choices that differ in one place close to that of an error."""
        if refused.place is None:
            return []
        moved = offers.positions(question.text, choice, places)
        near = sorted(places, key=lambda place: _distance(moved[place], refused.place or 0))[:_NEAR]
        found = []
        # An id that is compared as a uuid is found by its index; one that is cast to text is not.
        for place in sorted(near, key=lambda place: place.kind == "column"):
            if place.kind == "column" and not as_texts:
                continue
            rest = {other for other in choice if other.last < place.first or other.first > place.last}
            found.append(frozenset(rest if place in choice else {*rest, place}))
        return found


def _distance(span: tuple[int, int], place: int) -> int:
    start, end = span
    return max(start - place, place - end, 0)
