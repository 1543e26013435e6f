"""The two classes of websockify that the bridge extends; says what to install where they are missing."""

from __future__ import annotations

import sys
import warnings

try:
    # The frames are ours, so websockify's numpy would only cost start-up time and memory in every child.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from websockify.websocketproxy import ProxyRequestHandler, WebSocketProxy
except ImportError:
    sys.exit(f"The bridge needs websockify, which {sys.executable} cannot import: "
             "install Debian's package python3-websockify and run the bridge with /usr/bin/python3.")

__all__ = ["ProxyRequestHandler", "WebSocketProxy"]
