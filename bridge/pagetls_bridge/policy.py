"""Decides which pages may use the bridge and which addresses it may dial.

Pure: no sockets, no clock, no globals; look-ups are passed in as functions. The caller dials only the
addresses in the returned Permit, so a later DNS answer cannot change the target (DNS rebinding).

Parsing is strict on purpose: host spellings that programs parse differently (`0x7f.1`, `127.1`, full-width
digits) are rejected. See the "ends in a number" rule of the WHATWG URL standard.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from . import close_codes

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], Sequence[str]]
"""Takes a host name, returns its addresses as text, best first. Raises OSError when there are none."""

IsOwn = Callable[[str], bool]
"""Takes an address as text, returns whether it belongs to the bridge's own machine."""

DEFAULT_PORTS = frozenset({443})
STATUS_PORT = 80
MAX_QUERY_FIELDS = 16
MAX_PORT = 65535
MAX_NAME_CHARS = 253
"""RFC 1035, section 2.3.4: 255 octets on the wire, without the first length and the root label."""

MAX_TOKEN_CHARS = 260
"""More than a host name, a colon and five digits need."""

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_IPV4 = re.compile(r"(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)

# From the IANA special-purpose address registries (RFC 6890), multicast, and the metadata host of a cloud
# (Azure) that has a public address. Not Python's is_global: its answers differ between releases of 3.11.
_IPV4_NOT_PUBLIC = tuple(map(ipaddress.IPv4Network, (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32")))
# Only 2000::/3 is allocated (RFC 3513). Excluded within it: IETF assignments with Teredo, documentation, 6to4.
_IPV6_UNICAST = ipaddress.IPv6Network("2000::/3")
_IPV6_NOT_PUBLIC = tuple(map(ipaddress.IPv6Network, (
    "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
# These embed an IPv4 address in their last 32 bits, which decides whether they are public: RFC 4291, section
# 2.5.5.2, and RFC 6052, section 2.1 (on a network with NAT64 every public IPv4 host looks like this).
_IPV6_EMBEDDING = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96")))


NON_PUBLIC_ADDRESS = "the host has a non-public address"
NOT_HOST_PORT = "the token is not host:port"


class Rejected(Exception):
    """A rejection: `code` is from close_codes, `reason` is fixed text of at most 123 ASCII characters.

    The only client input that a reason may contain is the port number.
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
    `status_fetch`, the connection may only carry a fetch of revocation status."""

    target: Target
    addresses: tuple[str, ...]
    status_fetch: bool = False


@dataclass(frozen=True)
class Policy:
    """The rules. `ports` and `hosts` apply to public targets; `allow_targets` are exceptions to both.

    hosts: exact names, IP literals, or `*.` and a suffix of two labels or more; empty: any public host.
    allow_targets: (host, port) as parse_target gives them; their addresses need not be public.
    origins: exact origins, such as `http://localhost:8080`; any other Origin header is rejected.
    signed_only: targets without a signed token are rejected, even those in allow_targets.
    status_fetches: OCSP and CRL fetches from port 80 of any public host are allowed; `hosts` does not apply.
    """

    ports: frozenset[int] = DEFAULT_PORTS
    hosts: tuple[str, ...] = ()
    allow_targets: frozenset[tuple[str, int]] = frozenset()
    origins: frozenset[str] = frozenset()
    allow_missing_origin: bool = False
    signed_only: bool = False
    status_fetches: bool = False

    def check_origin(self, origins: Sequence[str]) -> None:
        """Raises Rejected unless the Origin headers of a request (possibly none) are acceptable."""
        if len(origins) > 1:
            raise _rejected("more than one Origin header")
        if not origins:
            if not self.allow_missing_origin:
                raise _rejected("no Origin header")
        elif origins[0] not in self.origins:
            raise _rejected("the Origin is not allowed")

    def vet(self, target: Target, resolve: Resolver, is_own: IsOwn, signed: bool = False) -> Permit:
        """Returns the addresses to dial for `target`, or raises Rejected. Calls `resolve` at most once, and only
        for a host and port that are allowed. `signed`: a signed token names the target, so `hosts` does not
        apply; all other rules do."""
        if self.signed_only and not signed:
            raise Rejected(close_codes.NOT_AUTHORIZED, "unauthorized: this target needs a signed token")
        explicit = (target.host, target.port) in self.allow_targets
        status_fetch = False
        if not explicit:
            rejection = self._list_rejection(target, signed)
            status_fetch = rejection is not None and self.status_fetches and target.port == STATUS_PORT
            if rejection is not None and not status_fetch:
                raise rejection
            if target.literal is None and "." not in target.host:
                raise _rejected("the host name has only one label")
        if target.literal is not None:
            found: Sequence[str] = (str(target.literal),)
        else:
            found = _look_up(resolve, target.host if explicit else target.host + ".")
        addresses = _parse_addresses(found)
        if not explicit:
            if not all(is_public(address) for address in addresses):
                raise _rejected(NON_PUBLIC_ADDRESS)
            if any(is_own(str(form)) for address in addresses for form in _equivalents(address)):
                raise _rejected("the host has an address of the bridge's own machine")
        return Permit(target, tuple(map(str, _interleave_families(addresses))), status_fetch)

    def _list_rejection(self, target: Target, signed: bool) -> Rejected | None:
        if target.port not in self.ports:
            return _rejected(f"port {target.port} is not allowed")
        if self.hosts and not signed and not any(_matches(pattern, target) for pattern in self.hosts):
            return _rejected("the host is not allowed")
        return None


def token_of(query: str) -> str:
    """Returns the value of the one `token` parameter of a URL's query, percent-decoded."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_FIELDS)
    except ValueError:
        raise _bad_token("the URL's query cannot be parsed") from None
    tokens = [value for name, value in pairs if name == "token"]
    if len(tokens) != 1:
        raise _bad_token("the URL must have exactly one token parameter")
    return tokens[0]


def parse_target(token: str) -> Target:
    """Parses `name:port`, `1.2.3.4:port` or `[v6]:port`; raises Rejected for any other spelling."""
    if len(token) > MAX_TOKEN_CHARS or not token.isascii():
        raise _bad_token(NOT_HOST_PORT)
    host, colon, port_text = token.rpartition(":")
    if not colon or not _PORT.fullmatch(port_text) or int(port_text) > MAX_PORT:
        raise _bad_token(NOT_HOST_PORT)
    host, literal = _parse_host(host)
    return Target(host, int(port_text), literal)


def parse_pattern(text: str) -> str:
    """Checks a host pattern from the command line; raises ValueError."""
    name = text.lower()
    suffix = name.removeprefix("*.")
    try:
        host, literal = _parse_host(suffix)
    except Rejected:
        raise ValueError(f"{text!r} is neither a host name nor *. and a domain") from None
    if suffix != name and (literal is not None or "." not in suffix):
        raise ValueError(f"{text!r}: *. needs a domain of two labels or more")
    return host if suffix == name else name


def parse_origin(text: str) -> str:
    """Checks that text from the command line is an origin as serialized by RFC 6454, section 6.2; raises ValueError."""
    if not re.fullmatch(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?", text, re.ASCII):
        raise ValueError(f"{text!r} is not an origin such as http://localhost:8080")
    return text


def is_public(address: Address) -> bool:
    """Whether an address is globally reachable unicast. 6to4 and Teredo never count as public."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _IPV4_NOT_PUBLIC)
    embedded = _embedded(address)
    if embedded is not None:
        return is_public(embedded)
    return (address.scope_id is None and address in _IPV6_UNICAST
            and not any(address in network for network in _IPV6_NOT_PUBLIC))


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address embedded in an IPv6 address, or None."""
    if any(address in network for network in _IPV6_EMBEDDING):
        return ipaddress.IPv4Address(address.packed[12:])
    return None


def _equivalents(address: Address) -> list[Address]:
    """The address, and the IPv4 address embedded in it if there is one."""
    embedded = _embedded(address) if isinstance(address, ipaddress.IPv6Address) else None
    return [address] if embedded is None else [address, embedded]


def _parse_host(text: str) -> tuple[str, Address | None]:
    literal: Address | None = None
    if text.startswith("[") and text.endswith("]"):
        # A zone (RFC 4007) names one of the bridge's own interfaces, which is not for clients to choose.
        if "%" in text:
            raise _bad_token(NOT_HOST_PORT)
        try:
            literal = ipaddress.IPv6Address(text[1:-1])
        except ValueError:
            raise _bad_token(NOT_HOST_PORT) from None
        return str(literal), literal
    name = text.lower()
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        if not _IPV4.fullmatch(name):
            raise _bad_token(NOT_HOST_PORT)
        try:
            literal = ipaddress.IPv4Address(name)
        except ValueError:
            raise _bad_token(NOT_HOST_PORT) from None
        return name, literal
    # RFC 1123, section 2.1: letters, digits, inner hyphens; and underscores, which hosts have despite it. No final dot,
    # nothing to decode.
    if len(name) > MAX_NAME_CHARS or not all(_LABEL.fullmatch(label) for label in labels):
        raise _bad_token(NOT_HOST_PORT)
    return name, None


def _matches(pattern: str, target: Target) -> bool:
    if pattern.startswith("*."):
        return target.literal is None and target.host.endswith(pattern[1:])
    return target.host == pattern


def _look_up(resolve: Resolver, name: str) -> Sequence[str]:
    try:
        found = resolve(name)
    except TimeoutError:
        raise Rejected(close_codes.NOT_RESOLVED, "not resolved: the DNS did not answer in time") from None
    except (OSError, UnicodeError):
        found = ()
    if not found:
        raise Rejected(close_codes.NOT_RESOLVED, "not resolved: the host name has no address")
    return found


def _parse_addresses(found: Iterable[str]) -> list[Address]:
    try:
        return list(dict.fromkeys(ipaddress.ip_address(text) for text in found))
    except ValueError:
        raise _rejected(NON_PUBLIC_ADDRESS) from None


def _interleave_families(addresses: list[Address]) -> list[Address]:
    """Alternates between IPv6 and IPv4, starting with the family of the best address (RFC 8305, section 4), so
    that the few addresses that are dialled do not all belong to a family without a route."""
    first = [a for a in addresses if a.version == addresses[0].version]
    second = [a for a in addresses if a.version != addresses[0].version]
    mixed: list[Address] = []
    for index in range(max(len(first), len(second))):
        mixed += first[index:index + 1] + second[index:index + 1]
    return mixed


def _rejected(why: str) -> Rejected:
    return Rejected(close_codes.REJECTED_BY_POLICY, f"rejected: {why}")


def _bad_token(why: str) -> Rejected:
    return Rejected(close_codes.BAD_TOKEN, f"bad token: {why}")
