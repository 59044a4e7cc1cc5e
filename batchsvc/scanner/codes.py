"""The closed list of reasons for which a domain may fail, each final or worth another attempt."""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """Why a scan failed; the value is what is stored and shown.

    Attributes:
        retryable: whether another attempt, later, may end differently.
        meaning: one sentence for people.
    """

    retryable: bool
    meaning: str

    def __new__(cls, value: str, retryable: bool, meaning: str) -> ErrorCode:
        """Make a member of its value, whether it is retryable, and its meaning."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.retryable = retryable
        member.meaning = meaning
        return member

    INVALID_DOMAIN = ("invalid_domain", False, "The entry is neither a domain nor an http or https address.")
    DNS_NXDOMAIN = ("dns_nxdomain", False, "The DNS knows no such name, or no address of it.")
    DNS_FAILURE = ("dns_failure", True, "The DNS gave no answer, or failed.")
    BLOCKED_ADDRESS = (
        "blocked_address",
        False,
        "The site leads to an address, port or scheme that must not be asked, such as one of a private network.",
    )
    CONNECT_REFUSED = ("connect_refused", True, "The server refuses connections.")
    CONNECT_TIMEOUT = ("connect_timeout", True, "No connection came about in time.")
    CONNECT_FAILED = ("connect_failed", True, "The connection failed or was broken off: unreachable, reset, closed.")
    TLS_ERROR = ("tls_error", False, "No secure connection is possible: the certificate or the protocol is not right.")
    READ_TIMEOUT = ("read_timeout", True, "The server was connected, but did not finish its answer in time.")
    BAD_RESPONSE = ("bad_response", False, "The answer is no proper HTTP, or in an encoding that was not asked for.")
    TOO_LARGE = ("too_large", False, "The answer is larger than is read of one page.")
    NOT_HTML = ("not_html", False, "The answer is no HTML page.")
    TOO_MANY_REDIRECTS = ("too_many_redirects", False, "The server redirects in a circle, or too often.")
    HTTP_408 = ("http_408", True, "The server says that the request took too long (status 408).")
    HTTP_429 = ("http_429", True, "The server asks for fewer requests (status 429).")
    HTTP_4XX = ("http_4xx", False, "The server refuses the page (another status from 400 to 499).")
    HTTP_5XX = (
        "http_5xx",
        True,
        "The server has a fault that may pass (status 500, 502, 503, 504, 520 to 524 or 529).",
    )
    HTTP_STATUS = ("http_status", False, "The server answers with a status that gives no page and will not pass.")
    ROBOTS_DISALLOWED = ("robots_disallowed", False, "The site's robots.txt asks not to be read.")
    ROBOTS_UNREACHABLE = (
        "robots_unreachable",
        True,
        "The site's robots.txt could not be read, which counts as a request not to read the site for now (RFC 9309).",
    )
    PARSE_ERROR = ("parse_error", False, "The page could not be taken apart.")
    WORKER_LOST = ("worker_lost", True, "The worker that had the domain disappeared, each time it was tried.")
    INTERNAL = ("internal", True, "The scanner itself failed; the worker's log has more.")
