"""What schemathesis cannot know from the OpenAPI document: what a domain is, and which ids there are."""

from __future__ import annotations

import json
import os
import random
import re
from typing import Any
from uuid import uuid4

import schemathesis
from hypothesis import strategies as st

from batchsvc.api.identifiers import BATCH_ID, JOB_ID

BATCHES = json.loads(os.environ["KNOWN_BATCHES"])
JOBS = json.loads(os.environ["KNOWN_JOBS"])

_NAMES = st.builds(
    "{}{}.{}".format,
    st.sampled_from(["", "www.", "a-b.", "bücher.", "例え."]),
    st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True),
    st.sampled_from(["com", "org", "co.uk", "de", "рф", "xn--p1ai"]),
)
schemathesis.openapi.format(
    "domain-or-url",
    st.one_of(
        _NAMES, _NAMES.map("https://{}/shop?page=1".format), _NAMES.map("http://{}:80".format), _NAMES.map(str.upper)
    ),
)


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Most ids of the right form become ids that there are; the rest stay, and are answered with 404."""
    for name, pattern, known in (("batch_id", BATCH_ID, BATCHES), ("job_id", JOB_ID, JOBS)):
        value = (path_parameters or {}).get(name)
        if path_parameters and isinstance(value, str) and re.search(pattern, value) and random.random() < 0.8:
            chosen = random.choice(known)
            legacy = name == "batch_id" and random.random() < 0.3
            path_parameters[name] = f"batch_{chosen.replace('-', '')}" if legacy else chosen
    return path_parameters


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """A key for repeated requests is used for one request; what happens otherwise has tests of its own."""
    # An edit makes a case count as right that was made to be wrong.
    if case.meta is not None and case.meta.generation.mode.is_negative:
        return
    if case.headers and re.fullmatch(r"[!-~]{1,255}", str(case.headers.get("Idempotency-Key", ""))):
        case.headers["Idempotency-Key"] = str(uuid4())
