"""The only traffic that --status-fetches allows to port 80: one fetch of an OCSP response or a CRL over HTTP.

Certificates name such URLs (RFC 5280, sections 4.2.1.13 and 4.2.2.1), and nearly all of them are `http:`.
"""

from __future__ import annotations

import re

from . import close_codes
from .policy import Rejected

MAX_UP_BYTES = 16 * 1024
MAX_DOWN_BYTES = 16 << 20
MAX_SECONDS = 30.0
"""Maximum lifetime of the whole connection."""

NOT_HTTP = "port 80 only allows HTTP GET and POST requests"

# RFC 9112, section 3, origin-form only: absolute-form is for requests to a proxy.
_REQUEST_LINE = re.compile(rb"(?:GET|POST) /[!-~]* HTTP/1\.[01]\r\n")


class StatusFetch:
    """Checks the bytes of one connection. Every method raises Rejected if they are not such a fetch."""

    def __init__(self) -> None:
        self._held: bytes | None = b""      # an incomplete request line; None once it was released
        self._up = 0
        self._down = 0

    def up(self, payload: bytes) -> bytes:
        """Checks bytes from the client and returns those to send to the target now: none before the request
        line is complete and valid."""
        self._up += len(payload)
        if self._up > MAX_UP_BYTES:
            raise _rejected(f"a status fetch may send at most {MAX_UP_BYTES >> 10} KiB")
        if self._held is None:
            return payload
        self._held += payload
        start = self._held[:5]
        if not (b"GET /".startswith(start) or b"POST ".startswith(start)):
            raise _rejected(NOT_HTTP)
        if b"\n" not in self._held:
            return b""
        if not _REQUEST_LINE.match(self._held):
            raise _rejected(NOT_HTTP)
        released, self._held = self._held, None
        return released

    def down(self, size: int) -> None:
        """Counts bytes from the target."""
        self._down += size
        if self._down > MAX_DOWN_BYTES:
            raise _rejected(f"a status fetch may receive at most {MAX_DOWN_BYTES >> 20} MiB")


def timed_out() -> Rejected:
    """The rejection of a connection after MAX_SECONDS."""
    return _rejected(f"a status fetch may take at most {MAX_SECONDS:g} s")


def _rejected(why: str) -> Rejected:
    return Rejected(close_codes.REJECTED_BY_POLICY, f"rejected: {why}")
