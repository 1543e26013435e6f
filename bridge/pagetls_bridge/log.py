"""Writes the log: lines of JSON on standard error."""

from __future__ import annotations

import json
import os


def write_log(record: dict[str, object]) -> None:
    """Writes one ASCII line in a single write, so that lines of several children do not interleave (pipe(7))."""
    try:
        os.write(2, (json.dumps(record) + "\n").encode("ascii"))
    except OSError:
        pass
