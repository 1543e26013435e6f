"""One connection, in its own process: the HTTP request, then the WebSocket up to its close."""

from __future__ import annotations

import io
import ipaddress
import os
import signal
import socket
import time
from email.message import Message
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import close_codes
import frames
from admission import client_key
from dial import ClientGone
from log import write_log
from policy import Address, Refused, Target, parse_target, token_of
from relay import CLIENT_LEFT, STOP_SECONDS, STOPPING, Relay, Stopping
from signed_targets import looks_signed
from status_fetch import StatusFetch
from websockify_parts import ProxyRequestHandler

if TYPE_CHECKING:
    from server import BridgeServer

RESOLVE_SECONDS = 10.0
LOG_CHARS = 200


class BridgeHandler(ProxyRequestHandler):
    """websockify's handler with a policy before and a relay after the upgrade."""

    server: BridgeServer
    headers: Message
    connection: socket.socket
    rfile: io.BufferedReader
    server_version = "pagetls-bridge"
    sys_version = ""

    def setup(self) -> None:
        self.timeout = self.server.options.request_seconds
        super().setup()
        self.started_at = time.monotonic()
        self.client: Address = plain_address(self.client_address[0])
        self.target: Target | None = None
        self.kid = ""
        self.address = ""
        self.relay: Relay | None = None
        self.logged = False

    def finish(self) -> None:
        """Ends the connection. One that never became a WebSocket has its log line still to come."""
        if not self.logged:
            self.log_connection(400, "no WebSocket was opened")
        try:
            super().finish()
        except OSError:
            pass  # http.server flushes a response nobody waits for

    def handle(self) -> None:
        """One request only: a connection is for one WebSocket (and keep-alive would outlive its check)."""
        self.handle_one_request()

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._answer_health()
        else:
            super().do_GET()

    do_HEAD = do_GET

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A method that http.server does not know is the client's mistake: 405, not 501."""
        self.close_connection = True
        super().send_error(405 if code == 501 else code, message, explain)

    def _answer_health(self) -> None:
        """Whether another WebSocket would be let in. Such requests leave no line in the log."""
        self.logged = True
        trouble = self.server.trouble
        body = (trouble or "ok").encode("ascii") + b"\n"
        self.send_response(503 if trouble else 200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_upgrade(self) -> None:
        """Checks the Origin before anything else is done, the look-up of the target included."""
        if self.client in self.server.options.proxies:
            self.client = forwarded_for(self.headers.get_all("X-Forwarded-For", [])) or self.client
        try:
            self.server.options.policy.check_origin(self._origins())
        except Refused as refusal:
            self.close_connection = True
            self.send_error(403, refusal.reason)
            self.log_connection(403, refusal.reason)
            return
        super().handle_upgrade()

    def validate_connection(self) -> None:
        """Nothing yet: the token is judged after the upgrade, so that a close code can say what is wrong."""

    def new_websocket_client(self) -> None:
        """The WebSocket is open: vet, dial, relay, and always leave one log line."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        code, reason = close_codes.INTERNAL_ERROR, "internal: the bridge failed"
        try:
            code, reason = self._serve()
        except Refused as refusal:
            code, reason = refusal.code, refusal.reason
            self._refuse(code, reason)
        except ClientGone:
            code, reason = 1006, CLIENT_LEFT
        except Stopping:
            code, reason = close_codes.GOING_AWAY, STOPPING
            self._refuse(code, reason, STOP_SECONDS)
        except Exception as error:
            reason = f"internal: {type(error).__name__}"
            if self.relay is None:
                self._refuse(code, "internal: the bridge failed")
        finally:
            self.server.admission.leave(self.server.place.slot)
            self.log_connection(code, reason)

    def _serve(self) -> tuple[int, str]:
        server, options = self.server, self.server.options
        server.check_place(client_key(self.client))
        self.target, signed = self._read_token()
        permit = options.policy.vet(self.target, lambda name: server.network.resolve(name, RESOLVE_SECONDS),
                                    server.network.is_own_address, signed)
        client = self.connection
        upstream, self.address = server.network.dial(permit.addresses, self.target.port, options.dial_seconds, client)
        with upstream:
            client.setblocking(False)
            early = self._read_ahead()
            self.relay = Relay(client, upstream, _stop_signals_as_input(), options.limits,
                               StatusFetch() if permit.status_fetch else None)
            self.relay.run(early)
        return self.relay.pump.code, self.relay.pump.reason

    def _read_token(self) -> tuple[Target, bool]:
        """The target, and whether a signed token names it."""
        # `path` is the request target: urlsplit would take a leading // for a host name.
        token = token_of(urlsplit("/" + self.path.lstrip("/")).query)
        signer = self.server.options.signer
        if signer is None or not looks_signed(token):
            return parse_target(token), False
        grant = signer.verify(token, self._origins(), time.time())
        self.kid = grant.kid
        return grant.target, True

    def _origins(self) -> list[str]:
        return [str(origin) for origin in self.headers.get_all("Origin", [])]

    def _read_ahead(self) -> bytes:
        """What the buffered reader of the HTTP request holds beyond it; the socket must not block."""
        size = len(self.rfile.peek(1))
        return self.rfile.read(size) if size else b""

    def _refuse(self, code: int, reason: str, seconds: float = 2.0) -> None:
        """Sends a close frame, then waits for the client's answer, and its end, so that no RST overtakes the
        frame: not ours, nor that of a proxy which takes our FIN for the end of both ways."""
        client = self.connection
        deadline = time.monotonic() + seconds
        reader = frames.FrameReader()
        try:
            client.setblocking(False)
            chunk = self._read_ahead()
            client.settimeout(seconds)
            client.sendall(frames.encode_close(code, reason))
            while True:
                if any(isinstance(event, (frames.Closed, frames.Failed)) for event in reader.feed(chunk)):
                    client.shutdown(socket.SHUT_WR)
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                client.settimeout(left)
                chunk = client.recv(65536)
                if not chunk:
                    break
        except OSError:
            pass

    def log_connection(self, code: int, reason: str) -> None:
        """One line of JSON on standard error. Nothing the client wrote is in it unparsed but the Origin,
        which is cut and escaped. Of a signed token there is the target and the name of the key."""
        self.logged = True
        pump = self.relay.pump if self.relay else None
        headers: Message | None = getattr(self, "headers", None)  # missing without a readable request
        record: dict[str, object] = {
            "client": str(self.client),
            "origin": str(headers.get("Origin", ""))[:LOG_CHARS] if headers else "",
            "target": str(self.target) if self.target else "",
            "address": self.address,
            "code": code,
            "reason": reason,
            "up": pump.bytes_up if pump else 0,
            "down": pump.bytes_down if pump else 0,
            "seconds": round(time.monotonic() - self.started_at, 3),
        }
        if self.kid:
            record["kid"] = self.kid
        write_log(record)

    def log_message(self, format: str, *args: object) -> None:
        """websockify's and http.server's own lines hold raw input: none of them is written."""


def plain_address(text: str) -> Address:
    """An address of the kernel's as an object; IPv4 inside IPv6 as IPv4."""
    address = ipaddress.ip_address(text)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def forwarded_for(headers: list[str]) -> Address | None:
    """The last element of X-Forwarded-For: the one that the proxy before us wrote. None if unusable."""
    try:
        return plain_address(",".join(map(str, headers)).rpartition(",")[2].strip())
    except ValueError:
        return None


def _stop_signals_as_input() -> int:
    """Returns a descriptor that a signal to stop makes readable, in place of an exception anywhere."""
    reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writer)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    return reader
