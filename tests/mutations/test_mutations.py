"""The list stays alive: each line is still there, and so is each test that must notice when it is gone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutations.mutations import MUTATIONS, ROOT, Mutation
from tests.mutations.run import attempt, snapshot


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_the_line_is_there_exactly_once_and_can_be_changed(mutation: Mutation) -> None:
    source = (ROOT / mutation.file).read_text(encoding="utf-8")
    assert mutation.applied(source) != source
    ast.parse(mutation.applied(source))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_the_tests_are_there(mutation: Mutation) -> None:
    assert mutation.tests
    for test in mutation.tests:
        path, _, name = test.partition("::")
        source = (ROOT / path).read_text(encoding="utf-8")
        function, _, parameter = name.partition("[")
        assert not function or f"def {function}(" in source
        if function == "test_case":
            assert (ROOT / "tests/cases" / parameter.rpartition("-")[0] / "before.sql").exists()


def test_names_are_unique() -> None:
    names = [mutation.name for mutation in MUTATIONS]
    assert len(names) == len(set(names))


@pytest.fixture(scope="module")
def pristine() -> Iterator[Path]:
    """The checkout as it is now."""
    with snapshot() as folder:
        yield folder


_MASK = "uuidkit/report/mask.py"
_TESTS = ("tests/uuidkit/report/test_mask.py",)


@pytest.mark.parametrize(
    ("before", "after", "tests", "verdict"),
    [
        ('return "x" if character.isalpha() else "?"', 'return "y"', _TESTS, "caught"),
        ("import re\n", "import re  # as before\n", _TESTS, "SURVIVED"),
        ("import re\n", "import no_such_module\n", _TESTS, "broken"),
        ("import re\n", "import re  # as before\n", ("tests/uuidkit/report/test_mask.py::test_none",), "broken"),
        ("no such line", "", _TESTS, "broken"),
    ],
    ids=["a test fails", "no test fails", "no module", "no test", "no line"],
)
def test_the_runner_tells_them_apart(
    pristine: Path, before: str, after: str, tests: tuple[str, ...], verdict: str
) -> None:
    result = attempt(Mutation("tried", _MASK, before, after, tests, "nothing"), pristine)
    assert result.verdict == verdict, result.note
