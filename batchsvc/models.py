"""The service's tables at the head revision, as SQLAlchemy models.

``alembic check`` compares them with the database: what the revisions leave there and what is declared here must agree,
constraint and index names included.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, validates

from uuidkit.types import PrefixedUUID

# Takes a UUID, its text, and the legacy spelling batch_<hex>; gives a UUID.
BATCH_ID = PrefixedUUID("batch", as_uuid=True)
_DIALECT = registry.load("postgresql.psycopg")()
# A moment, whatever the session's time zone; the legacy tables have timestamps without one.
MOMENT = DateTime(timezone=True)

# PostgreSQL's own way of naming, so that a name declared here is the name the server would have chosen.
NAMING_CONVENTION = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}


class Base(DeclarativeBase):
    """What all tables share: the names of their keys, and the types behind Python's."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(),
        dict[str, Any]: JSONB(),
        float: Double(),
        list[str]: ARRAY(Text()),
        str: String(),
        UUID: Uuid(),
    }


class Timestamps:
    """What the tables of the legacy system share; UTC, without saying so."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=1)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now(), sort_order=1)


class BatchJob(Timestamps, Base):
    """One batch of domains to scan.

    Its counters are moved in the transaction that changes its items, and by nothing else. ``completed_domains``,
    ``failed_domains``, ``status``, ``progress`` (0 to 1) and the times are the legacy system's columns, kept in step.

    ``generation`` counts the retries, from 1; 0 is a batch of the legacy system, which has no items. ``version`` grows
    with each change of the counters. ``max_concurrent`` is the most domains scanned at a time, by all workers
    together.
    """

    __tablename__ = "batch_jobs"
    __table_args__ = (
        CheckConstraint("queued_domains >= 0 AND running_domains >= 0 AND cancelled_domains >= 0", name="counters"),
        Index(
            "batch_jobs_open_idx",
            "tenant_id",
            "id",
            postgresql_where=text("status IN ('pending', 'processing') AND generation > 0"),
        ),
        Index("batch_jobs_tenant_id_id_idx", "tenant_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(BATCH_ID, unique=True)
    tenant_id: Mapped[UUID]
    processor_type: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="pending")
    created_by: Mapped[UUID | None]
    total_domains: Mapped[int | None] = mapped_column(server_default=text("0"))
    completed_domains: Mapped[int | None] = mapped_column(server_default=text("0"))
    failed_domains: Mapped[int | None] = mapped_column(server_default=text("0"))
    progress: Mapped[float | None] = mapped_column(server_default=text("0"))
    batch_metadata: Mapped[dict[str, Any] | None]
    options: Mapped[dict[str, Any] | None]
    start_time: Mapped[datetime | None]
    end_time: Mapped[datetime | None]
    processing_time: Mapped[float | None]
    error: Mapped[str | None]
    generation: Mapped[int] = mapped_column(server_default=text("0"), sort_order=2)
    queued_domains: Mapped[int] = mapped_column(server_default=text("0"), sort_order=2)
    running_domains: Mapped[int] = mapped_column(server_default=text("0"), sort_order=2)
    cancelled_domains: Mapped[int] = mapped_column(server_default=text("0"), sort_order=2)
    max_concurrent: Mapped[int] = mapped_column(server_default=text("5"), sort_order=2)
    max_pages: Mapped[int] = mapped_column(server_default=text("1000"), sort_order=2)
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), sort_order=2)

    @validates("batch_id")
    def _uuid_of(self, _name: str, value: Any) -> UUID | None:
        """Take a UUID, a uuid as text, or the legacy spelling ``batch_<hex>``."""
        return BATCH_ID.process_bind_param(value, _DIALECT)

    def to_dict(self) -> dict[str, Any]:
        """Return every column as JSON: ids as text, times in ISO 8601."""
        return {column.key: _plain(getattr(self, column.key)) for column in self.__table__.columns}


class Domain(Timestamps, Base):
    """One web domain of a tenant, and what the last completed scan found there."""

    __tablename__ = "domains"
    __table_args__ = (UniqueConstraint("tenant_id", "domain"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    domain: Mapped[str]
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("batch_jobs.batch_id"), index=True)
    status: Mapped[str | None] = mapped_column(server_default="pending")
    created_by: Mapped[UUID | None]
    meta_json: Mapped[dict[str, Any] | None]
    title: Mapped[str | None]
    description: Mapped[str | None]
    favicon_url: Mapped[str | None]
    logo_url: Mapped[str | None]
    language: Mapped[str | None]
    is_wordpress: Mapped[bool | None]
    wordpress_version: Mapped[str | None]
    has_elementor: Mapped[bool | None]
    tech_stack: Mapped[dict[str, Any] | None]
    email_addresses: Mapped[list[str] | None]
    phone_numbers: Mapped[list[str] | None]
    facebook_url: Mapped[str | None]
    twitter_url: Mapped[str | None]
    linkedin_url: Mapped[str | None]
    instagram_url: Mapped[str | None]
    youtube_url: Mapped[str | None]
    last_scan: Mapped[datetime | None]


class Job(Timestamps, Base):
    """One piece of work; ``job_id`` is its public name, ``id`` only counts."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(unique=True)
    job_type: Mapped[str]
    tenant_id: Mapped[UUID]
    created_by: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(server_default="pending")
    domain_id: Mapped[UUID | None] = mapped_column(ForeignKey("domains.id", ondelete="SET NULL"))
    progress: Mapped[float | None] = mapped_column(server_default=text("0"))
    result_data: Mapped[dict[str, Any] | None]
    job_metadata: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("batch_jobs.batch_id", ondelete="SET NULL"), index=True)


