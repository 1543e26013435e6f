"""The relay's time limits, set short. What it does without them is tested through the whole bridge."""

from __future__ import annotations

import os
import socket
import threading
import time
import unittest
from unittest import mock

import close_codes
import pump
import relay
from frames import BINARY, PING, encode_close, encode_header
from limits import Limits
from pump import reset_on_close
from status_fetch import StatusFetch

MASK = bytes(4)


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        return near, listener.accept()[0]


def masked(frame: bytes, header: int) -> bytes:
    return frame[:1] + bytes((frame[1] | 0x80,)) + frame[2:header] + MASK + frame[header:]


class Relaying(unittest.TestCase):
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
        """Sends frames until the relay's queue is full, and no more than one beyond: a FIN that has to wait
        for room behind unread bytes would not be seen."""
        size = 65535
        frame = masked(encode_header(BINARY, size) + bytes(size), 4)
        sent = 0
        while self.relay.pump.up.size < pump.QUEUE_BYTES:
            if self.relay.pump.bytes_up == sent:
                self.client.sendall(frame)
                sent += size
            time.sleep(0)

    def test_a_target_that_takes_nothing_is_given_up_after_the_client_left(self) -> None:
        self.limit(stall=0.2)
        thread = self.run_relay()
        self.upload_until_blocked()
        self.client.close()
        self.assertTrue(self.joined(thread))
        self.assertIn(self.relay.pump.code, (1006, close_codes.TIMED_OUT))

    def test_a_client_that_does_not_answer_a_close_is_given_up(self) -> None:
        with mock.patch.object(relay, "LINGER_SECONDS", 0.2):
            thread = self.run_relay()
            self.target.close()
            self.assertTrue(self.joined(thread))
        self.assertEqual(self.relay.pump.code, close_codes.NORMAL)
        self.assertEqual(self.client.recv(100), encode_close(1000, "the target ended its stream"))
        self.assertEqual(self.client.recv(100), b"")

    def test_a_target_that_goes_on_sending_is_given_up_after_the_client_closed(self) -> None:
        with mock.patch.object(relay, "DRAIN_SECONDS", 0.2):
            thread = self.run_relay()
            self.client.sendall(masked(encode_close(1000), 2))
            self.assertEqual(self.target.recv(100), b"")  # and does not close its side
            self.assertTrue(self.joined(thread))
        self.assertEqual(self.client.recv(100), encode_close(1000))

    def ended_with(self, thread: threading.Thread, code: int, reason: str) -> None:
        """The client gets all that came before and the close frame, answers that, and then gets a clean end."""
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

    def test_a_target_that_takes_nothing_is_given_up_and_sees_a_reset(self) -> None:
        self.limit(stall=0.2)
        with mock.patch.object(relay, "LINGER_SECONDS", 60):  # which is not waited for a second time
            thread = self.run_relay()
            self.upload_until_blocked()
            self.ended_with(thread, close_codes.TIMED_OUT, "stalled: the target takes no bytes")
        self.ends[1].close()
        with self.assertRaises(ConnectionResetError):
            while self.target.recv(1 << 20):
                pass

    def test_a_client_that_takes_nothing_is_given_up(self) -> None:
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
                         (close_codes.TIMED_OUT, "stalled: the client takes no bytes"))

    def test_a_slow_side_is_not_a_stalled_one(self) -> None:
        self.limit(stall=1)
        thread = self.run_relay()
        self.upload_until_blocked()
        began, taken = time.monotonic(), 0
        while time.monotonic() - began < 1.5:
            taken += len(self.target.recv(65536))
            time.sleep(0.05)
        self.assertTrue(thread.is_alive())
        self.assertEqual(self.relay.pump.code, close_codes.INTERNAL_ERROR)  # which means: not ended yet
        self.client.close()
        while chunk := self.target.recv(1 << 20):
            taken += len(chunk)
        self.target.close()
        self.assertTrue(self.joined(thread))
        self.assertEqual(taken, self.relay.pump.bytes_up)

    def test_a_pause_before_the_bytes_is_no_stall(self) -> None:
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

    def test_idleness_ends_it(self) -> None:
        self.limit(idle=0.2)
        self.ended_with(self.run_relay(), close_codes.TIMED_OUT, "idle: no byte came or went")

    def test_a_ping_is_not_idleness(self) -> None:
        self.limit(idle=1)
        thread = self.run_relay()
        began = time.monotonic()
        while time.monotonic() - began < 1.5:
            self.client.sendall(masked(encode_header(PING, 0), 2))
            time.sleep(0.05)
        self.assertTrue(thread.is_alive())
        self.ended_with(thread, close_codes.TIMED_OUT, "idle: no byte came or went")

    def test_age_ends_it_although_the_client_never_pauses(self) -> None:
        self.limit(life=0.2)
        thread = self.run_relay()
        sender = threading.Thread(target=self.send_for_ever, daemon=True)
        reader = threading.Thread(target=self.read_to_the_end, daemon=True)
        reader.start()
        sender.start()
        self.ended_with(thread, close_codes.LIFE_LIMIT, "life limit reached")
        reader.join(20)
        self.assertFalse(reader.is_alive())

    def send_for_ever(self) -> None:
        frame = masked(encode_header(BINARY, 65535) + bytes(65535), 4)
        try:
            while True:
                self.client.sendall(frame)
        except OSError:
            pass

    def read_to_the_end(self) -> None:
        while self.target.recv(65536):
            pass
        self.target.close()

    def count_to_the_end(self, taken: list[int]) -> None:
        while chunk := self.target.recv(65536):
            taken.append(len(chunk))
        self.target.close()

    def test_what_is_no_status_fetch_does_not_reach_the_target(self) -> None:
        self.limit(StatusFetch())
        thread = self.run_relay()
        self.client.sendall(masked(encode_header(BINARY, 5) + b"HELO ", 2))
        self.assertEqual(self.target.recv(100), b"")
        self.target.close()
        self.ended_with(thread, close_codes.REFUSED_BY_POLICY,
                        "refused: port 80 is for HTTP requests with GET or POST")

    def test_a_status_fetch_takes_half_a_minute_at_most(self) -> None:
        with mock.patch.object(relay, "FETCH_SECONDS", 0.2):
            self.limit(StatusFetch())
            self.ended_with(self.run_relay(), close_codes.REFUSED_BY_POLICY, "refused: a status fetch may take 30 s")

    def close_with_bytes_waiting(self) -> threading.Thread:
        """The client closes while the target has bytes to take that do not fit into the kernel's buffers."""
        for sock, option in ((self.target, socket.SO_RCVBUF), (self.ends[1], socket.SO_SNDBUF)):
            sock.setsockopt(socket.SOL_SOCKET, option, 4096)
        thread = self.run_relay()
        self.client.sendall(masked(encode_header(BINARY, 1 << 19) + bytes(1 << 19), 10) +
                            masked(encode_close(1000), 2))
        while self.relay.pump.client_open:
            time.sleep(0)
        return thread

    def test_a_client_that_closed_hears_that_the_target_was_reset_before_it_had_every_byte(self) -> None:
        thread = self.close_with_bytes_waiting()
        reset_on_close(self.target)
        self.target.close()
        self.ended_with(thread, close_codes.TARGET_RESET, "reset by the target")

    def test_a_client_that_closed_hears_that_the_target_did_not_take_every_byte(self) -> None:
        self.limit(stall=0.2)
        self.ended_with(self.close_with_bytes_waiting(), close_codes.TIMED_OUT, "stalled: the target takes no bytes")
        self.ends[1].close()
        with self.assertRaises(ConnectionResetError):
            while self.target.recv(1 << 20):
                pass

    def test_a_client_that_left_without_its_bytes_is_not_called_served(self) -> None:
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

    def test_stopping_ends_it_and_the_client_is_told(self) -> None:
        thread = self.run_relay()
        os.write(self.stop, b"x")
        self.assertEqual(self.target.recv(100), b"")
        self.target.close()
        self.ended_with(thread, close_codes.GOING_AWAY, "the bridge is stopping")

    def test_stopping_in_the_middle_of_much_loses_nothing_that_was_read(self) -> None:
        thread = self.run_relay()
        sender = threading.Thread(target=self.send_for_ever, daemon=True)
        taken: list[int] = []
        reader = threading.Thread(target=self.count_to_the_end, args=(taken,), daemon=True)
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
        while self.relay.pump.client_error is None:
            time.sleep(0)
        reader.start()
        self.ended_with(thread, close_codes.GOING_AWAY, "the bridge is stopping")
        reader.join(20)
        self.assertEqual(sum(taken), self.relay.pump.bytes_up)

    def test_stopping_does_not_wait_for_a_target_that_takes_nothing_which_sees_a_reset(self) -> None:
        with mock.patch.object(relay, "STOP_SECONDS", 0.3):
            thread = self.run_relay()
            self.upload_until_blocked()
            os.write(self.stop, b"x")
            self.ended_with(thread, close_codes.GOING_AWAY, "the bridge is stopping")
        self.ends[1].close()
        with self.assertRaises(ConnectionResetError):
            while self.target.recv(1 << 20):
                pass

    def test_stopping_shortens_an_end_that_has_begun(self) -> None:
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
