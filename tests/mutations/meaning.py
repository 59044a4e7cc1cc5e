"""Whether an object says the same: what is tried, compared and offered; each line left out by itself."""

from __future__ import annotations

from tests.mutations.mutation import Mutation, cases

_GIVEN = "uuidkit/meaning/given.py"
_REPAIRING = "uuidkit/meaning/repairing.py"
_TRYING = "uuidkit/meaning/trying.py"
_ARGUMENTS = "uuidkit/meaning/arguments.py"
_MADE = "uuidkit/meaning/made.py"
_TESTS = "tests/uuidkit/meaning"
_OF_GIVEN = (f"{_TESTS}/test_given.py",)
_OF_KINDS = (f"{_TESTS}/test_kinds.py",)
_OF_EVIDENCE = (f"{_TESTS}/test_evidence.py",)
_OF_TRUTH = (f"{_TESTS}/test_truth.py",)
_LOOKED_FOR = (f"{_TESTS}/test_what_is_looked_for.py",)

MEANING = (
    Mutation(
        "meaning: functions in a definition that is given",
        _GIVEN,
        "            frozenset(oid for name, oid in called if name in _called(text)) - {key[1]},\n",
        "            frozenset(),\n",
        _OF_GIVEN,
        "a function that writes is called for a trial",
    ),
    Mutation(
        "meaning: tables in a definition that is given",
        _GIVEN,
        "        read = {relation.oid: relation for relation in relations if relation.name.name in own}\n",
        "        read = {}\n",
        _OF_GIVEN,
        "the definition is tried on the tables themselves, as they are before",
    ),
    Mutation(
        "meaning: a given policy without a condition for new rows",
        _GIVEN,
        '            return {"using": using or _TRUE, "with_check": (check or using or _TRUE) if asked else None}\n',
        '            return {"using": using or _TRUE, "with_check": (check or old["with_check"]) if asked else None}\n',
        _OF_GIVEN,
        "rows that the old policy refused can be written, and the report says that all is as it was",
    ),
    Mutation(
        "meaning: a condition that the given definition has not",
        _GIVEN,
        "        text = other.text if other is not None else _TRUE\n",
        "        text = other.text if other is not None else question.text\n",
        _OF_GIVEN,
        "what was refused or hidden is let through",
    ),
    Mutation(
        "meaning: a function with a string for a body is not tried",
        _GIVEN,
        '    raise NotToBeAsked("the body of the function given is a string")\n',
        '    return "RETURN NULL"\n',
        _OF_GIVEN,
        "what nobody has read counts as looked at",
    ),
    Mutation(
        "meaning: an offer says the same",
        _REPAIRING,
        "        return all(judged.meaning == ",
        "        return True or all(judged.meaning == ",
        (*_OF_TRUTH, *_OF_KINDS),
        "a definition is offered that means something else",
    ),
    Mutation(
        "meaning: an offered row filter can be made",
        _REPAIRING,
        "            return False  # PostgreSQL takes no such row filter\n",
        "            pass\n",
        (f"{_TESTS}/test_silent.py",),
        "the conversion fails on what the report has offered",
    ),
    Mutation(
        "meaning: every expression of what is offered is mended",
        _REPAIRING,
        "                if found is None:\n                    return None\n",
        "                if found is None:\n                    continue\n",
        (*_OF_KINDS, *_OF_TRUTH, *cases("policies_to_be_decided", "checks_to_be_decided")),
        "half a definition is offered as if it meant the same",
    ),
    Mutation(
        "meaning: the same only where other ids would make a difference",
        _TRYING,
        '        return Judgement("unknown", verdict.NO_DIFFERENCE)\n\n    def _default(',
        "        return judged\n\n    def _default(",
        _OF_EVIDENCE,
        "what was never put to the test is called the same",
    ),
    Mutation(
        "meaning: rows without a uuid are looked at where nothing else is shown",
        _TRYING,
        '            found = evaluation.table(self._trial, stage, question, "old", unconverted=True)\n',
        '            found = evaluation.table(self._trial, stage, question, "old")\n',
        _OF_KINDS,
        "a view that looks for a word finds nothing any more, and is called the same",
    ),
    Mutation(
        "meaning: the order of the ids",
        _TRYING,
        '            if ordered.meaning == "changed":\n                return ordered\n',
        '            if ordered.meaning == "changed":\n                return judged\n',
        (*_OF_KINDS, *_OF_EVIDENCE, *_OF_TRUTH, f"{_TESTS}/test_expressions.py"),
        "the first row is another one, and nobody is told",
    ),
    Mutation(
        "meaning: every state of a setting counts",
        _TRYING,
        "                    seen[number].append((scenario.label, before, after))\n",
        "                    seen[number][:] = [(scenario.label, before, after)]\n",
        (f"{_TESTS}/test_silent.py", *_OF_EVIDENCE),
        "a policy admits everybody under a setting that was not looked at",
    ),
    Mutation(
        "meaning: a view differs under one state of a setting",
        _TRYING,
        '            if judged.meaning == "changed":\n                return judged\n            if worst is None',
        "            if worst is None",
        _LOOKED_FOR,
        "a view hides everything from whoever sets it, and nobody is told",
    ),
    Mutation(
        "meaning: answers after the conversion are asked over uuids",
        _TRYING,
        '[asked[number] for number in again], "new")',
        '[asked[number] for number in again], "old")',
        _OF_TRUTH,
        "everything means the same",
    ),
    Mutation(
        "meaning: a failure over uuids is one",
        _TRYING,
        "            if isinstance(before, Failure) or isinstance(after, Failure):\n"
        "                judged.append(_refused(question, before, after))\n",
        "            if isinstance(before, Failure):\n"
        "                judged.append(_refused(question, before, after))\n"
        "            if isinstance(after, Failure):\n"
        '                judged.append(Judgement("same", ""))\n',
        (*_OF_TRUTH, f"{_TESTS}/test_silent.py"),
        "an index that cannot be made again is only found out on the way",
    ),
    Mutation(
        "meaning: numbers that a function looks for",
        _ARGUMENTS,
        "        around = [number + more for number in what.numbers for more in (0, 1, -1)]\n",
        "        around: list[int] = []\n",
        _LOOKED_FOR,
        "a function answers otherwise for one kind of thing, and nobody is told",
    ),
    Mutation(
        "meaning: parameters differ from one another",
        _ARGUMENTS,
        "    return list(dict.fromkeys([*aligned, *others]))[:most]\n",
        "    return list(dict.fromkeys(aligned))[:most]\n",
        _LOOKED_FOR,
        "a function of two ids is tried with the same twice, and answers otherwise for others",
    ),
    Mutation(
        "meaning: constants of a type that are looked for",
        _MADE,
        "    found += [value for value, of in what.constants if of in (unmodified(type), kind)]\n",
        "",
        _LOOKED_FOR,
        "a view answers otherwise on one day, and nobody is told",
    ),
    Mutation(
        "meaning: years and months that are looked for",
        _MADE,
        '        found += [f"{number}-06-15" for number in what.numbers if _YEARS[0] <= number <= _YEARS[1]]\n',
        "",
        _LOOKED_FOR,
        "a view answers otherwise in one year, and nobody is told",
    ),
    Mutation(
        "meaning: a default has to fit the view's column",
        "uuidkit/meaning/view_defaults.py",
        "    return after.types[1] in (before.types[1], after.types[0])\n",
        "    return True\n",
        cases("views_with_defaults"),
        "a plan that is ready fails on the way",
    ),
    Mutation(
        "meaning: triggers that pass a column's name",
        "uuidkit/planning/dependents.py",
        "    for trigger in facts.naming_triggers:\n",
        "    for trigger in facts.naming_triggers[:0]:\n",
        cases("triggers_naming_columns"),
        "every INSERT fails afterwards",
    ),
    Mutation(
        "meaning: graphs that an object ties together",
        "uuidkit/tying.py",
        "        if any(one.key in found for found in found_out):\n",
        "        if False:\n",
        cases("graphs_tied_by_an_object"),
        "a plan that is ready fails at the second graph",
    ),
    Mutation(
        "meaning: an object between graphs is looked at with either of them over uuids",
        "uuidkit/tying.py",
        "        for side in (0, 1)\n",
        "        for side in (1,)\n",
        cases("meaning_offered"),
        "a plan that is ready fails at the first graph",
    ),
    Mutation(
        "meaning: a condition that an object has twice is mended twice",
        "uuidkit/meaning/offers.py",
        "            found = True\n            taken.update(range(start, at[-1] + 1))\n",
        "            if found:\n                break\n            found = True\n"
        "            taken.update(range(start, at[-1] + 1))\n",
        (*cases("meaning_offered"), f"{_TESTS}/test_lexing.py"),
        "the conversion fails on what the report has offered",
    ),
    Mutation(
        "meaning: an array of ids of several graphs ties them",
        "uuidkit/meaning/judge.py",
        "replace(question, text=as_it_was(question.text))",
        "question",
        cases("lists_of_varchar"),
        "graphs converted by a script of several cannot be reverted one after the other",
    ),
    Mutation(
        "meaning: a text that reads like a row's name is none",
        "uuidkit/meaning/judge.py",
        'token.kind == "name" and token.value in names',
        "token.value in names",
        cases("lists_of_varchar"),
        "a partial index WHERE status = 'new' keeps a conversion from starting",
    ),
    Mutation(
        "meaning: the case of rows that the survey counts with others",
        "uuidkit/meaning/casting.py",
        "        return conversion\n    place",
        "        return conversion\n    return conversion\n    place",
        cases("views_in_order"),
        "min(id) over ids in upper and lower case is another one, and the report says that it is the same",
    ),
    Mutation(
        "meaning: the order of a view's rows",
        _TRYING,
        "            if otherwise is not None:\n",
        "            if False:\n",
        cases("views_in_order"),
        "a view ORDER BY id shows its rows in another order, and the report says that it is the same",
    ),
    Mutation(
        "meaning: what writes is made once to see whether it can be",
        "uuidkit/meaning/writing.py",
        '            return refused if side == "new" and refused.by_type else None\n',
        "            return None\n",
        cases("writing_to_be_decided"),
        "--allow is said to help with a rule that PostgreSQL refuses over uuids, and the plan fails",
    ),
    Mutation(
        "meaning: what was the same over all columns stays so between two graphs",
        "uuidkit/meaning/kept.py",
        "if untouched and not judgement.fails else judgement",
        'if untouched and judgement.meaning == "unknown" else judgement',
        cases("graphs_that_meet_in_a_join"),
        "a plan that is ready stops after its first graph",
    ),
)
