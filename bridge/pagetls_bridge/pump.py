"""Moves bytes between a WebSocket client and a TCP target, one step at a time. relay.py decides when to stop.

Memory is bounded: one socket is not read while the queue to the other one is full. It wakes up only for events.
"""

from __future__ import annotations

import errno
import select
import socket
import struct
import time

from . import close_codes, frames
from .byte_queue import ByteQueue
from .policy import Rejected
from .status_fetch import StatusFetch

READ_BYTES = 64 * 1024
"""Maximum size of a read, and thus of the binary frames that carry what the target sends."""

QUEUE_BYTES = 1 << 20
"""One socket is not read while the queue to the other one holds this much. A queue can exceed it by at most
one read and the frame headers."""

KEEPALIVE_IDLE_SECONDS, KEEPALIVE_INTERVAL_SECONDS, KEEPALIVE_PROBES = 60, 10, 6
"""tcp(7): a dead peer is detected after two minutes (Linux's default: two hours)."""

CLIENT_LEFT = "the client left without a close frame"

_HUP_OR_ERROR = select.POLLHUP | select.POLLERR


class Stopping(BaseException):
    """The process was signalled to stop. Raised between two steps, never within one."""


class Pump:
    """Two sockets, the two queues between them, and the state of both ends. Both sockets become non-blocking.

    `code` and `reason` say how the connection ended: the client's own code if the client closed first, 1006
    if it sent no close frame. `bytes_up` and `bytes_down` count payload read from client and target. `stop` is
    a descriptor that becomes readable when the process must stop: step() then raises Stopping, once. `fetch`,
    if given, restricts the connection to a status fetch.
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
        self.active_at = time.monotonic()   # when a socket was last readable or writable
        self.client_open = True             # frames are still expected from the client
        self.client_eof = False             # its TCP stream has ended: nothing is left to read
        self.client_writable = True         # no write to it has failed
        self.client_rdhup_seen = False      # do not poll for POLLRDHUP again
        self.failure: Rejected | None = None    # set if the bridge itself ends the connection
        self.client_close_seen = False      # the client answered our close frame
        self.close_sent = False             # nothing may follow our close frame
        self.target_open = True             # the target may still send
        self.target_writable = True         # no write to it has failed
        self.target_loss_reason = ""        # set if the target's stream ended without FIN
        self.up_lost = False                # bytes for the target were dropped
        self.down_lost = False              # bytes for the client were dropped
        self._stop: int | None = stop
        self._reader = frames.FrameReader()
        self._pong: bytes | None = None     # answers only the latest ping: RFC 6455, section 5.5.3
        for sock in (client, target):
            _configure(sock)

    def step(self, seconds: float) -> None:
        """Waits until a socket is ready or `seconds` have passed, then reads and writes once."""
        if self._pong is not None and self.down.size < QUEUE_BYTES:
            self.down.append(frames.encode_header(frames.PONG, len(self._pong)) + self._pong)
            self._pong = None
        poller = select.poll()
        if self._stop is not None:
            poller.register(self._stop, select.POLLIN)
        client_events = self._client_events()
        target_events = self._target_events()
        # poll() always reports POLLHUP and POLLERR, so register only sockets with events to wait for.
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
        if client_ready & (select.POLLRDHUP | _HUP_OR_ERROR):
            self.client_rdhup_seen = True
        if self.down.size and client_ready & (select.POLLOUT | _HUP_OR_ERROR):
            self._write_client()
        if self.up.size and target_ready & (select.POLLOUT | _HUP_OR_ERROR):
            self._write_target()
        if client_events & select.POLLIN and client_ready & (select.POLLIN | _HUP_OR_ERROR):
            self._read_client()
        if target_events & select.POLLIN and target_ready & (select.POLLIN | _HUP_OR_ERROR):
            self._read_target()

    def send_close(self, code: int | None, reason: str = "") -> None:
        """Queues our close frame behind everything else for the client. Later calls do nothing."""
        if self.close_sent:
            return
        self.close_sent = True
        self._pong = None
        if self.client_writable:
            self.down.append(frames.encode_close(code, reason))

    def send_connected(self) -> None:
        """Sends an empty message, which tells the client that the target is connected."""
        self.down.append(frames.encode_header(frames.BINARY, 0))
        self._write_client()

    def receive_from_client(self, chunk: bytes) -> None:
        """Handles bytes from the client's socket."""
        payloads: list[bytes] = []
        for event in self._reader.feed(chunk):
            if self.failure is not None:
                self.client_close_seen |= isinstance(event, (frames.Closed, frames.Failed))
            elif isinstance(event, frames.Data):
                payloads.append(event.payload)
            elif isinstance(event, frames.Ping):
                if not self.close_sent:
                    self._pong = event.payload
            else:
                self._send_up(payloads)
                payloads = []
                if isinstance(event, frames.Closed):
                    self.client_ended(event.code or frames.NO_STATUS, "the client closed")
                else:
                    self.client_close_seen = True     # the reader ignores everything after this
                    self.fail(event.code, event.reason)
        self._send_up(payloads)

    def client_ended(self, code: int, reason: str) -> None:
        """Records that the client ended its stream; only the first reason is kept."""
        if self.client_open and self.target_open:
            self.code, self.reason = code, reason
        self.client_open = False

    def client_lost(self) -> None:
        self.client_ended(frames.ABNORMAL_CLOSURE, CLIENT_LEFT)

    def fail(self, code: int, reason: str) -> None:
        """Ends the connection from the bridge: queued bytes are still sent, new ones are dropped."""
        if self.client_open:
            self.failure = Rejected(code, reason)
            self.client_ended(code, reason)

    def abandon_target(self) -> None:
        """Drops the bytes queued for the target, which then gets a reset in place of a clean end."""
        self._drop_up()
        reset_on_close(self.target)

    def _client_events(self) -> int:
        events = 0
        if not self.client_eof and (self.up.size < QUEUE_BYTES or self.failure is not None):
            events |= select.POLLIN
        if self.down.size and self.client_writable:
            events |= select.POLLOUT
        if not self.client_rdhup_seen:
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
            # EPIPE means that the target had ended its stream before. The kernel reports a reset only once.
            self._drop_up()
            if error.errno != errno.EPIPE:
                self.target_loss_reason = _loss_reason(error)

    def _read_client(self) -> None:
        try:
            chunk = self.client.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._drop_down()
            chunk = b""
        if chunk:
            self.receive_from_client(chunk)
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
            except Rejected as rejection:
                self.fail(rejection.code, rejection.reason)
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
                self.target_loss_reason = _loss_reason(error)
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
                except Rejected as rejection:
                    self.fail(rejection.code, rejection.reason)


def reset_on_close(sock: socket.socket) -> None:
    """Makes close() send RST and drop the kernel's unsent bytes (SO_LINGER with 0 s)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _configure(sock: socket.socket) -> None:
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, KEEPALIVE_PROBES)


def _loss_reason(error: OSError) -> str:
    if isinstance(error, ConnectionResetError):
        return "reset by the target"
    return f"the connection to the target was lost ({errno.errorcode.get(error.errno or 0, 'unknown error')})"
