"""Imports the two websockify classes that the bridge extends; if they are missing, says what to install."""

from __future__ import annotations

import sys
import warnings

try:
    # websockify needs numpy only for frames, which frames.py handles; importing it costs time and memory.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from websockify.websocketproxy import ProxyRequestHandler, WebSocketProxy
except ImportError:
    sys.exit(f"The bridge needs websockify, which {sys.executable} cannot import: "
             "install Debian's package python3-websockify and run the bridge with /usr/bin/python3, or elsewhere "
             f"run {sys.executable} -m pip install websockify.")

__all__ = ["ProxyRequestHandler", "WebSocketProxy"]
