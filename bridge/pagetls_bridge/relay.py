"""Relays bytes between a WebSocket client and a TCP target without losing any, and with bounded queues.

WebSocket has no equivalent of TCP's half-close (RFC 6455, section 7.1.2), so when one end closes, the relay
closes both, in this order:

  target ends (FIN or RST)   its bytes -> client, close frame -> client, wait for the client's answer
  client ends (close or FIN) its bytes -> target, FIN -> target, answer -> client, drain the target
  bridge ends                queued bytes -> both, close frame -> client, FIN -> target, wait for the
                             client's answer, drain both
                             (for at most STOP_SECONDS when the process was signalled to stop)

The waits matter: closing a TCP socket that has unread input sends RST, and an RST makes the receiver drop
what it has not read yet. A peer that did not accept all of its bytes gets that RST instead of a clean FIN.
The close frame tells a client that has closed: TARGET_RESET or TIMED_OUT replaces its own code.
An idle relay uses no CPU: it sleeps until the next timeout.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import termios
import time
from collections.abc import Callable

from . import close_codes
from .frames import ABNORMAL_CLOSURE, NO_STATUS
from .limits import Limits
from .pump import CLIENT_LEFT, Pump, Stopping, reset_on_close
from .status_fetch import MAX_SECONDS as FETCH_SECONDS
from .status_fetch import StatusFetch, timed_out

__all__ = ["STOPPING", "CLIENT_LEFT", "Relay", "Stopping"]

STOPPING = "the bridge is stopping"
"""The reason for GOING_AWAY."""

LINGER_SECONDS = 5.0
"""Timeout for the client's answer to a close frame, counted from when its TCP has accepted every byte. Also
the stall timeout once the bridge has ended a connection."""

DRAIN_SECONDS = 2.0
"""How long a target may keep sending after the client has ended."""

MAX_CLOSING_SECONDS = 30.0
"""Maximum duration of closing a connection past its lifetime or ended by the bridge."""

STOP_SECONDS = 3.0
"""The same when the process was signalled to stop: less than server.KILL_AFTER_SECONDS."""


class Relay:
    """One connection; the caller closes both sockets after run(). `pump` has the byte counts and how it ended."""

    def __init__(self, client: socket.socket, target: socket.socket, stop: int, limits: Limits,
                 fetch: StatusFetch | None = None) -> None:
        self.pump = Pump(client, target, stop, fetch)
        self._limits = limits
        self._began_at = time.monotonic()
        self._closing_deadline = self._began_at + limits.lifetime
        self._stopping = False

    def run(self, early: bytes = b"") -> None:
        """Relays until both ends have closed. `early`: bytes of the client that were already read."""
        pump = self.pump
        try:
            try:
                self._relay(early)
                now = time.monotonic()
                self._closing_deadline = max(0 if pump.failure else self._closing_deadline, now + MAX_CLOSING_SECONDS)
                self._finish()
            except Stopping:
                self._stopping = True
                self._closing_deadline = time.monotonic() + STOP_SECONDS
                if pump.client_open and pump.target_open:
                    pump.fail(close_codes.GOING_AWAY, STOPPING)
                self._finish()
        finally:
            for queue, sock in ((pump.up, pump.target), (pump.down, pump.client)):
                if queue.size:
                    reset_on_close(sock)

    def _relay(self, early: bytes) -> None:
        pump = self.pump
        pump.send_connected()
        if early:
            pump.receive_from_client(early)
        while pump.client_open and pump.target_open:
            at, end = self._next_timeout()
            left = at - time.monotonic()
            if left > 0:
                pump.step(left)
            else:
                end()

    def _finish(self) -> None:
        """Closes both ends. When called again after Stopping, it continues where it was."""
        pump = self.pump
        if pump.failure is not None:
            self._finish_after_failure(pump.failure.code, pump.failure.reason)
        elif pump.client_open:
            self._finish_after_target()
        else:
            self._finish_after_client()

    # Timeouts

    def _next_timeout(self) -> tuple[float, Callable[[], None]]:
        """The earliest timeout: when it expires (monotonic), and what to do then."""
        pump, limits = self.pump, self._limits
        timeouts: list[tuple[float, Callable[[], None]]] = [
            (self._began_at + limits.lifetime,
             lambda: pump.fail(close_codes.LIFETIME_LIMIT, "the connection reached its maximum lifetime")),
            (pump.active_at + limits.idle,
             lambda: pump.fail(close_codes.TIMED_OUT, "idle: no bytes in either direction"))]
        if pump.fetch is not None:
            rejection = timed_out()
            timeouts.append((self._began_at + FETCH_SECONDS, lambda: pump.fail(rejection.code, rejection.reason)))
        if pump.up.size:
            timeouts.append((pump.up.progress_at + limits.stall, self._target_stalled))
        if pump.down.size:
            timeouts.append((pump.down.progress_at + limits.stall, self._client_stalled))
        return min(timeouts, key=lambda entry: entry[0])

    def _target_stalled(self) -> None:
        if self.pump.client_rdhup_seen:
            # The client has closed, but its FIN was never read, because the queue to the target is full.
            self.pump.abandon_target()
            self.pump.client_lost()
        else:
            self.pump.abandon_target()
            self.pump.fail(close_codes.TIMED_OUT, "stalled: the target accepts no bytes")

    def _client_stalled(self) -> None:
        self.pump.fail(close_codes.TIMED_OUT, "stalled: the client accepts no bytes")

    # Closing

    def _finish_after_target(self) -> None:
        pump = self.pump
        timeout = None
        if not pump.close_sent:
            if pump.target_loss_reason:
                pump.code, pump.reason = close_codes.TARGET_RESET, pump.target_loss_reason
            else:
                pump.code, pump.reason = close_codes.NORMAL, "the target ended its stream"
            if not self._run_while(lambda: self._client_pending() and not pump.client_rdhup_seen,
                                   self._bytes_sent_down):
                pump.code, pump.reason = self._undelivered("client")
                timeout = LINGER_SECONDS
            pump.send_close(pump.code, pump.reason)
        self._run_while(self._client_pending, self._bytes_acked_by_client, timeout)
        self._run_while(lambda: self._client_pending() or pump.client_open and not pump.client_eof,
                        self._bytes_acked_by_client, LINGER_SECONDS)
        self._shut_down_client()
        pump.client_eof = True  # stop reading from it
        # A target that only half-closed still gets the bytes that the client sent before it learned of that.
        self._run_while(lambda: pump.up.size > 0, self._bytes_sent_up)
        self._shut_down_target()
        if pump.down_lost:
            pump.code, pump.reason = ABNORMAL_CLOSURE, CLIENT_LEFT

    def _finish_after_client(self) -> None:
        pump = self.pump
        delivered = self._run_while(lambda: pump.up.size > 0, self._bytes_sent_up)
        reason = ""
        if pump.code != ABNORMAL_CLOSURE and not pump.close_sent and (pump.up_lost or not delivered):
            pump.code, pump.reason = self._undelivered("target") if not delivered else (
                close_codes.TARGET_RESET, pump.target_loss_reason or "the target closed before it accepted every byte")
            reason = pump.reason
        self._shut_down_target()
        if not pump.client_eof:
            pump.send_close(None if pump.code == NO_STATUS else pump.code, reason)
        self._run_while(self._client_pending, self._bytes_sent_down)
        self._shut_down_client()
        self._run_while(lambda: pump.target_open, lambda: 0, DRAIN_SECONDS)

    def _finish_after_failure(self, code: int, reason: str) -> None:
        """Delivers the close frame even to a client that never stops sending."""
        pump = self.pump
        pump.send_close(code, reason)
        self._run_while(lambda: pump.up.size > 0 or self._client_pending(),
                        lambda: self._bytes_sent_up() + self._bytes_acked_by_client(), LINGER_SECONDS)
        self._shut_down_target()
        # Only now FIN: a proxy may take it for the end of both directions, and reset a client that still sends.
        self._run_while(lambda: not pump.client_close_seen and not pump.client_eof and not pump.down.size,
                        lambda: 0, LINGER_SECONDS)
        self._shut_down_client()
        self._run_while(lambda: not pump.client_eof and not pump.down.size, lambda: 0, LINGER_SECONDS)
        self._run_while(lambda: pump.target_open and pump.target_writable and not pump.up.size,
                        lambda: 0, DRAIN_SECONDS)

    def _undelivered(self, receiver: str) -> tuple[int, str]:
        """The code and reason when `receiver` did not get all bytes that were queued for it."""
        if self._stopping:
            return close_codes.GOING_AWAY, STOPPING
        return close_codes.TIMED_OUT, f"stalled: the {receiver} accepts no bytes"

    def _client_pending(self) -> bool:
        return self.pump.down.size > 0 and self.pump.client_writable

    def _bytes_sent_up(self) -> int:
        return self.pump.up.total_sent

    def _bytes_sent_down(self) -> int:
        return self.pump.down.total_sent

    def _bytes_acked_by_client(self) -> int:
        """Bytes that the client's TCP has acknowledged (SIOCOUTQ, tcp(7))."""
        unsent = fcntl.ioctl(self.pump.client, termios.TIOCOUTQ, b"\0\0\0\0")
        return self.pump.down.total_sent - int(struct.unpack("i", unsent)[0])

    def _shut_down_client(self) -> None:
        if not self.pump.down.size:
            _shut_down(self.pump.client)

    def _shut_down_target(self) -> None:
        if not self.pump.up.size:
            _shut_down(self.pump.target)

    def _run_while(self, busy: Callable[[], bool], progress: Callable[[], int],
                   seconds: float | None = None) -> bool:
        """Steps while `busy`; returns False when `progress` has not changed for `seconds` (default: the stall
        timeout), or at the closing deadline."""
        seconds = self._limits.stall if seconds is None else seconds
        last = progress()
        deadline = time.monotonic() + seconds
        while busy():
            left = min(deadline, self._closing_deadline) - time.monotonic()
            if left <= 0:
                return False
            self.pump.step(left)
            now = progress()
            if now != last:
                last = now
                deadline = time.monotonic() + seconds
        return True


def _shut_down(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # already disconnected
