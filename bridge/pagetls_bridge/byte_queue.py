"""A queue of bytes to send on a socket."""

from __future__ import annotations

import socket
import time
from collections import deque

_MAX_PARTS_PER_WRITE = 16
_PART_OVERHEAD_BYTES = 256
"""Python's own memory per queued part, so that many tiny parts count at their real cost."""


class ByteQueue:
    """`size` is the memory that the queued bytes use; 0 only when the queue is empty.

    `progress_at` is the last time (monotonic) that the socket accepted a byte or the queue became non-empty.
    """

    def __init__(self) -> None:
        self._parts: deque[memoryview] = deque()
        self.size = 0
        self.total_sent = 0     # bytes, ever
        self.progress_at = time.monotonic()

    def append(self, part: bytes) -> None:
        if not part:
            return
        if not self.size:
            self.progress_at = time.monotonic()
        self._parts.append(memoryview(part))
        self.size += len(part) + _PART_OVERHEAD_BYTES

    def clear(self) -> None:
        self._parts.clear()
        self.size = 0

    def send_to(self, sock: socket.socket) -> None:
        """Sends once, gathering several parts. Raises OSError, except BlockingIOError."""
        parts = [self._parts[i] for i in range(min(_MAX_PARTS_PER_WRITE, len(self._parts)))]
        try:
            sent = sock.sendmsg(parts)
        except BlockingIOError:
            return
        self.progress_at = time.monotonic()
        self.size -= sent
        self.total_sent += sent
        while sent:
            head = self._parts.popleft()
            if sent < len(head):
                self._parts.appendleft(head[sent:])
                break
            sent -= len(head)
            self.size -= _PART_OVERHEAD_BYTES
