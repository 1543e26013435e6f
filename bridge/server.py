"""The parent process: it listens, counts, starts a child for each connection, and ends with all of them."""

from __future__ import annotations

import ctypes
import errno
import json
import multiprocessing
import os
import resource
import signal
import socket
import time

import close_codes
from admission import Admission, Place, client_key
from dial import Network
from handler import BridgeHandler, plain_address
from options import Options
from policy import Refused
from relay import STOPPING, Stopping
from websockify_parts import WebSocketProxy

BACKLOG = 1024
"""Connections that may wait to be accepted (websockify: 100). The kernel caps it at somaxconn."""

STOP_SECONDS = 4.0
"""How long children may take to end after SIGTERM before they get SIGKILL: more than relay.py lets them."""

REFUSED_SECONDS = 3.0
"""The most that a HTTP request may take where the answer is that there is no place."""

Socket = socket.socket
"""The name for annotations: in a class of websockify's, `socket` is a method."""

PR_SET_PDEATHSIG = 1


class BridgeServer(WebSocketProxy):
    """websockify's server with a policy, limits, and children that never outlive it.

    In a child, `place` is its own; `trouble` says why no WebSocket was let in when it was started.
    """

    def __init__(self, options: Options, network: Network) -> None:
        self.options = options
        self.network = network
        self.pid = os.getpid()
        self.stopping = False
        self.drain_until: float | None = None
        self.admission = Admission(options.max_connections, options.max_per_address)
        self.place = Place(0)
        self.trouble = ""
        self.listener = _Listener(*options.listen, self)
        super().__init__(BridgeHandler, listen_host=options.listen[0], listen_port=options.listen[1])

    def socket(self, *_args: object, **_options: object) -> Socket:
        """websockify asks here for the socket to listen on; targets are dialled by dial.py."""
        return self.listener

    def started(self) -> None:
        """Says where it listens. The backlog takes connections from here on."""
        host, port = self.listener.getsockname()[:2]
        print(json.dumps({"listening": host, "port": port}), flush=True)

    def admit(self, peer: str) -> bool:
        """Whether a child may be started for this peer; its place is noted for it."""
        address = plain_address(peer)
        key = None if address in self.options.proxies else client_key(address)
        self.admission.update(set(multiprocessing.active_children()))
        self.trouble = "stopping" if self.drain_until is not None else "full" if self.admission.full else ""
        place = self.admission.place(key, STOPPING if self.drain_until is not None else "")
        if place is None:
            return False
        self.place = place
        return True

    def check_place(self, key: bytes) -> None:
        """In a child, once its client is known: raises Refused if there is no place for it."""
        refusal = self.place.refusal
        if refusal == STOPPING:
            raise Refused(close_codes.GOING_AWAY, refusal)
        if not refusal and not self.admission.claim(self.place.slot, key):
            refusal = "too many connections from this address"
        if refusal:
            raise Refused(close_codes.TOO_MANY, refusal)

    def do_SIGTERM(self, _number: int, _frame: object) -> None:
        """Begins to drain, if that was asked for; a second signal ends it."""
        if self.options.drain_seconds and self.drain_until is None and os.getpid() == self.pid:
            self.drain_until = time.monotonic() + self.options.drain_seconds
        else:
            self.terminate()

    def terminate(self) -> None:
        """On signals. websockify would raise here, wherever the program is, and lose sight of a child that
        it is about to start. This wakes its loop up instead: poll() is called next."""
        if os.getpid() != self.pid:
            os._exit(1)  # a child that has no handlers of its own yet
        self.stopping = True
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # a second signal

    def poll(self) -> None:
        """Called by websockify before each wait for a connection, which lasts a second at most."""
        if self.drain_until is not None:
            self.admission.update(set(multiprocessing.active_children()))
            if self.admission.empty or time.monotonic() >= self.drain_until:
                self.stopping = True
        if self.stopping:
            raise self.Terminate

    def top_new_client(self, startsock: Socket, address: tuple[str, int]) -> None:
        """The whole life of a child."""
        self._become_child(startsock)
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

    def _become_child(self, client: Socket) -> None:
        """Makes a forked process independent of all but its client, and mortal."""
        signal.signal(signal.SIGTERM, _stop_child)
        signal.signal(signal.SIGINT, _stop_child)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, _stop_child)
        seconds = self.options.request_seconds
        signal.setitimer(signal.ITIMER_REAL, min(seconds, REFUSED_SECONDS) if self.place.refusal else seconds)
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != self.pid:
            os._exit(1)  # the parent died before the line above
        # The listening socket, and the pipes of the children forked before.
        low = 3
        for kept in sorted((client.fileno(), self.admission.descriptor)):
            os.closerange(low, kept)
            low = kept + 1
        os.closerange(low, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


class _Listener(socket.socket):
    """A listening socket whose accept() asks the server first."""

    def __init__(self, host: str, port: int, server: BridgeServer) -> None:
        super().__init__(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        self._server = server
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.bind((host, port))
        self.listen(BACKLOG)

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        """For one connection too many it closes that and says that it was interrupted: websockify then
        goes on waiting."""
        connection, address = super().accept()
        if self._server.admit(address[0]):
            return connection, address
        connection.close()
        raise InterruptedError(errno.EINTR, os.strerror(errno.EINTR))


def _stop_child(_number: int, _frame: object) -> None:
    """Until relaying begins: ends whatever the child waits for."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    raise Stopping
