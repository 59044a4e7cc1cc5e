"""Entries of a list of domains, and lists read from text and CSV."""

from __future__ import annotations

import json

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchsvc.scanner import HostMap, InvalidDomain, normalise, read_entries, read_text
from batchsvc.scanner.domains import UnreadableList, registered_domain
from batchsvc.settings import HostRule

HOSTS = HostMap(
    [
        HostRule("shop.test", "127.0.0.1", 8099),
        HostRule("intranet", "10.0.0.1", 80),
        HostRule("under_score.test", "10.0.0.1", 80),
        HostRule("*.slow.test", "127.0.0.1", 8098),
        HostRule("*.very.slow.test", "127.0.0.2", 8097),
        HostRule("xn--bcher-kva.test", "127.0.0.1", 8096),
    ]
)

GOOD = {
    "example.com": "example.com",
    "  Example.COM.  ": "example.com",
    "https://www.example.co.uk:443/a?b#c": "www.example.co.uk",
    "HTTP://example.com": "example.com",
    "http://example.com:80": "example.com",
    "example.com:443": "example.com",
    "example.com/page": "example.com",
    "b\u00fccher.de": "xn--bcher-kva.de",
    "B\u00dcCHER.de": "xn--bcher-kva.de",
    "https://fa\u00df.de/": "xn--fa-hia.de",
    "\u65e5\u672c\u3002jp": "xn--wgv71a.jp",
    "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444": "xn--e1afmkfd.xn--p1ai",
    "xn--bcher-kva.de": "xn--bcher-kva.de",
    "gov.uk": "gov.uk",
    "shop.co.za": "shop.co.za",
    "shop.anything.ck": "shop.anything.ck",
    "someone.github.io": "someone.github.io",
    "1.2.3.com": "1.2.3.com",
    "shop.test": "shop.test",
    "http://SHOP.test/x": "shop.test",
    "intranet": "intranet",
    "under_score.test": "under_score.test",
    "a.b.slow.test": "a.b.slow.test",
    "b\u00fccher.test": "xn--bcher-kva.test",
}
BAD = {
    "": "it is empty",
    " \t": "it is empty",
    "x" * 3000: "more than 2048 characters",
    "not a domain": "blanks",
    "exa\nmple.com": "blanks, control characters",
    "example.com\x00": "control characters",
    "good.com\\@evil.com": "backslashes",
    "ftp://example.com": "ftp is not read",
    "javascript:alert(1)": "not a well-formed address",
    "mailto:a@example.com": "user name",
    "a@example.com": "e-mail",
    "https://user:secret@example.com/": "user name",
    "http://": "names no host",
    "example.com:8080": "port 8080 is not read",
    "example.com:port": "not a well-formed address",
    "example.com:99999": "not a well-formed address",
    "a..com": "empty part",
    ".com": "empty part",
    "example.com..": "empty part",
    "-a.com": "not valid",
    "a-.com": "not valid",
    "exa_mple.com": "underscore",
    "xn--a.com": "not valid",
    "ex%61mple.com": "not valid",
    "<script>.com": "not valid",
    "\ud800.com": "not valid",
    f"{'a' * 64}.com": "more than 63 characters",
    f"{'a.' * 127}com": "more than 253 characters",
    "com": "single word",
    "localhost": "single word",
    "server.local": "no public suffix",
    "other.test": "no public suffix",
    "slow.test": "no public suffix",
    "127.0.0.1": "IP address",
    "127.1": "IP address",
    "example.0x7f": "IP address",
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460": "IP address",
    "http://[::1]/": "IP address",
    "[::1": "not a well-formed address",
    "2130706433": "IP address",
}


def test_what_counts_as_a_domain() -> None:
    assert {entry: normalise(entry, HOSTS) for entry in GOOD} == GOOD


@pytest.mark.parametrize("entry", BAD, ids=[ascii(entry)[1:31] for entry in BAD])
def test_what_does_not_and_why(entry: str) -> None:
    with pytest.raises(InvalidDomain) as caught:
        normalise(entry, HOSTS)
    assert BAD[entry] in str(caught.value)
    str(caught.value).encode()
    assert "secret" not in str(caught.value)


@given(st.text(max_size=80) | st.from_regex(r"\A[a-z0-9-]{1,5}(\.[a-z0-9-]{1,5}){1,3}\Z"))
def test_the_result_is_stable_and_nothing_else_is_raised(entry: str) -> None:
    try:
        name = normalise(entry)
    except InvalidDomain:
        return
    assert normalise(name) == normalise(f"https://{name}/") == name
    # The short way for plain names takes nothing that the long one refuses.
    assert idna.encode(name, uts46=True, std3_rules=True).decode() == name


def test_lists_keep_the_first_spelling_and_name_every_entry_that_is_none() -> None:
    found = read_entries(
        ["B\u00fccher.de", "nul\x00", "http://xn--bcher-kva.de/", "example.com", "127.0.0.1", "b\u00fccher.de."]
    )
    assert [(entry.domain, entry.given) for entry in found.domains] == [
        ("xn--bcher-kva.de", "B\u00fccher.de"),
        ("example.com", "example.com"),
    ]
    assert [invalid.position for invalid in found.invalid] == [1, 4]
    assert found.repeats == 2
    assert "\\u0000" not in json.dumps([invalid.given for invalid in found.invalid])


@pytest.mark.parametrize(
    ("content", "entries"),
    [
        ("a.de\n\n# note\n b.de \r\n", ["a.de", "b.de"]),
        (b"\xef\xbb\xbfa.de\nb.de", ["a.de", "b.de"]),
        ("a.de\nb.de".encode("utf-16"), ["a.de", "b.de"]),
        ("name,Domain\nA,a.de\n\"B, Inc.\",b.de\nC,\n", ["a.de", "b.de"]),
        ("URL;name\nhttps://a.de/;\"two\nlines\"\nb.de;x", ["https://a.de/", "b.de"]),
        ("id\twebsite\n1\ta.de", ["a.de"]),
        ("# exported\nwebsite\na.de\n", ["a.de"]),
        ('"domain"\n"a.de"\n', ["a.de"]),
        ("domain,url,website\na.de,http://b.de,c.de", ["a.de"]),
        ("", []),
        ("domain\n", []),
    ],
)  # fmt: skip
def test_files(content: str | bytes, entries: list[str]) -> None:
    assert read_text(content) == entries


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("name,age\nx,1", "none of them called domain, url or website"),
        (b"\xff\xff\xff", "UTF-8"),
        (b"PK\x03\x04\x00\x00", "zero bytes"),
        ('domain\n"unclosed', "CSV cannot be read"),
        ("domain\n" + '"' + "x" * 200_000 + '"', "CSV cannot be read"),
    ],
)
def test_files_that_are_no_lists(content: str | bytes, reason: str) -> None:
    with pytest.raises(UnreadableList, match=reason):
        read_text(content)


def test_rules_for_hosts_and_what_is_registered() -> None:
    assert [rule.port for name in ("a.very.slow.test", "a.slow.test") if (rule := HOSTS.get(name))] == [8097, 8098]
    assert HOSTS.get("slow.test") is None
    assert registered_domain("a.b.example.co.uk") == "example.co.uk"
    assert registered_domain("someone.github.io") == "someone.github.io"
    assert registered_domain("www.shop.test", HostMap([HostRule("www.shop.test", "127.0.0.1", 1)])) == "shop.test"
    assert registered_domain("a.slow.test", HOSTS) == "a.slow.test"
    assert registered_domain("::1") == "::1"
