"""How long a connection may do nothing, and how long it may live. All in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """`stall`: one side takes no byte although some wait for it. `idle`: no byte comes or goes on either
    side. `life`: the age at which a connection is ended, whatever it does."""

    stall: float = 60.0
    idle: float = 3600.0
    life: float = 86400.0
