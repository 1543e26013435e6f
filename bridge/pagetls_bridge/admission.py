"""Counts connections, in total and per client address, and rejects those beyond a limit.

Every connection is a process with a slot in a shared table of client addresses. The parent assigns and frees
slots. Behind a proxy only the child learns the client's address: it calls claim(). A few extra slots exist
for children that only send a rejection.
"""

from __future__ import annotations

import fcntl
import ipaddress
import mmap
import os
from collections.abc import Hashable, Set
from dataclasses import dataclass

from .policy import Address

MAX_REJECTING = 16
"""Maximum children that only send a rejection. Beyond that, connections are closed without one."""

MAX_REJECTING_PER_ADDRESS = 4
"""The same per address, so that one address cannot use up all of them."""

_KEY_BYTES = 16
_EMPTY_KEY = bytes(_KEY_BYTES)


def client_key(address: Address) -> bytes:
    """Identifies a client: its IPv4 address, or the /64 of its IPv6 address, because one host usually has a
    whole /64. Never all zeros, which mark an empty slot."""
    if isinstance(address, ipaddress.IPv4Address):
        return b"\0" * 10 + b"\xff\xff" + address.packed
    return address.packed[:8] + b"\xff" * 8


@dataclass(frozen=True)
class Slot:
    """A child's slot. With a `rejection`, the child only sends that and ends."""

    index: int
    rejection: str = ""


class Admission:
    """Allows `max_connections` in total and `max_per_address` per client; 0: no limit per client."""

    def __init__(self, max_connections: int, max_per_address: int) -> None:
        self._max_connections = max_connections
        self._max_per_address = max_per_address
        slots = max_connections + MAX_REJECTING
        # A file, because the kernel drops POSIX record locks, unlike semaphores, when their process dies.
        self.descriptor = os.memfd_create("connections")
        os.ftruncate(self.descriptor, slots * _KEY_BYTES)
        self._table = mmap.mmap(self.descriptor, slots * _KEY_BYTES)
        self._free = list(range(max_connections))
        self._free_rejecting = list(range(max_connections, slots))
        self._slots_by_child: dict[Hashable, int] = {}
        self._pending_slot: int | None = None     # assigned to a child that may not be running yet

    @property
    def full(self) -> bool:
        return not self._free

    @property
    def empty(self) -> bool:
        """Whether no connection is left; children that only reject do not count."""
        return len(self._free) == self._max_connections

    def update(self, children: Set[Hashable]) -> None:
        """Frees the slots of all children except `children`, the live ones. Call it between two calls of
        assign()."""
        for child in self._slots_by_child.keys() - children:
            self._free_slot(self._slots_by_child.pop(child))
        if self._pending_slot is not None:
            new = children - self._slots_by_child.keys()
            if new:
                self._slots_by_child[next(iter(new))] = self._pending_slot
            else:
                self._free_slot(self._pending_slot)
            self._pending_slot = None

    def assign(self, key: bytes | None, rejection: str = "") -> Slot | None:
        """Returns a slot for the next child, or None. `key` is the client's, None if it is not known yet;
        `rejection` is a reason to reject that the caller already knows."""
        count = 0 if key is None or not self._max_per_address else self._count(key)
        if not rejection and self._max_per_address and count >= self._max_per_address:
            rejection = "too many connections from this address"
        if not rejection and not self._free:
            rejection = "too many connections"
        if rejection and self._max_per_address and count >= self._max_per_address + MAX_REJECTING_PER_ADDRESS:
            return None
        free = self._free_rejecting if rejection else self._free
        if not free:
            return None
        slot = free.pop()
        self._write(slot, key or _EMPTY_KEY)
        self._pending_slot = slot
        return Slot(slot, rejection)

    def claim(self, slot: int, key: bytes) -> bool:
        """In a child: assigns its slot to a client; False if that client has too many connections."""
        if not self._max_per_address or self._read(slot) == key:
            return True
        fcntl.lockf(self.descriptor, fcntl.LOCK_EX)
        try:
            if self._count(key) >= self._max_per_address:
                return False
            self._write(slot, key)
            return True
        finally:
            fcntl.lockf(self.descriptor, fcntl.LOCK_UN)

    def release(self, slot: int) -> None:
        """In a child: stops counting its connection for the client."""
        self._write(slot, _EMPTY_KEY)

    def _free_slot(self, slot: int) -> None:
        self._write(slot, _EMPTY_KEY)
        (self._free if slot < self._max_connections else self._free_rejecting).append(slot)

    def _write(self, slot: int, key: bytes) -> None:
        self._table[slot * _KEY_BYTES:(slot + 1) * _KEY_BYTES] = key

    def _read(self, slot: int) -> bytes:
        return self._table[slot * _KEY_BYTES:(slot + 1) * _KEY_BYTES]

    def _count(self, key: bytes) -> int:
        table = self._table[:]
        return sum(table[at:at + _KEY_BYTES] == key for at in range(0, len(table), _KEY_BYTES))
