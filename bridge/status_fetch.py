"""What may pass to port 80 of any public host: one fetch of an OCSP answer or a CRL, over plain HTTP.

Certificates name such URLs (RFC 5280, sections 4.2.1.13 and 4.2.2.1), nearly all of them `http:`.
"""

from __future__ import annotations

import re

import close_codes
from policy import Refused

MAX_UP_BYTES = 16 * 1024
MAX_DOWN_BYTES = 16 << 20
SECONDS = 30.0
"""The life of the whole connection."""

# RFC 9112, section 3, in origin form only: a request in absolute form is meant for a proxy.
_REQUEST_LINE = re.compile(rb"(?:GET|POST) /[!-~]* HTTP/1\.[01]\r\n")


class StatusFetch:
    """Watches the bytes of one connection. Every method raises Refused when they are not such a fetch."""

    def __init__(self) -> None:
        self._held: bytes | None = b""      # the request line so far; None once it has been let through
        self._up = 0
        self._down = 0

    def up(self, payload: bytes) -> bytes:
        """Takes bytes of the client and returns those that may go to the target now. Nothing goes before
        the request line is there and good."""
        self._up += len(payload)
        if self._up > MAX_UP_BYTES:
            raise _refused("a status fetch may send 16 KiB")
        if self._held is None:
            return payload
        self._held += payload
        start = self._held[:5]
        if not (b"GET /".startswith(start) or b"POST ".startswith(start)):
            raise _refused("port 80 is for HTTP requests with GET or POST")
        if b"\n" not in self._held:
            return b""
        if not _REQUEST_LINE.match(self._held):
            raise _refused("port 80 is for HTTP requests with GET or POST")
        released, self._held = self._held, None
        return released

    def down(self, size: int) -> None:
        """Counts bytes of the target."""
        self._down += size
        if self._down > MAX_DOWN_BYTES:
            raise _refused("a status fetch may receive 16 MiB")


def too_old() -> Refused:
    return _refused("a status fetch may take 30 s")


def _refused(why: str) -> Refused:
    return Refused(close_codes.REFUSED_BY_POLICY, f"refused: {why}")
