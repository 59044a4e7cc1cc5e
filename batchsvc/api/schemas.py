"""Bodies of requests and answers. Field names are those of the interface that this one replaces."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, StrictBool, StrictStr

from batchsvc.api.identifiers import BATCH_ID, CURSOR
from batchsvc.scanner.codes import ErrorCode

Entry = Annotated[
    StrictStr,
    Field(
        max_length=2048,
        description="a domain or an http(s) URL, of which the host is taken; international names as they are",
        json_schema_extra={"format": "domain-or-url"},
    ),
]


def _whole(value: object) -> object:
    """115.0 is an integer to JSON Schema, and true is none."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, Strict(), BeforeValidator(_whole)]


class ItemState(StrEnum):
    """What has become of a domain."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class _Body(BaseModel):
    # A misspelt option is an error of the sender's, not one to be passed over.
    model_config = ConfigDict(extra="forbid")


class NewBatch(_Body):
    """Domains to scan."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"domains": ["example.com", "https://www.example.org/shop"], "max_pages": 5}]},
    )

    domains: list[Entry] = Field(min_length=1, description="what to scan; repeats count once")
    max_pages: Whole = Field(default=1000, ge=1, le=100_000, description="most pages of one domain")
    max_concurrent: Whole = Field(default=5, ge=1, le=1000, description="most domains of the batch at a time")
    batch_id: Annotated[StrictStr, Field(pattern=BATCH_ID, max_length=200)] | None = Field(
        default=None, description="an id of your own; otherwise one is made"
    )
    tenant_id: UUID | None = Field(
        default=None,
        description="the key's tenant, which it has to be; older clients send it",
        json_schema_extra={"deprecated": True},
    )
    skip_invalid: StrictBool = Field(
        default=False, description="take the valid entries; the others become failed items `invalid_domain`"
    )


class NewScan(_Body):
    """One domain to scan."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"base_url": "https://example.com", "max_pages": 10}]}
    )

    base_url: Entry
    max_pages: Whole = Field(default=100, ge=1, le=100_000, description="most pages of the domain")


class RetryRequest(_Body):
    """Which failed domains to scan once more."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "connect_timeout"}]})

    code: ErrorCode | None = Field(default=None, description="those that failed with this code; otherwise all")


class Created(BaseModel):
    """A batch that has been taken on."""

    batch_id: UUID
    status_url: str
    job_count: int = Field(description="domains in the batch, each once")
    created_at: datetime
    duplicates: int = Field(description="entries that named a domain already named")
    invalid: int = Field(description="entries that are no domain, taken as failed items")


class Counts(BaseModel):
    """Domains by state; their sum is `total_domains`."""

    queued: int
    running: int
    completed: int
    failed: int
    cancelled: int


BatchStatus = Annotated[
    str,
    Field(
        description="pending, processing, completed (all), completed_with_errors, failed (all) or cancelled; "
        "of batches of the old system also what that wrote",
        examples=["processing"],
    ),
]


class DomainStatus(BaseModel):
    """A domain of a batch in short."""

    domain: str
    status: ItemState
    error_code: str | None = None
    error: str | None = None


class Status(BaseModel):
    """A batch."""

    batch_id: UUID
    status: BatchStatus
    done: bool = Field(description="whether nothing is left to do")
    total_domains: int
    completed_domains: int
    failed_domains: int
    counts: Counts
    progress: float = Field(description="from 0 to 1: the share that is finished, whatever the outcome")
    version: int = Field(description="grows with every change of the counters")
    max_pages: int
    max_concurrent: int
    generation: int = Field(description="1, and one more with every retry; 0 of the old system's")
    created_at: datetime
    updated_at: datetime
    start_time: datetime | None
    end_time: datetime | None
    processing_time: float | None = Field(description="seconds from start to end")
    domain_statuses: list[DomainStatus] | None = Field(description="of a batch of up to 100 domains; otherwise null")
    items_url: str
    error: str | None
    metadata: dict[str, Any] | None


class BatchList(BaseModel):
    """Batches, the newest first."""

    batches: list[Status]
    next_cursor: Annotated[str, Field(pattern=CURSOR)] | None


class Item(BaseModel):
    """A domain of a batch."""

    id: int
    domain: str = Field(description="its ASCII form")
    given: str = Field(description="as it was first written")
    state: ItemState
    attempt: int
    generation: int
    error_code: str | None
    error: str | None
    started_at: datetime | None
    finished_at: datetime | None
    result: dict[str, Any] | None = Field(description="what the scan found")


class ItemList(BaseModel):
    """Domains of a batch, in the order in which they were given."""

    items: list[Item]
    next_cursor: Annotated[str, Field(pattern=CURSOR)] | None


class Changed(BaseModel):
    """What a cancel or retry changed."""

    batch_id: UUID
    status: BatchStatus
    changed: int = Field(description="domains whose state changed")
    status_url: str


class ScanCreated(BaseModel):
    """A scan that has been taken on."""

    job_id: UUID
    batch_id: UUID = Field(description="the batch of one that it is")
    status_url: str
    created_at: datetime


class Job(BaseModel):
    """A scan of one domain."""

    job_id: UUID
    batch_id: UUID | None
    status: str = Field(
        description="pending, processing, completed, failed or cancelled; of the old system also what that wrote"
    )
    progress: float = Field(description="from 0 to 1")
    domain_id: UUID | None
    created_by: UUID | None
    result_data: dict[str, Any] | None
    job_metadata: dict[str, Any] | None
    error: str | None
    created_at: datetime
    updated_at: datetime
