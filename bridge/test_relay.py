"""The relay's time limits, set short. What it does without them is tested through the whole bridge."""

from __future__ import annotations

import os
import socket
import threading
import time
import unittest
from unittest import mock

import close_codes
import relay
from frames import BINARY, encode_close, encode_header

MASK = bytes(4)


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        return near, listener.accept()[0]


def masked(frame: bytes, header: int) -> bytes:
    return frame[:1] + bytes((frame[1] | 0x80,)) + frame[2:header] + MASK + frame[header:]


class Limits(unittest.TestCase):
    def setUp(self) -> None:
        self.client, client = tcp_pair()
        self.target, target = tcp_pair()
        reader, self.stop = os.pipe()
        self.relay = relay.Relay(client, target, reader)
        self.outcome: BaseException | None = None
        for sock in (self.client, client, self.target, target):
            self.addCleanup(sock.close)
        for descriptor in (reader, self.stop):
            self.addCleanup(os.close, descriptor)

    def run_relay(self) -> threading.Thread:
        def run() -> None:
            try:
                self.relay.run()
            except relay.Stopping as stopping:
                self.outcome = stopping
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def joined(self, thread: threading.Thread) -> bool:
        thread.join(20)
        return not thread.is_alive()

    def upload_until_blocked(self) -> None:
        """Sends frames until the relay's queue is full, and no more than one beyond: a FIN that has to wait
        for room behind unread bytes would not be seen."""
        size = 65535
        frame = masked(encode_header(BINARY, size) + bytes(size), 4)
        sent = 0
        while self.relay._up.size < relay.QUEUE_BYTES:
            if self.relay.bytes_up == sent:
                self.client.sendall(frame)
                sent += size
            time.sleep(0)

    def test_a_target_that_takes_nothing_is_given_up_after_the_client_left(self) -> None:
        with mock.patch.object(relay, "STALL_SECONDS", 0.2):
            thread = self.run_relay()
            self.upload_until_blocked()
            self.client.close()
            self.assertTrue(self.joined(thread))
        self.assertEqual(self.relay.code, 1006)

    def test_a_client_that_does_not_answer_a_close_is_given_up(self) -> None:
        with mock.patch.object(relay, "LINGER_SECONDS", 0.2):
            thread = self.run_relay()
            self.target.close()
            self.assertTrue(self.joined(thread))
        self.assertEqual(self.relay.code, close_codes.NORMAL)
        self.assertEqual(self.client.recv(100), encode_close(1000, "the target ended its stream"))
        self.assertEqual(self.client.recv(100), b"")

    def test_a_target_that_goes_on_sending_is_given_up_after_the_client_closed(self) -> None:
        with mock.patch.object(relay, "DRAIN_SECONDS", 0.2):
            thread = self.run_relay()
            self.client.sendall(masked(encode_close(1000), 2))
            self.assertEqual(self.target.recv(100), b"")  # and does not close its side
            self.assertTrue(self.joined(thread))
        self.assertEqual(self.client.recv(100), encode_close(1000))

    def test_stopping_interrupts_it(self) -> None:
        thread = self.run_relay()
        os.write(self.stop, b"x")
        self.assertTrue(self.joined(thread))
        self.assertIsInstance(self.outcome, relay.Stopping)
        self.relay.say_going_away()
        self.assertEqual(self.client.recv(100), encode_close(1001, "the bridge is stopping"))


if __name__ == "__main__":
    unittest.main()
