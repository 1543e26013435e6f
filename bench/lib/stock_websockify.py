"""Stock websockify, for comparison: `stock_websockify.py HOST PORT [--without-numpy]`.

Listens on a free port of loopback, and prints it: {"port": 12345}.
"""

from __future__ import annotations

import json
import sys
import warnings

if "--without-numpy" in sys.argv:
    sys.modules["numpy"] = None  # type: ignore[assignment]
warnings.simplefilter("ignore")
from websockify.websocketproxy import WebSocketProxy  # noqa: E402


class Stock(WebSocketProxy):
    """Keeps the listening socket, to learn its port."""

    @staticmethod
    def socket(*args: object, **options: object) -> object:
        Stock.listener = WebSocketProxy.socket(*args, **options)
        return Stock.listener

    def started(self) -> None:
        print(json.dumps({"port": Stock.listener.getsockname()[1]}), flush=True)


host, port = sys.argv[1:3]
Stock(listen_host="127.0.0.1", listen_port=0, target_host=host, target_port=int(port)).start_server()
