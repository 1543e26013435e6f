"""The relay's timeouts, shortened. test/bridge/ tests its other behaviour with the whole bridge."""

from __future__ import annotations

import os
import socket
import threading
import time
import unittest
from unittest import mock

from pagetls_bridge import close_codes, pump, relay
from pagetls_bridge.frames import BINARY, PING, encode_close, encode_header
from pagetls_bridge.limits import Limits
from pagetls_bridge.pump import reset_on_close
from pagetls_bridge.status_fetch import StatusFetch

MASK = bytes(4)


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        return near, listener.accept()[0]


def masked(frame: bytes, header: int) -> bytes:
    return frame[:1] + bytes((frame[1] | 0x80,)) + frame[2:header] + MASK + frame[header:]


class RelayTest(unittest.TestCase):
    def setUp(self) -> None:
        drain = mock.patch.object(relay, "DRAIN_SECONDS", 0.2)
        drain.start()
        self.addCleanup(drain.stop)
        self.client, client = tcp_pair()
        self.target, target = tcp_pair()
        self.client.settimeout(20)
        reader, self.stop = os.pipe()
        self.ends = client, target, reader
        self.relay = relay.Relay(client, target, reader, Limits())
        for sock in (self.client, client, self.target, target):
            self.addCleanup(sock.close)
        for descriptor in (reader, self.stop):
            self.addCleanup(os.close, descriptor)

    def limit(self, fetch: StatusFetch | None = None, **seconds: float) -> None:
        self.relay = relay.Relay(*self.ends, Limits(**seconds), fetch)

    def run_relay(self) -> threading.Thread:
        thread = threading.Thread(target=self.relay.run, daemon=True)
        thread.start()
        self.assertEqual(self.client.recv(2), encode_header(BINARY, 0))
        return thread

    def joined(self, thread: threading.Thread) -> bool:
        thread.join(20)
        return not thread.is_alive()

    def upload_until_blocked(self) -> None:
        """Sends frames until the relay's queue is full, and at most one more: behind unread bytes, the relay
        would not notice the client's FIN."""
        size = 65535
        frame = masked(encode_header(BINARY, size) + bytes(size), 4)
        sent = 0
        while self.relay.pump.up.size < pump.QUEUE_BYTES:
            if self.relay.pump.bytes_up == sent:
                self.client.sendall(frame)
                sent += size
            time.sleep(0)

    def test_after_the_client_left_a_stalled_target_is_given_up(self) -> None:
        self.limit(stall=0.2)
        thread = self.run_relay()
        self.upload_until_blocked()
        self.client.close()
        self.assertTrue(self.joined(thread))
        self.assertIn(self.relay.pump.code, (1006, close_codes.TIMED_OUT))

    def test_a_client_that_does_not_answer_a_close_frame_is_given_up(self) -> None:
        with mock.patch.object(relay, "LINGER_SECONDS", 0.2):
            thread = self.run_relay()
            self.target.close()
            self.assertTrue(self.joined(thread))
        self.assertEqual(self.relay.pump.code, close_codes.NORMAL)
        self.assertEqual(self.client.recv(100), encode_close(1000, "the target ended its stream"))
        self.assertEqual(self.client.recv(100), b"")

    def test_after_the_client_closed_a_target_that_keeps_sending_is_given_up(self) -> None:
        with mock.patch.object(relay, "DRAIN_SECONDS", 0.2):
            thread = self.run_relay()
            self.client.sendall(masked(encode_close(1000), 2))
            self.assertEqual(self.target.recv(100), b"")  # and does not close its side
            self.assertTrue(self.joined(thread))
        self.assertEqual(self.client.recv(100), encode_close(1000))

    def assert_ends_with(self, thread: threading.Thread, code: int, reason: str) -> None:
        """Asserts that the client gets all earlier bytes and the close frame and, after its answer, a FIN."""
        got = b""
        while not got.endswith(encode_close(code, reason)):
            chunk = self.client.recv(65536)
            self.assertNotEqual(chunk, b"", got[-100:])
            got += chunk
        self.client.sendall(masked(encode_close(code), 2))
        self.assertEqual(self.client.recv(65536), b"")
        self.client.close()
        self.assertTrue(self.joined(thread))
        self.assertEqual((self.relay.pump.code, self.relay.pump.reason), (code, reason))

    def test_a_stalled_target_is_given_up_and_gets_a_reset(self) -> None:
        self.limit(stall=0.2)
        with mock.patch.object(relay, "LINGER_SECONDS", 60):  # must not add a second wait
            thread = self.run_relay()
            self.upload_until_blocked()
            self.assert_ends_with(thread, close_codes.TIMED_OUT, "stalled: the target accepts no bytes")
        self.ends[1].close()
        with self.assertRaises(ConnectionResetError):
            while self.target.recv(1 << 20):
                pass

    def test_a_stalled_client_is_given_up(self) -> None:
        self.limit(stall=0.2)
        with mock.patch.object(relay, "LINGER_SECONDS", 0.2):
            thread = self.run_relay()
            self.target.setblocking(False)
            while thread.is_alive():
                try:
                    self.target.send(bytes(65536))
                except OSError:
                    time.sleep(0)
        self.assertEqual((self.relay.pump.code, self.relay.pump.reason),
                         (close_codes.TIMED_OUT, "stalled: the client accepts no bytes"))

    def test_a_slow_target_is_not_stalled(self) -> None:
        self.limit(stall=1)
        thread = self.run_relay()
        self.upload_until_blocked()
        began, received = time.monotonic(), 0
        while time.monotonic() - began < 1.5:
            received += len(self.target.recv(65536))
            time.sleep(0.05)
        self.assertTrue(thread.is_alive())
        self.assertEqual(self.relay.pump.code, close_codes.INTERNAL_ERROR)  # the initial value: not ended yet
        self.client.close()
        while chunk := self.target.recv(1 << 20):
            received += len(chunk)
        self.target.close()
        self.assertTrue(self.joined(thread))
        self.assertEqual(received, self.relay.pump.bytes_up)

    def test_a_pause_without_queued_bytes_is_not_a_stall(self) -> None:
        self.limit(stall=0.2)
        thread = self.run_relay()
        time.sleep(0.4)
        self.client.sendall(masked(encode_header(BINARY, 4) + b"late", 2))
        self.assertEqual(self.target.recv(100), b"late")
        self.target.sendall(b"later")
        self.assertEqual(self.client.recv(100), encode_header(BINARY, 5) + b"later")
        self.client.close()
        self.target.close()
        self.assertTrue(self.joined(thread))

    def test_the_idle_timeout_ends_a_connection(self) -> None:
        self.limit(idle=0.2)
        self.assert_ends_with(self.run_relay(), close_codes.TIMED_OUT, "idle: no bytes in either direction")

    def test_pings_reset_the_idle_timeout(self) -> None:
        self.limit(idle=1)
        thread = self.run_relay()
        began = time.monotonic()
        while time.monotonic() - began < 1.5:
            self.client.sendall(masked(encode_header(PING, 0), 2))
            time.sleep(0.05)
        self.assertTrue(thread.is_alive())
        self.assert_ends_with(thread, close_codes.TIMED_OUT, "idle: no bytes in either direction")

    def test_the_lifetime_limit_ends_a_connection_whose_client_never_pauses(self) -> None:
        self.limit(lifetime=0.2)
        thread = self.run_relay()
        sender = threading.Thread(target=self.send_forever, daemon=True)
        reader = threading.Thread(target=self.read_to_end, daemon=True)
        reader.start()
        sender.start()
        self.assert_ends_with(thread, close_codes.LIFETIME_LIMIT, "the connection reached its maximum lifetime")
        reader.join(20)
        self.assertFalse(reader.is_alive())

    def send_forever(self) -> None:
        frame = masked(encode_header(BINARY, 65535) + bytes(65535), 4)
        try:
            while True:
                self.client.sendall(frame)
        except OSError:
            pass

    def read_to_end(self) -> None:
        while self.target.recv(65536):
            pass
        self.target.close()

    def count_to_end(self, received: list[int]) -> None:
        while chunk := self.target.recv(65536):
            received.append(len(chunk))
        self.target.close()

    def test_bytes_that_are_not_a_status_fetch_do_not_reach_the_target(self) -> None:
        self.limit(StatusFetch())
        thread = self.run_relay()
        self.client.sendall(masked(encode_header(BINARY, 5) + b"HELO ", 2))
        self.assertEqual(self.target.recv(100), b"")
        self.target.close()
        self.assert_ends_with(thread, close_codes.REJECTED_BY_POLICY,
                              "rejected: port 80 only allows HTTP GET and POST requests")

    def test_a_status_fetch_has_a_maximum_lifetime(self) -> None:
        with mock.patch.object(relay, "FETCH_SECONDS", 0.2):
            self.limit(StatusFetch())
            self.assert_ends_with(self.run_relay(), close_codes.REJECTED_BY_POLICY,
                                  "rejected: a status fetch may take at most 30 s")

    def close_with_bytes_queued(self) -> threading.Thread:
        """The client closes while more bytes are queued for the target than the kernel's buffers can hold."""
        for sock, option in ((self.target, socket.SO_RCVBUF), (self.ends[1], socket.SO_SNDBUF)):
            sock.setsockopt(socket.SOL_SOCKET, option, 4096)
        thread = self.run_relay()
        self.client.sendall(masked(encode_header(BINARY, 1 << 19) + bytes(1 << 19), 10) +
                            masked(encode_close(1000), 2))
        while self.relay.pump.client_open:
            time.sleep(0)
        return thread

    def test_a_client_that_closed_learns_that_the_target_reset_before_it_accepted_every_byte(self) -> None:
        thread = self.close_with_bytes_queued()
        reset_on_close(self.target)
        self.target.close()
        self.assert_ends_with(thread, close_codes.TARGET_RESET, "reset by the target")

    def test_a_client_that_closed_learns_that_the_target_stalled_before_it_accepted_every_byte(self) -> None:
        self.limit(stall=0.2)
        self.assert_ends_with(self.close_with_bytes_queued(), close_codes.TIMED_OUT,
                              "stalled: the target accepts no bytes")
        self.ends[1].close()
        with self.assertRaises(ConnectionResetError):
            while self.target.recv(1 << 20):
                pass

    def test_a_client_that_left_before_it_got_all_bytes_is_logged_as_1006(self) -> None:
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.ends[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        thread = self.run_relay()
        self.target.sendall(bytes(1 << 19))
        self.target.close()
        while self.relay.pump.target_open:
            time.sleep(0)
        reset_on_close(self.client)
        self.client.close()
        self.assertTrue(self.joined(thread))
        self.assertEqual(self.relay.pump.code, 1006)

    def test_stopping_ends_a_connection_with_1001(self) -> None:
        thread = self.run_relay()
        os.write(self.stop, b"x")
        self.assertEqual(self.target.recv(100), b"")
        self.target.close()
        self.assert_ends_with(thread, close_codes.GOING_AWAY, "the bridge is stopping")

    def test_stopping_under_load_loses_no_bytes_that_were_read(self) -> None:
        thread = self.run_relay()
        sender = threading.Thread(target=self.send_forever, daemon=True)
        received: list[int] = []
        reader = threading.Thread(target=self.count_to_end, args=(received,), daemon=True)
        self.upload_until_blocked()
        self.target.setblocking(False)
        while self.relay.pump.down.size < pump.QUEUE_BYTES // 2:
            try:
                self.target.send(bytes(65536))
            except BlockingIOError:
                time.sleep(0)
        self.target.setblocking(True)
        sender.start()
        os.write(self.stop, b"x")
        while self.relay.pump.failure is None:
            time.sleep(0)
        reader.start()
        self.assert_ends_with(thread, close_codes.GOING_AWAY, "the bridge is stopping")
        reader.join(20)
        self.assertEqual(sum(received), self.relay.pump.bytes_up)

    def test_stopping_does_not_wait_for_a_stalled_target_which_gets_a_reset(self) -> None:
        with mock.patch.object(relay, "STOP_SECONDS", 0.3):
            thread = self.run_relay()
            self.upload_until_blocked()
            os.write(self.stop, b"x")
            self.assert_ends_with(thread, close_codes.GOING_AWAY, "the bridge is stopping")
        self.ends[1].close()
        with self.assertRaises(ConnectionResetError):
            while self.target.recv(1 << 20):
                pass

    def test_stopping_shortens_a_close_that_has_begun(self) -> None:
        with mock.patch.object(relay, "STOP_SECONDS", 0.1), mock.patch.object(relay, "LINGER_SECONDS", 60):
            thread = self.run_relay()
            self.target.close()
            self.assertEqual(self.client.recv(100), encode_close(1000, "the target ended its stream"))
            os.write(self.stop, b"x")
            self.assertTrue(self.joined(thread))
        self.assertEqual(self.relay.pump.code, close_codes.NORMAL)
        self.assertEqual(self.client.recv(100), b"")  # one close frame, not two


if __name__ == "__main__":
    unittest.main()
