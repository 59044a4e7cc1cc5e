"""Whoever ends the program interrupts it, so that what was begun is undone and said."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn


class Interruption(KeyboardInterrupt):
    """An interruption that leaves the exit status to us.

    Where a plain KeyboardInterrupt passes through code made from a string (``exec``, as dataclasses and others do
    while they are imported), ``python -m`` ends by the signal even if it was caught and a status was given.
    """


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP interrupt at once; in the main thread, elsewhere nothing changes.

    An event loop would otherwise keep the first SIGINT back until whatever runs in it has ended. What is ignored
    (``nohup``, a script's background job) stays ignored.

    Raises:
        Interruption: in the body, when one of them arrives.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    known = [number for name in names if (number := getattr(signal, name, None)) is not None]
    before = {number: handler for number in known if (handler := signal.getsignal(number)) != signal.SIG_IGN}
    for number in before:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def interrupt(_number: int, _frame: Any) -> NoReturn:
    """Handle a signal by an interruption.

    Raises:
        Interruption: always.
    """
    raise Interruption
