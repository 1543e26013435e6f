"""Ends this process when the one that started it ends, however that happens."""

from __future__ import annotations

import ctypes
import os

PR_SET_PDEATHSIG = 1
"""prctl(2)."""


def end_with_parent(parent: int, number: int) -> bool:
    """Has the kernel send this signal when the parent ends. False if the parent is another process or has ended."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    return os.getppid() == parent
