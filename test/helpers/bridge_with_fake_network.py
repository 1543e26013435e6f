"""Runs the bridge with a fake network: `bridge_with_fake_network.py JSON [arguments of the launcher]`.

JSON: {"names": {"name.": [["first answer"], ["second answer"]]}, "own": ["address"], "stands_for": {"address":
port}}. Only loopback is dialled: in place of an address in `stands_for`, the given port. Any other dial is rejected and
logged to standard error as {"dialled": [...]}; each lookup is logged as {"asked": "name."}.
"""

from __future__ import annotations

import ipaddress
import json
import pathlib
import socket
import sys
from collections.abc import Sequence

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "bridge"))

from pagetls_bridge import close_codes, dial, launcher
from pagetls_bridge.log import write_log
from pagetls_bridge.policy import Rejected

answers = json.loads(sys.argv.pop(1))


def resolve(name: str, _positive_seconds: float) -> Sequence[str]:
    write_log({"asked": name})
    found = answers["names"].get(name, [[]])
    return found.pop(0) if len(found) > 1 else found[0]


def is_own_address(address: str) -> bool:
    return address in answers["own"]


def record(addresses: Sequence[str], port: int, seconds: float, client: socket.socket) -> tuple[socket.socket, str]:
    if all(ipaddress.ip_address(address).is_loopback for address in addresses):
        return dial.dial(addresses, port, seconds, client)
    if addresses[0] in answers["stands_for"]:
        return dial.dial(["127.0.0.1"], answers["stands_for"][addresses[0]], seconds, client)
    write_log({"dialled": list(addresses), "port": port})
    raise Rejected(close_codes.TARGET_UNREACHABLE, "unreachable: only logged")


launcher.run(dial.Network(resolve, is_own_address, record))
