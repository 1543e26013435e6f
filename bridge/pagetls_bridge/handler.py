"""Handles one connection in its own process: the HTTP request, then the WebSocket until it closes."""

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

from . import close_codes, frames
from .admission import client_key
from .dial import ClientGone
from .log import write_log
from .policy import Address, Rejected, Target, parse_target, token_of
from .pump import READ_BYTES
from .relay import CLIENT_LEFT, STOP_SECONDS, STOPPING, Relay, Stopping
from .signed_targets import looks_signed
from .status_fetch import StatusFetch
from .websockify_parts import ProxyRequestHandler

if TYPE_CHECKING:
    from .server import BridgeServer

RESOLVE_SECONDS = 10.0
INTERNAL_ERROR_REASON = "internal: the bridge failed"
REJECTION_SECONDS = 2.0
"""How long to wait for the client to end the connection after a rejection."""

MAX_LOGGED_ORIGIN_CHARS = 200


class BridgeHandler(ProxyRequestHandler):
    """websockify's handler, with a policy check before the upgrade and a relay after it."""

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
        self.client: Address = unmap_ipv4(self.client_address[0])
        self.target: Target | None = None
        self.kid = ""
        self.address = ""
        self.relay: Relay | None = None
        self.logged = False

    def finish(self) -> None:
        """Ends the connection. Logs it here if it never became a WebSocket."""
        if not self.logged:
            self.log_connection(400, "no WebSocket was opened")
        try:
            super().finish()
        except OSError:
            pass  # http.server flushes a response after the client has left

    def handle(self) -> None:
        """Serves one request only: with keep-alive, later requests would bypass admission control."""
        self.handle_one_request()

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._answer_health()
        else:
            super().do_GET()

    do_HEAD = do_GET

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Sends 405 in place of 501 for methods unknown to http.server: the client is at fault."""
        self.close_connection = True
        super().send_error(405 if code == 501 else code, message, explain)

    def _answer_health(self) -> None:
        """Answers whether another WebSocket would be accepted. Health checks are not logged."""
        self.logged = True
        unavailable_reason = self.server.unavailable_reason
        body = (unavailable_reason or "ok").encode("ascii") + b"\n"
        self.send_response(503 if unavailable_reason else 200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_upgrade(self) -> None:
        """Checks the Origin before anything else, in particular before looking up the target."""
        if self.client in self.server.options.proxies:
            self.client = forwarded_for(self.headers.get_all("X-Forwarded-For", [])) or self.client
        try:
            self.server.options.policy.check_origin(self._origins())
        except Rejected as rejection:
            self.close_connection = True
            self.send_error(403, rejection.reason)
            self.log_connection(403, rejection.reason)
            return
        super().handle_upgrade()

    def validate_connection(self) -> None:
        """Does nothing: the token is checked after the upgrade, so that a close code can report the problem."""

    def new_websocket_client(self) -> None:
        """Serves an open WebSocket: vets the target, dials, relays, and always writes one log line."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        code, reason = close_codes.INTERNAL_ERROR, INTERNAL_ERROR_REASON
        try:
            code, reason = self._serve()
        except Rejected as rejection:
            code, reason = rejection.code, rejection.reason
            self._reject(code, reason)
        except ClientGone:
            code, reason = frames.ABNORMAL_CLOSURE, CLIENT_LEFT
        except Stopping:
            code, reason = close_codes.GOING_AWAY, STOPPING
            self._reject(code, reason, STOP_SECONDS)
        except Exception as error:
            reason = f"internal: {type(error).__name__}"
            if self.relay is None:
                self._reject(code, INTERNAL_ERROR_REASON)
        finally:
            self.server.admission.release(self.server.slot.index)
            self.log_connection(code, reason)

    def _serve(self) -> tuple[int, str]:
        server, options = self.server, self.server.options
        server.check_admission(client_key(self.client))
        self.target, signed = self._read_token()
        permit = options.policy.vet(self.target, lambda name: server.network.resolve(name, RESOLVE_SECONDS),
                                    server.network.is_own_address, signed)
        client = self.connection
        upstream, self.address = server.network.dial(permit.addresses, self.target.port, options.dial_seconds, client)
        with upstream:
            client.setblocking(False)
            early = self._read_ahead()
            self.relay = Relay(client, upstream, _open_stop_descriptor(), options.limits,
                               StatusFetch() if permit.status_fetch else None)
            self.relay.run(early)
        return self.relay.pump.code, self.relay.pump.reason

    def _read_token(self) -> tuple[Target, bool]:
        """Returns the target, and whether a signed token names it."""
        # `path` is the request target: urlsplit would parse a leading // as the start of a host name.
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
        """Returns bytes that were read together with the HTTP request; the socket must be non-blocking."""
        size = len(self.rfile.peek(1))
        return self.rfile.read(size) if size else b""

    def _reject(self, code: int, reason: str, seconds: float = REJECTION_SECONDS) -> None:
        """Sends a close frame, then waits for the client's answer and for its FIN, so that no RST overtakes the
        frame: neither ours nor one from a proxy that closes both directions when it gets our FIN."""
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
                chunk = client.recv(READ_BYTES)
                if not chunk:
                    break
        except OSError:
            pass

    def log_connection(self, code: int, reason: str) -> None:
        """Writes one line of JSON to standard error. Its only raw client input is the Origin, cut and escaped.
        Of a signed token it has only the target and the name of the key."""
        self.logged = True
        pump = self.relay.pump if self.relay else None
        headers: Message | None = getattr(self, "headers", None)  # missing without a readable request
        record: dict[str, object] = {
            "client": str(self.client),
            "origin": str(headers.get("Origin", ""))[:MAX_LOGGED_ORIGIN_CHARS] if headers else "",
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
        """Drops the log lines of websockify and http.server, because they contain raw input."""


def unmap_ipv4(text: str) -> Address:
    """Parses an address; an IPv4-mapped IPv6 address becomes the IPv4 address."""
    address = ipaddress.ip_address(text)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def forwarded_for(headers: list[str]) -> Address | None:
    """Returns the last address in X-Forwarded-For, which the trusted proxy wrote; None if it does not parse."""
    try:
        return unmap_ipv4(",".join(map(str, headers)).rpartition(",")[2].strip())
    except ValueError:
        return None


def _open_stop_descriptor() -> int:
    """Returns a descriptor that becomes readable on SIGTERM or SIGINT, which then no longer raise."""
    reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writer)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _integer_between, _frame: None)
    return reader
