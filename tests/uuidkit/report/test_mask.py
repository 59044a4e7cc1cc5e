from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uuidkit.report.mask import mask, mask_all, mask_message


@given(st.text())
def test_only_the_outline_is_left(value: str) -> None:
    outline = mask(value)
    assert len(outline) == len(value)
    assert set(outline) <= set("x9? _-.:/@")
    assert mask(outline) == outline


@given(st.text(), st.text())
def test_values_quoted_as_repr_does_are_masked(first: str, second: str) -> None:
    message = f'2 values of the column hold no uuid, for example {first!r}, {second!r} (under "Batch_key").'
    masked = mask_message(message)
    rest = masked.removeprefix("2 values of the column hold no uuid, for example ").removesuffix(
        ' (under "Batch_key").'
    )
    assert rest != masked
    assert set(rest) <= set("x9? _-.:/@',")


@pytest.mark.parametrize(
    "message",
    [
        "The column's type is the domain public.\"Id\"; the table's rules go.",
        'public."Order"."batchId" refers to "Order"."id".',
        "1,234 rows, 12 of them NULL.",
    ],
)
def test_names_counts_and_apostrophes_stay(message: str) -> None:
    assert mask_message(message) == message


def test_what_is_to_be_typed_stays_as_it_is() -> None:
    remedy = (
        "Accept that with --allow 'public.f()', or give another definition with --rewrite 'p on public.t=FILE.sql', or "
        """take --rewrite 'o'"'"'x()'; """
    )
    assert mask_message(remedy + "it held 'jane'.") == remedy + "it held 'xxxx'."


def test_uuids_in_messages_are_masked() -> None:
    assert mask_message("→ 3f2504e0-4f89-41d3-9a0c-0305e82c3301.") == "→ 9x9999x9-9x99-99x9-9x9x-9999x99x9999."


def test_structures_keep_their_shape() -> None:
    assert mask_all({"value": "abc", "n": 3, "ok": True, "none": None, "list": ["d1", 2.5]}) == {
        "value": "xxx",
        "n": 3,
        "ok": True,
        "none": None,
        "list": ["x9", 2.5],
    }
