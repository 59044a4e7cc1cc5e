"""The service's tables at the head revision, as SQLAlchemy models.

``alembic check`` compares them with the database: what the revisions leave there and what is declared here must agree,
constraint and index names included.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Double,
    ForeignKey,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# PostgreSQL's own way of naming, so that a name declared here is the name the server would have chosen.
NAMING_CONVENTION = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}


class Base(DeclarativeBase):
    """What all tables share: timestamps, and the types behind Python's."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(),
        dict[str, Any]: JSONB(),
        float: Double(),
        list[str]: ARRAY(Text()),
        str: String(),
        UUID: Uuid(),
    }

    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=1)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now(), sort_order=1)


class BatchJob(Base):
    """One batch of domains to scan."""

    __tablename__ = "batch_jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(unique=True)
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


class Domain(Base):
    """One web domain, and what the last scan found there."""

    __tablename__ = "domains"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    domain: Mapped[str] = mapped_column(unique=True)
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


class Job(Base):
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


class Contact(Base):
    """An e-mail address found on a domain, and the job that found it."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("domain_id", "email"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    domain_id: Mapped[UUID | None] = mapped_column(ForeignKey("domains.id", ondelete="CASCADE"))
    source_job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.job_id", ondelete="SET NULL"))
    email: Mapped[str | None]
