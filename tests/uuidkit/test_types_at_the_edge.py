"""PrefixedUUID where a program meets others: arrays, JSON, defaults, reflection, Pydantic, FastAPI, mypy."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.uuidkit.alembic.project import sqlalchemy_url
from uuidkit.types import PrefixedUUID

ROOT = Path(__file__).parents[2]
U = UUID("c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05")
BATCH = f"batch_{U}"
BatchId = Annotated[str, PrefixedUUID("batch")]


class Base(DeclarativeBase):
    # What SQLModel and others do with annotations: the type stands beside the Python type.
    type_annotation_map: ClassVar[Any] = {BatchId: PrefixedUUID("batch")}


class Batch(Base):
    __tablename__ = "batches"
    id: Mapped[BatchId] = mapped_column(primary_key=True, server_default=sa.text("gen_random_uuid()"))
    others: Mapped[list[str] | None] = mapped_column(ARRAY(PrefixedUUID("batch", "hex")))
    document: Mapped[dict[str, Any] | None] = mapped_column(postgresql.JSONB)


@pytest.fixture
def connection(database: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(sqlalchemy_url(database))
    with engine.connect() as connection:
        Base.metadata.create_all(connection)
        yield connection
        connection.rollback()
    engine.dispose()


def test_arrays_and_any(connection: sa.Connection) -> None:
    other = uuid4()
    connection.execute(sa.insert(Batch), [{"id": BATCH, "others": [BATCH, other]}, {"id": other, "others": None}])
    assert connection.execute(sa.select(Batch.others).where(Batch.id == U)).scalar_one() == [
        f"batch_{U.hex}",
        f"batch_{other.hex}",
    ]
    kind = ARRAY(PrefixedUUID("batch"))
    for given in ([BATCH], [U.hex, str(other)]):
        found = sa.select(Batch.id).where(Batch.id == sa.any_(sa.bindparam("ids", given, type_=kind)))
        assert len(connection.execute(found).all()) == len(given)
        found = sa.select(Batch.id).where(Batch.id == sa.any_(sa.literal(given, kind)))
        assert len(connection.execute(found).all()) == len(given)
    assert connection.execute(
        sa.select(Batch.id).where(sa.literal(other, PrefixedUUID("batch")) == sa.any_(Batch.others))
    ).scalars().all() == [BATCH]
    none = sa.select(Batch.id).where(Batch.id != sa.all_(sa.literal([BATCH, other], kind)))
    assert connection.execute(none).all() == []
    rows = sa.values(sa.column("id", PrefixedUUID("batch")), name="v").data([(BATCH,), (f"batch_{other.hex}",)])
    assert len(connection.execute(sa.select(Batch.id).join(rows, rows.c.id == Batch.id)).all()) == 2
    grouped = sa.select(sa.func.array_agg(sa.distinct(Batch.id), type_=kind))
    assert sorted(connection.execute(grouped).scalar_one()) == sorted([BATCH, f"batch_{other}"])


def test_json(connection: sa.Connection) -> None:
    connection.execute(sa.insert(Batch).values(id=BATCH, document={"parent": BATCH}))
    row = connection.execute(sa.select(Batch.id, Batch.document)).one()
    assert json.loads(json.dumps(row._asdict())) == {"id": BATCH, "document": {"parent": BATCH}}
    # The database itself knows no prefix.
    built = connection.execute(sa.select(sa.func.jsonb_build_object("id", Batch.id))).scalar_one()
    assert built == {"id": str(U)}
    inside = sa.func.right(Batch.document["parent"].astext, 36).cast(PrefixedUUID("batch"))
    assert connection.execute(sa.select(inside).where(Batch.id == inside)).scalar_one() == BATCH


def test_defaults_of_the_server(connection: sa.Connection) -> None:
    made = connection.execute(sa.insert(Batch).returning(Batch.id)).scalar_one()
    assert made.startswith("batch_")
    with Session(connection) as session:
        batches = [Batch() for _ in range(50)]
        session.add_all(batches)
        session.flush()
        assert len({batch.id for batch in batches}) == 50
        assert all(batch.id.startswith("batch_") for batch in batches)
        assert session.get(Batch, made.removeprefix("batch_")) is not None


def test_reflection(connection: sa.Connection) -> None:
    """The database has a plain uuid; a program says what it means by it."""
    plain = sa.Table("batches", sa.MetaData(), autoload_with=connection)
    assert isinstance(plain.c.id.type, sa.Uuid)
    metadata = sa.MetaData()

    @sa.event.listens_for(metadata, "column_reflect")
    def prefixed(inspector: object, table: sa.Table, column: Any) -> None:
        if isinstance(column["type"], sa.Uuid):
            column["type"] = PrefixedUUID("batch")

    table = sa.Table("batches", metadata, autoload_with=connection)
    connection.execute(sa.insert(table).values(id=BATCH))
    assert connection.execute(sa.select(table.c.id)).scalar_one() == BATCH
    own = sa.Column("id", PrefixedUUID("x", "hex"), primary_key=True)
    chosen = sa.Table("batches", sa.MetaData(), own, autoload_with=connection)
    assert connection.execute(sa.select(chosen.c.id)).scalar_one() == f"x_{U.hex}"


class Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: BatchId
    hexed: Annotated[str, PrefixedUUID("batch", "hex")] | None = None
    uuid: Annotated[UUID, PrefixedUUID("batch", as_uuid=True)] | None = None


@pytest.mark.parametrize("value", [U, str(U), U.hex, f" {BATCH.upper().replace('BATCH', 'batch')}", f"batch_{{{U}}}"])
def test_pydantic_takes_and_shows_it(value: object) -> None:
    shown = Shown(id=value, hexed=value, uuid=value)  # type: ignore[arg-type]
    assert (shown.id, shown.hexed, shown.uuid) == (BATCH, f"batch_{U.hex}", U)
    assert shown.model_dump() == {"id": BATCH, "hexed": f"batch_{U.hex}", "uuid": U}
    assert json.loads(shown.model_dump_json()) == {"id": BATCH, "hexed": f"batch_{U.hex}", "uuid": BATCH}
    assert Shown.model_validate_json(shown.model_dump_json()) == shown
    assert Shown.model_validate(Batch(id=BATCH)).id == BATCH
    assert TypeAdapter(dict[BatchId, int]).validate_python({value: 1}) == {BATCH: 1}


@pytest.mark.parametrize("value", [310, None, "310", "", f"sitemap_{U}", f"{BATCH}_c0a8f2d4", b"x"])
def test_pydantic_refuses_the_rest(value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        Shown(id=value)  # type: ignore[arg-type]
    assert "batch" in str(caught.value)


def get(app: FastAPI, path: str) -> tuple[int, Any]:
    """What the application answers, as its server would call it."""
    sent: list[Any] = []

    async def call() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        name, _, query = path.partition("?")
        scope = {"type": "http", "method": "GET", "path": name, "raw_path": name.encode(), "headers": []}
        await app({**scope, "query_string": query.encode(), "http_version": "1.1"}, receive, send)

    asyncio.run(call())
    return sent[0]["status"], json.loads(b"".join(message.get("body", b"") for message in sent))


def test_fastapi() -> None:
    app = FastAPI()

    @app.get("/batches/{batch_id}")
    def show(batch_id: BatchId, other: Annotated[UUID | None, PrefixedUUID("batch", as_uuid=True)] = None) -> Shown:
        return Shown(id=batch_id, uuid=other)

    for spelled in (BATCH, U.hex, f"batch_{U.hex}"):
        assert get(app, f"/batches/{spelled}?other={spelled}") == (200, {"id": BATCH, "hexed": None, "uuid": BATCH})
    status, said = get(app, f"/batches/sitemap_{U}")
    assert status == 422
    assert "has the prefix 'sitemap_'; this column takes 'batch_'" in said["detail"][0]["msg"]
    status, described = get(app, "/openapi.json")
    assert status == 200
    [path, _] = described["paths"]["/batches/{batch_id}"]["get"]["parameters"]
    assert path["schema"]["type"] == "string"
    assert path["schema"]["examples"] == ["batch_01234567-89ab-4def-8123-456789abcdef"]
    answer = described["components"]["schemas"]["Shown"]["properties"]["id"]
    assert answer["pattern"] == "^batch_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


TYPED = """
from typing import assert_type
from uuid import UUID
from sqlalchemy import Column, Integer, MetaData, Table, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuidkit.types import PrefixedUUID

