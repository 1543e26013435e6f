"""Bytes on their way to a socket."""

from __future__ import annotations

import socket
import time
from collections import deque

_IOV = 16
_PART_OVERHEAD = 256
"""What Python itself holds for a queued part, so that many tiny ones count for what they cost."""


class ByteQueue:
    """`size` is the memory that the bytes take: 0 only when there are none.

    `moved_at` is the last time (monotonic) when the socket took a byte or when bytes began to wait.
    """

    def __init__(self) -> None:
        self._parts: deque[memoryview] = deque()
        self.size = 0
        self.total_sent = 0     # bytes, ever
        self.moved_at = time.monotonic()

    def append(self, part: bytes) -> None:
        if not part:
            return
        if not self.size:
            self.moved_at = time.monotonic()
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
        self.moved_at = time.monotonic()
        self.size -= sent
        self.total_sent += sent
        while sent:
            head = self._parts.popleft()
            if sent < len(head):
                self._parts.appendleft(head[sent:])
                break
            sent -= len(head)
            self.size -= _PART_OVERHEAD
