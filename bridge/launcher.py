"""Runs websockify as the bridge of pagetls: `/usr/bin/python3 bridge/launcher.py --origin … `.

websockify listens, forks a process for each connection and does the HTTP upgrade. In that process the
policy decides, dial.py connects and relay.py moves the bytes. See README.md for options and close codes.

Once it listens, one line of JSON goes to standard output: {"listening": "127.0.0.1", "port": 12345}.
Standard error has one line of JSON for each connection. SIGTERM and SIGINT end the bridge and its children.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal
import sys

from dial import Network
from options import parse_arguments
from server import BridgeServer

DESCRIPTORS_PER_CHILD = 3
"""What a connection costs the parent."""


M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3
"""mallopt(3)."""


def keep_freed_memory() -> None:
    """Lets a process keep up to 1 MiB that it has freed. With the C library's default, 128 KiB, it gives its
    buffers back to the system and gets them anew for each read, which takes a third of an upload's time."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return  # another C library than glibc
    mallopt(M_TRIM_THRESHOLD, 1 << 20)
    mallopt(M_TOP_PAD, 256 * 1024)
    mallopt(M_MMAP_THRESHOLD, 1 << 20)


def main(arguments: list[str], network: Network = Network()) -> int:
    """Runs until a signal comes; returns the exit status."""
    options = parse_arguments(arguments)
    keep_freed_memory()
    wanted = DESCRIPTORS_PER_CHILD * options.max_connections + 256
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        print(f"--max-connections {options.max_connections} needs {wanted} open files, "
              f"and the system allows {hard}.", file=sys.stderr)
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
    signal.signal(signal.SIGINT, lambda _number, _frame: server.terminate())
    try:
        server.start_server()
    finally:
        server.stop_children()
    return 0


def run(network: Network = Network()) -> None:
    """The program: main() with the arguments of the process, which ends here."""
    status = main(sys.argv[1:], network)
    # Not sys.exit: multiprocessing would wait for children, and all of them have been ended.
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    run()
