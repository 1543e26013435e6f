"""Access to the network: DNS look-ups and dials with timeouts, and the machine's own addresses."""

from __future__ import annotations

import array
import errno
import fcntl
import ipaddress
import os
import select
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import close_codes
from .policy import IsOwn, Rejected

_SIOCGIFCONF = 0x8912

MAX_DIALS = 3
"""Maximum number of vetted addresses to try, one after the other."""

DISCARD_PORT = 9
"""RFC 863. Any port would do: connecting a datagram socket sends nothing."""


class ClientGone(Exception):
    """The client closed its connection while the bridge was dialling."""


def resolve(name: str, seconds: float) -> list[str]:
    """Returns the addresses of `name` as text. Raises OSError, or TimeoutError after `seconds`.

    getaddrinfo cannot be interrupted, so it runs in a daemon thread, which ends with the process.
    """
    answers: list[list[str] | Exception] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
            answers.append([str(entry[4][0]) for entry in found])
        except Exception as error:  # raised again in the caller's thread
            answers.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if not answers:
        raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
    answer = answers[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def is_own_address(address: str) -> bool:
    """Whether an IP literal is an address of this host, on any interface. Sends nothing.

    The kernel picks the source address of a datagram: for one of the host's own addresses, that same address.
    The exception is a second IPv4 address of the same network on an interface, where it picks the first one;
    therefore the interfaces are listed as well.
    """
    parsed = ipaddress.ip_address(address)
    unmapped = parsed.ipv4_mapped or parsed if isinstance(parsed, ipaddress.IPv6Address) else parsed
    if unmapped.packed in _interface_ipv4_addresses():
        return True
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, DISCARD_PORT))
        except OSError:
            return False  # no route: the dial will report that
        source = str(probe.getsockname()[0])
    return ipaddress.ip_address(source) == parsed


def _interface_ipv4_addresses() -> set[bytes]:
    """The IPv4 addresses of all interfaces, packed (SIOCGIFCONF, netdevice(7))."""
    entry = 16 + struct.calcsize("LLHBBB0L")    # struct ifreq: a name and, as its largest part, a struct ifmap
    size = 64 * entry
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        while True:
            entries = array.array("B", bytes(size))
            request = struct.pack("iP", size, entries.buffer_info()[0])
            used = int(struct.unpack("iP", fcntl.ioctl(any_socket, _SIOCGIFCONF, request))[0])
            if used < size:
                break
            size *= 2   # the kernel silently omits entries that do not fit
    # In a sockaddr_in the address follows the family and the port.
    return {entries[at + 20:at + 24].tobytes() for at in range(0, used, entry)}


def dial(addresses: Sequence[str], port: int, seconds: float,
         client: socket.socket) -> tuple[socket.socket, str]:
    """Returns a non-blocking socket connected to the first address that answers, and that address.

    `addresses` are IP literals; `seconds` is the timeout for each. Raises Rejected with TARGET_RESET when a
    connection was accepted and reset at once, with DIAL_TIMEOUT when any dial timed out, otherwise with
    TARGET_UNREACHABLE. Raises ClientGone when the client closes its connection.
    """
    failures: list[OSError] = []
    for address in addresses[:MAX_DIALS]:
        try:
            return _connect(address, port, seconds, client), address
        except ConnectionResetError:
            # Not ECONNREFUSED: TCP connected, and the RST arrived before SO_ERROR was read.
            raise Rejected(close_codes.TARGET_RESET, "reset by the target") from None
        except OSError as error:
            failures.append(error)
    if any(isinstance(error, TimeoutError) for error in failures):
        raise Rejected(close_codes.DIAL_TIMEOUT, "timeout: the target did not answer in time")
    if any(isinstance(error, ConnectionRefusedError) for error in failures):
        raise Rejected(close_codes.TARGET_UNREACHABLE, "unreachable: the target refused the connection")
    name = errno.errorcode.get(failures[0].errno or 0, "unknown error")
    raise Rejected(close_codes.TARGET_UNREACHABLE, f"unreachable: no connection to the target ({name})")


def _connect(address: str, port: int, seconds: float, client: socket.socket) -> socket.socket:
    target = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        target.setblocking(False)
        status = target.connect_ex((address, port))
        if status == errno.EINPROGRESS:
            poller = select.poll()
            poller.register(target, select.POLLOUT)
            poller.register(client, select.POLLRDHUP)
            ready = dict(poller.poll(seconds * 1000))
            if client.fileno() in ready and target.fileno() not in ready:
                raise ClientGone
            if not ready:
                raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            status = target.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if status:
            raise OSError(status, os.strerror(status))
    except BaseException:
        target.close()
        raise
    return target


@dataclass(frozen=True)
class Network:
    """The three functions as one value, so that tests can replace them."""

    resolve: Callable[[str, float], Sequence[str]] = resolve
    is_own_address: IsOwn = is_own_address
    dial: Callable[[Sequence[str], int, float, socket.socket], tuple[socket.socket, str]] = dial
