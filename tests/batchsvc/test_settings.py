"""Settings come from the environment alone, and a wrong one is named."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from click.testing import CliRunner

from batchsvc.cli import main
from batchsvc.settings import PREFIX, HostRule, Settings, SettingsError, load


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_defaults() -> None:
    settings = load()
    assert (settings.max_domains, settings.lease_seconds, settings.max_attempts) == (10000, 15, 3)
    assert (settings.pooler, settings.allow_networks, settings.hosts) == ("auto", (), ())


def test_lists_are_divided_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATCHSVC_ALLOW_NETWORKS", "127.0.0.0/8, ::1/128,")
    monkeypatch.setenv("BATCHSVC_HOSTS", "Shop.test=127.0.0.1:8099,*.slow.test=[::1]:8098")
    settings = load()
    assert settings.allow_networks == (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    assert settings.hosts == (HostRule("shop.test", "127.0.0.1", 8099), HostRule("*.slow.test", "::1", 8098))


def test_everything_wrong_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "BATCHSVC_MAX_DOMAINS": "0",
        "BATCHSVC_LEASE_SECONDS": "soon",
        "BATCHSVC_POOLER": "session",
        "BATCHSVC_ALLOW_NETWORKS": "10.0.0.1/8",
        "BATCHSVC_HOSTS": "shop.test=8099",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load()
    assert [part.split(":")[0] for part in str(caught.value).split("; ")] == list(wrong)


@pytest.mark.parametrize("rule", ["=127.0.0.1:80", "shop.test", "shop.test=127.0.0.1:0", "shop.test=127.0.0.1:65536"])
def test_a_host_rule_needs_name_address_and_port(monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    monkeypatch.setenv("BATCHSVC_HOSTS", rule)
    with pytest.raises(SettingsError, match=r"BATCHSVC_HOSTS: .*name=address:port"):
        load()


def test_the_command_lists_every_setting_with_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATCHSVC_MAX_DOMAINS", "77")
    monkeypatch.setenv("BATCHSVC_HOSTS", "*.slow.test=[::1]:8098")
    result = CliRunner().invoke(main, ["settings"])
    assert result.exit_code == 0
    rows = {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines()}
    assert [PREFIX + name.upper() for name in Settings.model_fields] == [
        name for name in rows if name != "DATABASE_URL"
    ]
    assert rows["BATCHSVC_MAX_DOMAINS"][0] == "77"
    assert rows["BATCHSVC_HOSTS"][0] == "*.slow.test=[::1]:8098"


def test_the_password_of_the_database_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://someone:s3cret@db.example/batches?sslpassword=s3cret")
    result = CliRunner().invoke(main, ["settings"])
    assert "db.example/batches" in result.output
    assert "s3cret" not in result.output


def test_the_command_refuses_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATCHSVC_POOLER", "session")
    result = CliRunner().invoke(main, ["settings"])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: BATCHSVC_POOLER: ")