assert_type(PrefixedUUID("batch"), PrefixedUUID[str])
assert_type(PrefixedUUID("batch", "hex", False), PrefixedUUID[str])
assert_type(PrefixedUUID("batch", as_uuid=True), PrefixedUUID[UUID])
# Of a TypeDecorator SQLAlchemy infers no Python type here; who needs one writes it down.
given: Column[str] = Column("id", PrefixedUUID("batch"))

class Base(DeclarativeBase):
    pass

class Batch(Base):
    __tablename__ = "batches"
    id: Mapped[str] = mapped_column(PrefixedUUID("batch"), primary_key=True)
    uuid: Mapped[UUID] = mapped_column(PrefixedUUID("batch", as_uuid=True))

assert_type(Batch().id, str)
select(Batch.id).where(Batch.id == "x", Batch.uuid.in_([UUID(int=1)]))
PrefixedUUID("batch", "braced")  # wrong: spelling
PrefixedUUID(1)  # wrong: prefix
"""


def test_types_for_mypy(tmp_path: Path) -> None:
    (tmp_path / "typed.py").write_text(TYPED)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "typed.py"]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "MYPYPATH": str(ROOT)}, capture_output=True, text=True
    )
    wrong = [number for number, line in enumerate(TYPED.splitlines(), 1) if "# wrong" in line]
    found = sorted({int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line})
    assert found == wrong, done.stdout + done.stderr
