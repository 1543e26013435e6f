"""What the kernel says about addresses."""

from __future__ import annotations

import ipaddress
import pathlib
import shutil
import socket
import subprocess
import sys
import unittest

import close_codes
from dial import ClientGone, dial, is_own_address
from policy import Refused

ELSEWHERE = "203.0.113.7"
"""Documentation (RFC 5737): no machine has it, and nothing is sent there."""


class OwnAddresses(unittest.TestCase):
    def test_loopback_is_own(self) -> None:
        self.assertTrue(is_own_address("127.0.0.1"))
        if socket.has_ipv6:
            self.assertTrue(is_own_address("::1"))

    def test_the_address_of_an_interface_is_own_in_every_form(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((ELSEWHERE, 9))
            except OSError:
                self.skipTest("this machine has no route to anywhere")
            own = str(probe.getsockname()[0])
        self.assertTrue(is_own_address(own))
        self.assertTrue(is_own_address(f"::ffff:{own}"))
        self.assertFalse(is_own_address(str(ipaddress.ip_address(own) + 1)))

    def test_every_address_of_an_interface_is_own_not_only_the_first_of_its_network(self) -> None:
        if shutil.which("unshare") is None or shutil.which("ip") is None:
            self.skipTest("unshare and ip are needed for a network of its own")
        script = (f"ip link set lo up && for host in 4 5; do ip addr add 198.41.0.$host/24 dev lo; done && "
                  f"exec {sys.executable} -B -c 'from dial import is_own_address as own; "
                  f"print([own(a + \"198.41.0.\" + h) for a in (\"\", \"::ffff:\") for h in \"45\"])'")
        done = subprocess.run(["unshare", "--map-root-user", "--net", "sh", "-c", script], text=True,
                              capture_output=True, cwd=pathlib.Path(__file__).parent, check=False)
        if "unshare" in done.stderr:
            self.skipTest(f"this machine does not allow one: {done.stderr.strip()}")
        self.assertEqual((done.stdout.strip(), done.stderr), ("[True, True, True, True]", ""))

    def test_other_addresses_are_not(self) -> None:
        for address in (ELSEWHERE, "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"):
            self.assertFalse(is_own_address(address))


class Dials(unittest.TestCase):
    def setUp(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.client, self.client_end = socket.socketpair()
        for sock in (self.listener, self.client, self.client_end):
            self.addCleanup(sock.close)

    def test_the_third_address_is_tried_when_two_refuse_and_the_fourth_is_not(self) -> None:
        target, address = dial(["127.0.0.2", "127.0.0.3", "127.0.0.1"], self.port, 5, self.client)
        target.close()
        self.assertEqual(address, "127.0.0.1")
        with self.assertRaises(Refused) as refused:
            dial(["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.1"], self.port, 5, self.client)
        self.assertEqual(refused.exception.code, close_codes.TARGET_UNREACHABLE)

    def silence(self) -> int:
        """The port of a listener on 127.0.0.2 that does not answer: its queue is full."""
        listener = socket.create_server(("127.0.0.2", 0), backlog=0)
        self.addCleanup(listener.close)
        for _ in range(4):
            waiting = socket.socket()
            self.addCleanup(waiting.close)
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        return int(listener.getsockname()[1])

    def test_an_address_that_does_not_answer_gives_way_to_the_next_one(self) -> None:
        port = self.silence()
        with socket.create_server(("127.0.0.1", port)):
            target, address = dial(["127.0.0.2", "127.0.0.1"], port, 0.1, self.client)
        target.close()
        self.assertEqual(address, "127.0.0.1")

    def test_a_timeout_is_what_is_told_when_others_refused(self) -> None:
        with self.assertRaises(Refused) as refused:
            dial(["127.0.0.3", "127.0.0.2", "127.0.0.4"], self.silence(), 0.1, self.client)
        self.assertEqual(refused.exception.code, close_codes.DIAL_TIMEOUT)

    def test_a_client_that_leaves_ends_it(self) -> None:
        port = self.silence()
        self.client_end.close()
        with self.assertRaises(ClientGone):
            dial(["127.0.0.2"], port, 20, self.client)


if __name__ == "__main__":
    unittest.main()