class Contact(Timestamps, Base):
    """An e-mail address found on a domain, and the job that found it."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("domain_id", "email"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    domain_id: Mapped[UUID | None] = mapped_column(ForeignKey("domains.id", ondelete="CASCADE"))
    source_job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.job_id", ondelete="SET NULL"))
    email: Mapped[str | None]


class BatchItem(Base):
    """One domain of a batch, and what became of it.

    A running item has a lease: whoever knows ``lease_token`` may write its outcome, and once ``lease_until`` has
    passed, by the server's clock, another worker may take it over under another token. ``attempt`` counts the times
    it was taken in this ``generation``; ``not_before`` is when it may be taken next.
    """

    __tablename__ = "batch_items"
    __table_args__ = (
        UniqueConstraint("batch_id", "domain"),
        CheckConstraint("state IN ('queued', 'running', 'completed', 'failed', 'cancelled')", name="state"),
        CheckConstraint(
            "(state = 'running') = (lease_token IS NOT NULL) AND (state = 'running') = (lease_until IS NOT NULL)",
            name="lease",
        ),
        CheckConstraint(
            "(state IN ('completed', 'failed', 'cancelled')) = (finished_at IS NOT NULL)",
            name="finished",
        ),
        Index("batch_items_queued_idx", "batch_id", "not_before", "id", postgresql_where=text("state = 'queued'")),
        Index("batch_items_running_idx", "batch_id", "id", postgresql_where=text("state = 'running'")),
        Index("batch_items_failed_idx", "batch_id", "error_code", "id", postgresql_where=text("state = 'failed'")),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch_jobs.batch_id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    tenant_id: Mapped[UUID]
    domain: Mapped[str] = mapped_column(Text)
    given: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="queued")
    generation: Mapped[int] = mapped_column(server_default=text("1"))
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    not_before: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    lease_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None] = mapped_column(MOMENT)
    worker: Mapped[str | None] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None]
    started_at: Mapped[datetime | None] = mapped_column(MOMENT)
    finished_at: Mapped[datetime | None] = mapped_column(MOMENT)


class IdempotencyKey(Base):
    """The answer that a request with an ``Idempotency-Key`` was given, for when it comes again."""

    __tablename__ = "idempotency_keys"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None]
    response: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now(), index=True)


class ApiKey(Base):
    """A tenant's key to the HTTP interface; of the key itself only a hash is kept."""

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(Text)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    last_used_at: Mapped[datetime | None] = mapped_column(MOMENT)
    revoked_at: Mapped[datetime | None] = mapped_column(MOMENT)


class PageSession(Base):
    """Somebody who looks at the page: signed in with a key, until a time; of the cookie only a hash is kept."""

    __tablename__ = "page_sessions"

    session_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    key_id: Mapped[UUID] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"), index=True)
    tenant_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    ends_at: Mapped[datetime] = mapped_column(MOMENT, index=True)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value
