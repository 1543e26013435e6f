"""Relays bytes between a WebSocket client and a TCP target, losing none and holding few.

TCP's half-close has no counterpart in WebSocket (RFC 6455, section 7.1.2), so whichever side ends first
ends both, in this order:

  target ends (FIN or RST)   what it sent -> client, close frame -> client, wait for the client's answer
  client ends (close or FIN) what it sent -> target, FIN -> target, answer -> client, drain the target

Waiting matters: closing a TCP socket that still has unread input sends RST, and RST makes the other side
drop what it has not read yet. Nothing here wakes up without a cause; an idle relay uses no CPU.
"""

from __future__ import annotations

import errno
import fcntl
import select
import socket
import struct
import termios
import time
from collections import deque
from collections.abc import Callable

import close_codes
import frames

READ_BYTES = 64 * 1024
"""The size of a read; what the target sends goes on in binary frames of at most this size."""

QUEUE_BYTES = 1 << 20
"""A side is not read while the queue to the other one holds this much. A queue can exceed it by one
read and the frame headers, not more."""

STALL_SECONDS = 30.0
"""After one side has ended, how long the other may take no byte before the rest is given up."""

LINGER_SECONDS = 5.0
"""How long a client may take to answer a close frame once its TCP has taken every byte."""

DRAIN_SECONDS = 2.0
"""How long a target may keep sending after the client has ended."""

_IOV = 16
_PART_OVERHEAD = 256
"""What Python itself holds for a queued part, so that many tiny ones count for what they cost."""


class Stopping(BaseException):
    """The process has been told to end. Relay raises it between two steps, never within one."""


class _Queue:
    """Bytes on their way to a socket. `size` is the memory they take: 0 only when there are none."""

    def __init__(self) -> None:
        self._parts: deque[memoryview] = deque()
        self.size = 0
        self.total_sent = 0     # bytes, ever

    def append(self, part: bytes) -> None:
        if part:
            self._parts.append(memoryview(part))
            self.size += len(part) + _PART_OVERHEAD

    def clear(self) -> None:
        self._parts.clear()
        self.size = 0

    def send_to(self, sock: socket.socket) -> None:
        """One gathering write. Raises OSError, BlockingIOError excepted."""
        parts = [self._parts[i] for i in range(min(_IOV, len(self._parts)))]
        try:
            sent = sock.sendmsg(parts)
        except BlockingIOError:
            return
        self.size -= sent
        self.total_sent += sent
        while sent:
            head = self._parts.popleft()
            if sent < len(head):
                self._parts.appendleft(head[sent:])
                break
            sent -= len(head)
            self.size -= _PART_OVERHEAD


