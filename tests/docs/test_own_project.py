"""Every line of one page is executed: nothing on it is there to be read only."""

from __future__ import annotations

from tests.docs.markdown import ROOT, blocks


def test_every_block_is_executed() -> None:
    """`test_documents.py` runs what is in a console, and makes or changes the files that are shown."""
    found = list(blocks(ROOT / "docs" / "in-your-own-project.md"))
    assert len(found) >= 12
    assert [block.line for block in found if block.kind != "console" and block.mark not in ("run", "file")] == []
