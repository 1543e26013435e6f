"""Runs websockify as the bridge of pagetls: `/usr/bin/python3 bridge/launcher.py --origin … `.

websockify listens, forks a process for each connection and does the HTTP upgrade. In that process the
policy decides, dial.py connects and relay.py moves the bytes. See README.md for options and close codes.

Once it listens, one line of JSON goes to standard output: {"listening": "127.0.0.1", "port": 12345}.
Standard error has one line of JSON for each connection. SIGTERM and SIGINT end the bridge and its children.
"""

from __future__ import annotations

import argparse
import ctypes
import io
import ipaddress
import json
import multiprocessing
import os
import resource
import signal
import socket
import sys
import time
import warnings
from collections.abc import Callable
from email.message import Message
from typing import TypeVar
from urllib.parse import urlsplit

import close_codes
import frames
from dial import ClientGone, dial, resolve
from policy import Policy, Refused, Target, parse_origin, parse_pattern, parse_target, token_of
from relay import Relay, Stopping

try:
    # The frames are ours, so websockify's numpy would only cost start-up time and memory in every child.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from websockify.websocketproxy import ProxyRequestHandler, WebSocketProxy
except ImportError:
    sys.exit(f"The bridge needs websockify, which {sys.executable} cannot import: "
             "install Debian's package python3-websockify and run the bridge with /usr/bin/python3.")

UPGRADE_SECONDS = 10
"""How long a client may take for its whole HTTP request."""

RESOLVE_SECONDS = 10.0
BACKLOG = 1024
"""Connections that may wait to be accepted (websockify: 100). The kernel caps it at somaxconn."""

STOP_SECONDS = 2.0
"""How long children may take to end after SIGTERM before they get SIGKILL."""

PR_SET_PDEATHSIG = 1
LOG_CHARS = 200

T = TypeVar("T")


class BridgeHandler(ProxyRequestHandler):
    """One connection, in its own process."""

    server: BridgeServer
    headers: Message
    connection: socket.socket
    rfile: io.BufferedReader
    server_version = "pagetls-bridge"
    sys_version = ""
    timeout = UPGRADE_SECONDS

    def setup(self) -> None:
        super().setup()
        self.started_at = time.monotonic()
        self.target: Target | None = None
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

    def handle_upgrade(self) -> None:
        """Checks the Origin before anything else is done, the look-up of the target included."""
        try:
            self.server.policy.check_origin(self.headers.get_all("Origin", []))
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
            code, reason = 1006, "the client left without a close frame"
        except Stopping:
            code, reason = close_codes.GOING_AWAY, "the bridge is stopping"
            if self.relay is not None:
                self.relay.say_going_away()
            else:
                self.connection.setblocking(False)
                self.connection.send(frames.encode_close(code, reason))
        except Exception as error:
            reason = f"internal: {type(error).__name__}"
            if self.relay is None:
                self._refuse(code, "internal: the bridge failed")
        finally:
            self.log_connection(code, reason)

    def _serve(self) -> tuple[int, str]:
        policy = self.server.policy
        # `path` is the request target: urlsplit would take a leading // for a host name.
        target = parse_target(token_of(urlsplit("/" + self.path.lstrip("/")).query))
        self.target = target
        permit = policy.vet(target, lambda name: resolve(name, RESOLVE_SECONDS))
        client = self.connection
        upstream, self.address = dial(permit.addresses, target.port, self.server.dial_seconds, client)
        with upstream:
            client.setblocking(False)
            early = self._read_ahead()
            self.relay = Relay(client, upstream, _stop_signals_as_input())
            self.relay.run(early)
        return self.relay.code, self.relay.reason

    def _read_ahead(self) -> bytes:
        """What the buffered reader of the HTTP request holds beyond it; the socket must not block."""
        size = len(self.rfile.peek(1))
        return self.rfile.read(size) if size else b""

    def _refuse(self, code: int, reason: str) -> None:
        """Sends a close frame, then waits for the client's end so that no RST overtakes the frame."""
        client = self.connection
        client.settimeout(2)
        try:
            client.sendall(frames.encode_close(code, reason))
            client.shutdown(socket.SHUT_WR)
            deadline = time.monotonic() + 2
            while time.monotonic() < deadline and client.recv(65536):
                pass
        except OSError:
            pass

    def log_connection(self, code: int, reason: str) -> None:
        """One line of JSON on standard error. Nothing the client wrote is in it unparsed but the Origin,
        which is cut and escaped."""
        self.logged = True
        relay = self.relay
        headers: Message | None = getattr(self, "headers", None)  # missing without a readable request
        record = {
            "client": str(self.client_address[0]),
            "origin": str(headers.get("Origin", ""))[:LOG_CHARS] if headers else "",
            "target": str(self.target) if self.target else "",
            "address": self.address,
            "code": code,
            "reason": reason,
            "up": relay.bytes_up if relay else 0,
            "down": relay.bytes_down if relay else 0,
            "seconds": round(time.monotonic() - self.started_at, 3),
        }
        write_log(record)

    def log_message(self, format: str, *args: object) -> None:
        """websockify's and http.server's own lines hold raw input: none of them is written."""