class Relay:
    """One connection. Both sockets become non-blocking; the caller closes them after run().

    After run(): `code` and `reason` say how it ended (the client's own code if it ended first, 1006 if
    it sent no close frame); `bytes_up` and `bytes_down` count payload taken from client and target.
    `stop` is a descriptor that becomes readable when the relay has to end: run() then raises Stopping.
    """

    def __init__(self, client: socket.socket, target: socket.socket, stop: int) -> None:
        self.code = close_codes.INTERNAL_ERROR
        self.reason = ""
        self.bytes_up = 0
        self.bytes_down = 0
        self._client = client
        self._target = target
        self._stop = stop
        self._reader = frames.FrameReader()
        self._up = _Queue()
        self._down = _Queue()
        self._pong: bytes | None = None     # only the latest ping is answered: section 5.5.3
        self._client_open = True            # frames are still expected from the client
        self._client_eof = False            # its TCP has ended, nothing can be read any more
        self._client_writable = True        # writing to it has not failed
        self._client_hung_up = False        # POLLRDHUP has been seen, and is not news any more
        self._client_error: frames.Failed | None = None
        self._close_said = False            # nothing may follow our close frame
        self._target_open = True            # the target may still send
        self._target_writable = True
        self._target_lost = ""              # why, when it did not end by FIN
        for sock in (client, target):
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # A dead peer is noticed after two minutes (the system's default: two hours).
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 6)

    def run(self, early: bytes = b"") -> None:
        """Relays until both sides have ended. `early`: bytes of the client that were read already."""
        if early:
            self._take_from_client(early)
        while self._client_open and self._target_open:
            if self._client_hung_up:
                # It cannot be read because the target takes nothing: it is not kept for ever.
                if not self._run_while(lambda: self._client_open and self._target_open, self._sent_up):
                    self._client_lost()
            else:
                self._step(None)
        if self._client_open:
            self._finish_target_first()
        else:
            self._finish_client_first()

    def say_going_away(self) -> None:
        """Tries to tell the client that the bridge stops; does nothing inside a half-sent frame."""
        if self._client_writable and not self._down.size and not self._close_said:
            try:
                self._client.send(frames.encode_close(close_codes.GOING_AWAY, "the bridge is stopping"))
            except OSError:
                pass

    # How it ends

    def _finish_target_first(self) -> None:
        if self._target_lost:
            self.code, self.reason = close_codes.TARGET_RESET, self._target_lost
        else:
            self.code, self.reason = close_codes.NORMAL, "the target ended its stream"
        # No time limit, as before: a client may pause, and its unread bytes are not thrown away.
        while self._down.size and self._client_writable and not self._client_hung_up:
            self._step(None)
        self._say_close(self.code, self.reason)
        self._linger()
        self._client_eof = True  # nothing more is wanted from it
        # A target that has only half-closed still gets what the client sent before it knew.
        self._run_while(lambda: self._up.size > 0, self._sent_up)
        self._shut_down(self._target)

    def _finish_client_first(self) -> None:
        if self._client_error is not None:
            self._say_close(self._client_error.code, self._client_error.reason)
        self._run_while(lambda: self._up.size > 0, self._sent_up)
        self._up.clear()
        self._shut_down(self._target)
        if self._client_error is None and not self._client_eof:
            self._say_close(None if self.code == 1005 else self.code)
        self._run_while(lambda: self._down.size > 0 and self._client_writable, lambda: self._down.total_sent)
        if self._client_error is not None:
            self._linger()
        self._shut_down(self._client)
        self._run_while(lambda: self._target_open, lambda: 0, DRAIN_SECONDS)

    def _say_close(self, code: int | None, reason: str = "") -> None:
        self._close_said = True
        self._pong = None
        if self._client_writable:
            self._down.append(frames.encode_close(code, reason))

    def _linger(self) -> None:
        """Sends what is queued, then reads the client until its close frame or its end comes."""
        def waiting() -> bool:
            if self._down.size:
                return self._client_writable
            return self._client_open and not self._client_eof

        def progress() -> int:
            return self._down.total_sent - self._unsent_to_client()

        self._run_while(lambda: self._down.size > 0 and self._client_writable, progress)
        self._run_while(waiting, progress, LINGER_SECONDS)
        self._shut_down(self._client)

    def _unsent_to_client(self) -> int:
        """Bytes that the client's TCP has not acknowledged (SIOCOUTQ, tcp(7))."""
        return int(struct.unpack("i", fcntl.ioctl(self._client, termios.TIOCOUTQ, b"\0\0\0\0"))[0])

    @staticmethod
    def _shut_down(sock: socket.socket) -> None:
        try:
            sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it is gone already

    # The loop

    def _sent_up(self) -> int:
        return self._up.total_sent

    def _run_while(self, busy: Callable[[], bool], progress: Callable[[], int],
                   seconds: float | None = None) -> bool:
        """Steps while `busy`; returns False when `progress` has not changed for `seconds`, by default
        STALL_SECONDS."""
        seconds = STALL_SECONDS if seconds is None else seconds
        seen = progress()
        deadline = time.monotonic() + seconds
        while busy():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._step(left)
            now = progress()
            if now != seen:
                seen = now
                deadline = time.monotonic() + seconds
        return True

    def _step(self, seconds: float | None) -> None:
        """Waits until a socket can be used or `seconds` have passed, then moves bytes once."""
        if self._pong is not None and self._down.size < QUEUE_BYTES:
            self._down.append(frames.encode_header(frames.PONG, len(self._pong)) + self._pong)
            self._pong = None
        poller = select.poll()
        poller.register(self._stop, select.POLLIN)
        client_events = self._client_events()
        target_events = self._target_events()
        # poll() reports POLLHUP and POLLERR even unasked, so a socket without a use stays out of it.
        if client_events:
            poller.register(self._client, client_events)
        if target_events:
            poller.register(self._target, target_events)
        ready = dict(poller.poll(None if seconds is None else seconds * 1000))
        if self._stop in ready:
            raise Stopping
        client_ready = ready.get(self._client.fileno(), 0)
        target_ready = ready.get(self._target.fileno(), 0)
        trouble = select.POLLHUP | select.POLLERR
        if client_ready & (select.POLLRDHUP | trouble):
            self._client_hung_up = True
        if self._down.size and client_ready & (select.POLLOUT | trouble):
            self._write_client()
        if self._up.size and target_ready & (select.POLLOUT | trouble):
            self._write_target()
        if client_events & select.POLLIN and client_ready & (select.POLLIN | trouble):
            self._read_client()
        if target_events & select.POLLIN and target_ready & (select.POLLIN | trouble):
            self._read_target()

    def _client_events(self) -> int:
        events = 0
        if not self._client_eof and self._up.size < QUEUE_BYTES:
            events |= select.POLLIN
        if self._down.size and self._client_writable:
            events |= select.POLLOUT
        if not self._client_hung_up:
            events |= select.POLLRDHUP
        return events

    def _target_events(self) -> int:
        events = 0
        if self._target_open and (self._down.size < QUEUE_BYTES or not self._client_open):
            events |= select.POLLIN
        if self._up.size:
            events |= select.POLLOUT
        return events

    def _write_client(self) -> None:
        try:
            self._down.send_to(self._client)
        except OSError:
            self._down.clear()
            self._client_writable = False

    def _write_target(self) -> None:
        try:
            self._up.send_to(self._target)
        except OSError as error:
            # EPIPE: it had ended with FIN before. Anything else is the reset itself, told only once.
            self._up.clear()
            self._target_writable = False
            if error.errno != errno.EPIPE:
                self._target_lost = _why_lost(error)

    def _read_client(self) -> None:
        try:
            chunk = self._client.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._client_writable = False
            self._down.clear()
            chunk = b""
        if chunk:
            self._take_from_client(chunk)
        else:
            self._client_eof = True
            if self._client_open:
                self._client_lost()

    def _client_lost(self) -> None:
        self._client_ended(1006, "the client left without a close frame")

    def _client_ended(self, code: int, reason: str) -> None:
        self._client_open = False
        if self._target_open:
            self.code, self.reason = code, reason

    def _take_from_client(self, chunk: bytes) -> None:
        payloads: list[bytes] = []
        for event in self._reader.feed(chunk):
            if isinstance(event, frames.Data):
                payloads.append(event.payload)
            elif isinstance(event, frames.Ping):
                if not self._close_said:
                    self._pong = event.payload
            elif isinstance(event, frames.Closed):
                self._client_ended(event.code or 1005, "the client closed")
            else:
                self._client_ended(event.code, event.reason)
                self._client_error = event
        if payloads:
            payload = payloads[0] if len(payloads) == 1 else b"".join(payloads)
            self.bytes_up += len(payload)
            if self._target_writable:
                self._up.append(payload)

    def _read_target(self) -> None:
        try:
            chunk = self._target.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            chunk = b""
            if error.errno != errno.EPIPE:
                self._target_lost = _why_lost(error)
            self._up.clear()
            self._target_writable = False
        if not chunk:
            self._target_open = False
        elif self._client_open and self._client_writable:
            self.bytes_down += len(chunk)
            self._down.append(frames.encode_header(frames.BINARY, len(chunk)) + chunk)


def _why_lost(error: OSError) -> str:
    if isinstance(error, ConnectionResetError):
        return "reset by the target"
    return f"the connection to the target was lost ({errno.errorcode.get(error.errno or 0, 'unknown error')})"
