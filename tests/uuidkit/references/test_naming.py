"""What names say, as a table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.uuidkit.survey.looking import name
from uuidkit.catalog.names import ColumnName
from uuidkit.references.naming import (
    Names,
    belongs_to_table,
    is_specific,
    kind_beside,
    names_copy_of,
    points_to,
    purpose,
    says_id,
    singular,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("batch_id", ("batch", "id")),
        ("batchId", ("batch", "id")),
        ("BATCH_ID", ("batch", "id")),
        ("BatchJobUUID", ("batch", "job", "uuid")),
        ("batch-id 2", ("batch", "id", "2")),
        ("größeId", ("größe", "id")),
        ("", ()),
    ],
)
def test_words(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("plural", "expected"),
    [("jobs", "job"), ("batches", "batch"), ("companies", "company"), ("boxes", "box"), ("status", "status"),
     ("addresses", "address"), ("access", "access"), ("series", "sery"), ("bus", "bus"), ("data", "data")],
)  # fmt: skip
def test_singular(plural: str, expected: str) -> None:
    assert singular(plural) == expected


STRONG, WEAK, NONE = True, False, None


@pytest.mark.parametrize(
    ("child", "key", "expected"),
    [
        ("domains.batch_id", "batch_jobs.batch_id", STRONG),
        ("domains.batchId", "batch_jobs.batch_id", STRONG),
        ("domains.parent_batch_id", "batch_jobs.batch_id", STRONG),
        ("orders.customer_id", "customers.id", STRONG),
        ("orders.customers_id", "customers.id", STRONG),
        ("orders.customer_uuid", "customers.id", STRONG),
        ("orders.customer_key", "customers.uuid", STRONG),
        ("orders.customer_code", "customers.code", STRONG),
        ("orders.batch_job_id", "batch_jobs.batch_id", STRONG),
        ("visits.company_id", "companies.id", STRONG),
        ("orders.billing_customer_id", "customers.id", WEAK),
        ("orders.customer_id", "shop_customer.id", WEAK),
        ("orders.customer_id", "customer_accounts.id", WEAK),
        ("nodes.parent_id", "nodes.id", STRONG),
        ("nodes.copied_from_node_id", "nodes.node_id", STRONG),
        ("orders.parent_id", "nodes.id", NONE),
        ("orders.id", "customers.id", NONE),
        ("orders.code", "customers.code", NONE),
        ("orders.external_id", "customers.external_id", NONE),
        ("orders.status", "customers.id", NONE),
        ("orders.customer", "customers.id", NONE),
        ("orders.note", "customers.note_id", NONE),
    ],
)
def test_points_to(child: str, key: str, expected: bool | None) -> None:
    evidence = points_to(name(child), name(key))
    assert (None if evidence is None else evidence.strong) is expected


NAMES = st.lists(
    st.sampled_from(["customer", "customers", "order", "batch", "parent", "id", "code", "by", "uuid"]), max_size=3
).map("_".join)


@given(st.lists(st.builds(ColumnName, st.just("shop"), NAMES, NAMES), unique=True))
def test_columns_found_by_their_words_are_all_that_point_to_a_key(columns: list[ColumnName]) -> None:
    names = Names(columns)
    for key in columns:
        told = {column: points_to(column, key) for column in columns if column != key}
        expected = {column: evidence for column, evidence in told.items() if evidence is not None}
        assert list(names.pointing_to(key).items()) == list(expected.items())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("email", "email"), ("contact_email", "email"), ("file_hash", "hash"), ("etag", "etag"), ("e_tag", "etag"),
     ("avatarUrl", "url"), ("images", "image"), ("api_key", "key"), ("setting_value", "value"),
     ("sha256_hex", "sha256"), ("image_owner", None), ("url_ref", None),
     ("email_id", None), ("file_uuid", None), ("batch_id", None), ("batch_key", None), ("customer", None)],
)  # fmt: skip
def test_purpose(text: str, expected: str | None) -> None:
    assert purpose(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("id", True), ("batch_id", True), ("batchId", True), ("tenantid", True), ("batchuuid", True), ("row_guid", True),
     ("paid", False), ("valid", False), ("grid", False), ("name", False), ("identity", False), ("created_by", False)],
)  # fmt: skip
def test_says_id(text: str, expected: bool) -> None:
    assert says_id(text) is expected


@pytest.mark.parametrize(
    ("text", "original", "expected"),
    [("batch_id_original", "batch_id", True), ("old_batch_id", "batch_id", True), ("batchIdOld", "batch_id", True),
     ("id_text", "id", True), ("batch_id_number", "batch_id", False), ("batch_id", "batch_id", False),
     ("batch_id_original_2", "batch_id", False), ("job_id_original", "batch_id", False)],
)  # fmt: skip
def test_names_copy_of(text: str, original: str, expected: bool) -> None:
    assert names_copy_of(text, original) is expected


def test_specific_and_belonging() -> None:
    assert is_specific("batch_id")
    assert not any(map(is_specific, ["id", "uuid", "code", "external_id", "source_ref", "key", "id2"]))
    assert belongs_to_table(name("batch_jobs.batch_id"))
    assert belongs_to_table(name("jobs.job_id"))
    assert belongs_to_table(name("batch_jobs.job_id"))
    assert not belongs_to_table(name("batch_jobs.tenant_id"))
    assert not belongs_to_table(name("domains.batch_id"))
    assert not belongs_to_table(name("jobs.id"))


@pytest.mark.parametrize(
    ("identifier", "beside", "expected"),
    [
        ("record_id", "record_type", True),
        ("commentable_id", "commentable_type", True),
        ("row_id", "table_name", True),
        ("rowId", "TableName", True),
        ("object_id", "entity", True),
        ("record_id", "target_table", True),
        ("record_id", "record_status", False),
        ("record_id", "entity_id", False),  # another id, not a kind
        ("record_id", "table_number", False),  # the one in a restaurant
        ("customer_id", "table_name", False),  # the name says whose it is
        ("record_id", "type", False),
    ],
)
def test_the_column_beside_that_says_what_an_id_identifies(identifier: str, beside: str, expected: bool) -> None:
    assert kind_beside(identifier, ["amount", identifier, beside]) == (beside if expected else None)
