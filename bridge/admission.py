"""Counts connections, in all and for each client address, and says which one is too many.

Every connection is a process with a slot in a table of client addresses that all of them share. The parent
gives slots out and takes them back. Behind a proxy only the child learns the client's address: claim() is
for it. A few slots more than connections may exist, for children that only say why there is no place.
"""

from __future__ import annotations

import fcntl
import ipaddress
import mmap
import os
from collections.abc import Hashable, Set
from dataclasses import dataclass

from policy import Address

REFUSING = 16
"""Children beyond the cap, at most. What comes when these are busy too is closed without a word."""

REFUSING_PER_ADDRESS = 4
"""The same for one address, so that it cannot take all of them."""

_KEY_BYTES = 16
_NOBODY = bytes(_KEY_BYTES)


def client_key(address: Address) -> bytes:
    """What counts as one client: an IPv4 address, or the /64 that one IPv6 host has all to itself. Never
    all zeros, which is what an empty slot holds."""
    if isinstance(address, ipaddress.IPv4Address):
        return b"\0" * 10 + b"\xff\xff" + address.packed
    return address.packed[:8] + b"\xff" * 8


@dataclass(frozen=True)
class Place:
    """A slot for a child. With `refusal` it is to say that and end."""

    slot: int
    refusal: str = ""


class Admission:
    """`most` connections in all, and `most_per_address` for each client; 0: no limit for that."""

    def __init__(self, most: int, most_per_address: int) -> None:
        self._most = most
        self._most_per_address = most_per_address
        slots = most + REFUSING
        # A file, because POSIX record locks, unlike semaphores, end with the process that holds them.
        self.descriptor = os.memfd_create("connections")
        os.ftruncate(self.descriptor, slots * _KEY_BYTES)
        self._table = mmap.mmap(self.descriptor, slots * _KEY_BYTES)
        self._free = list(range(most))
        self._free_refusing = list(range(most, slots))
        self._held: dict[Hashable, int] = {}
        self._newest: int | None = None     # the slot of a child that may not have been started yet

    @property
    def full(self) -> bool:
        return not self._free

    @property
    def empty(self) -> bool:
        """Whether no connection is left; children that refuse do not count."""
        return len(self._free) == self._most

    def update(self, children: Set[Hashable]) -> None:
        """Takes back the slots of children that are not among `children`, the living ones. To be called
        between one place() and the next."""
        for child in self._held.keys() - children:
            self._take_back(self._held.pop(child))
        if self._newest is not None:
            new = children - self._held.keys()
            if new:
                self._held[next(iter(new))] = self._newest
            else:
                self._take_back(self._newest)
            self._newest = None

    def place(self, key: bytes | None, refusal: str = "") -> Place | None:
        """A slot for the next child, or None. `key` is the client's, None if it is not known yet;
        `refusal` is a reason to refuse that is known already."""
        count = 0 if key is None or not self._most_per_address else self._count(key)
        if not refusal and self._most_per_address and count >= self._most_per_address:
            refusal = "too many connections from this address"
        if not refusal and not self._free:
            refusal = "too many connections"
        if refusal and self._most_per_address and count >= self._most_per_address + REFUSING_PER_ADDRESS:
            return None
        free = self._free_refusing if refusal else self._free
        if not free:
            return None
        slot = free.pop()
        self._write(slot, key or _NOBODY)
        self._newest = slot
        return Place(slot, refusal)

    def claim(self, slot: int, key: bytes) -> bool:
        """In a child: notes whose connection it is; False when that client has too many already."""
        if not self._most_per_address or self._read(slot) == key:
            return True
        fcntl.lockf(self.descriptor, fcntl.LOCK_EX)
        try:
            if self._count(key) >= self._most_per_address:
                return False
            self._write(slot, key)
            return True
        finally:
            fcntl.lockf(self.descriptor, fcntl.LOCK_UN)

    def leave(self, slot: int) -> None:
        """In a child: it does not count for its client any more."""
        self._write(slot, _NOBODY)

    def _take_back(self, slot: int) -> None:
        self._write(slot, _NOBODY)
        (self._free if slot < self._most else self._free_refusing).append(slot)

    def _write(self, slot: int, key: bytes) -> None:
        self._table[slot * _KEY_BYTES:(slot + 1) * _KEY_BYTES] = key

    def _read(self, slot: int) -> bytes:
        return self._table[slot * _KEY_BYTES:(slot + 1) * _KEY_BYTES]

    def _count(self, key: bytes) -> int:
        table = self._table[:]
        return sum(table[at:at + _KEY_BYTES] == key for at in range(0, len(table), _KEY_BYTES))
