"""Worker processes, as a machine's supervisor would keep them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[3]


class WorkerProcess:
    """``batchsvc worker`` in a process of its own, with the scanner that asks nobody.

    Args:
        url: the database.
        log: a file that its messages go to.
        concurrency: scans at a time.
        settings: environment variables.
        serve: whether it is ``batchsvc serve``, on a port of its own choice, instead.
    """

    def __init__(
        self,
        url: str,
        log: Path,
        *,
        concurrency: int = 20,
        settings: Mapping[str, str] | None = None,
        serve: bool = False,
    ) -> None:
        self.log = log
        self.woken_at = 0.0
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PG", "BATCHSVC_"))},
            "DATABASE_URL": url,
            "PYTHONPATH": str(ROOT),
            "BATCHSVC_SCANNER": "tests.batchsvc.pretending:make",
            **(settings or {}),
        }
        kind = ["serve", "--port", "0"] if serve else ["worker"]
        self._command = [sys.executable, "-m", "batchsvc", *kind, "--concurrency", str(concurrency)]
        self._stopped = False
        self.start()

    def start(self) -> None:
        """Start it anew."""
        output: IO[str]
        with self.log.open("a") as output:
            self.process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        self._stopped = False

    @property
    def ended_by_itself(self) -> int | None:
        """Its exit status, if it has ended although nobody killed it."""
        status = self.process.poll()
        return status if status is not None and status != -signal.SIGKILL else None

    @property
    def stopped(self) -> bool:
        """Whether it is stopped."""
        return self._stopped

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()

    def pause(self, seconds: float) -> None:
        """Stop it, as the pause of a virtual machine does."""
        self.process.send_signal(signal.SIGSTOP)
        self._stopped = True
        self.woken_at = time.monotonic() + seconds

    def wake(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)
        self._stopped = False

    def terminate(self, seconds: float = 25) -> tuple[int, float]:
        """Tell it to end: its exit status, and how long that took in seconds."""
        begun = time.monotonic()
        if self._stopped:
            self.wake()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(seconds)
        return status, time.monotonic() - begun

    def close(self) -> None:
        """End it, whatever it is doing."""
        if self.process.poll() is None:
            self.kill()
