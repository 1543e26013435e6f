"""What passes as a fetch of revocation status."""

from __future__ import annotations

import unittest

from policy import Refused
from status_fetch import MAX_DOWN_BYTES, MAX_UP_BYTES, StatusFetch


class Fetches(unittest.TestCase):
    def test_requests_pass_whole_however_they_are_cut(self) -> None:
        for request in (b"GET /crl.crl HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n",
                        b"POST /ocsp?x=1 HTTP/1.1\r\nContent-Length: 3\r\n\r\n\0\1\2"):
            for step in (1, 2, 3, 7, len(request)):
                fetch = StatusFetch()
                passed = [fetch.up(request[at:at + step]) for at in range(0, len(request), step)]
                self.assertEqual(b"".join(passed), request)

    def test_nothing_passes_before_the_request_line_is_whole(self) -> None:
        fetch = StatusFetch()
        self.assertEqual(fetch.up(b"GET / HTTP/1.1\r"), b"")
        self.assertEqual(fetch.up(b"\n"), b"GET / HTTP/1.1\r\n")

    def test_other_first_bytes_are_refused(self) -> None:
        for first in (b"HEAD / HTTP/1.1\r\n", b"PUT / HTTP/1.1\r\n", b"CONNECT a:1 HTTP/1.1\r\n", b"get / HTTP/1.1\r\n",
                      b"GET http://10.0.0.1/ HTTP/1.1\r\n", b"GET / HTTP/2.0\r\n", b"GET / HTTP/1.1\n", b"GET /\r\n",
                      b"GET / a HTTP/1.1\r\n", b"GET  / HTTP/1.1\r\n", b"GET /\0 HTTP/1.1\r\n", b"GET /\xff HTTP/1.1\r\n",
                      b"GET /\rX HTTP/1.1\r\n", b"\r\nGET / HTTP/1.1\r\n", b"\x16\x03\x01", b"EHLO a\r\n", b"x"):
            with self.subTest(first), self.assertRaises(Refused) as caught:
                StatusFetch().up(first)
            self.assertEqual(caught.exception.reason, "refused: port 80 is for HTTP requests with GET or POST")

    def test_sizes(self) -> None:
        fetch = StatusFetch()
        line = b"GET / HTTP/1.1\r\n"
        fetch.up(line + bytes(MAX_UP_BYTES - len(line)))
        with self.assertRaises(Refused):
            fetch.up(b"x")
        with self.assertRaises(Refused):
            StatusFetch().up(b"GET /" + b"a" * MAX_UP_BYTES)
        fetch.down(MAX_DOWN_BYTES)
        with self.assertRaises(Refused):
            fetch.down(1)


if __name__ == "__main__":
    unittest.main()
