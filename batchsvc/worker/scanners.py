"""The scanner that the settings ask for."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

from batchsvc.scanner.protocol import Scanner
from batchsvc.settings import PREFIX, Settings, SettingsError


@asynccontextmanager
async def scanner_for(settings: Settings) -> AsyncIterator[Scanner]:
    """The scanner of a process, for as long as the block lasts: the one that comes along, or one of the user's.

    Args:
        settings: ``scanner`` names a function of one's own, as ``module:function``. It is called with the settings and
            returns a scanner, or an asynchronous context manager that gives one.

    Raises:
        SettingsError: there is no such function.
    """
    made = _own(settings) if settings.scanner else _website(settings)
    if isinstance(made, AbstractAsyncContextManager):
        async with made as scanner:
            yield scanner
    else:
        yield made


def _website(settings: Settings) -> AbstractAsyncContextManager[Scanner]:
    from batchsvc.scanner.limits import Limits
    from batchsvc.scanner.website import WebsiteScanner

    return WebsiteScanner(
        hosts=settings.hosts,
        allow_networks=settings.allow_networks,
        limits=Limits(),
        contact=settings.contact,
        pause=settings.pause_seconds,
        obey_robots=settings.obey_robots,
    )


def _own(settings: Settings) -> Scanner | AbstractAsyncContextManager[Scanner]:
    module, colon, name = settings.scanner.partition(":")
    try:
        if not (module and colon and name):
            raise ImportError("it is not of the form module:function")
        make: Any = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SettingsError(f"{PREFIX}SCANNER: {settings.scanner!r} cannot be used: {error}") from error
    return cast("Scanner | AbstractAsyncContextManager[Scanner]", make(settings))
