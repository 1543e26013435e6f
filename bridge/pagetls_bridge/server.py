"""The parent process: listens, counts connections, forks a child for each one, and stops all of them."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import resource
import signal
import socket
import time

from . import close_codes
from .admission import Admission, Slot, client_key
from .dial import Network
from .handler import BridgeHandler, unmap_ipv4
from .options import Options
from .parent import end_with_parent
from .policy import Rejected
from .relay import STOPPING, Stopping
from .websockify_parts import WebSocketProxy

BACKLOG = 1024
"""Maximum connections waiting to be accepted (websockify: 100). The kernel caps it at somaxconn."""

KILL_AFTER_SECONDS = 4.0
"""How long children may take to end after SIGTERM before they get SIGKILL: more than relay.STOP_SECONDS."""

REJECTED_REQUEST_SECONDS = 3.0
"""Timeout for the HTTP request of a connection that will be rejected."""

Socket = socket.socket
"""For annotations: inside a class of websockify's, `socket` is a method."""

FIRST_INHERITED_DESCRIPTOR = 3
"""The first one after standard input, output and error."""


class BridgeServer(WebSocketProxy):
    """websockify's server, with a policy, limits, and children that never outlive it.

    In a child, `slot` is its own; `unavailable_reason` says why the bridge accepted no WebSocket when the child
    was forked.
    """

    def __init__(self, options: Options, network: Network) -> None:
        self.options = options
        self.network = network
        self.pid = os.getpid()
        self.stopping = False
        self.drain_until: float | None = None
        self.admission = Admission(options.max_connections, options.max_per_address)
        self.slot = Slot(0)
        self.unavailable_reason = ""
        self.listener = _Listener(*options.listen, self)
        super().__init__(BridgeHandler, listen_host=options.listen[0], listen_port=options.listen[1])

    def socket(self, *_args: object, **_options: object) -> Socket:
        """Called by websockify for the listening socket. (dial.py opens the sockets to targets.)"""
        return self.listener

    def started(self) -> None:
        """Prints the listening address. From here on the backlog accepts connections."""
        host, port = self.listener.getsockname()[:2]
        print(json.dumps({"listening": host, "port": port}), flush=True)

    def admit(self, peer: str) -> bool:
        """Whether to fork a child for this peer; if so, sets `slot` for it."""
        address = unmap_ipv4(peer)
        key = None if address in self.options.proxies else client_key(address)
        self.admission.update(set(multiprocessing.active_children()))
        self.unavailable_reason = "stopping" if self.drain_until is not None else "full" if self.admission.full else ""
        slot = self.admission.assign(key, STOPPING if self.drain_until is not None else "")
        if slot is None:
            return False
        self.slot = slot
        return True

    def check_admission(self, key: bytes) -> None:
        """In a child, once its client is known: raises Rejected if a limit is exceeded."""
        rejection = self.slot.rejection
        if rejection == STOPPING:
            raise Rejected(close_codes.GOING_AWAY, rejection)
        if not rejection and not self.admission.claim(self.slot.index, key):
            rejection = "too many connections from this address"
        if rejection:
            raise Rejected(close_codes.TOO_MANY_CONNECTIONS, rejection)

    def do_SIGTERM(self, _integer_between: int, _frame: object) -> None:
        """Starts draining if --drain is set; a second signal stops the bridge."""
        if self.options.drain_seconds and self.drain_until is None and os.getpid() == self.pid:
            self.drain_until = time.monotonic() + self.options.drain_seconds
        else:
            self.terminate()

    def terminate(self) -> None:
        """Called on signals. websockify would raise here, at any point of the program, and could lose track of a
        child that it is forking. This wakes up its accept loop instead, which then calls poll()."""
        if os.getpid() != self.pid:
            os._exit(1)  # a child that has not set its own handlers yet
        self.stopping = True
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # a second signal

    def poll(self) -> None:
        """Called by websockify before each wait for a connection, of at most a second."""
        if self.drain_until is not None:
            self.admission.update(set(multiprocessing.active_children()))
            if self.admission.empty or time.monotonic() >= self.drain_until:
                self.stopping = True
        if self.stopping:
            raise self.Terminate

    def top_new_client(self, startsock: Socket, address: tuple[str, int]) -> None:
        """Runs in the child, from fork to exit."""
        try:
            self._become_child(startsock)
            self.RequestHandlerClass(startsock, address, self)
        except Stopping:
            pass
        except OSError:
            pass  # the client left during the HTTP request

    def stop_children(self) -> None:
        """Ends every child: SIGTERM, time to close its connection, SIGKILL."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        children = multiprocessing.active_children()
        for child in children:
            child.terminate()
        deadline = time.monotonic() + KILL_AFTER_SECONDS
        while multiprocessing.active_children():
            left = deadline - time.monotonic()
            if left <= 0 or signal.sigtimedwait({signal.SIGCHLD}, left) is None:
                break
        for child in multiprocessing.active_children():
            child.kill()

    def _become_child(self, client: Socket) -> None:
        """Sets up a forked process: signal handlers, a request timeout, death with the parent, and no inherited
        descriptors but its client's and the table's."""
        signal.signal(signal.SIGTERM, _stop_child)
        signal.signal(signal.SIGINT, _stop_child)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, _stop_child)
        seconds = self.options.request_seconds
        signal.setitimer(signal.ITIMER_REAL, min(seconds, REJECTED_REQUEST_SECONDS) if self.slot.rejection else seconds)
        if not end_with_parent(self.pid, signal.SIGKILL):
            os._exit(1)
        # Close the listening socket and the pipes of earlier children.
        low = FIRST_INHERITED_DESCRIPTOR
        for kept in sorted((client.fileno(), self.admission.descriptor)):
            os.closerange(low, kept)
            low = kept + 1
        os.closerange(low, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


class _Listener(socket.socket):
    """A listening socket that accepts only connections the server admits."""

    def __init__(self, host: str, port: int, server: BridgeServer) -> None:
        super().__init__(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        self._server = server
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.bind((host, port))
        self.listen(BACKLOG)

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        """Closes a connection beyond the limits and raises EINTR, after which websockify keeps waiting."""
        connection, address = super().accept()
        if self._server.admit(address[0]):
            return connection, address
        connection.close()
        raise InterruptedError(errno.EINTR, os.strerror(errno.EINTR))


def _stop_child(_integer_between: int, _frame: object) -> None:
    """Handles signals until relaying begins: interrupts whatever the child is waiting for."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    raise Stopping
