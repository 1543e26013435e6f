"""The systemd unit in deploy/ blocks the same addresses as the policy."""

from __future__ import annotations

import ipaddress
import pathlib
import re
import unittest

from pagetls_bridge import policy

UNIT = pathlib.Path(__file__).parent / "deploy" / "pagetls-bridge@.service"

SYMBOLIC_NAMES = {"localhost": "127.0.0.0/8 ::1/128", "link-local": "169.254.0.0/16 fe80::/64",
                  "multicast": "224.0.0.0/4 ff00::/8"}
"""systemd.resource-control(5), IPAddressAllow="""


class UnitTest(unittest.TestCase):
    def test_it_denies_every_address_that_the_policy_rejects(self) -> None:
        words = " ".join(re.findall(r"^IPAddressDeny=(.*)$", UNIT.read_text("utf-8"), re.MULTILINE)).split()
        denied = [ipaddress.ip_network(part) for word in words for part in SYMBOLIC_NAMES.get(word, word).split()]
        rejected = ["::", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::a00:1",
                    "fe80::1", "fec0::1", "fd00::1", "ff02::1"]
        for network in map(ipaddress.ip_network, map(str, (*policy._IPV4_NOT_PUBLIC, *policy._IPV6_NOT_PUBLIC))):
            rejected += [str(network[0]), str(network[-1])]
        for address in map(ipaddress.ip_address, rejected):
            self.assertFalse(policy.is_public(address), address)
            self.assertTrue(any(address in network for network in denied), address)


if __name__ == "__main__":
    unittest.main()
