"""Dialling, and the detection of the machine's own addresses."""

from __future__ import annotations

import ipaddress
import pathlib
import shutil
import socket
import subprocess
import sys
import unittest

from pagetls_bridge import close_codes
from pagetls_bridge.dial import DISCARD_PORT, ClientGone, dial, is_own_address
from pagetls_bridge.policy import Rejected

FOREIGN = "203.0.113.7"
"""For documentation (RFC 5737): no machine has it, and nothing is sent to it."""


class OwnAddressTest(unittest.TestCase):
    def test_loopback_is_own(self) -> None:
        self.assertTrue(is_own_address("127.0.0.1"))
        if socket.has_ipv6:
            self.assertTrue(is_own_address("::1"))

    def test_an_interface_address_is_own_in_every_notation(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((FOREIGN, DISCARD_PORT))
            except OSError:
                self.skipTest("this machine has no default route")
            own = str(probe.getsockname()[0])
        self.assertTrue(is_own_address(own))
        self.assertTrue(is_own_address(f"::ffff:{own}"))
        self.assertFalse(is_own_address(str(ipaddress.ip_address(own) + 1)))

    def test_a_second_address_of_the_same_network_is_own_too(self) -> None:
        if shutil.which("unshare") is None or shutil.which("ip") is None:
            self.skipTest("needs unshare and ip to create a network namespace")
        script = (f"ip link set lo up && for host in 4 5; do ip addr add 198.41.0.$host/24 dev lo; done && "
                  f"exec {sys.executable} -B -c 'from pagetls_bridge.dial import is_own_address as own; "
                  f"print([own(a + \"198.41.0.\" + h) for a in (\"\", \"::ffff:\") for h in \"45\"])'")
        done = subprocess.run(["unshare", "--map-root-user", "--net", "sh", "-c", script], text=True,
                              capture_output=True, cwd=pathlib.Path(__file__).parent, check=False)
        if "unshare" in done.stderr:
            self.skipTest(f"this machine does not allow network namespaces: {done.stderr.strip()}")
        self.assertEqual((done.stdout.strip(), done.stderr), ("[True, True, True, True]", ""))

    def test_other_addresses_are_not_own(self) -> None:
        for address in (FOREIGN, "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"):
            self.assertFalse(is_own_address(address))


class DialTest(unittest.TestCase):
    def setUp(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.client, self.client_end = socket.socketpair()
        for sock in (self.listener, self.client, self.client_end):
            self.addCleanup(sock.close)

    def test_after_two_refused_connections_it_tries_the_third_address_but_never_a_fourth(self) -> None:
        target, address = dial(["127.0.0.2", "127.0.0.3", "127.0.0.1"], self.port, 5, self.client)
        target.close()
        self.assertEqual(address, "127.0.0.1")
        with self.assertRaises(Rejected) as rejected:
            dial(["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.1"], self.port, 5, self.client)
        self.assertEqual(rejected.exception.code, close_codes.TARGET_UNREACHABLE)

    def silent_port(self) -> int:
        """The port of a listener on 127.0.0.2 that does not answer, because its backlog is full."""
        listener = socket.create_server(("127.0.0.2", 0), backlog=0)
        self.addCleanup(listener.close)
        for _ in range(4):
            waiting = socket.socket()
            self.addCleanup(waiting.close)
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        return int(listener.getsockname()[1])

    def test_after_a_timeout_it_tries_the_next_address(self) -> None:
        port = self.silent_port()
        with socket.create_server(("127.0.0.1", port)):
            target, address = dial(["127.0.0.2", "127.0.0.1"], port, 0.1, self.client)
        target.close()
        self.assertEqual(address, "127.0.0.1")

    def test_it_reports_a_timeout_rather_than_refused_connections(self) -> None:
        with self.assertRaises(Rejected) as rejected:
            dial(["127.0.0.3", "127.0.0.2", "127.0.0.4"], self.silent_port(), 0.1, self.client)
        self.assertEqual(rejected.exception.code, close_codes.DIAL_TIMEOUT)

    def test_it_stops_when_the_client_disconnects(self) -> None:
        port = self.silent_port()
        self.client_end.close()
        with self.assertRaises(ClientGone):
            dial(["127.0.0.2"], port, 20, self.client)


if __name__ == "__main__":
    unittest.main()