class BridgeServer(WebSocketProxy):
    """websockify's server with a policy, a longer backlog and children that never outlive it."""

    def __init__(self, host: str, port: int, policy: Policy, dial_seconds: float) -> None:
        self.policy = policy
        self.dial_seconds = dial_seconds
        self.pid = os.getpid()
        self.stopping = False
        self.listener = _listen(host, port)
        super().__init__(BridgeHandler, listen_host=host, listen_port=port)

    def socket(self, *_args: object, **_options: object) -> socket.socket:  # type: ignore[override]
        """websockify asks here for the socket to listen on; targets are dialled by dial.py."""
        return self.listener

    def started(self) -> None:
        """Says where it listens. The backlog takes connections from here on."""
        host, port = self.listener.getsockname()[:2]
        print(json.dumps({"listening": host, "port": port}), flush=True)

    def terminate(self) -> None:
        """On SIGTERM and SIGINT. websockify would raise here, wherever the program is, and lose sight of
        a child that it is about to start. This wakes its loop up instead: poll() is called next."""
        if os.getpid() != self.pid:
            os._exit(1)  # a child that has no handlers of its own yet
        self.stopping = True
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # a second signal

    def poll(self) -> None:
        """Called by websockify before each wait for a connection."""
        if self.stopping:
            raise self.Terminate

    def top_new_client(self, startsock: socket.socket, address: tuple[str, int]) -> None:
        """The whole life of a child."""
        _become_child(self.pid, startsock)
        try:
            self.RequestHandlerClass(startsock, address, self)
        except Stopping:
            pass
        except OSError:
            pass  # the client left during the HTTP request

    def stop_children(self) -> None:
        """Ends every child: SIGTERM, a moment to say goodbye, SIGKILL."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        children = multiprocessing.active_children()
        for child in children:
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while multiprocessing.active_children():
            left = deadline - time.monotonic()
            if left <= 0 or signal.sigtimedwait({signal.SIGCHLD}, left) is None:
                break
        for child in multiprocessing.active_children():
            child.kill()


def write_log(record: dict[str, object]) -> None:
    """One write of one line of ASCII, so that lines of several children do not mix (pipe(7))."""
    try:
        os.write(2, (json.dumps(record) + "\n").encode("ascii"))
    except OSError:
        pass


def _become_child(parent: int, client: socket.socket) -> None:
    """Makes a forked process independent of all but its client, and mortal."""
    signal.signal(signal.SIGTERM, _stop_child)
    signal.signal(signal.SIGINT, _stop_child)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, _stop_child)
    signal.setitimer(signal.ITIMER_REAL, UPGRADE_SECONDS)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # the parent died before the line above
    # The listening socket, and the pipes of the children forked before.
    os.closerange(3, client.fileno())
    os.closerange(client.fileno() + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _stop_signals_as_input() -> int:
    """Returns a descriptor that a signal to stop makes readable, in place of an exception anywhere."""
    reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writer)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    return reader


def _stop_child(_number: int, _frame: object) -> None:
    """Until relaying begins: ends whatever the child waits for."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    raise Stopping


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    return listener


