"""The helper for a project's own tests: models that say text where the standard, or the database, says uuid."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.support.servers import Server
from uuidkit.database import create_engine
from uuidkit.pytest import assert_ids_are_uuid, text_ids
from uuidkit.types import PrefixedUUID


def models() -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table("good", metadata, sa.Column("id", sa.Uuid, primary_key=True))
    sa.Table("prefixed", metadata, sa.Column("id", PrefixedUUID("batch"), primary_key=True))
    sa.Table(
        "bad",
        metadata,
        sa.Column("id", sa.String(50), primary_key=True),
        sa.Column("good", sa.Text, sa.ForeignKey("good.id")),
        sa.Column("external_id", sa.String),  # somebody else's: neither key nor reference
        sa.Column("code", sa.String, unique=True),
    )
    sa.Table("kinds", metadata, sa.Column("id", sa.Enum("a", "b"), primary_key=True))
    sa.Table("languages", metadata, sa.Column("id", sa.String(2), primary_key=True), schema="other")
    return metadata


def test_every_key_that_is_text_is_named_at_once() -> None:
    found = text_ids(models(), exclude=["other.languages.id"])
    assert [line.partition(":")[0] for line in found] == ["bad.id", "bad.good"]
    assert "refers to good.id, which is uuid" in found[1]
    with pytest.raises(AssertionError, match=r"bad\.id: it is a primary key and VARCHAR\(50\)"):
        assert_ids_are_uuid(models())
    assert_ids_are_uuid(models(), exclude=["other.languages.id", "bad.id", "bad.good"])


def test_an_exclusion_that_excludes_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="gone"):
        text_ids(models(), exclude=["gone.id"])


def test_models_and_database_are_compared(database: str, server: Server) -> None:
    metadata = sa.MetaData()
    sa.Table("notes", metadata, sa.Column("author", sa.String), sa.Column("reader", sa.Uuid), sa.Column("x", sa.Text))
    engine = create_engine(database)
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE TABLE notes (author uuid, reader varchar, x text)"))
        found = text_ids(metadata, connection)
    engine.dispose()
    assert found == [
        "notes.author: the model says VARCHAR, the database has uuid",
        "notes.reader: the model says uuid, the database has text; uuidkit convert, or a revision, changes it",
    ]


def test_the_service_of_this_project_keeps_the_standard() -> None:
    from batchsvc.models import Base

    assert_ids_are_uuid(Base.metadata)
