"""Runs websockify as the bridge of pagetls.

websockify listens, forks a process for each connection and does the HTTP upgrade. In that process policy.py
vets the target, dial.py connects and relay.py moves the bytes. ../README.md has the options and close codes.

Once it listens, it writes one line of JSON to standard output: {"listening": "127.0.0.1", "port": 12345}.
It writes one line of JSON per connection to standard error. SIGTERM and SIGINT end it and its children.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal
import sys

from .dial import Network
from .options import parse_arguments
from .parent import end_with_parent
from .server import BridgeServer

DESCRIPTORS_PER_CHILD = 3
"""Open files of the parent for each connection."""

BASE_DESCRIPTORS = 256
"""Open files of the parent for everything else, with a margin."""

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3
"""The parameters of mallopt(3)."""

RETAINED_BYTES = 1 << 20
HEAP_GROWTH_BYTES = 256 * 1024


def keep_freed_memory() -> None:
    """Makes malloc keep up to 1 MiB of freed memory. With glibc's default, 128 KiB, it returns the buffers to
    the system and maps them again for each read, which takes a third of an upload's time (measured)."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return  # not glibc
    mallopt(M_TRIM_THRESHOLD, RETAINED_BYTES)
    mallopt(M_TOP_PAD, HEAP_GROWTH_BYTES)
    mallopt(M_MMAP_THRESHOLD, RETAINED_BYTES)


def main(arguments: list[str], network: Network = Network()) -> int:
    """Runs until a signal arrives; returns the exit status."""
    options = parse_arguments(arguments)
    if options.parent_pid is not None and not end_with_parent(options.parent_pid, signal.SIGTERM):
        print(f"Process {options.parent_pid} has not started this bridge, or has ended.", file=sys.stderr)
        return 1
    keep_freed_memory()
    wanted = DESCRIPTORS_PER_CHILD * options.max_connections + BASE_DESCRIPTORS
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        print(f"--max-connections {options.max_connections} needs {wanted} open files, "
              f"but the system allows only {hard}: raise RLIMIT_NOFILE (ulimit -Hn).", file=sys.stderr)
        return 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    multiprocessing.set_start_method("fork")
    host, port = options.listen
    try:
        server = BridgeServer(options, network)
    except OSError as error:
        print(f"Cannot listen on {host} port {port}: {error.strerror}.", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, server.do_SIGTERM)
    signal.signal(signal.SIGINT, lambda _integer_between, _frame: server.terminate())
    try:
        server.start_server()
    finally:
        server.stop_children()
    return 0


def run(network: Network = Network()) -> None:
    """Runs main() with the arguments of the process, then exits."""
    status = main(sys.argv[1:], network)
    # Not sys.exit: multiprocessing would wait for the children, which have all been ended.
    sys.stdout.flush()
    os._exit(status)
