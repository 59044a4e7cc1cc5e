"""The body of an answer, decompressed piece by piece and never beyond its limit."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.protocol import ScanError

ACCEPT_ENCODING = "gzip, deflate"
PIECE = 64 * 1024
SNIFFED = 16 * 1024

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_UNSURE_TYPES = ("", "text/plain", "application/octet-stream", "application/xml", "text/xml", "unknown/unknown")
_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body|title)[\s>/]", re.IGNORECASE)


class Decompressor:
    """Takes one coding off a body.

    Args:
        coding: the header Content-Encoding.

    Raises:
        ScanError: ``bad_response``, for a coding that was not asked for, or several of them.
    """

    def __init__(self, coding: str) -> None:
        coding = coding.strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise ScanError(
                ErrorCode.BAD_RESPONSE, f"The answer has the encoding {coding[:60]!r}, which was not asked for."
            )
        self._coding = coding
        self._inner: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what a piece of the body holds, at most 64 KiB at a time.

        Raises:
            ScanError: ``bad_response``, where the data are not of this coding.
        """
        if self._coding in ("", "identity"):
            yield data
            return
        made = b""
        while data or len(made) == PIECE:  # a full piece: there may be more, of what is consumed already
            if self._inner is None:
                self._inner = zlib.decompressobj(self._window(data))
            try:
                made = self._inner.decompress(data, PIECE)
            except zlib.error as error:
                raise ScanError(ErrorCode.BAD_RESPONSE, "The answer cannot be decompressed.") from error
            data = self._inner.unconsumed_tail
            if self._inner.eof:
                # What follows the end of a stream is another one (RFC 1952 §2.2), or padding.
                following = self._inner.unused_data
                if not following.startswith(b"\x1f\x8b"):
                    following = b""
                data, self._inner = following, None if following else self._inner
            if made:
                yield made
            if self._inner is not None and self._inner.eof:
                return

    def _window(self, data: bytes) -> int:
        if self._coding != "deflate":
            return 16 + zlib.MAX_WBITS
        # Some servers send deflate without the wrapping of zlib, whose first byte ends in 8 (RFC 1950 §2.2).
        return zlib.MAX_WBITS if data[0] & 0x0F == 8 and data[0] >> 4 <= 7 else -zlib.MAX_WBITS


def is_html(content_type: str) -> bool | None:
    """Return whether a header Content-Type says that it is a page, or None where that is for the body to show."""
    kind = content_type.partition(";")[0].strip().lower()
    return True if kind in _HTML_TYPES else None if kind in _UNSURE_TYPES else False


def looks_like_html(body: bytes | bytearray) -> bool:
    """Return whether the beginning of a body is that of a page."""
    return b"\x00" not in body[:512] and _HTML_START.search(bytes(body[:SNIFFED])) is not None
