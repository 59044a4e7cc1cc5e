"""PrefixedUUID on a real server: what it takes, what it gives back, how it compares, renders and refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    insert,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from uuidkit.ids import NAMESPACE
from uuidkit.types import PrefixedUUID

U = UUID("c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05")
CANONICAL = f"batch_{U}"
HEX = f"batch_{U.hex}"


class Base(DeclarativeBase):
    pass


class Batch(Base):
    __tablename__ = "batches"
    batch_id: Mapped[str] = mapped_column(PrefixedUUID("batch"), primary_key=True, default=uuid4)
    name: Mapped[str | None]
    jobs: Mapped[list[Job]] = relationship(back_populates="batch", order_by="Job.number")


class Job(Base):
    __tablename__ = "jobs"
    number: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[str | None] = mapped_column(PrefixedUUID("batch"), ForeignKey("batches.batch_id"))
    hex_id: Mapped[str | None] = mapped_column(PrefixedUUID("batch", spelling="hex"))
    uuid_id: Mapped[UUID | None] = mapped_column(PrefixedUUID("batch", as_uuid=True))
    batch: Mapped[Batch | None] = relationship(back_populates="jobs")


jobs: Table = Job.__table__  # type: ignore[assignment]


@pytest.fixture
def connection(database: str) -> Iterator[Connection]:
    engine = create_engine(make_url(database).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        Base.metadata.create_all(connection)
        yield connection
        connection.rollback()
    engine.dispose()


def test_it_is_stored_in_sixteen_bytes(connection: Connection) -> None:
    connection.execute(insert(jobs).values(number=1, hex_id=CANONICAL))
    row = connection.execute(text("SELECT pg_typeof(hex_id)::text, pg_column_size(hex_id), hex_id FROM jobs")).one()
    assert row == ("uuid", 16, U)


@pytest.mark.parametrize(
    "value",
    [
        U,
        CANONICAL,
        HEX,
        HEX.upper().replace("BATCH", "batch"),
        str(U),
        U.hex,
        f"{{{U}}}",
        f" {HEX}\n",
        f"batch_{str(U).replace('-', '_')}",
    ],
)
def test_what_it_takes_and_gives_back(connection: Connection, value: str | UUID) -> None:
    connection.execute(insert(Batch).values(batch_id=value))
    connection.execute(insert(jobs).values(number=1, batch_id=value, hex_id=value, uuid_id=value))
    assert connection.execute(select(Batch.batch_id)).scalar_one() == CANONICAL
    assert connection.execute(select(jobs)).one() == (1, CANONICAL, HEX, U)


def test_null(connection: Connection) -> None:
    connection.execute(insert(jobs).values(number=1, batch_id=None))
    assert connection.execute(select(jobs)).one() == (1, None, None, None)
    assert connection.execute(select(jobs.c.number).where(jobs.c.batch_id.is_(None))).scalar_one() == 1


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (f"sitemap_{U}", "has the prefix 'sitemap_'; this column takes 'batch_'"),
        (f"BATCH_{U}", "has the prefix 'BATCH_'; this column takes 'batch_'"),
        (f"batch_domain_{U}", "has the prefix 'batch_domain_'; this column takes 'batch_'"),
        ("batch_c0a8f2d45b1e", "'batch_c0a8f2d45b1e' is neither a uuid nor batch_<uuid>"),
        (f"{CANONICAL}_c0a8f2d4", "is neither a uuid nor batch_<uuid>"),
        ("", "'' is neither a uuid nor batch_<uuid>"),
    ],
)
def test_what_it_refuses(connection: Connection, value: str, reason: str) -> None:
    for statement in (insert(Batch).values(batch_id=value), select(Batch).where(Batch.batch_id == value)):
        with pytest.raises(StatementError) as error:
            connection.execute(statement)
        assert isinstance(error.value.orig, ValueError)
        assert reason in str(error.value.orig)


def test_other_types_are_refused(connection: Connection) -> None:
    with pytest.raises(StatementError, match=r"PrefixedUUID\('batch'\) takes a UUID or text, not int: 310"):
        connection.execute(insert(Batch).values(batch_id=310))


def test_comparisons(connection: Connection) -> None:
    other = uuid4()
    connection.execute(insert(Batch), [{"batch_id": U, "name": "one"}, {"batch_id": other, "name": "two"}])
    connection.execute(insert(jobs), [{"number": 1, "batch_id": U}, {"number": 2, "batch_id": other}])

    def names(condition: Any) -> list[str | None]:
        return list(connection.execute(select(Batch.name).where(condition).order_by(Batch.name)).scalars())

    for spelled in (U, CANONICAL, HEX, str(U)):
        assert names(Batch.batch_id == spelled) == ["one"]
        assert names(Batch.batch_id != spelled) == ["two"]
        assert names(Batch.batch_id.in_([spelled, f"batch_{other}"])) == ["one", "two"]
        assert names(Batch.batch_id.not_in([spelled])) == ["two"]
    assert names(Batch.batch_id.between(UUID(int=0), UUID(int=2**128 - 1))) == ["one", "two"]
    named = select(Batch.name).where(Batch.batch_id == bindparam("id"))
    assert connection.execute(named, {"id": HEX}).scalar_one() == "one"
    joined = select(jobs.c.number).join(Batch, Batch.batch_id == jobs.c.batch_id).where(Batch.batch_id == HEX)
    assert connection.execute(joined).scalars().all() == [1]


def test_literals(connection: Connection) -> None:
    connection.execute(insert(Batch).values(batch_id=U))
    statement = select(Batch.batch_id).where(Batch.batch_id == HEX)
    literal = statement.compile(connection.engine, compile_kwargs={"literal_binds": True})
    assert f"'{U}'" in str(literal)
    assert connection.exec_driver_sql(str(literal)).scalar_one() == U
    in_sqlite = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    assert f"'{U.hex}'" in str(in_sqlite)


def test_objects(connection: Connection) -> None:
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        batch = Batch(batch_id=HEX, name="one", jobs=[Job(number=1, uuid_id=str(U)), Job(number=2)])
        session.add(batch)
        session.commit()
        assert batch.batch_id == CANONICAL
        assert [job.batch_id for job in batch.jobs] == [CANONICAL, CANONICAL]
        assert batch.jobs[0].uuid_id == U
        session.expunge_all()
        for key in (CANONICAL, HEX, U):
            found = session.get(Batch, key)
            assert found is not None
            assert found.name == "one"


def test_many_new_objects_at_once(connection: Connection) -> None:
    with Session(connection) as session:
        batches = [Batch(name=str(number)) for number in range(500)]
        batches += [Batch(name="x", batch_id=f"batch_{uuid4().hex}") for _ in range(500)]
        session.add_all(batches)
        session.flush()
        assert len({batch.batch_id for batch in batches}) == 1_000
        stored = dict(session.execute(select(Batch.batch_id, Batch.name)).all())
        session.expire_all()
        assert {batch.batch_id: batch.name for batch in batches} == stored
        session.execute(update(Batch).where(Batch.batch_id == batches[3].batch_id).values(name="changed"))
        session.expire_all()
        assert [batch.name for batch in batches].count("changed") == 1


def test_two_types_do_not_share_a_cached_statement(connection: Connection) -> None:
    connection.execute(insert(jobs).values(number=1, batch_id=None, hex_id=U))
    kinds = [
        (PrefixedUUID("batch"), CANONICAL),
        (PrefixedUUID("batch", "hex"), HEX),
        (PrefixedUUID("batch", as_uuid=True), U),
        (PrefixedUUID("other"), f"other_{U}"),
    ]
    for kind, expected in [*kinds, *reversed(kinds)]:
        table = Table("jobs", MetaData(), Column("hex_id", kind))
        statement = select(table.c.hex_id).where(table.c.hex_id == expected)
        assert connection.execute(statement).scalar_one() == expected


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (PrefixedUUID("batch"), "PrefixedUUID('batch')"),
        (PrefixedUUID("batch", spelling="hex"), "PrefixedUUID('batch', spelling='hex')"),
        (PrefixedUUID("batch", as_uuid=True), "PrefixedUUID('batch', as_uuid=True)"),
        (PrefixedUUID("urn:uuid:", "hex", True), "PrefixedUUID('urn:uuid:', spelling='hex', as_uuid=True)"),
    ],
)
def test_it_is_written_as_it_was_made(kind: PrefixedUUID, written: str) -> None:
    assert repr(kind) == written
    again = eval(written, {"PrefixedUUID": PrefixedUUID})  # noqa: S307  the text is the one above
    assert repr(again) == written
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    assert again.process_result_value(U, dialect) == kind.process_result_value(U, dialect)
    assert isinstance(kind.process_result_value(U, dialect), kind.python_type)


def test_a_separator_that_is_given_is_kept() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    assert PrefixedUUID("urn:uuid:").process_result_value(U, dialect) == f"urn:uuid:{U}"
    assert PrefixedUUID("batch_").process_result_value(U, dialect) == CANONICAL
    assert PrefixedUUID("batch_domain").process_result_value(U, dialect) == f"batch_domain_{U}"
    assert PrefixedUUID("urn:uuid:").process_bind_param(f"urn:uuid:{U}", dialect) == U


@pytest.mark.parametrize("prefix", ["", " ", "1", "ba tch", "b\u00e4tch", "batch__", "deadbeef-"])
def test_prefixes_that_cannot_be_used(prefix: str) -> None:
    with pytest.raises(ValueError, match="cannot stand before a uuid"):
        PrefixedUUID(prefix)


def test_spellings_that_cannot_be_used() -> None:
    with pytest.raises(ValueError, match="uuid and hex are"):
        PrefixedUUID("batch", "braced")  # type: ignore[arg-type]


def test_alembic_finds_nothing_to_do_and_writes_the_type(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    assert compare_metadata(context, Base.metadata) == []
    more = MetaData()
    Table("others", more, Column("id", PrefixedUUID("other", spelling="hex"), primary_key=True))
    script = produce_migrations(context, more)
    assert script.upgrade_ops is not None
    assert "uuidkit.types.PrefixedUUID('other', spelling='hex')" in render_python_code(script.upgrade_ops)


def test_alembic_sees_a_column_that_is_still_text(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE others (id varchar PRIMARY KEY)"))
    wanted = MetaData()
    Table("others", wanted, Column("id", PrefixedUUID("other"), primary_key=True))
    context = MigrationContext.configure(
        connection,
        opts={"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or name == "others"},
    )
    ((change,),) = compare_metadata(context, wanted)
    kind, _, table, column, _, before, after = change
    assert (kind, table, column) == ("modify_type", "others", "id")
    assert isinstance(before, String)
    assert isinstance(after, PrefixedUUID)


def test_the_database_may_lack_uuids() -> None:
    """SQLite keeps 32 digits."""
    table = Table("t", MetaData(), Column("id", PrefixedUUID("batch")))
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        table.create(connection)
        connection.execute(insert(table).values(id=CANONICAL))
        assert connection.exec_driver_sql("SELECT id FROM t").scalar_one() == U.hex
        assert connection.execute(select(table.c.id).where(table.c.id == HEX)).scalar_one() == CANONICAL
        assert connection.execute(select(table.c.id).where(table.c.id == NAMESPACE)).first() is None
    engine.dispose()
