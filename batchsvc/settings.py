"""The service's settings: the one place of the service that reads the environment.

Each is an environment variable with ``BATCHSVC_`` in front. The database is not among them: ``DATABASE_URL`` is read by
``uuidkit.database``, for every entry point alike.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from uuidkit.database.url import given, safe

PREFIX = "BATCHSVC_"


class SettingsError(ValueError):
    """One or more settings cannot be used; the message names each variable and why."""


@dataclass(frozen=True, slots=True)
class HostRule:
    """A name that is not looked up in the DNS.

    Attributes:
        name: a host name, or ``*.`` and the name that all its subdomains end in.
        address: the IP address that is asked instead.
        port: its TCP port.
    """

    name: str
    address: str
    port: int

    def __str__(self) -> str:
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.name}={address}:{self.port}"


class Settings(BaseSettings):
    """What can be set, with the value that holds where nothing is.

    Raises:
        pydantic.ValidationError: a value cannot be used; :func:`load` says the same as a sentence.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    max_domains: int = Field(default=10000, ge=1, description="most domains in one batch")
    concurrency: int = Field(default=20, ge=1, description="most domains that one worker scans at a time")
    lease_seconds: float = Field(
        default=15, gt=0, description="seconds a worker holds a domain before another may take it"
    )
    max_attempts: int = Field(default=3, ge=1, description="most attempts at one domain")
    retry_seconds: float = Field(
        default=2, gt=0, description="most seconds before the second attempt; twice as many before each further one"
    )
    max_open_domains: int = Field(default=1_000_000, ge=1, description="most unfinished domains of one tenant")
    shutdown_seconds: float = Field(
        default=15, ge=0, le=20, description="seconds that scans under way may take to end after SIGTERM"
    )
    scan_seconds: float = Field(
        default=1800, gt=0, description="seconds that one scan of a domain may take, waiting for its turn included"
    )
    scanner: str = Field(
        default="", description="a scanner of your own, as module:function; the function is given the settings"
    )
    contact: str = Field(default="", description="address that tells the owners of websites who is asking")
    pause_seconds: float = Field(default=0, ge=0, description="least seconds between two requests to one website")
    obey_robots: bool = Field(default=True, description="whether robots.txt is read and followed")
    tenant: UUID = Field(
        default=UUID("00000000-0000-8000-8000-000000000001"), description="tenant for whom the command line works"
    )
    pooler: Literal["auto", "none", "transaction"] = Field(
        default="auto", description="what is in front of the database: auto finds out, none, or a transaction pooler"
    )
    allow_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        default=(), description="networks, divided by commas, that may be asked although they are not public"
    )
    hosts: Annotated[tuple[HostRule, ...], NoDecode] = Field(
        default=(), description="names with fixed addresses, such as shop.test=127.0.0.1:8099, divided by commas"
    )

    @field_validator("allow_networks", mode="before")
    @classmethod
    def _split_networks(cls, value: Any) -> Any:
        return tuple(ip_network(part) for part in _parts(value)) if isinstance(value, str) else value

    @field_validator("hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: Any) -> Any:
        return tuple(_host_rule(part) for part in _parts(value)) if isinstance(value, str) else value


def crash_point() -> str:
    """Return where a test wants this process to end (:mod:`batchsvc.items.points`); empty anywhere else."""
    return os.environ.get(f"{PREFIX}CRASH_AT", "")


def load() -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: naming every variable that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = [
            f"{PREFIX}{str(problem['loc'][0]).upper()}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("; ".join(problems)) from None


def listing(settings: Settings) -> list[tuple[str, str, str]]:
    """Return variable, value and meaning of the database and of every setting, without any password."""
    url = given()
    database = (
        "DATABASE_URL",
        safe(url) if url else "",
        "the database; not set: the embedded server of the working folder",
    )
    return [
        database,
        *(
            (f"{PREFIX}{name.upper()}", _text(getattr(settings, name)), field.description or "")
            for name, field in Settings.model_fields.items()
        ),
    ]


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return ",".join(str(part) for part in value) if isinstance(value, tuple) else str(value)


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _host_rule(text: str) -> HostRule:
    name, equals, target = text.partition("=")
    address, colon, port = target.rpartition(":")
    if not (name and equals and colon and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError(f"{text!r} is not of the form name=address:port")
    return HostRule(
        name.strip().lower(), str(ip_address(address.strip().removeprefix("[").removesuffix("]"))), int(port)
    )
