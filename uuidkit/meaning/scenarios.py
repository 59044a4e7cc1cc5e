"""The states of a user's own settings (``app.batch``) under which a policy is tried."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from uuidkit import lexing
from uuidkit.ids import Shape
from uuidkit.meaning.made import uuid_for
from uuidkit.meaning.stage import Stage

_MOST_VALUES = 4


@dataclass(frozen=True, slots=True)
class Scenario:
    """One state of the settings.

    Attributes:
        label: how it is said; empty where nothing is set.
        settings: name and value of each.
    """

    label: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


def scenarios(stage: Stage, names: Sequence[str], texts: Sequence[str], bodies: Sequence[str]) -> list[Scenario]:
    """The states to try: nothing set; an old id of a row; its uuid; a uuid; other values of a row.

    Args:
        stage: whose rows' ids are taken.
        names: the settings that are read.
        texts: the definitions.
        bodies: the texts of the functions that they call.
    """
    names = [name for name in names if "." in name]
    if not names:
        return [Scenario()]
    values: dict[str, None] = {}
    others: dict[str, None] = {}
    for table in stage.tables:
        for place, column in enumerate(table.filled):
            if not column.converted:
                others |= dict.fromkeys([v for row in table.rows[:200] if (v := row.values[place])][:1])
            else:
                # A row of the table itself and a made one, each with what its id becomes.
                for made in (False, True):
                    row = next(
                        (r for r in table.rows if r.uuids and r.values[place] and (r.variant >= 0) == made), None
                    )
                    if row is not None and row.uuids is not None:
                        values |= {text: None for text in (row.values[place], row.uuids[place]) if text}
    plain = str(uuid_for(str(Shape())))
    words = [literal for text in texts for literal in lexing.literals(text) if literal]
    chosen = list(dict.fromkeys([*list(values)[:_MOST_VALUES], plain, *words[:1], *list(others)[:_MOST_VALUES]]))
    # What a definition puts a prefix before.
    rests = [value.removeprefix(word) for value in chosen for word in words if value.startswith(word) and value != word]
    chosen = list(dict.fromkeys([*chosen, *rests[:_MOST_VALUES]]))
    claims = _Claims.of((*texts, *bodies))
    found = [Scenario(), *(claims.scenario(dict.fromkeys(names, value)) for value in chosen)]
    if claims.keys and not claims.documents:
        # It is not seen which of the settings holds the document.
        every = replace(claims, documents=frozenset(names))
        found += [every.scenario(dict.fromkeys(names, value)) for value in chosen]
    if len(names) > 1:
        for name in names:
            found += [claims.scenario({**dict.fromkeys(names, plain), name: value}) for value in chosen[:_MOST_VALUES]]
    return list({tuple(scenario.settings.items()): scenario for scenario in found}.values())


@dataclass(frozen=True)
class _Claims:
    """The documents among the settings, such as the claims of a token.

    Attributes:
        keys, parts: the keys of values and of parts that are asked for.
        documents: the settings that hold one.
    """

    keys: tuple[str, ...]
    parts: tuple[str, ...]
    documents: frozenset[str]

    @classmethod
    def of(cls, texts: Sequence[str]) -> _Claims:
        keys = [lexing.keys(text) for text in texts]
        return cls(
            tuple(dict.fromkeys(key for values, _ in keys for key in values)),
            tuple(dict.fromkeys(key for _, parts in keys for key in parts)),
            frozenset(name for text in texts for name in lexing.documents(text)),
        )

    def scenario(self, values: Mapping[str, str]) -> Scenario:
        """The settings with these values, each in a document where the setting holds one."""
        settings = {name: self._document(v) if name in self.documents else v for name, v in values.items()}
        return Scenario(" and ".join(f"{name} = {value!r}" for name, value in settings.items()), settings)

    def _document(self, value: str) -> str:
        whole = dict.fromkeys(self.keys or self.parts, value)
        return json.dumps({**whole, **(dict.fromkeys(self.parts, whole) if self.keys else {})})
