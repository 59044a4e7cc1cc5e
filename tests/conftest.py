"""Fixtures for tests on real PostgreSQL servers.

`server` is a running server, once per chosen version (`--servers 18,16,system` or UUIDKIT_TEST_SERVERS; 18 by default);
`database` is the superuser's URL of a fresh database, `owner_database` the URL of one for its plain owner,
`pooled_database` the URL of `database` through a PgBouncer that pools transactions.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.memory import prefer_memory
from tests.support.pgbouncer import pgbouncer, program
from tests.support.servers import Pool, Server, parse_choice, release

# What these test does not depend on the server's version: they run on the first chosen server alone.
ONE_SERVER = (
    "tests/batchsvc/",
    "tests/benchmarks/",
    "tests/docs/",
    "tests/examples/",
    "tests/uuidkit/alembic/",
    "tests/uuidkit/cli/",
    "tests/uuidkit/demo/",
    "tests/uuidkit/report/",
    "tests/test_installed.py",
    "tests/uuidkit/test_types",
)

# 16 lies between the others: beside them it runs what goes through whole databases, there and back.
BETWEEN = "16"
ON_EVERY_SERVER = (
    "tests/products/",
    "tests/test_cases.py",
    "tests/uuidkit/ids/test_agreement.py",
    "tests/uuidkit/random_schemas/",
)

# What takes longest begins first, so that no worker is left with it at the end.
LONG = (
    "tests/batchsvc/api/test_schemathesis.py",
    "tests/batchsvc/worker/test_processes.py",
    "tests/batchsvc/chaos/",
    "tests/benchmarks/",
    "tests/test_installed.py",
    "tests/docs/test_documents.py::test_document[docs/in-your-own-project.md]",
    "tests/docs/test_documents.py::test_document[docs/http.md]",
    "tests/products/",
    "tests/examples/",
    "tests/uuidkit/safety/test_interruption.py",
)

# Long stories that say the same on every server and every Python: `-m "not many"` leaves them out.
MANY = (
    "tests/batchsvc/api/test_schemathesis.py",
    "tests/batchsvc/chaos/",
    "tests/batchsvc/scanner/",
    "tests/batchsvc/worker/test_processes.py",
    "tests/benchmarks/",
    "tests/docs/",
    "tests/examples/",
    "tests/mutations/",
    "tests/test_installed.py",
    "tests/uuidkit/demo/",
    "tests/uuidkit/rehearsal/",
    "tests/uuidkit/report/test_truth.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--servers",
        default=os.environ.get("UUIDKIT_TEST_SERVERS") or "18",
        help="PostgreSQL servers to test on, from 18, 16 and system (default: UUIDKIT_TEST_SERVERS, else 18)",
    )


def pytest_configure(config: pytest.Config) -> None:
    prefer_memory()
    # Nobody's own database is touched, whatever the shell that runs the tests has set.
    for name in list(os.environ):
        if name.startswith("PG") or name in ("DATABASE_URL", "UUIDKIT_EMBEDDED_DIR"):
            del os.environ[name]
    config.addinivalue_line("markers", "pg_min(version_num): needs a server of at least this version, such as 160000")
    config.addinivalue_line("markers", "pg_max(version_num): needs a server of at most this version, such as 159999")
    config.addinivalue_line("markers", "many: one thing many times over, or a long story")
    config.addinivalue_line("markers", "root: about what only root meets; left out for other accounts")
    for label in parse_choice(config.getoption("servers")):
        try:
            release(label)
        except LookupError as error:
            raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: tests wait for servers, and some for time to pass."""
    return min(4, (os.cpu_count() or 1) + 1)


