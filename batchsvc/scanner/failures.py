"""Which error code a failure of the connection or of an answer comes to."""

from __future__ import annotations

import asyncio
import errno
import ssl
import time
from email.utils import parsedate_to_datetime

import aiohttp

from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.guard import AddressRefused
from batchsvc.scanner.protocol import ScanError

_PASSING = frozenset({500, 502, 503, 504, *range(520, 525), 529})


def of_status(status: int, url: str, retry_after: str | None = None) -> ScanError | None:
    """Return the error that a status comes to, or None for one that gives a page.

    Args:
        status: an HTTP status that is no redirect.
        url: the address that was asked for.
        retry_after: the header of that name.
    """
    if 200 <= status < 300 and status not in (204, 205):
        return None
    if status == 408:
        code = ErrorCode.HTTP_408
    elif status == 429:
        code = ErrorCode.HTTP_429
    elif 400 <= status < 500:
        code = ErrorCode.HTTP_4XX
    elif status in _PASSING:
        code = ErrorCode.HTTP_5XX
    else:
        code = ErrorCode.HTTP_STATUS
    seconds = seconds_of(retry_after) if code.retryable and retry_after else None
    return ScanError(code, f"The server answers with status {status}.", retry_after=seconds, url=url)


def seconds_of(retry_after: str) -> float | None:
    """Return the seconds that a header Retry-After asks for (RFC 9110 §10.2.3), or None where it says nothing."""
    text = retry_after.strip()[:64]
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def of_exception(error: Exception, url: str) -> ScanError:
    """Return the error that an exception of the client comes to.

    Args:
        error: what was raised between the begin of a connection and the end of the answer.
        url: the address that was asked for.
    """
    if isinstance(error, ScanError):
        error.url = error.url or url
        return error
    code, message = _judged(error)
    return ScanError(code, message, url=url)


def _judged(error: Exception) -> tuple[ErrorCode, str]:
    match error:
        case aiohttp.ConnectionTimeoutError():
            return ErrorCode.CONNECT_TIMEOUT, "No connection came about in time."
        case aiohttp.ServerTimeoutError() | TimeoutError():
            return ErrorCode.READ_TIMEOUT, "The server did not finish its answer in time."
        case aiohttp.ClientConnectorCertificateError():
            return ErrorCode.TLS_ERROR, f"The certificate is not valid: {_reason(error.certificate_error)}."
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return ErrorCode.TLS_ERROR, f"No secure connection is possible: {_reason(error)}."
        case aiohttp.ClientConnectorError():
            return _of_connection(error.os_error)
        case aiohttp.InvalidUrlClientError():
            return ErrorCode.BLOCKED_ADDRESS, "The host is a number that only some programs take for an address."
        case aiohttp.ClientResponseError():
            return ErrorCode.BAD_RESPONSE, f"The answer is no proper HTTP: {error.message[:200]}."
        case aiohttp.ClientPayloadError():
            if isinstance(error.__cause__, aiohttp.http_exceptions.ContentLengthError):
                return ErrorCode.CONNECT_FAILED, "The server broke off its answer."
            return ErrorCode.BAD_RESPONSE, "The answer is no proper HTTP."
        case aiohttp.ClientConnectionError() | OSError():
            return _of_connection(error)
        case aiohttp.ClientError() | asyncio.InvalidStateError() | ValueError():
            return ErrorCode.BAD_RESPONSE, f"The answer cannot be read: {type(error).__name__}."
        case _:
            raise error


def _of_connection(error: Exception) -> tuple[ErrorCode, str]:
    if isinstance(error, AddressRefused):
        return ErrorCode.BLOCKED_ADDRESS, error.strerror or "The address must not be asked."
    number = getattr(error, "errno", None)
    if number == errno.ECONNREFUSED:
        return ErrorCode.CONNECT_REFUSED, "The server refuses connections."
    if number == errno.ETIMEDOUT:
        return ErrorCode.CONNECT_TIMEOUT, "No connection came about in time."
    return (
        ErrorCode.CONNECT_FAILED,
        f"The connection failed: {getattr(error, 'strerror', None) or 'it was broken off'}.",
    )


def _reason(error: Exception) -> str:
    for part in (error, getattr(error, "os_error", None), error.__cause__):
        if found := getattr(part, "verify_message", None) or getattr(part, "reason", None):
            return str(found).rstrip(".").replace("_", " ").lower()
    return "the handshake failed"
