"""The log: lines of JSON on standard error."""

from __future__ import annotations

import json
import os


def write_log(record: dict[str, object]) -> None:
    """One write of one line of ASCII, so that lines of several children do not mix (pipe(7))."""
    try:
        os.write(2, (json.dumps(record) + "\n").encode("ascii"))
    except OSError:
        pass
