"""Decides which page may use the bridge and which addresses it may dial.

Pure: no sockets, no clock, no globals; what it has to ask is passed in as functions. The caller dials the
addresses of the returned Permit and nothing else, so a second answer of the DNS changes nothing.

Parsing is strict on purpose. A host that two programs read differently (`0x7f.1`, `127.1`, full-width
digits) is refused rather than understood; see the "ends in a number" rule of the WHATWG URL standard.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import close_codes

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], Sequence[str]]
"""Takes a host name, returns its addresses as text, best first. Raises OSError when there are none."""

IsOwn = Callable[[str], bool]
"""Takes an address as text, returns whether it is one of the bridge's own host."""

STATUS_PORT = 80

MAX_TOKEN_CHARS = 260
"""A host name has at most 253 characters (RFC 1035, section 2.3.4); then a colon and five digits."""

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_IPV4 = re.compile(r"(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)

# From the IANA special-purpose address registries (RFC 6890), multicast, and one cloud's metadata host that
# has a public address. Python's own is_global is not used: its answers differ between releases of 3.11.
_IPV4_NOT_PUBLIC = tuple(map(ipaddress.IPv4Network, (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32")))
# Only 2000::/3 is handed out (RFC 3513). Inside it: IETF assignments with Teredo, documentation, 6to4.
_IPV6_UNICAST = ipaddress.IPv6Network("2000::/3")
_IPV6_NOT_PUBLIC = tuple(map(ipaddress.IPv6Network, (
    "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
# These carry an IPv4 address in their last 32 bits, and that address decides: RFC 4291, section 2.5.5.2,
# and RFC 6052, section 2.1 (on a network with NAT64 every public IPv4 host looks like this).
_IPV6_EMBEDDING = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96")))


class Refused(Exception):
    """A refusal: `code` is from close_codes, `reason` is stable text of at most 123 ASCII characters.

    The reason never repeats what the client sent, but for the port number.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Target:
    """A parsed `host:port`: `host` is a lower-case name or the canonical text of `literal`."""

    host: str
    port: int
    literal: Address | None

    def __str__(self) -> str:
        host = f"[{self.host}]" if self.literal is not None and self.literal.version == 6 else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True)
class Permit:
    """What may be dialled: `addresses` are IP literals, best first, IPv6 and IPv4 in turn. With
    `status_fetch`, nothing but a fetch of revocation status may pass."""

    target: Target
    addresses: tuple[str, ...]
    status_fetch: bool = False


@dataclass(frozen=True)
class Policy:
    """The rules. `ports` and `hosts` are for public targets; `allow_targets` are exceptions to both.

    hosts: exact names, IP literals, or `*.` and a suffix of two labels or more; empty: any public host.
    allow_targets: (host, port) as parse_target gives them; their addresses need not be public.
    origins: exact origins, such as `http://localhost:8080`; any other Origin header is refused.
    signed_only: targets without a signed token are refused, those of allow_targets too.
    status_fetches: port 80 of any public host may be asked for OCSP answers and CRLs; `hosts` does not apply.
    """

    ports: frozenset[int] = frozenset({443})
    hosts: tuple[str, ...] = ()
    allow_targets: frozenset[tuple[str, int]] = frozenset()
    origins: frozenset[str] = frozenset()
    allow_missing_origin: bool = False
    signed_only: bool = False
    status_fetches: bool = False

    def check_origin(self, origins: Sequence[str]) -> None:
        """Raises Refused unless the Origin headers of a request (there may be none) are acceptable."""
        if len(origins) > 1:
            raise _by_policy("more than one Origin")
        if not origins:
            if not self.allow_missing_origin:
                raise _by_policy("no Origin")
        elif origins[0] not in self.origins:
            raise _by_policy("the Origin is not on the list")

    def vet(self, target: Target, resolve: Resolver, is_own: IsOwn, signed: bool = False) -> Permit:
        """Returns the addresses to dial for `target`, or raises Refused. Calls `resolve` at most once,
        and only for a name that the lists let through. `signed`: a signed token names the target, which
        takes the place of `hosts` and of nothing else."""
        if self.signed_only and not signed:
            raise Refused(close_codes.NOT_AUTHORIZED, "unauthorized: the target must come in a signed token")
        explicit = (target.host, target.port) in self.allow_targets
        status_fetch = False
        if not explicit:
            refusal = self._by_lists(target, signed)
            status_fetch = refusal is not None and self.status_fetches and target.port == STATUS_PORT
            if refusal is not None and not status_fetch:
                raise refusal
            if target.literal is None and "." not in target.host:
                raise _by_policy("the host name has only one label")
        if target.literal is not None:
            found: Sequence[str] = (str(target.literal),)
        else:
            found = _look_up(resolve, target.host if explicit else target.host + ".")
        addresses = _parse_addresses(found)
        if not explicit:
            if not all(is_public(address) for address in addresses):
                raise _by_policy("the host has an address that is not public")
            if any(is_own(str(form)) for address in addresses for form in _forms(address)):
                raise _by_policy("the host has an address of the bridge itself")
        return Permit(target, tuple(map(str, _alternate(addresses))), status_fetch)

    def _by_lists(self, target: Target, signed: bool) -> Refused | None:
        if target.port not in self.ports:
            return _by_policy(f"port {target.port} is not allowed")
        if self.hosts and not signed and not any(_matches(pattern, target) for pattern in self.hosts):
            return _by_policy("the host is not on the list")
        return None


def token_of(query: str) -> str:
    """Returns the value of the one `token` parameter of a URL's query, percent-decoded."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=16)
    except ValueError:
        raise _bad_token("the query of the URL cannot be read") from None
    tokens = [value for name, value in pairs if name == "token"]
    if len(tokens) != 1:
        raise _bad_token("the URL must have exactly one token parameter")
    return tokens[0]


def parse_target(token: str) -> Target:
    """Parses `name:port`, `1.2.3.4:port` or `[v6]:port`; raises Refused for any other spelling."""
    if len(token) > MAX_TOKEN_CHARS or not token.isascii():
        raise _bad_token("the token is not host:port")
    host, colon, port_text = token.rpartition(":")
    if not colon or not _PORT.fullmatch(port_text) or int(port_text) > 65535:
        raise _bad_token("the token is not host:port")
    host, literal = _parse_host(host)
    return Target(host, int(port_text), literal)


def parse_pattern(text: str) -> str:
    """Checks a host pattern of the command line; raises ValueError."""
    name = text.lower()
    suffix = name.removeprefix("*.")
    try:
        host, literal = _parse_host(suffix)
    except Refused:
        raise ValueError(f"{text!r} is neither a host name nor *. and a domain") from None
    if suffix != name and (literal is not None or "." not in suffix):
        raise ValueError(f"{text!r}: *. needs a domain of two labels or more")
    return host if suffix == name else name


def parse_origin(text: str) -> str:
    """Checks an origin of the command line as RFC 6454, section 6.2, writes it; raises ValueError."""
    if not re.fullmatch(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?", text, re.ASCII):
        raise ValueError(f"{text!r} is not an origin such as http://localhost:8080")
    return text


def is_public(address: Address) -> bool:
    """Whether an address is globally reachable unicast. 6to4 and Teredo count as not public, always."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _IPV4_NOT_PUBLIC)
    embedded = _embedded(address)
    if embedded is not None:
        return is_public(embedded)
    return (address.scope_id is None and address in _IPV6_UNICAST
            and not any(address in network for network in _IPV6_NOT_PUBLIC))


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if any(address in network for network in _IPV6_EMBEDDING):
        return ipaddress.IPv4Address(address.packed[12:])
    return None


def _forms(address: Address) -> list[Address]:
    """The address, and the one that it stands for."""
    embedded = _embedded(address) if isinstance(address, ipaddress.IPv6Address) else None
    return [address] if embedded is None else [address, embedded]


def _parse_host(text: str) -> tuple[str, Address | None]:
    literal: Address | None = None
    if text.startswith("[") and text.endswith("]"):
        # A zone (RFC 4007) names an interface of the bridge: never a client's business.
        if "%" in text:
            raise _bad_token("the token is not host:port")
        try:
            literal = ipaddress.IPv6Address(text[1:-1])
        except ValueError:
            raise _bad_token("the token is not host:port") from None
        return str(literal), literal
    name = text.lower()
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        if not _IPV4.fullmatch(name):
            raise _bad_token("the token is not host:port")
        try:
            literal = ipaddress.IPv4Address(name)
        except ValueError:
            raise _bad_token("the token is not host:port") from None
        return name, literal
    # RFC 1123, section 2.1: letters, digits, inner hyphens. No underscore, no final dot, nothing to decode.
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _bad_token("the token is not host:port")
    return name, None


def _matches(pattern: str, target: Target) -> bool:
    if pattern.startswith("*."):
        return target.literal is None and target.host.endswith(pattern[1:])
    return target.host == pattern


def _look_up(resolve: Resolver, name: str) -> Sequence[str]:
    try:
        found = resolve(name)
    except TimeoutError:
        raise Refused(close_codes.NOT_RESOLVED, "not resolved: no answer in time") from None
    except (OSError, UnicodeError):
        found = ()
    if not found:
        raise Refused(close_codes.NOT_RESOLVED, "not resolved: the host name has no address")
    return found


def _parse_addresses(found: Iterable[str]) -> list[Address]:
    try:
        return list(dict.fromkeys(ipaddress.ip_address(text) for text in found))
    except ValueError:
        raise _by_policy("the host has an address that is not public") from None


def _alternate(addresses: list[Address]) -> list[Address]:
    """Families in turn, starting with that of the best address (RFC 8305, section 4), so that three
    dials never go all to a family without a route."""
    first = [a for a in addresses if a.version == addresses[0].version]
    second = [a for a in addresses if a.version != addresses[0].version]
    mixed: list[Address] = []
    for index in range(max(len(first), len(second))):
        mixed += first[index:index + 1] + second[index:index + 1]
    return mixed


def _by_policy(why: str) -> Refused:
    return Refused(close_codes.REFUSED_BY_POLICY, f"refused: {why}")


def _bad_token(why: str) -> Refused:
    return Refused(close_codes.BAD_TOKEN, f"bad token: {why}")
