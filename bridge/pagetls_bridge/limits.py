"""Timeouts and the maximum lifetime of a connection, in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """`stall`: client or target accepts none of the bytes queued for it. `idle`: no bytes in either direction.
    `lifetime`: the maximum age of a connection."""

    stall: float = 60.0
    idle: float = 3600.0
    lifetime: float = 86400.0
