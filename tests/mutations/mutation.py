"""A safety line taken out, or reversed, and the tests that must notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change that makes the toolkit less safe.

    Attributes:
        name: short and unique.
        file: path of the module, from the root of the checkout.
        before: text that occurs in the module exactly once.
        after: what takes its place; the module can still be imported.
        tests: what pytest is given; at least one of the tests must fail.
        why: what a user would lose.
        servers: PostgreSQL servers for these tests, as for pytest's ``--servers``.
    """

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
    why: str
    servers: str = "18"

    def applied(self, source: str) -> str:
        """The module's text with the change made.

        Args:
            source: the module's text as it is.

        Raises:
            ValueError: the text to be changed is not there exactly once.
        """
        count = source.count(self.before)
        if count != 1:
            raise ValueError(f"{self.name}: the text occurs {count} times in {self.file}: {self.before!r}")
        return source.replace(self.before, self.after)


def cases(*names: str, server: str = "18") -> tuple[str, ...]:
    """Case folders, as pytest names their tests."""
    return tuple(f"tests/test_cases.py::test_case[{name}-pg{server}]" for name in names)