def pytest_report_header(config: pytest.Config) -> str:
    chosen = [release(label) for label in parse_choice(config.getoption("servers"))]
    return "PostgreSQL: " + ", ".join(f"{item.version} ({item.label})" for item in chosen)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The sums of what tests have counted (`record_property("counted", {what: how many})`), in whichever process."""
    sums: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                for name, found in report.user_properties:
                    sums.update(found if name == "counted" else {})
    for what, number in sums.items():
        terminalreporter.write_line(f"counted: {number} {what}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "server" in metafunc.fixturenames:
        labels = parse_choice(metafunc.config.getoption("servers"))
        metafunc.parametrize("server", labels, ids=[f"pg{label}" for label in labels], indirect=True, scope="session")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, None, None]:
    """Leave out, rather than skip, what a server's version or our account rules out; begin with what takes longest."""
    for item in items:
        if item.nodeid.startswith(MANY):
            item.add_marker("many")
    left_out = [item for item in items if not _fits(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _fits(item)]
    yield
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        items[:] = _long_first(items, workers)


def _long_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """The tests in the parts that the workers begin with, the long ones dealt out to the parts' beginnings."""
    rank = {prefix: number for number, prefix in enumerate(LONG)}
    found = [(min(r for p, r in rank.items() if i.nodeid.startswith(p)), i) for i in items if i.nodeid.startswith(LONG)]
    long = [item for _, item in sorted(found, key=lambda pair: pair[0])]
    others = [item for item in items if not item.nodeid.startswith(LONG)]
    size = -(-len(items) // workers)
    result: list[pytest.Item] = []
    for number in range(workers):
        part = long[number::workers]
        taken = max(0, size - len(part))
        result += [*part, *others[:taken]]
        del others[:taken]
    return result + others


def _fits(item: pytest.Item) -> bool:
    if item.get_closest_marker("root") and os.geteuid() != 0:
        return False
    label = getattr(item, "callspec", None) and item.callspec.params.get("server")  # type: ignore[attr-defined]
    if not label:
        return True
    chosen = parse_choice(item.config.getoption("servers"))
    if item.nodeid.startswith(ONE_SERVER) and label != chosen[0]:
        return False
    if label == BETWEEN and len(chosen) > 1 and not item.nodeid.startswith(ON_EVERY_SERVER):
        return False
    version_num = release(label).version_num
    at_least = all(version_num >= mark.args[0] for mark in item.iter_markers("pg_min"))
    return at_least and all(version_num <= mark.args[0] for mark in item.iter_markers("pg_max"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With UUIDKIT_NO_SKIP=1 a skipped test is a failed one."""
    report = yield
    if report.skipped and os.environ.get("UUIDKIT_NO_SKIP") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although UUIDKIT_NO_SKIP=1: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def servers() -> Iterator[Pool]:
    """All servers of this run, by label."""
    pool = Pool()
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def server(servers: Pool, request: pytest.FixtureRequest) -> Server:
    """A running server of the version at hand."""
    return servers.get(request.param)


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """The superuser's URL of a fresh, empty database."""
    server.start()
    url = server.create_database()
    yield url
    server.start()
    server.drop_database(url)


@pytest.fixture(scope="module")
def module_database(server: Server) -> Iterator[str]:
    """The superuser's URL of a database that the tests of one module share."""
    server.start()
    url = server.create_database()
    yield url
    server.start()
    server.drop_database(url)


@pytest.fixture
def owner_database(server: Server) -> Iterator[str]:
    """The URL of a fresh database for its owner, a role without any other right."""
    server.start()
    role = server.create_role()
    name = server.create_database(owner=role)
    yield server.url_of(name.partition("?")[0].rpartition("/")[2], role)
    server.start()
    server.drop_database(name)
    server.drop_role(role)


@pytest.fixture(scope="session")
def pgbouncer_program() -> Path:
    """The pgbouncer of this machine; without one the test is left out, and says so."""
    found = program()
    if found is None:
        pytest.skip("needs pgbouncer (Debian: apt-get install pgbouncer)")
    return found


@pytest.fixture
def pooled_database(server: Server, database: str, pgbouncer_program: Path) -> Iterator[str]:
    """The superuser's URL of the fresh `database` through a PgBouncer in transaction mode."""
    with pgbouncer(server, pgbouncer_program) as folder:
        yield database.replace(quote(str(server.socket_dir)), quote(str(folder)))
