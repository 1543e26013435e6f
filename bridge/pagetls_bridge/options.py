"""Parses the command line."""

from __future__ import annotations

import argparse
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .limits import Limits
from .policy import DEFAULT_PORTS, MAX_PORT, Address, Policy, Rejected, parse_origin, parse_pattern, parse_target
from .signed_targets import DEFAULT_LIFETIME_SECONDS, KeyFileError, Signer, read_keys

DAY_SECONDS = 86400
MAX_TIMEOUT_SECONDS = 300
MAX_CONNECTIONS = 10_000
MAX_PID = 1 << 22
"""proc(5), /proc/sys/kernel/pid_max."""

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """The parsed command line. `signer` is None if signed targets are off; times are in seconds."""

    listen: tuple[str, int]
    policy: Policy
    signer: Signer | None
    limits: Limits
    request_seconds: float
    dial_seconds: float
    max_connections: int
    max_per_address: int
    drain_seconds: float
    proxies: frozenset[Address]
    parent_pid: int | None


def parse_arguments(arguments: list[str]) -> Options:
    """Exits with status 2 and one sentence if the command line is invalid."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if not ipaddress.ip_address(given.listen[0]).is_loopback and not (given.origin and (given.host or given.key_file)):
        parser.exit(2, "Listening beyond loopback needs --origin and either --host or --key-file: "
                       "without them, anyone could reach any host through this bridge.\n")
    signer = None
    if given.key_file is not None:
        try:
            signer = Signer(read_keys(given.key_file), given.token_life)
        except KeyFileError as error:
            parser.exit(2, f"The key file cannot be used: {error}.\n")
    policy = Policy(ports=frozenset(given.port) or DEFAULT_PORTS, hosts=tuple(given.host),
                    allow_targets=frozenset(given.allow_target), origins=frozenset(given.origin),
                    allow_missing_origin=given.allow_missing_origin,
                    signed_only=signer is not None and not given.host, status_fetches=given.status_fetches)
    return Options(given.listen, policy, signer, Limits(given.stall_timeout, given.idle_timeout, given.max_life),
                   given.request_timeout, given.dial_timeout, given.max_connections, given.max_per_address, given.drain,
                   frozenset(given.trust_forwarded_for), given.parent_pid)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pagetls-bridge", allow_abbrev=False,
                                     description="A WebSocket to TCP bridge for pagetls.")
    seconds, port = "a number of seconds in range", "a port number"

    def add(name: str, parse: Callable[[str], T], expected: str, metavar: str, default: T | None, text: str) -> None:
        parser.add_argument(name, type=_argument_type(parse, expected), default=default, metavar=metavar, help=text)

    def add_list(name: str, parse: Callable[[str], T], expected: str, metavar: str, text: str) -> None:
        parser.add_argument(name, type=_argument_type(parse, expected), action="append", default=[], metavar=metavar,
                            help=text)

    add("--listen", _parse_listen, "ADDRESS:PORT", "ADDRESS:PORT", ("127.0.0.1", 0),
        "where to listen; default 127.0.0.1:0; with port 0 the system picks one")
    add_list("--origin", parse_origin, "an origin such as http://localhost:8080", "ORIGIN",
             "origin of pages that may use the bridge; repeatable; default none")
    parser.add_argument("--allow-missing-origin", action="store_true",
                        help="accept clients that send no Origin header; browsers always send one")
    add_list("--port", _parse_port, port, "PORT", "allowed target port; repeatable; default 443 only")
    parser.add_argument("--status-fetches", action="store_true",
                        help="allow OCSP and CRL fetches from port 80 of any public host")
    add_list("--host", parse_pattern, "a host name or *.DOMAIN", "PATTERN",
             "allowed target host, such as example.org or *.example.org; repeatable; default: any public host")
    add_list("--allow-target", _parse_allow_target, "host:port", "HOST:PORT",
             "allow exactly this target, even if its address is private; repeatable")
    parser.add_argument("--key-file", metavar="FILE", help="keys for signed targets, one line NAME KEY for each")
    add("--token-life", _positive_seconds(DAY_SECONDS), seconds, "SECONDS", float(DEFAULT_LIFETIME_SECONDS),
        f"maximum lifetime of a signed token; default {DEFAULT_LIFETIME_SECONDS}")
    add("--request-timeout", _positive_seconds(MAX_TIMEOUT_SECONDS), seconds, "SECONDS", 10.0,
        "timeout for the whole HTTP request; default 10")
    add("--dial-timeout", _positive_seconds(MAX_TIMEOUT_SECONDS), seconds, "SECONDS", 10.0,
        "timeout for each address of the target; default 10")
    add("--stall-timeout", _positive_seconds(DAY_SECONDS), seconds, "SECONDS", Limits.stall,
        f"close when client or target accepts none of the bytes queued for it; default {Limits.stall:g}")
    add("--idle-timeout", _positive_seconds(7 * DAY_SECONDS), seconds, "SECONDS", Limits.idle,
        f"close when no bytes arrive from client or target; default {Limits.idle:g}")
    add("--max-life", _positive_seconds(7 * DAY_SECONDS), seconds, "SECONDS", Limits.lifetime,
        f"maximum lifetime of a connection; default {Limits.lifetime:g}")
    add("--max-connections", _integer_between(1, MAX_CONNECTIONS), f"a number from 1 to {MAX_CONNECTIONS}", "N", 500,
        "maximum connections in total; default 500")
    add("--max-per-address", _integer_between(0, MAX_CONNECTIONS), f"a number from 0 to {MAX_CONNECTIONS}", "N", 100,
        "maximum connections per client address; default 100; 0: no limit")
    add("--drain", _positive_seconds(DAY_SECONDS), seconds, "SECONDS", 0.0,
        "after SIGTERM, how long running connections may continue; default: they are closed at once")
    add_list("--trust-forwarded-for", ipaddress.ip_address, "an IP address", "ADDRESS",
             "address of a proxy whose X-Forwarded-For names the client; repeatable")
    add("--parent-pid", _integer_between(1, MAX_PID), "a process ID", "PID", None,
        "stop, as on SIGTERM, when the process with this ID, which started the bridge, ends")
    return parser


def _argument_type(parse: Callable[[str], T], expected: str) -> Callable[[str], T]:
    def check(text: str) -> T:
        try:
            return parse(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {expected}") from None
    return check


def _parse_listen(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    host = "127.0.0.1" if host == "localhost" else host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdecimal() or not port.isascii() or int(port) > MAX_PORT:
        raise ValueError(text)
    return str(ipaddress.ip_address(host)), int(port)


def _parse_port(text: str) -> int:
    return _integer_between(1, MAX_PORT)(text)


def _parse_allow_target(text: str) -> tuple[str, int]:
    try:
        target = parse_target(text)
    except Rejected:
        raise ValueError(text) from None
    return target.host, target.port


def _integer_between(minimum: int, maximum: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not minimum <= int(text) <= maximum:
            raise ValueError(text)
        return int(text)
    return parse


def _positive_seconds(maximum: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        seconds = float(text)
        if not 0 < seconds <= maximum:
            raise ValueError(text)
        return seconds
    return parse
