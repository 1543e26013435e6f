"""Relays bytes between a WebSocket client and a TCP target, losing none and holding few.

TCP's half-close has no counterpart in WebSocket (RFC 6455, section 7.1.2), so whichever side ends first
ends both, in this order:

  target ends (FIN or RST)   what it sent -> client, close frame -> client, wait for the client's answer
  client ends (close or FIN) what it sent -> target, FIN -> target, answer -> client, drain the target
  the bridge ends it         what is queued -> both, close frame -> client, FIN -> target, wait for the
                             client's answer, drain both
                             (as far as STOP_SECONDS reach, when the process has been told to stop)

Waiting matters: closing a TCP socket that still has unread input sends RST, and RST makes the other side
drop what it has not read yet. A side that did not take all of its bytes gets that RST, not a clean FIN.
The close frame says so: a client that has closed hears TARGET_RESET or TIMED_OUT instead of its own code.
An idle relay uses no CPU: it wakes up at a limit, not before.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import termios
import time
from collections.abc import Callable

import close_codes
from limits import Limits
from pump import CLIENT_LEFT, Pump, Stopping, reset_on_close
from status_fetch import SECONDS as FETCH_SECONDS
from status_fetch import StatusFetch, too_old

__all__ = ["STOPPING", "CLIENT_LEFT", "Relay", "Stopping"]

STOPPING = "the bridge is stopping"
"""The reason that goes with GOING_AWAY."""

LINGER_SECONDS = 5.0
"""How long a client may take to answer a close frame once its TCP has taken every byte; and, after the
bridge has ended a connection, how long a side may take no byte."""

DRAIN_SECONDS = 2.0
"""How long a target may keep sending after the client has ended."""

ENDING_SECONDS = 30.0
"""The most that the end of a connection may take, if it has lived its life or the bridge ends it."""

STOP_SECONDS = 3.0
"""The same when the process has been told to stop: less than the parent waits before it kills."""


class Relay:
    """One connection; the caller closes both sockets after run(). `pump` counts and says how it ended."""

    def __init__(self, client: socket.socket, target: socket.socket, stop: int, limits: Limits,
                 fetch: StatusFetch | None = None) -> None:
        self.pump = Pump(client, target, stop, fetch)
        self._limits = limits
        self._began_at = time.monotonic()
        self._end_by = self._began_at + limits.life
        self._stopping = False

    def run(self, early: bytes = b"") -> None:
        """Relays until both sides have ended. `early`: bytes of the client that were read already."""
        pump = self.pump
        try:
            try:
                self._relay(early)
                now = time.monotonic()
                self._end_by = max(0 if pump.client_error else self._end_by, now + ENDING_SECONDS)
                self._finish()
            except Stopping:
                self._stopping = True
                self._end_by = time.monotonic() + STOP_SECONDS
                if pump.client_open and pump.target_open:
                    pump.fail(close_codes.GOING_AWAY, STOPPING)
                self._finish()
        finally:
            for queue, sock in ((pump.up, pump.target), (pump.down, pump.client)):
                if queue.size:
                    reset_on_close(sock)

    def _relay(self, early: bytes) -> None:
        pump = self.pump
        pump.say_connected()
        if early:
            pump.take_from_client(early)
        while pump.client_open and pump.target_open:
            at, end = self._next_limit()
            left = at - time.monotonic()
            if left > 0:
                pump.step(left)
            else:
                end()

    def _finish(self) -> None:
        """Ends both sides. May be called again after Stopping, and then goes on from where it was."""
        pump = self.pump
        if pump.client_error is not None:
            self._finish_both(pump.client_error.code, pump.client_error.reason)
        elif pump.client_open:
            self._finish_target_first()
        else:
            self._finish_client_first()

    # The limits

    def _next_limit(self) -> tuple[float, Callable[[], None]]:
        """The limit that comes first: when (monotonic), and what to do then."""
        pump, limits = self.pump, self._limits
        ends: list[tuple[float, Callable[[], None]]] = [
            (self._began_at + limits.life, lambda: pump.fail(close_codes.LIFE_LIMIT, "life limit reached")),
            (pump.active_at + limits.idle, lambda: pump.fail(close_codes.TIMED_OUT, "idle: no byte came or went"))]
        if pump.fetch is not None:
            refusal = too_old()
            ends.append((self._began_at + FETCH_SECONDS, lambda: pump.fail(refusal.code, refusal.reason)))
        if pump.up.size:
            ends.append((pump.up.moved_at + limits.stall, self._target_stalled))
        if pump.down.size:
            ends.append((pump.down.moved_at + limits.stall, self._client_stalled))
        return min(ends, key=lambda entry: entry[0])

    def _target_stalled(self) -> None:
        if self.pump.client_hung_up:
            # Its end could not be read, because the target takes nothing.
            self.pump.abandon_target()
            self.pump.client_lost()
        else:
            self.pump.abandon_target()
            self.pump.fail(close_codes.TIMED_OUT, "stalled: the target takes no bytes")

    def _client_stalled(self) -> None:
        self.pump.fail(close_codes.TIMED_OUT, "stalled: the client takes no bytes")

    # How it ends

    def _finish_target_first(self) -> None:
        pump = self.pump
        patience = None
        if not pump.close_said:
            if pump.target_lost:
                pump.code, pump.reason = close_codes.TARGET_RESET, pump.target_lost
            else:
                pump.code, pump.reason = close_codes.NORMAL, "the target ended its stream"
            if not self._run_while(lambda: self._client_takes() and not pump.client_hung_up, self._sent_down):
                pump.code, pump.reason = self._ended_by("client")
                patience = LINGER_SECONDS
            pump.say_close(pump.code, pump.reason)
        self._run_while(self._client_takes, self._taken_by_client, patience)
        self._run_while(lambda: self._client_takes() or pump.client_open and not pump.client_eof,
                        self._taken_by_client, LINGER_SECONDS)
        self._shut_down_client()
        pump.client_eof = True  # nothing more is wanted from it
        # A target that has only half-closed still gets what the client sent before it knew.
        self._run_while(lambda: pump.up.size > 0, self._sent_up)
        self._shut_down_target()
        if pump.down_lost:
            pump.code, pump.reason = 1006, CLIENT_LEFT

    def _finish_client_first(self) -> None:
        pump = self.pump
        taken = self._run_while(lambda: pump.up.size > 0, self._sent_up)
        said = ""
        if pump.code != 1006 and not pump.close_said and (pump.up_lost or not taken):
            pump.code, pump.reason = self._ended_by("target") if not taken else (
                close_codes.TARGET_RESET, pump.target_lost or "the target ended before it had every byte")
            said = pump.reason
        self._shut_down_target()
        if not pump.client_eof:
            pump.say_close(None if pump.code == 1005 else pump.code, said)
        self._run_while(self._client_takes, self._sent_down)
        self._shut_down_client()
        self._run_while(lambda: pump.target_open, lambda: 0, DRAIN_SECONDS)

    def _finish_both(self, code: int, reason: str) -> None:
        """The client has to get the close frame, although it may be sending all the time."""
        pump = self.pump
        pump.say_close(code, reason)
        self._run_while(lambda: pump.up.size > 0 or self._client_takes(),
                        lambda: self._sent_up() + self._taken_by_client(), LINGER_SECONDS)
        self._shut_down_target()
        # FIN only then: a proxy may pass it on as the end of both ways, and reset a client that still sends.
        self._run_while(lambda: not pump.client_answered and not pump.client_eof and not pump.down.size,
                        lambda: 0, LINGER_SECONDS)
        self._shut_down_client()
        self._run_while(lambda: not pump.client_eof and not pump.down.size, lambda: 0, LINGER_SECONDS)
        self._run_while(lambda: pump.target_open and pump.target_writable and not pump.up.size,
                        lambda: 0, DRAIN_SECONDS)

    def _ended_by(self, side: str) -> tuple[int, str]:
        """Why `side` did not get the bytes that were queued for it."""
        if self._stopping:
            return close_codes.GOING_AWAY, STOPPING
        return close_codes.TIMED_OUT, f"stalled: the {side} takes no bytes"

    def _client_takes(self) -> bool:
        return self.pump.down.size > 0 and self.pump.client_writable

    def _sent_up(self) -> int:
        return self.pump.up.total_sent

    def _sent_down(self) -> int:
        return self.pump.down.total_sent

    def _taken_by_client(self) -> int:
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
        """Steps while `busy`; returns False when `progress` has not changed for `seconds`, by default the
        limit for stalling, or when the connection has to end now."""
        seconds = self._limits.stall if seconds is None else seconds
        seen = progress()
        deadline = time.monotonic() + seconds
        while busy():
            left = min(deadline, self._end_by) - time.monotonic()
            if left <= 0:
                return False
            self.pump.step(left)
            now = progress()
            if now != seen:
                seen = now
                deadline = time.monotonic() + seconds
        return True


def _shut_down(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # it is gone already
