"""What the documents show is what happens: commands, their output, Python, links, the list of options.

With UUIDKIT_REFRESH_DOCUMENTS=1 outputs that differ, and are shown without ``...``, are written anew.
"""

from __future__ import annotations

import ast
import doctest
import os
import re
import runpy
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

import uuidkit as toolkit
from batchsvc.cli import main as batchsvc
from tests.docs.conftest import NewDatabase
from tests.docs.markdown import DOCUMENTS, ROOT, Block, anchors, blocks, links, name_of, prose, sections
from tests.docs.terminal import ELLIPSIS, Command, Shell, commands, differs
from tests.support import psql
from tests.support.servers import Server, bin_dir_for
from uuidkit import errors
from uuidkit.cli.main import uuidkit
from uuidkit.ids import FORMATS
from uuidkit.planning.model import Request

EXAMPLE = ROOT / "docs" / "example"
REFRESH = os.environ.get("UUIDKIT_REFRESH_DOCUMENTS") == "1"
LIVELY = [path for path in DOCUMENTS if any(block.kind in ("console", "python") for block in blocks(path))]
MARKS = {"run", "file", "new-database", "rights", "service"}


class Session:
    """One reading of a document from its beginning, or from where it starts over."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        folder.mkdir()
        for path in EXAMPLE.iterdir():
            shutil.copy(path, folder)
        self.shell = Shell(folder, {"DATABASE_URL": url}, [bin_dir_for(url)])
        self.service: subprocess.Popen[bytes] | None = None
        self.globals: dict[str, Any] = {"__name__": "__main__"}

    def close(self) -> None:
        if self.service is not None:
            self.service.terminate()
            assert self.service.wait(30) == 0
        self.shell.__exit__()

    def serve(self) -> None:
        """Start the demonstration of the service, whose address and key are then in SERVICE and KEY."""
        command = [sys.executable, "-m", "batchsvc", "demo", "--port", "0"]
        log = self.folder.with_suffix(".log")
        with log.open("w") as file:
            self.service = subprocess.Popen(command, cwd=self.folder, stderr=file)
        while "Serving on" not in (said := log.read_text(encoding="utf-8")):
            assert self.service.poll() is None, said
            time.sleep(0.1)
        [key] = set(re.findall(r"bsk_[\w-]+", said))
        address = re.findall(r"Serving on (http://\S+)/;", said)[0]
        self.shell.type(f"SERVICE={address} KEY={key}")

    def console(self, document: Path, block: Block) -> Iterator[tuple[Command, list[str]]]:
        """Run a block's commands; each with its output that is not as shown."""
        found = list(commands(block.text, block.line))
        for number, command in enumerate(found):
            real, status = self.shell.type(command.text)
            where = f"{name_of(document)}:{command.line}: $ {command.text}"
            asked = number + 1 < len(found) and found[number + 1].text == "echo $?"
            printed = "\n".join(real)
            assert not status or asked, f"{where}\nended with {status}, which the document does not show:\n{printed}"
            difference = differs(command.output, real)
            if difference and REFRESH and ELLIPSIS not in command.output:
                yield command, real
            elif difference:
                pytest.fail(f"{where}\n{difference}\n--- printed:\n{printed}", pytrace=False)

    def python(self, document: Path, block: Block) -> None:
        """Run the examples of a block, or see that it can be compiled."""
        if ">>>" not in block.text:
            compile(block.text, name_of(document), "exec")
            return
        example = doctest.DocTestParser().get_doctest(
            block.text, self.globals, name_of(document), name_of(document), block.line - 1
        )
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        said: list[str] = []
        runner.run(example, out=said.append, clear_globs=False)
        self.globals = example.globs
        assert not runner.failures, "".join(said)

    def write(self, block: Block) -> None:
        """Make or change the file that a block shows."""
        path = self.folder / block.value
        if block.kind == "diff":
            path.write_text(patched(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")
            return
        if (EXAMPLE / block.value).exists():
            assert (EXAMPLE / block.value).read_text(encoding="utf-8") == block.text, f"docs/example/{block.value}"
        path.write_text(block.text, encoding="utf-8")


def patched(text: str, diff: str) -> str:
    """A file with a diff applied whose pieces are found by their text alone."""
    for piece in re.split(r"^@@.*\n", diff, flags=re.MULTILINE):
        lines = [line for line in piece.rstrip("\n").split("\n") if not line.startswith(("--- ", "+++ "))]
        before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
        after = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
        if before == after:
            continue
        assert text.count(before) == 1, f"not found, or more than once:\n{before}"
        text = text.replace(before, after)
    return text


@pytest.mark.parametrize("document", LIVELY, ids=name_of)
def test_document(document: Path, new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FORMATS, "_formats", dict(FORMATS._formats))  # a document may add one
    session: Session | None = None
    changes: list[tuple[Command, list[str]]] = []
    try:
        for block in blocks(document):
            assert block.mark in MARKS | {""}, f"{name_of(document)}:{block.line}: {block.mark}"
            if session is None or block.mark == "new-database":
                if session is not None:
                    session.close()
                session = Session(new_database(), tmp_path / str(block.line))
                monkeypatch.chdir(session.folder)
                monkeypatch.setenv("DATABASE_URL", session.url)
            if block.mark == "service" and session.service is None:
                session.serve()
            if block.mark == "file":
                session.write(block)
            elif block.mark == "run":
                done = psql(session.url, block.text, "-q", "-v", "ON_ERROR_STOP=1")
                assert not done.returncode, f"{name_of(document)}:{block.line}: {done.stderr}"
            elif block.kind == "console":
                changes += session.console(document, block)
            elif block.kind == "python":
                session.python(document, block)
    finally:
        if session is not None:
            session.close()
    if changes:
        refresh(document, changes)
        pytest.fail(f"{name_of(document)}: {len(changes)} outputs were written anew")


@pytest.mark.parametrize("ledger", ["convert", "instead"])
def test_the_rights_in_the_document_are_enough(
    ledger: str, reader_server: Server, new_database: NewDatabase, tmp_path: Path
) -> None:
    rights = {block.value: block.text for block in blocks(ROOT / "docs" / "running-it.md") if block.mark == "rights"}
    if ledger == "instead":  # of the last line
        rights["convert"] = rights["convert"].split("\n")[0] + rights["instead"]
    url = new_database()
    psql(url, "CREATE ROLE shop_owner; CREATE ROLE converter LOGIN;")
    try:
        made = (EXAMPLE / "shop.sql").read_text(encoding="utf-8")
        owned = "".join(f"ALTER TABLE {table} OWNER TO shop_owner;" for table in ("orders", "order_items", "payments"))
        done = psql(url, f"{made}{owned}{rights['look']}", "-v", "ON_ERROR_STOP=1")
        assert not done.returncode, done.stderr
        converter = reader_server.url_of("shop", "converter")
        with Shell(tmp_path, {"DATABASE_URL": converter}, []) as shell:
            assert shell.type("uuidkit scan")[1] == 0
            said, status = shell.type("uuidkit report orders.order_id --on-unparseable derive")
            # Three tables that are somebody else's, and the ledger's schema.
            assert (status, sum("PERMISSION" in line for line in said)) == (3, 4), "\n".join(said)
            assert not psql(url, rights["convert"], "-v", "ON_ERROR_STOP=1").returncode
            for verb in ("convert", "verify", "lookup", "revert") if ledger == "convert" else ("convert", "revert"):
                what = {"verify": "", "lookup": "A-1042", "convert": "orders.order_id --on-unparseable derive"}
                said, status = shell.type(f"uuidkit {verb} {what.get(verb, '--all')}")
                assert status == 0, "\n".join(said)
    finally:
        reader_server.drop_database("shop")
        reader_server.run("DROP ROLE IF EXISTS converter, shop_owner")


def test_every_blocker_is_explained() -> None:
    """Codes are the words in capitals in the modules that make blockers."""
    codes = set()
    modules = ("blockers", "build", "dependents", "domains", "keeping", "trees")
    for name in (*(f"planning/{module}.py" for module in modules), "reversion.py", "finalization.py"):
        tree = ast.parse((ROOT / "uuidkit" / name).read_text(encoding="utf-8"))
        texts = {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        codes |= {text for text in texts if re.fullmatch("[A-Z]+(?:_[A-Z]+)*", text)} - {"FULL"}
    explained = set(
        re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "reading-a-report.md").read_text(), re.MULTILINE)
    )
    assert explained == codes
    assert set(re.findall(r"\| `([A-Z_]+)` \|", (ROOT / "docs" / "limits.md").read_text())) <= codes


def test_the_whole_library_is_described() -> None:
    text = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    names = {name for name in vars(errors) if isinstance(getattr(errors, name), type) and name != "Sequence"}
    assert [name for name in names if f"`{name}" not in text and f".{name}`" not in text] == []
    functions = set(toolkit.__all__) - {"__version__", "errors"}
    assert [name for name in functions if f"`{name}(" not in text] == []
    # Two are for the toolkit itself.
    options = set(Request.__dataclass_fields__) - {"targets", "optional_names", "through", "rewrites"} | {"rewrite"}
    assert [name for name in options if f"`{name}=" not in text] == []


def test_the_picture_is_of_the_report_as_it_is(new_database: NewDatabase, tmp_path: Path) -> None:
    """`docs/make_picture.py` makes it anew, from what the command in its first line prints."""
    path = ROOT / "docs" / "images" / "report.svg"
    present = path.read_text(encoding="utf-8")
    [prompt] = re.findall(r'aria-label="Terminal: (.*?)"', present)
    url = new_database()
    psql(url, (EXAMPLE / "shop.sql").read_text(encoding="utf-8"))
    with Shell(tmp_path, {"DATABASE_URL": url}, []) as shell:
        report, status = shell.type(prompt.removeprefix("$ "))
    assert status == 0
    made: str = runpy.run_path(str(ROOT / "docs" / "make_picture.py"))["picture"](prompt, "\n".join(report))
    if REFRESH:
        path.write_text(made, encoding="utf-8")
    assert present == made
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", made)


def refresh(document: Path, changes: list[tuple[Command, list[str]]]) -> None:
    """Write the real outputs into a document."""
    lines = document.read_text(encoding="utf-8").split("\n")
    for command, real in reversed(changes):
        start = command.line + command.text.count("\n")
        lines[start : start + len(command.output)] = [line.rstrip() for line in real]
    document.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(document: Path) -> None:
    for link in links(document):
        if re.match(r"https?://", link):
            continue
        target, _, anchor = link.partition("#")
        path = (document.parent / target).resolve() if target else document
        assert path.exists(), f"{name_of(document)} links to {link}"
        if anchor:
            assert anchor in anchors(path), f"{name_of(document)} links to {link}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_document_is_reached_from_the_readme(document: Path) -> None:
    reached = {ROOT / "README.md"}
    waiting = list(reached)
    while waiting:
        page = waiting.pop()
        for link in links(page):
            path = (page.parent / link.partition("#")[0]).resolve()
            if path.suffix == ".md" and path not in reached:
                reached.add(path)
                waiting.append(path)
    assert document in reached


def programs() -> Iterator[tuple[str, click.Command]]:
    """Every command of both programs, by its name on the command line."""
    waiting: list[tuple[str, click.Command]] = [("uuidkit", uuidkit), ("batchsvc", batchsvc)]
    while waiting:
        name, command = waiting.pop(0)
        yield name, command
        if isinstance(command, click.Group):
            waiting += [(f"{name} {child}", found) for child, found in command.commands.items()]


@pytest.mark.parametrize(("name", "command"), [pytest.param(*pair, id=pair[0]) for pair in programs()])
def test_every_command_and_option_is_described(name: str, command: click.Command) -> None:
    described = sections(ROOT / "docs" / "commands.md")
    assert f"`{name}`" in described
    text = described[f"`{name}`"] + described["Shared options"]
    for parameter in command.params:
        for option in parameter.opts if isinstance(parameter, click.Option) else ():
            assert f"`{option}" in text, f"{name} {option} is not described in docs/commands.md"


def test_no_option_is_described_that_does_not_exist() -> None:
    known = {opt for _, command in programs() for p in command.params for opt in (*p.opts, *p.secondary_opts)}
    known |= {"-h", "--help"}
    for document in DOCUMENTS:
        for block in blocks(document):
            if block.kind != "console":
                continue
            for line in block.text.split("\n"):
                if line.startswith(("$ uuidkit ", "$ batchsvc ")) and not line.startswith("$ uuidkit psql "):
                    command = line.split(" | ")[0]
                    used = set(re.findall(r"(?<=\s)--?[a-z][\w-]*", command))
                    assert used <= known, f"{name_of(document)}: {sorted(used - known)}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_nothing_of_a_machine_is_in_a_document(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for found in re.findall(r"(?<![\w.])/(?:home|root|tmp|work|Users)/\S*", text):
        pytest.fail(f"{name_of(document)} names {found}")
    assert not re.search(r"://[^\s/:@]+:(?!password@|\*\*\*@)[^\s/@]+@", text)
    assert "\t" not in prose(document)
