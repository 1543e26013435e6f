"""Which bytes are accepted as a fetch of revocation status."""

from __future__ import annotations

import unittest

from pagetls_bridge.policy import Rejected
from pagetls_bridge.status_fetch import MAX_DOWN_BYTES, MAX_UP_BYTES, StatusFetch


class StatusFetchTest(unittest.TestCase):
    def test_requests_are_relayed_whole_in_chunks_of_any_size(self) -> None:
        for request in (b"GET /crl.crl HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n",
                        b"POST /ocsp?x=1 HTTP/1.1\r\nContent-Length: 3\r\n\r\n\0\1\2"):
            for step in (1, 2, 3, 7, len(request)):
                fetch = StatusFetch()
                relayed = [fetch.up(request[at:at + step]) for at in range(0, len(request), step)]
                self.assertEqual(b"".join(relayed), request)

    def test_nothing_is_relayed_before_the_request_line_is_complete(self) -> None:
        fetch = StatusFetch()
        self.assertEqual(fetch.up(b"GET / HTTP/1.1\r"), b"")
        self.assertEqual(fetch.up(b"\n"), b"GET / HTTP/1.1\r\n")

    def test_anything_but_a_get_or_post_request_is_rejected(self) -> None:
        for first in (b"HEAD / HTTP/1.1\r\n", b"PUT / HTTP/1.1\r\n", b"CONNECT a:1 HTTP/1.1\r\n", b"get / HTTP/1.1\r\n",
                      b"GET http://10.0.0.1/ HTTP/1.1\r\n", b"GET / HTTP/2.0\r\n", b"GET / HTTP/1.1\n", b"GET /\r\n",
                      b"GET / a HTTP/1.1\r\n", b"GET  / HTTP/1.1\r\n", b"GET /\0 HTTP/1.1\r\n",
                      b"GET /\xff HTTP/1.1\r\n", b"GET /\rX HTTP/1.1\r\n", b"\r\nGET / HTTP/1.1\r\n", b"\x16\x03\x01",
                      b"EHLO a\r\n", b"x"):
            with self.subTest(first), self.assertRaises(Rejected) as caught:
                StatusFetch().up(first)
            self.assertEqual(caught.exception.reason, "rejected: port 80 only allows HTTP GET and POST requests")

    def test_requests_and_responses_beyond_the_size_limits_are_rejected(self) -> None:
        fetch = StatusFetch()
        line = b"GET / HTTP/1.1\r\n"
        fetch.up(line + bytes(MAX_UP_BYTES - len(line)))
        with self.assertRaises(Rejected):
            fetch.up(b"x")
        with self.assertRaises(Rejected):
            StatusFetch().up(b"GET /" + b"a" * MAX_UP_BYTES)
        fetch.down(MAX_DOWN_BYTES)
        with self.assertRaises(Rejected):
            fetch.down(1)


if __name__ == "__main__":
    unittest.main()
