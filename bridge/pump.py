"""Moves bytes between a WebSocket client and a TCP target, one step at a time. relay.py says until when.

Bounded: a side is not read while the queue to the other one is full. Nothing here wakes up without a cause.
"""

from __future__ import annotations

import errno
import select
import socket
import struct
import time

import close_codes
import frames
from byte_queue import ByteQueue
from policy import Refused
from status_fetch import StatusFetch

READ_BYTES = 64 * 1024
"""The size of a read; what the target sends goes on in binary frames of at most this size."""

QUEUE_BYTES = 1 << 20
"""A side is not read while the queue to the other one holds this much. A queue can exceed it by one
read and the frame headers, not more."""

CLIENT_LEFT = "the client left without a close frame"

_TROUBLE = select.POLLHUP | select.POLLERR


class Stopping(BaseException):
    """The process has been told to end. Raised between two steps, never within one."""


class Pump:
    """Two sockets, two queues and what is known of either side. Both sockets become non-blocking.

    `code` and `reason` say how the connection ended: the client's own code if it ended first, 1006 if it
    sent no close frame. `bytes_up` and `bytes_down` count payload taken from client and target. `stop` is a
    descriptor that becomes readable when the process has to end: step() then raises Stopping, once. `fetch`,
    if given, watches what passes.
    """

    def __init__(self, client: socket.socket, target: socket.socket, stop: int,
                 fetch: StatusFetch | None = None) -> None:
        self.code = close_codes.INTERNAL_ERROR
        self.reason = ""
        self.bytes_up = 0
        self.bytes_down = 0
        self.client = client
        self.target = target
        self.fetch = fetch
        self.up = ByteQueue()
        self.down = ByteQueue()
        self.active_at = time.monotonic()   # when a byte last came or went
        self.client_open = True             # frames are still expected from the client
        self.client_eof = False             # its TCP has ended, nothing can be read any more
        self.client_writable = True         # writing to it has not failed
        self.client_hung_up = False         # POLLRDHUP has been seen, and is not news any more
        self.client_error: Refused | None = None    # why the bridge ends it
        self.client_answered = False        # with a close frame, to ours
        self.close_said = False             # nothing may follow our close frame
        self.target_open = True             # the target may still send
        self.target_writable = True
        self.target_lost = ""               # why, when it did not end by FIN
        self.up_lost = False                # bytes of the client have been dropped that the target did not take
        self.down_lost = False              # and the other way round
        self._stop: int | None = stop
        self._reader = frames.FrameReader()
        self._pong: bytes | None = None     # only the latest ping is answered: section 5.5.3
        for sock in (client, target):
            _configure(sock)

    def step(self, seconds: float) -> None:
        """Waits until a socket can be used or `seconds` have passed, then moves bytes once."""
        if self._pong is not None and self.down.size < QUEUE_BYTES:
            self.down.append(frames.encode_header(frames.PONG, len(self._pong)) + self._pong)
            self._pong = None
        poller = select.poll()
        if self._stop is not None:
            poller.register(self._stop, select.POLLIN)
        client_events = self._client_events()
        target_events = self._target_events()
        # poll() reports POLLHUP and POLLERR even unasked, so a socket without a use stays out of it.
        if client_events:
            poller.register(self.client, client_events)
        if target_events:
            poller.register(self.target, target_events)
        ready = dict(poller.poll(seconds * 1000))
        if self._stop in ready:
            self._stop = None
            raise Stopping
        client_ready = ready.get(self.client.fileno(), 0)
        target_ready = ready.get(self.target.fileno(), 0)
        if client_ready or target_ready:
            self.active_at = time.monotonic()
        if client_ready & (select.POLLRDHUP | _TROUBLE):
            self.client_hung_up = True
        if self.down.size and client_ready & (select.POLLOUT | _TROUBLE):
            self._write_client()
        if self.up.size and target_ready & (select.POLLOUT | _TROUBLE):
            self._write_target()
        if client_events & select.POLLIN and client_ready & (select.POLLIN | _TROUBLE):
            self._read_client()
        if target_events & select.POLLIN and target_ready & (select.POLLIN | _TROUBLE):
            self._read_target()

    def say_close(self, code: int | None, reason: str = "") -> None:
        """Queues our close frame behind all that waits for the client. There is one only."""
        if self.close_said:
            return
        self.close_said = True
        self._pong = None
        if self.client_writable:
            self.down.append(frames.encode_close(code, reason))

    def say_connected(self) -> None:
        """Sends an empty message: the target has been reached. It adds no byte to the stream."""
        self.down.append(frames.encode_header(frames.BINARY, 0))
        self._write_client()

    def take_from_client(self, chunk: bytes) -> None:
        """Handles bytes that came from the client's socket."""
        payloads: list[bytes] = []
        for event in self._reader.feed(chunk):
            if self.client_error is not None:
                self.client_answered |= isinstance(event, (frames.Closed, frames.Failed))
            elif isinstance(event, frames.Data):
                payloads.append(event.payload)
            elif isinstance(event, frames.Ping):
                if not self.close_said:
                    self._pong = event.payload
            else:
                self._send_up(payloads)
                payloads = []
                if isinstance(event, frames.Closed):
                    self.client_ended(event.code or 1005, "the client closed")
                else:
                    self.client_answered = True     # nothing more of it can be understood
                    self.fail(event.code, event.reason)
        self._send_up(payloads)

    def client_ended(self, code: int, reason: str) -> None:
        """Nothing more is expected from the client; the first reason is the one that stays."""
        if self.client_open and self.target_open:
            self.code, self.reason = code, reason
        self.client_open = False

    def client_lost(self) -> None:
        self.client_ended(1006, CLIENT_LEFT)

    def fail(self, code: int, reason: str) -> None:
        """The bridge ends the connection: what is queued still goes out, what comes in is dropped."""
        if self.client_open:
            self.client_error = Refused(code, reason)
            self.client_ended(code, reason)

    def abandon_target(self) -> None:
        """Drops what waits for the target, which will see a reset in place of a clean end."""
        self._drop_up()
        reset_on_close(self.target)

    def _client_events(self) -> int:
        events = 0
        if not self.client_eof and (self.up.size < QUEUE_BYTES or self.client_error is not None):
            events |= select.POLLIN
        if self.down.size and self.client_writable:
            events |= select.POLLOUT
        if not self.client_hung_up:
            events |= select.POLLRDHUP
        return events

    def _target_events(self) -> int:
        events = 0
        if self.target_open and (self.down.size < QUEUE_BYTES or not self.client_open):
            events |= select.POLLIN
        if self.up.size:
            events |= select.POLLOUT
        return events

    def _write_client(self) -> None:
        try:
            self.down.send_to(self.client)
        except OSError:
            self._drop_down()

    def _write_target(self) -> None:
        try:
            self.up.send_to(self.target)
        except OSError as error:
            # EPIPE: it had ended with FIN before. Anything else is the reset itself, told only once.
            self._drop_up()
            if error.errno != errno.EPIPE:
                self.target_lost = _why_lost(error)

    def _read_client(self) -> None:
        try:
            chunk = self.client.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._drop_down()
            chunk = b""
        if chunk:
            self.take_from_client(chunk)
        else:
            self.client_eof = True
            self.client_lost()

    def _send_up(self, payloads: list[bytes]) -> None:
        if not payloads:
            return
        payload = payloads[0] if len(payloads) == 1 else b"".join(payloads)
        self.bytes_up += len(payload)
        if self.fetch is not None:
            try:
                payload = self.fetch.up(payload)
            except Refused as refusal:
                self.fail(refusal.code, refusal.reason)
                return
        if self.target_writable:
            self.up.append(payload)
        elif payload:
            self.up_lost = True

    def _drop_up(self) -> None:
        if self.up.size:
            self.up_lost = True
        self.up.clear()
        self.target_writable = False

    def _drop_down(self) -> None:
        if self.down.size:
            self.down_lost = True
        self.down.clear()
        self.client_writable = False

    def _read_target(self) -> None:
        try:
            chunk = self.target.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            chunk = b""
            if error.errno != errno.EPIPE:
                self.target_lost = _why_lost(error)
            self._drop_up()
        if not chunk:
            self.target_open = False
        elif self.client_open and self.client_writable:
            self.bytes_down += len(chunk)
            self.down.append(frames.encode_header(frames.BINARY, len(chunk)))
            self.down.append(chunk)
            if self.fetch is not None:
                try:
                    self.fetch.down(len(chunk))
                except Refused as refusal:
                    self.fail(refusal.code, refusal.reason)


def reset_on_close(sock: socket.socket) -> None:
    """Makes close() send RST and drop what the kernel still holds (SO_LINGER with 0 s)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _configure(sock: socket.socket) -> None:
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # A dead peer is noticed after two minutes (the system's default: two hours).
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 6)


def _why_lost(error: OSError) -> str:
    if isinstance(error, ConnectionResetError):
        return "reset by the target"
    return f"the connection to the target was lost ({errno.errorcode.get(error.errno or 0, 'unknown error')})"
