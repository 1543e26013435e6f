"""Which connections get a slot, which are rejected, and which are closed without a rejection."""

from __future__ import annotations

import ipaddress
import os
import unittest

from pagetls_bridge.admission import MAX_REJECTING, MAX_REJECTING_PER_ADDRESS, Admission, Slot, client_key

FULL = "too many connections"
FULL_FOR_ADDRESS = "too many connections from this address"


def key(text: str) -> bytes:
    return client_key(ipaddress.ip_address(text))


class SlotsTest(unittest.TestCase):
    def connect(self, admission: Admission, children: set[object], client: str | None) -> Slot | None:
        """Opens a connection whose child lives until it is removed from `children`."""
        admission.update(children)
        slot = admission.assign(None if client is None else key(client))
        if slot is not None:
            children.add((object(), slot.index))
        return slot

    def rejections(self, admission: Admission, children: set[object], clients: list[str | None]) -> list[str | None]:
        slots = [self.connect(admission, children, client) for client in clients]
        return [None if slot is None else slot.rejection for slot in slots]

    def test_connections_beyond_the_total_limit_are_rejected(self) -> None:
        children: set[object] = set()
        admission = Admission(3, 0)
        self.assertEqual(self.rejections(admission, children, [f"1.1.1.{i}" for i in range(4 + MAX_REJECTING)]),
                         [""] * 3 + [FULL] * MAX_REJECTING + [None])
        self.assertTrue(admission.full)
        children.clear()
        admission.update(children)
        self.assertTrue(admission.empty)
        self.assertEqual(self.rejections(admission, children, ["1.1.1.1"]), [""])

    def test_connections_beyond_the_limit_per_address_are_rejected(self) -> None:
        children: set[object] = set()
        admission = Admission(100, 2)
        self.assertEqual(self.rejections(admission, children, ["1.1.1.1"] * (3 + MAX_REJECTING_PER_ADDRESS)),
                         [""] * 2 + [FULL_FOR_ADDRESS] * MAX_REJECTING_PER_ADDRESS + [None])
        self.assertEqual(self.rejections(admission, children, ["1.1.1.2", "::1", "2a00::1", "255.255.255.255"]),
                         [""] * 4)

    def test_an_ipv6_network_of_64_bits_counts_as_one_client(self) -> None:
        self.assertEqual(self.rejections(Admission(9, 1), set(), ["2a00::1", "2a00::ffff:1", "2a00:0:0:1::1"]),
                         ["", FULL_FOR_ADDRESS, ""])

    def test_the_slot_of_a_child_that_failed_to_start_is_freed(self) -> None:
        children: set[object] = set()
        admission = Admission(1, 1)
        for _ in range(3):
            admission.update(children)
            self.assertEqual(admission.assign(key("1.1.1.1")), Slot(0))

    def test_behind_a_proxy_the_child_claims_its_slot_for_the_client(self) -> None:
        children: set[object] = set()
        admission = Admission(9, 1)
        slots = [self.connect(admission, children, None) for _ in range(3)]
        indexes = [slot.index for slot in slots if slot is not None]
        self.assertTrue(admission.claim(indexes[0], key("1.1.1.1")))
        self.assertFalse(admission.claim(indexes[1], key("1.1.1.1")))
        self.assertTrue(admission.claim(indexes[2], key("1.1.1.2")))
        admission.release(indexes[0])
        self.assertTrue(admission.claim(indexes[1], key("1.1.1.1")))

    def test_claiming_a_slot_that_already_has_this_client_does_not_count_it_twice(self) -> None:
        children: set[object] = set()
        admission = Admission(9, 2)
        for _ in range(2):
            slot = self.connect(admission, children, "1.1.1.1")
            assert slot is not None
            self.assertTrue(admission.claim(slot.index, key("1.1.1.1")))

    def test_children_share_the_table(self) -> None:
        admission = Admission(9, 1)
        child = os.fork()
        if not child:
            os._exit(0 if admission.claim(0, key("1.1.1.1")) else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertFalse(admission.claim(1, key("1.1.1.1")))


if __name__ == "__main__":
    unittest.main()
