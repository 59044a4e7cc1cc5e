"""Regular shapes: recognised, rendered, described, and the same on the server."""

from __future__ import annotations

from typing import Any, get_args
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from tests.support.servers import Server
from tests.uuidkit.ids.evaluation import VALUE, evaluate
from uuidkit.ids import Shape, classify, parse, shape_of
from uuidkit.ids.shapes import ShapeSpelling

U = UUID("c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05")
ALL = [
    Shape(prefix, spelling, upper)
    for prefix in ("", "batch_", "urn:uuid:", "job-", "a.b/")
    for spelling in get_args(ShapeSpelling)
    for upper in (False, True)
]


@pytest.mark.parametrize(
    ("text", "shape", "description"),
    [
        ("c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05", Shape(), "<uuid>"),
        ("C0A8F2D4-5B1E-4F3A-9D27-1E6B8A4C7F05", Shape(upper=True), "<UUID>"),
        ("c0a8f2d45b1e4f3a9d271e6b8a4c7f05", Shape("", "hex"), "<hex>"),
        ("batch_c0a8f2d45b1e4f3a9d271e6b8a4c7f05", Shape("batch_", "hex"), "batch_<hex>"),
        ("batch_C0A8F2D45B1E4F3A9D271E6B8A4C7F05", Shape("batch_", "hex", upper=True), "batch_<HEX>"),
        ("batch_c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05", Shape("batch_"), "batch_<uuid>"),
        ("BATCH_c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05", Shape("BATCH_"), "BATCH_<uuid>"),
        ("batch_C0A8F2D4-5B1E-4F3A-9D27-1E6B8A4C7F05", Shape("batch_", upper=True), "batch_<UUID>"),
        ("{c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05}", Shape("", "braced"), "{<uuid>}"),
        ("x-{C0A8F2D4-5B1E-4F3A-9D27-1E6B8A4C7F05}", Shape("x-", "braced", upper=True), "x-{<UUID>}"),
        ("c0a8f2d4_5b1e_4f3a_9d27_1e6b8a4c7f05", Shape("", "underscored"), "<uuid with underscores>"),
        ("00000000-0000-0000-0000-000000000000", Shape(), "<uuid>"),
        ("urn:uuid:00000000000000000000000000000000", Shape("urn:uuid:", "hex"), "urn:uuid:<hex>"),
    ],
)
def test_shape_of(text: str, shape: Shape, description: str) -> None:
    assert shape_of(text) == shape
    assert str(shape) == description
    assert shape.length == len(text)
    assert shape.fits(text)
    uuid = parse(text)
    assert uuid is not None
    assert shape.render(uuid) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "310",
        " c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05",
        "c0a8f2d45b1e4f3a9d271e6b8a4c7f05\n",
        "C0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05",
        "batch_c0a8f2d45b1e4f3a9d271e6b8a4c7F05",
        "c0a8-f2d4-5b1e-4f3a-9d271e6b8a4c7f05",
        "c0a8-f2d4-5b1e-4f3a-9d27-1e6b-8a4c-7f05",
        "c0a8f2d4_5b1e-4f3a-9d27-1e6b8a4c7f05",
        "c0a8f2d4-5b1e-4f3a-9d27_1e6b8a4c7f05",
        "{c0a8f2d45b1e4f3a9d271e6b8a4c7f05}",
        "deadbeef-c0a8f2d45b1e4f3a9d271e6b8a4c7f05",
        "c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05_c0a8f2d4",
    ],
)
def test_no_regular_shape(text: str) -> None:
    assert shape_of(text) is None


@pytest.mark.parametrize("prefix", ["batch", "_", "deadbeef-", "1_", "b\u00e4tch_", "batch_ ", "a_\n"])
def test_a_prefix_that_may_not_precede_a_uuid(prefix: str) -> None:
    with pytest.raises(ValueError, match="cannot stand before a uuid"):
        Shape(prefix)


def test_an_unknown_spelling() -> None:
    with pytest.raises(ValueError, match="canonical, hex, braced, underscored are"):
        Shape("", "hyphenated")  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", ALL, ids=str)
def test_rendering_and_reading_are_inverse(shape: Shape) -> None:
    text = shape.render(U)
    assert parse(text) == U
    assert shape_of(text) == shape
    assert len(text) == shape.length
    assert classify(text) == shape.format


def test_only_its_own_kind_fits() -> None:
    texts = {shape: shape.render(U) for shape in ALL}
    for shape in ALL:
        fitting = {other for other, text in texts.items() if shape.fits(text)}
        assert fitting == {Shape(shape.prefix, shape.spelling, upper) for upper in (False, True)}


