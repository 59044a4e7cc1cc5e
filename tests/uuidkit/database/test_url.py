"""What a database URL may say, and that it is never shown with a password."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from uuidkit.database.url import conninfo, given, normalise, parameters, safe
from uuidkit.errors import UsageError


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:p@h:5433/db",
        "postgresql://u:p@h:5433/db",
        "postgresql+psycopg://u:p@h:5433/db",
        "postgresql+psycopg2://u:p@h:5433/db",
        "postgresql+asyncpg://u:p@h:5433/db",
        " POSTGRES://u:p@h:5433/db\n",
    ],
)
def test_every_spelling_of_postgresql_means_psycopg(url: str) -> None:
    assert normalise(url) == "postgresql+psycopg://u:p@h:5433/db"
    assert parameters(url) == {"user": "u", "password": "p", "host": "h", "port": "5433", "dbname": "db"}


@pytest.mark.parametrize(
    "rest",
    [
        "u:p%40%2F%3A%25s@h/db?sslmode=require&application_name=a%20b",
        "u@/db?host=/var/run/postgresql",
        "u:p@%2Fvar%2Frun/db",
        "u:p@[::1]:5432/db",
        "u:p@h1:5432,h2:5433/db?target_session_attrs=read-write",
        "",
    ],
)
def test_what_follows_the_scheme_stays_as_it_was(rest: str) -> None:
    assert normalise("postgres://" + rest) == "postgresql+psycopg://" + rest


def test_a_password_arrives_as_it_was_meant() -> None:
    password = "p@/:%? #&'\\ä"
    url = make_url("postgresql://h/db").set(username="u", password=password)
    text = url.render_as_string(hide_password=False)
    assert conninfo_to_dict(conninfo(text))["password"] == password


@pytest.mark.parametrize("kind", ["mysql", "sqlite", "mariadb+pymysql", "oracle", "postgresqlx", "http"])
def test_another_kind_of_database_is_refused(kind: str) -> None:
    with pytest.raises(UsageError, match="only PostgreSQL is supported") as caught:
        normalise(f"{kind}://u:hush@h/db")
    assert kind in str(caught.value)
    assert "hush" not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "url",
    [
        "hush",
        "host=h password=hush",
        "postgresql://u:hush%zz@h/db",
        "postgresql://u:hu@hush@h/db",
        "postgresql://u:hush/x@h/db",
        "postgresql://u:hush@[::1/db",
        "postgresql://u:p@h:hush/db",
        "postgresql://u:hush@h/db?ssl=hush",
        "postgresql+://u:hush@h/db",
    ],
)
def test_what_cannot_be_read_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        normalise(url)
    assert "hush" not in str(caught.value) + repr(caught.value) + safe(url)
    assert caught.value.remedy


def test_an_unknown_parameter_is_named() -> None:
    with pytest.raises(UsageError, match="'ssl'"):
        normalise("postgresql+asyncpg://u:p@h/db?ssl=require")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgres://u:hush@h:5433/db", "postgresql://u:***@h:5433/db"),
        ("postgresql://u@h/db", "postgresql://u@h/db"),
        ("postgresql://:hush@h/db", "postgresql://:***@h/db"),
        ("postgresql+psycopg://u:hush@[::1]:5/db?sslmode=require", "postgresql://u:***@[::1]:5/db?sslmode=require"),
        ("postgresql://u@/db?host=/tmp/x&password=hush", "postgresql://u:***@/db?host=/tmp/x"),
        ("postgresql://u:p@h/db?sslpassword=hush", "postgresql://u:***@h/db?sslpassword=***"),
        ("postgresql://u:hu%40sh@h1:1,h2:2/db", "postgresql://u:***@/db?host=h1,h2&port=1,2"),
        ("postgresql://u:p@h/db?oauth_client_secret=hush", "postgresql://u:***@h/db?oauth_client_secret=***"),
        ("mysql://u:hush@h/db", "mysql://***"),
        ("hush", "***"),
        ("postgresql://", "postgresql://"),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert safe(url) == shown
    assert safe(safe(url)) == shown or "hush" not in shown


def test_an_explicit_url_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert given() is None
    for nothing in ("", "  "):
        monkeypatch.setenv("DATABASE_URL", nothing)
        with pytest.raises(UsageError, match="set, but empty"):
            given()
        assert given("postgresql://c/d") == "postgresql://c/d"
    monkeypatch.setenv("DATABASE_URL", "postgresql://a/b")
    assert given() == given("") == "postgresql://a/b"
    assert given("postgresql://c/d") == "postgresql://c/d"


def test_a_connection_has_a_name_and_a_time_limit_unless_the_user_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = conninfo_to_dict(conninfo("postgresql://h/db"))
    assert plain["fallback_application_name"] == "uuidkit"
    assert int(str(plain["connect_timeout"])) == 10
    assert conninfo_to_dict(conninfo("postgresql://h/db?connect_timeout=3"))["connect_timeout"] == "3"
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "7")
    assert "connect_timeout" not in conninfo_to_dict(conninfo("postgresql://h/db"))
