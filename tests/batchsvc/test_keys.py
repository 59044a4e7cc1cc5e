"""`batchsvc key`: made once, shown once, ended at once; and the key that `serve` prints at its first start."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import requests
from click.testing import CliRunner, Result

from batchsvc.cli import main
from batchsvc.settings import Settings
from tests.batchsvc.serving import PREFIX, running


def command(url: str, *arguments: str) -> Result:
    """Run `batchsvc key` on a database."""
    return CliRunner().invoke(main, ["key", *arguments, "-d", url], catch_exceptions=False)


def test_a_key_from_its_making_to_its_end(service_database: str) -> None:
    tenant = uuid4()
    made = command(service_database, "create", "--tenant", str(tenant), "--name", "Ann's laptop")
    assert made.exit_code == 0, made.stderr
    key = made.stdout.strip()
    assert re.fullmatch(r"bsk_[a-z2-7]{8}_[\w-]{43}", key)
    assert key not in made.stderr
    mine = command(service_database, "create", "--name", "mine").stdout.strip()
    with running(service_database) as service:
        who = {"Authorization": f"Bearer {key}"}
        assert requests.get(f"{service.base}{PREFIX}/batch", headers=who, timeout=10).status_code == 200
        listed = json.loads(command(service_database, "list", "--json").stdout)
        assert [(row["name"], row["tenant_id"]) for row in listed] == [
            ("Ann's laptop", str(tenant)),
            ("mine", str(Settings().tenant)),
        ]
        assert listed[0]["last_used_at"]
        assert listed[1]["last_used_at"] is None
        text = command(service_database, "list", "--tenant", str(tenant)).stdout
        assert "Ann's laptop" in text
        assert "mine" not in text
        for shown in (text, str(listed)):
            assert key[13:] not in shown
            assert mine[13:] not in shown
        revoked = command(service_database, "revoke", key[4:12])
        assert (revoked.exit_code, revoked.stdout) == (0, "")
        assert requests.get(f"{service.base}{PREFIX}/batch", headers=who, timeout=10).status_code == 401
    assert "revoked" in command(service_database, "list", "--tenant", str(tenant)).stdout
    for nothing in (key[4:12], "unknown", str(uuid4())):
        again = command(service_database, "revoke", nothing)
        assert (again.exit_code, again.stdout) == (2, "")
        assert "batchsvc key list" in again.stderr


def test_names_that_are_none(service_database: str) -> None:
    for name in ("", " ", "two\nlines", "x" * 101):
        assert command(service_database, "create", "--name", name).exit_code == 2
    assert command(service_database, "create", "--name", "a", "--tenant", "me").exit_code == 2
    assert command(service_database, "list", "--json").stdout.strip() == "[]"


def test_a_schema_that_is_not_at_head(database: str) -> None:
    refused = command(database, "list")
    assert refused.exit_code != 0
    assert "batchsvc db upgrade" in refused.stderr


def serve(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start the service on the embedded server of a folder; what it says until it serves."""
    log = folder / "log"
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "batchsvc", "serve", "--port", "0"],
            cwd=folder,
            stderr=file,
            env={**environment, "UUIDKIT_EMBEDDED_DIR": str(folder / "data")},
        )
    end = time.monotonic() + 60
    while "Serving on" not in (said := log.read_text(encoding="utf-8")):
        assert process.poll() is None, said
        assert time.monotonic() < end, said
        time.sleep(0.1)
    return process, said


def test_the_first_start_on_the_embedded_server_prints_a_key(tmp_path: Path) -> None:
    process, said = serve(tmp_path)
    try:
        [key] = set(re.findall(r"bsk_[\w-]+", said))
        [base] = re.findall(r"Serving on (http://\S+)/;", said)
        end = time.monotonic() + 20
        while requests.get(f"{base}/readyz", timeout=10).status_code != 200:
            assert time.monotonic() < end
            time.sleep(0.1)
        assert requests.get(f"{base}{PREFIX}/batch", timeout=10).status_code == 401
        who = {"Authorization": f"Bearer {key}"}
        assert requests.get(f"{base}{PREFIX}/batch", headers=who, timeout=10).json()["batches"] == []
        # An open stream of events does not hold the end up.
        body = {"domains": ["never.example.com"], "max_pages": 1}
        made = requests.post(f"{base}{PREFIX}/batch", json=body, headers=who, timeout=10).json()
        path = made["status_url"].replace("/status", "/events")
        with requests.get(base + path, headers=who, stream=True, timeout=10) as stream:
            assert stream.status_code == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(25) == 0
    finally:
        process.kill()
        process.wait()
    process, said = serve(tmp_path)
    try:
        assert "bsk_" not in said
        process.send_signal(signal.SIGINT)
        assert process.wait(25) == 0
    finally:
        process.kill()
        process.wait()
    assert not list((tmp_path / "data").rglob("postmaster.pid"))
