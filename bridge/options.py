"""The command line."""

from __future__ import annotations

import argparse
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from limits import Limits
from policy import Address, Policy, Refused, parse_origin, parse_pattern, parse_target
from signed_targets import KeyFileError, Signer, read_keys

DAY = 86400

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """What the bridge is told to do. `signer` is there when targets may be signed; times are in seconds."""

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


def parse_arguments(arguments: list[str]) -> Options:
    """Exits with status 2 and a sentence where the command line does not make sense."""
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
    policy = Policy(ports=frozenset(given.port or [443]), hosts=tuple(given.host),
                    allow_targets=frozenset(given.allow_target), origins=frozenset(given.origin),
                    allow_missing_origin=given.allow_missing_origin,
                    signed_only=signer is not None and not given.host, status_fetches=given.status_fetches)
    return Options(given.listen, policy, signer, Limits(given.stall_timeout, given.idle_timeout, given.max_life),
                   given.request_timeout, given.dial_timeout, given.max_connections, given.max_per_address, given.drain,
                   frozenset(given.trust_forwarded_for))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="launcher.py", description="A WebSocket to TCP bridge for pagetls.",
                                     allow_abbrev=False)
    seconds, port = "a number of seconds in range", "a port"

    def add(name: str, parse: Callable[[str], T], what: str, metavar: str, default: T, text: str) -> None:
        parser.add_argument(name, type=_typed(parse, what), default=default, metavar=metavar, help=text)

    def add_list(name: str, parse: Callable[[str], T], what: str, metavar: str, text: str) -> None:
        parser.add_argument(name, type=_typed(parse, what), action="append", default=[], metavar=metavar, help=text)

    add("--listen", _parse_listen, "ADDRESS:PORT", "ADDRESS:PORT", ("127.0.0.1", 0),
        "default 127.0.0.1:0; port 0: the system picks one")
    add_list("--origin", parse_origin, "an origin such as http://localhost:8080", "ORIGIN",
             "a page that may use the bridge")
    parser.add_argument("--allow-missing-origin", action="store_true",
                        help="let programs in that send no Origin header; browsers always send one")
    add_list("--port", _parse_port, port, "PORT", "a port that may be dialled; default 443 only")
    parser.add_argument("--status-fetches", action="store_true",
                        help="let OCSP and CRL fetches through to port 80 of any public host")
    add_list("--host", parse_pattern, "a host name or *.DOMAIN", "PATTERN",
             "example.org or *.example.org; default: any public host")
    add_list("--allow-target", _parse_allow_target, "host:port", "HOST:PORT",
             "exactly this target, even if it is private")
    parser.add_argument("--key-file", metavar="FILE", help="keys for signed targets; a line KID BASE64URL for each")
    add("--token-life", _seconds(DAY), seconds, "SECONDS", 600.0, "the longest life of a signed token; default 600")
    add("--request-timeout", _seconds(300), seconds, "SECONDS", 10.0, "for the whole HTTP request; default 10")
    add("--dial-timeout", _seconds(300), seconds, "SECONDS", 10.0, "for each address; default 10")
    add("--stall-timeout", _seconds(DAY), seconds, "SECONDS", 60.0,
        "for a side that takes no byte although some wait; default 60")
    add("--idle-timeout", _seconds(7 * DAY), seconds, "SECONDS", 3600.0, "without a byte either way; default 3600")
    add("--max-life", _seconds(7 * DAY), seconds, "SECONDS", 86400.0, "of a connection; default 86400")
    add("--max-connections", _number(1, 10_000), "a number from 1 to 10000", "N", 500, "default 500")
    add("--max-per-address", _number(0, 10_000), "a number from 0 to 10000", "N", 100,
        "connections of one client address; default 100; 0: no limit")
    add("--drain", _seconds(DAY), seconds, "SECONDS", 0.0,
        "after SIGTERM, how long connections may go on; default: they are ended at once")
    add_list("--trust-forwarded-for", ipaddress.ip_address, "an IP address", "ADDRESS",
             "a proxy whose X-Forwarded-For names the client")
    return parser


def _typed(parse: Callable[[str], T], what: str) -> Callable[[str], T]:
    def check(text: str) -> T:
        try:
            return parse(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {what}") from None
    return check


def _parse_listen(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    host = "127.0.0.1" if host == "localhost" else host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdecimal() or not port.isascii() or int(port) > 65535:
        raise ValueError(text)
    return str(ipaddress.ip_address(host)), int(port)


def _parse_port(text: str) -> int:
    return _number(1, 65535)(text)


def _parse_allow_target(text: str) -> tuple[str, int]:
    try:
        target = parse_target(text)
    except Refused:
        raise ValueError(text) from None
    return target.host, target.port


def _number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)
    return parse


def _seconds(most: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        seconds = float(text)
        if not 0 < seconds <= most:
            raise ValueError(text)
        return seconds
    return parse
