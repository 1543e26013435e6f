"""What the policy accepts and rejects, with a resolver that the tests control."""

from __future__ import annotations

import ipaddress
import socket
import unittest
from collections.abc import Sequence

from pagetls_bridge import close_codes
from pagetls_bridge.policy import (Policy, Rejected, is_public, parse_origin, parse_pattern, parse_target, token_of)

PUBLIC = "93.184.215.14"
PUBLIC6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


class Resolver:
    """Resolves every name to the same addresses and records the names."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    def __call__(self, name: str) -> Sequence[str]:
        self.asked.append(name)
        return self.addresses


def never_own(_address: str) -> bool:
    return False


class TokenTest(unittest.TestCase):
    def test_names_are_lower_cased(self) -> None:
        self.assertEqual(str(parse_target("WWW.Example.ORG:443")), "www.example.org:443")

    def test_plain_host_and_port_is_accepted(self) -> None:
        for token in ("example.org:443", "a.b-c.example:1", "xn--bcher-kva.example:65535", "1.2.3.4:443",
                      "255.255.255.255:443", "[::1]:443", "[2001:db8::1]:8443", "[::ffff:1.2.3.4]:443",
                      "localhost:8443", "1e100.net:443", "a_b.example:443", "_dns.example.org:443", "_:443",
                      "__.a-_.example:443", "0x.example:443", "3com.com:443",
                      "a" * 63 + ".example:443"):
            with self.subTest(token):
                self.assertEqual(str(parse_target(token)).split(":")[-1], token.split(":")[-1])

    def test_ipv6_addresses_become_canonical(self) -> None:
        self.assertEqual(str(parse_target("[2001:DB8:0:0::1]:443")), "[2001:db8::1]:443")

    def test_any_other_spelling_of_a_host_is_rejected(self) -> None:
        hosts = (
            "", ".", "..", ".example.org", "example.org.", "example..org", "-a.org", "a-.org", "_-.org",
            "a" * 64 + ".org", ".".join(["a" * 63] * 4), "exa mple.org", " example.org",
            "example.org ", "example.org\0", "example.org\n", "\nexample.org", "example.org\r", "a\tb.org",
            "user@example.org", "user:pw@example.org", "example.org/", "example.org?", "example.org#",
            "http://example.org", "*.example.org", "exämple.org", "example。org", "１.2.3.4", "1.2.3.４",
            "ⓔxample.org", "example%2eorg", "a,b.org", "a;b.org", "$(id).org",
            "2130706433", "0x7f000001", "017700000001", "127.1", "127.0.1", "0177.0.0.1", "0x7f.0.0.1",
            "127.0.0.0x1", "127.0.0.01", "01.2.3.4", "1.2.3.256", "1.2.3", "1.2.3.4.5", "1.2.3.4.", "1..3.4",
            "999.1.1.1", "example.1", "example.0x", "example.0x1f", "0", "0x", "+1.2.3.4", "1.2.3.-4",
            "::1", "[::1", "::1]", "[]", "[1.2.3.4]", "[::1%lo]", "[::1%25lo]", "[fe80::1%1]", "[::1]x", "[[::1]]",
            "[::ffff:127.1]", "[::ffff:127.0.0.01]", "[1:2:3:4:5:6:7:8:9]", "[v1.x]", "[ ::1]",
        )
        for host in hosts:
            with self.subTest(host):
                self.assert_bad_token(host + ":443")

    def test_any_other_spelling_of_a_port_is_rejected(self) -> None:
        for port in ("", "0", "00443", "0443", "65536", "99999", "100000", "-1", "+443", " 443", "443 ", "443\n",
                     "4 43", "0x1bb", "443.0", "1e3", "https", "*", "４４３", "44\0003", "4_43", "²"):
            with self.subTest(port):
                self.assert_bad_token("example.org:" + port)
        for token in ("", ":", "443", "example.org", ":443", "[::1]", "a" * 300 + ":443"):
            with self.subTest(token):
                self.assert_bad_token(token)

    def test_the_query_must_have_exactly_one_token_parameter(self) -> None:
        self.assertEqual(token_of("token=example.org:443"), "example.org:443")
        self.assertEqual(token_of("a=b&token=%5B%3A%3A1%5D%3A443"), "[::1]:443")
        for query in ("", "Token=a:1", "token=a:1&token=a:1", "token=a:1&token=", "token=&tok%65n=a:1",
                      "token=%ff", "&".join(["a=b"] * 20) + "&token=a:1"):
            with self.subTest(query), self.assertRaises(Rejected) as caught:
                token_of(query)
            self.assertEqual(caught.exception.code, close_codes.BAD_TOKEN)

    def assert_bad_token(self, token: str) -> None:
        with self.assertRaises(Rejected) as caught:
            parse_target(token)
        self.assertEqual(caught.exception.code, close_codes.BAD_TOKEN)
        self.assertEqual(caught.exception.reason, "bad token: the token is not host:port")


class AddressTest(unittest.TestCase):
    def test_global_unicast_addresses_are_public(self) -> None:
        for text in (PUBLIC, PUBLIC6, "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
                     "172.15.255.255", "172.32.0.0", "192.0.1.0", "223.255.255.255", "2000::1", "2001:200::1",
                     "2a00::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"):
            with self.subTest(text):
                self.assertTrue(is_public(ipaddress.ip_address(text)))

    def test_special_purpose_and_private_addresses_are_not_public(self) -> None:
        for text in (
                "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
                "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1",
                "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
                "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
                "::", "::1", "::2", "::127.0.0.1", "::1.1.1.1", "fe80::1", "fe80::1%1", "2606::1%1", "fec0::1",
                "fc00::1", "fd00:ec2::254", "fd20:ce::254", "ff02::1", "ff0e::1", "100::1", "2001::1",
                "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "3fff::1", "5f00::1",
                "2002:7f00:1::", "2002:a00:1::", "2002:101:101::", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
                "::ffff:169.254.169.254", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1.1.1.1",
                "4000::1", "1fff::1"):
            with self.subTest(text):
                self.assertFalse(is_public(ipaddress.ip_address(text)))


class VetTest(unittest.TestCase):
    def vet(self, policy: Policy, token: str, *addresses: str) -> tuple[str, ...]:
        return policy.vet(parse_target(token), Resolver(*addresses), never_own).addresses

    def rejection(self, policy: Policy, token: str, *addresses: str) -> str:
        resolver = Resolver(*addresses)
        with self.assertRaises(Rejected) as caught:
            policy.vet(parse_target(token), resolver, never_own)
        self.assertEqual(caught.exception.code, close_codes.REJECTED_BY_POLICY)
        self.assertLessEqual(len(caught.exception.reason.encode()), 123)
        return caught.exception.reason

    def test_a_public_host_is_permitted_with_all_its_addresses(self) -> None:
        self.assertEqual(self.vet(Policy(), "example.org:443", PUBLIC, PUBLIC6), (PUBLIC, PUBLIC6))
        self.assertEqual(self.vet(Policy(), PUBLIC + ":443"), (PUBLIC,))
        self.assertEqual(self.vet(Policy(), f"[{PUBLIC6}]:443"), (PUBLIC6,))

    def test_it_resolves_once_and_without_a_search_list(self) -> None:
        resolver = Resolver(PUBLIC)
        Policy().vet(parse_target("example.org:443"), resolver, never_own)
        self.assertEqual(resolver.asked, ["example.org."])

    def test_hosts_and_ports_are_checked_before_any_look_up(self) -> None:
        for policy, token in ((Policy(), "example.org:22"), (Policy(), "intranet:443"),
                              (Policy(hosts=("example.org",)), "example.com:443")):
            with self.assertRaises(Rejected):
                policy.vet(parse_target(token), self.fail, never_own)

    def test_address_families_alternate_without_duplicates(self) -> None:
        found = ("2606::1", "2606::1", "2606::2", "2606::3", "1.1.1.1", "1.1.1.2")
        self.assertEqual(self.vet(Policy(), "example.org:443", *found),
                         ("2606::1", "1.1.1.1", "2606::2", "1.1.1.2", "2606::3"))

    def test_only_allowed_ports_are_accepted(self) -> None:
        self.assertEqual(self.rejection(Policy(), "example.org:22", PUBLIC), "rejected: port 22 is not allowed")
        policy = Policy(ports=frozenset({443, 8443}))
        self.assertEqual(self.vet(policy, "example.org:8443", PUBLIC), (PUBLIC,))
        self.assertEqual(self.rejection(policy, "example.org:80", PUBLIC), "rejected: port 80 is not allowed")

    def test_only_hosts_that_match_a_pattern_are_accepted(self) -> None:
        policy = Policy(hosts=("example.org", "*.example.net", PUBLIC))
        for token in ("example.org:443", "EXAMPLE.org:443", "a.example.net:443", "a.b.example.net:443",
                      PUBLIC + ":443"):
            self.assertEqual(self.vet(policy, token, PUBLIC), (PUBLIC,))
        for token in ("www.example.org:443", "example.net:443", "notexample.net:443", "example.org.evil.com:443",
                      "1.1.1.1:443"):
            self.assertEqual(self.rejection(policy, token, PUBLIC), "rejected: the host is not allowed")

    def test_a_host_with_any_private_address_is_rejected(self) -> None:
        reason = "rejected: the host has a non-public address"
        for private in ("127.0.0.1", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "not an address"):
            self.assertEqual(self.rejection(Policy(), "example.org:443", PUBLIC, private), reason)
            self.assertEqual(self.rejection(Policy(), "example.org:443", private, PUBLIC), reason)
        self.assertEqual(self.rejection(Policy(), "127.0.0.1:443"), reason)
        self.assertEqual(self.rejection(Policy(hosts=("127.0.0.1",)), "127.0.0.1:443"), reason)

    def test_a_host_with_an_address_of_the_bridges_own_machine_is_rejected(self) -> None:
        def own(address: str) -> bool:
            return address in (PUBLIC, PUBLIC6)
        for addresses in ((PUBLIC,), ("1.1.1.1", PUBLIC), (PUBLIC6, "1.1.1.1"), ("::ffff:" + PUBLIC,),
                          ("64:ff9b::" + PUBLIC,)):
            with self.subTest(addresses), self.assertRaises(Rejected) as caught:
                Policy().vet(parse_target("example.org:443"), Resolver(*addresses), own)
            self.assertEqual(caught.exception.code, close_codes.REJECTED_BY_POLICY)
            self.assertEqual(caught.exception.reason, "rejected: the host has an address of the bridge's own machine")
        with self.assertRaises(Rejected):
            Policy().vet(parse_target(f"{PUBLIC}:443"), Resolver(), own)
        policy = Policy(allow_targets=frozenset({(PUBLIC, 443)}))
        self.assertEqual(policy.vet(parse_target(f"{PUBLIC}:443"), Resolver(), own).addresses, (PUBLIC,))

    def test_status_fetches_reach_port_80_of_public_hosts_only(self) -> None:
        policy = Policy(hosts=("example.org",), status_fetches=True)

        def fetch(token: str, policy: Policy = policy) -> bool:
            return policy.vet(parse_target(token), Resolver(PUBLIC), never_own).status_fetch
        self.assertTrue(fetch("example.org:80"))
        self.assertTrue(fetch("ocsp.example.net:80"))
        self.assertFalse(fetch("example.org:443"))
        both = Policy(hosts=("example.org",), ports=frozenset({80}), status_fetches=True)
        self.assertFalse(fetch("example.org:80", both))
        self.assertTrue(fetch("example.net:80", both))
        for token, address in (("ocsp.example.net:80", "10.0.0.1"), ("ocsp.example.net:8080", PUBLIC),
                               ("ocsp.example.net:443", PUBLIC), ("localhost:80", PUBLIC)):
            self.rejection(policy, token, address)

    def test_a_signed_token_overrides_only_the_allowed_hosts(self) -> None:
        policy = Policy(hosts=("example.org",))

        def vet(token: str, *addresses: str) -> tuple[str, ...]:
            return policy.vet(parse_target(token), Resolver(*addresses), never_own, signed=True).addresses
        self.assertEqual(vet("example.net:443", PUBLIC), (PUBLIC,))
        for token, address in (("example.net:22", PUBLIC), ("example.net:443", "10.0.0.1"), ("host:443", PUBLIC)):
            with self.assertRaises(Rejected):
                vet(token, address)

    def test_with_signed_only_every_target_needs_a_signed_token(self) -> None:
        policy = Policy(signed_only=True, status_fetches=True, allow_targets=frozenset({("127.0.0.1", 8443)}))
        for token in ("example.org:443", "example.org:80", "127.0.0.1:8443"):
            with self.assertRaises(Rejected) as caught:
                policy.vet(parse_target(token), self.fail, never_own)
            self.assertEqual(caught.exception.code, close_codes.NOT_AUTHORIZED)
            policy.vet(parse_target(token), Resolver(PUBLIC), never_own, signed=True)

    def test_allow_targets_match_exactly(self) -> None:
        policy = Policy(allow_targets=frozenset({("127.0.0.1", 8443), ("localhost", 9443), ("::1", 8443)}))
        self.assertEqual(self.vet(policy, "127.0.0.1:8443"), ("127.0.0.1",))
        self.assertEqual(self.vet(policy, "[::1]:8443"), ("::1",))
        self.assertEqual(self.vet(policy, "LocalHost:9443", "::1", "127.0.0.1"), ("::1", "127.0.0.1"))
        for token in ("127.0.0.1:443", "127.0.0.2:8443", "localhost:8443", "[::ffff:127.0.0.1]:8443"):
            self.rejection(policy, token, "127.0.0.1")

    def test_a_failed_look_up_is_reported_as_not_resolved(self) -> None:
        def failing(error: Exception) -> Rejected:
            def resolve(_name: str) -> Sequence[str]:
                raise error
            with self.assertRaises(Rejected) as caught:
                Policy().vet(parse_target("example.org:443"), resolve, never_own)
            return caught.exception

        for error in (socket.gaierror(-2, "Name or service not known"), OSError(), UnicodeError()):
            rejection = failing(error)
            self.assertEqual(rejection.code, close_codes.NOT_RESOLVED)
            self.assertEqual(rejection.reason, "not resolved: the host name has no address")
        self.assertEqual(failing(TimeoutError()).reason, "not resolved: the DNS did not answer in time")
        with self.assertRaises(Rejected) as caught:
            Policy().vet(parse_target("example.org:443"), Resolver(), never_own)
        self.assertEqual(caught.exception.code, close_codes.NOT_RESOLVED)


class OriginTest(unittest.TestCase):
    policy = Policy(origins=frozenset({"http://localhost:8080"}))

    def test_only_exact_origins_are_accepted(self) -> None:
        self.policy.check_origin(["http://localhost:8080"])
        for origin in ("http://localhost", "http://localhost:80801", "https://localhost:8080",
                       "http://LOCALHOST:8080", "http://localhost:8080/", "http://localhost:8080.evil.com", "null", "",
                       "http://localhost:8080 "):
            with self.subTest(origin), self.assertRaises(Rejected):
                self.policy.check_origin([origin])

    def test_a_missing_origin_is_rejected_unless_allowed(self) -> None:
        with self.assertRaises(Rejected):
            self.policy.check_origin([])
        Policy(allow_missing_origin=True).check_origin([])
        with self.assertRaises(Rejected):
            Policy(allow_missing_origin=True).check_origin(["http://localhost:8080"])

    def test_two_origins_are_rejected(self) -> None:
        with self.assertRaises(Rejected):
            self.policy.check_origin(["http://localhost:8080", "http://localhost:8080"])


class OptionTest(unittest.TestCase):
    def test_host_patterns_are_checked_and_lower_cased(self) -> None:
        self.assertEqual(parse_pattern("*.Example.ORG"), "*.example.org")
        self.assertEqual(parse_pattern("[2606:0::1]"), "2606::1")
        for text in ("*", "*.", "*.org", "*.1.2.3.4", "*.*.example.org", "a.*.example.org", "", "example.org:443",
                     "http://example.org", "127.1"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_pattern(text)

    def test_origins_are_checked(self) -> None:
        for text in ("http://localhost:8080", "https://example.org", "http://[::1]:8080"):
            self.assertEqual(parse_origin(text), text)
        for text in ("*", "null", "", "localhost:8080", "http://localhost:8080/", "http://*.example.org", "file://x",
                     "http://Localhost", "http://a b"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_origin(text)


if __name__ == "__main__":
    unittest.main()
