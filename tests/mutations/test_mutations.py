"""The list stays alive: each line is still there, and so is each test that must notice when it is gone."""

from __future__ import annotations

import ast

import pytest

from tests.mutations.mutations import MUTATIONS, ROOT, Mutation


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
