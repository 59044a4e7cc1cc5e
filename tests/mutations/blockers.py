"""Reasons to refuse, each left out by itself."""

from __future__ import annotations

from tests.mutations.mutation import Mutation, cases

_AFTERWARDS = "tests/mutations/test_survivors_afterwards.py"
_FILE = "uuidkit/planning/blockers.py"
_BUILD = "uuidkit/planning/build.py"


def _without(name: str, condition: str, tests: tuple[str, ...], why: str, *, servers: str = "18") -> Mutation:
    """The condition of an ``if`` or ``elif`` never holds."""
    word = condition.partition(" ")[0]
    return Mutation(f"blocker: {name}", _FILE, condition, f"{word} False:", tests, why, servers)


BLOCKERS = (
    _without(
        "type", "if not found.is_text:", cases("blocked_type"), "a column of another type is no text to be converted"
    ),
    _without(
        "generated column",
        "if found.generated:",
        cases("blocked_generated_itself"),
        "the server refuses halfway what should be refused before anything is locked",
    ),
    _without(
        "name too long",
        "if too_long(backup):",
        cases("blocked_backup_name_too_long"),
        "the server cuts names without an error, and the backup is not found again",
    ),
    _without(
        "name taken",
        "if backup in schema.tables[table].columns:",
        cases("blocked_backup_name_taken"),
        "somebody's column stands where the backup should go",
    ),
    _without(
        "default",
        "if not default.understood:",
        cases("blocked_default"),
        "rows added later get no id, or none like before",
    ),
    _without(
        "unparseable",
        'if request.on_unparseable == "fail":',
        cases("blocked_unparseable"),
        "a value without a uuid is refused by the server only, without counts and samples",
    ),
    _without(
        "null in NOT NULL",
        'elif request.on_unparseable == "null" and found.not_null:',
        cases("blocked_null_in_not_null"),
        "a row cannot lose its id where it must have one",
    ),
    _without(
        "derive under a nondeterministic collation",
        'elif request.on_unparseable == "derive" and not found.deterministic:',
        cases("blocked_derive_under_nondeterministic_collation", server="system"),
        "texts that are equal part company",
        servers="system",
    ),
    _without(
        "collision",
        "if findings.collision_count:",
        cases("blocked_collision_primary_key"),
        "two rows would have one id",
    ),
    _without(
        "foreign table",
        'if table.kind == "f":',
        cases("blocked_foreign_table", server="system"),
        "its rows live elsewhere",
        servers="system",
    ),
    _without("typed table", "if table.typed:", cases("blocked_typed_table"), "it cannot be put back as such"),
    _without("partition key", "if in_key:", cases("blocked_partitions"), "the reason and the way out are not said"),
    _without("owner", "if not table.owned:", cases("blocked_not_owner"), "it fails halfway for want of a right"),
    _without("readable", "if not table.readable:", cases("blocked_not_owner"), "what cannot be read is not judged"),
    _without(
        "row security",
        "elif table.row_security_applies:",
        cases("blocked_forced_row_security"),
        "rows that are hidden are not judged",
    ),
    _without(
        "invalid index",
        "if not index.valid and not incomplete and reads:",
        cases("blocked_index_invalid"),
        "it silently becomes valid, or fails",
    ),
    Mutation(
        "blocker: columns of the table's row type",
        _FILE,
        'if dependent.kind == "row type" and dependent.table in tables:',
        "if False:",
        cases("blocked_row_type"),
        "a stored row of the table's type may not change",
    ),
    _without(
        "disabled foreign key",
        "if existing.triggers_altered:",
        cases("blocked_disabled_foreign_key"),
        "a key that was switched off comes back switched on",
    ),
    _without(
        "NULL in MATCH FULL",
        'if request.on_unparseable == "null" and existing.match == "FULL" and len(key.columns) > 1:',
        cases("blocked_null_in_match_full"),
        "rows would violate the key",
    ),
    Mutation(
        "blocker: orphans",
        _FILE,
        'if not request.declare_references and request.on_orphan == "keep":',
        "if True:",
        cases("legacy_bug_10_orphans_are_counted"),
        "rows that refer to nothing are found by the server, without a list",
    ),
    _without(
        "ledger's schema",
        "if not schema.may_create_schema:",
        cases("blocked_no_create_on_database"),
        "it fails halfway for want of a right",
    ),
    Mutation(
        "blocker: new constraint's schema",
        _FILE,
        " - schema.schemas_creatable):",
        " - {table.schema for table in new_constraints_in}):",
        (f"{_AFTERWARDS}::test_a_schema_in_which_no_index_may_be_made_is_named",),
        "it fails halfway for want of a right",
    ),
    Mutation(
        "blocker: key's values repeat",
        _BUILD,
        "for name, sample in facts.not_unique:",
        "for name, sample in ():",
        cases("aftermath_parent_not_unique"),
        "a key cannot be made over values that repeat",
    ),
    Mutation(
        "blocker: an old text stands for two uuids",
        _BUILD,
        "for name, sample in facts.ambiguous:",
        "for name, sample in ():",
        cases("aftermath_backup_ambiguous"),
        "a reference would be guessed",
    ),
    Mutation(
        "blocker: key to be made collides",
        "uuidkit/reading.py",
        "unique_expected=_to_be_unique(schema, references, texts) if request.declare_references else (),",
        "unique_expected=(),",
        cases("blocked_declare_unique_respelled"),
        "a key to be made would refuse rows",
    ),
    Mutation(
        "blocker: default of a function that gives no uuid",
        "uuidkit/catalog/queries.py",
        ":funcresulttype 2950 ', false)",
        ":funcresulttype ', false)",
        cases("default_of_a_function"),
        "a default that writes no uuid becomes one of a uuid column",
    ),
)