def test_the_server_renders_the_same(database: str) -> None:
    uuids = [U, UUID(int=0), UUID(int=2**128 - 1)]
    operand = sql.SQL("v::uuid")
    with psycopg.connect(database) as connection:
        rows = evaluate(connection, [*map(str, uuids), None], {str(shape): shape.sql_text(operand) for shape in ALL})
    for uuid, row in zip(uuids, rows, strict=False):
        assert row == {str(shape): shape.render(uuid) for shape in ALL}
    assert rows[-1] == {str(shape): None for shape in ALL}


# Each is as long as a regular value and begins like one, but is none, or is one of another shape.
RESEMBLING = [
    "batch_{c0a8f2d45b1e4f3a-9d271e6b8a4c-7f05}",
    "batch_c0a8-f2d4-5b1e-4f3a-9d271e6b8a4c7f05",
    "batch_c0a8f2d4-5b1e-4f3a9d271e6b-8a4c-7f05",
    "batch_c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f0g",
    "batch_c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f\u00e9",
    "batch_c0a8f2d4-5b1e-4f3a_9d27-1e6b8a4c7f05",
    "batch_c0a8f2d4_5b1e-4f3a-9d27-1e6b8a4c7f05",
    "batch_c0a8f2d4_5b1e_4f3a_9d27-1e6b8a4c7f05",
    "batch_{c0a8f2d_45b1e4f3a_9d271e6b8a4c7f05}",
    "batch_{c0a8f2d45_b1e4f3a9_d271e6b8a4c7f05}",
    "batch_{c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f0",
    "batch_{c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05-",
    "batch_{c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05)",
    "batch_{c0a8-f2d4-5b1e-4f3a-9d271e6b8a4c7f05}",
    "batch_{c0a8f2d4-5b1e-4f3a9d271e6b-8a4c-7f05}",
    "batch_{c0a8f2d4_5b1e_4f3a_9d27_1e6b8a4c7f05}",
    "batch_" + "-" * 36,
    "batch_" + "0" * 36,
    "batch_" + "0" * 38,
    "batch_" + "0" * 31 + "\n",
    "batch_" + " " * 32,
    "Batch_c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05",
    "batch-c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05",
]


def test_the_server_is_not_deceived(database: str, server: Server) -> None:
    texts = [*RESEMBLING, *(text.removeprefix("batch_") for text in RESEMBLING)]
    shapes = [Shape(prefix, spelling) for prefix in ("", "batch_") for spelling in get_args(ShapeSpelling)]
    expressions: dict[str, sql.Composable] = {}
    for shape in shapes:
        expressions[f"{shape}"] = shape.matches(VALUE, server.version_num)
        expressions[f"{shape} before 16"] = shape.matches(VALUE, 150000)
        expressions[f"{shape} looks"] = shape.looks_like(VALUE)
    with psycopg.connect(database) as connection:
        rows = evaluate(connection, texts, expressions)
    for text, row in zip(texts, rows, strict=True):
        for shape in shapes:
            assert row[f"{shape}"] == row[f"{shape} before 16"] == shape.fits(text), (str(shape), text)
    for shape in shapes:
        deceiving = [
            text for text, row in zip(texts, rows, strict=True) if row[f"{shape} looks"] and not shape.fits(text)
        ]
        assert deceiving, str(shape)


def test_only_lookalikes_that_mean_the_same_pass_the_cast(database: str) -> None:
    """What ``cheapest`` relies on: a lookalike gives its own uuid or an error, never another uuid."""
    texts = [*RESEMBLING, *(text.removeprefix("batch_") for text in RESEMBLING)]
    shapes = [Shape(prefix, spelling) for prefix in ("", "batch_") for spelling in get_args(ShapeSpelling)]
    outcomes: list[tuple[str, UUID | None]] = []
    with psycopg.connect(database, autocommit=True) as connection:
        for shape in shapes:
            looks = evaluate(connection, texts, {"looks": shape.looks_like(VALUE)})
            for text in [text for text, row in zip(texts, looks, strict=True) if row["looks"]]:
                outcomes.append((text, _cast(connection, text, shape)))
    assert all(uuid in (None, parse(text)) for text, uuid in outcomes)
    assert {uuid is None for _, uuid in outcomes} == {True, False}


def _cast(connection: psycopg.Connection[Any], text: str, shape: Shape) -> UUID | None:
    try:
        found = evaluate(connection, [text], {"uuid": shape.uuid(VALUE)})[0]["uuid"]
    except psycopg.errors.InvalidTextRepresentation:
        return None
    assert isinstance(found, UUID)
    return found