def _parse_listen(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    host = "127.0.0.1" if host == "localhost" else host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdecimal() or not port.isascii() or int(port) > 65535:
        raise ValueError(text)
    return str(ipaddress.ip_address(host)), int(port)


def _parse_port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError(text)
    return int(text)


def _parse_allow_target(text: str) -> tuple[str, int]:
    try:
        target = parse_target(text)
    except Refused:
        raise ValueError(text) from None
    return target.host, target.port


def _parse_seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 300:
        raise ValueError(text)
    return seconds


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Parses the command line; exits with status 2 and a sentence where it does not make sense."""
    def typed(parse: Callable[[str], T], name: str) -> Callable[[str], T]:
        def check(text: str) -> T:
            try:
                return parse(text)
            except ValueError:
                raise argparse.ArgumentTypeError(f"{text!r} is not {name}") from None
        return check

    parser = argparse.ArgumentParser(prog="launcher.py", description="A WebSocket to TCP bridge for pagetls.",
                                     allow_abbrev=False)
    parser.add_argument("--listen", type=typed(_parse_listen, "ADDRESS:PORT"), default=("127.0.0.1", 0),
                        metavar="ADDRESS:PORT", help="default 127.0.0.1:0; port 0: the system picks one")
    parser.add_argument("--origin", type=typed(parse_origin, "an origin such as http://localhost:8080"),
                        action="append", default=[], metavar="ORIGIN", help="a page that may use the bridge")
    parser.add_argument("--allow-missing-origin", action="store_true",
                        help="let programs in that send no Origin header; browsers always send one")
    parser.add_argument("--port", type=typed(_parse_port, "a port"), action="append", default=[],
                        metavar="PORT", help="a port that may be dialled; default 443 only")
    parser.add_argument("--host", type=typed(parse_pattern, "a host name or *.DOMAIN"), action="append",
                        default=[], metavar="PATTERN", help="example.org or *.example.org; default: any public host")
    parser.add_argument("--allow-target", type=typed(_parse_allow_target, "host:port"), action="append",
                        default=[], metavar="HOST:PORT", help="exactly this target, even if it is private")
    parser.add_argument("--dial-timeout", type=typed(_parse_seconds, "a number of seconds up to 300"),
                        default=10.0, metavar="SECONDS", help="for each address; default 10")
    options = parser.parse_args(arguments)
    if not ipaddress.ip_address(options.listen[0]).is_loopback and not (options.origin and options.host):
        parser.exit(2, "Listening beyond loopback needs --origin and --host: "
                       "without both, anyone could reach any host through this bridge.\n")
    return options


def main(arguments: list[str]) -> int:
    """Runs until a signal comes; returns the exit status."""
    options = parse_arguments(arguments)
    policy = Policy(ports=frozenset(options.port or [443]), hosts=tuple(options.host),
                    allow_targets=frozenset(options.allow_target), origins=frozenset(options.origin),
                    allow_missing_origin=options.allow_missing_origin)
    # A connection costs the parent three descriptors.
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else 65536, hard))
    multiprocessing.set_start_method("fork")
    host, port = options.listen
    try:
        server = BridgeServer(host, port, policy, options.dial_timeout)
    except OSError as error:
        print(f"Cannot listen on {host} port {port}: {error.strerror}.", file=sys.stderr)
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: server.terminate())
    try:
        server.start_server()
    finally:
        server.stop_children()
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    # Not sys.exit: multiprocessing would wait for children, and all of them have been ended.
    sys.stdout.flush()
    os._exit(status)
