"""Who gets a place, who is told that there is none, and who is not even told."""

from __future__ import annotations

import ipaddress
import os
import unittest

from admission import REFUSING, REFUSING_PER_ADDRESS, Admission, Place, client_key

FULL = "too many connections"
FULL_FOR_ADDRESS = "too many connections from this address"


def key(text: str) -> bytes:
    return client_key(ipaddress.ip_address(text))


class Places(unittest.TestCase):
    def connect(self, admission: Admission, children: set[object], client: str | None) -> Place | None:
        """One connection, with a child that lives until it is taken out of `children`."""
        admission.update(children)
        place = admission.place(None if client is None else key(client))
        if place is not None:
            children.add((object(), place.slot))
        return place

    def refusals(self, admission: Admission, children: set[object], clients: list[str | None]) -> list[str | None]:
        places = [self.connect(admission, children, client) for client in clients]
        return [None if place is None else place.refusal for place in places]

    def test_the_cap_in_all(self) -> None:
        children: set[object] = set()
        admission = Admission(3, 0)
        self.assertEqual(self.refusals(admission, children, [f"1.1.1.{i}" for i in range(4 + REFUSING)]),
                         [""] * 3 + [FULL] * REFUSING + [None])
        self.assertTrue(admission.full)
        children.clear()
        admission.update(children)
        self.assertTrue(admission.empty)
        self.assertEqual(self.refusals(admission, children, ["1.1.1.1"]), [""])

    def test_the_cap_for_an_address(self) -> None:
        children: set[object] = set()
        admission = Admission(100, 2)
        self.assertEqual(self.refusals(admission, children, ["1.1.1.1"] * (3 + REFUSING_PER_ADDRESS)),
                         [""] * 2 + [FULL_FOR_ADDRESS] * REFUSING_PER_ADDRESS + [None])
        self.assertEqual(self.refusals(admission, children, ["1.1.1.2", "::1", "2a00::1", "255.255.255.255"]), [""] * 4)

    def test_a_network_of_64_bits_is_one_client(self) -> None:
        self.assertEqual(self.refusals(Admission(9, 1), set(), ["2a00::1", "2a00::ffff:1", "2a00:0:0:1::1"]),
                         ["", FULL_FOR_ADDRESS, ""])

    def test_a_child_that_could_not_be_started_costs_no_place(self) -> None:
        children: set[object] = set()
        admission = Admission(1, 1)
        for _ in range(3):
            admission.update(children)
            self.assertEqual(admission.place(key("1.1.1.1")), Place(0))

    def test_behind_a_proxy_the_child_claims_for_its_client(self) -> None:
        children: set[object] = set()
        admission = Admission(9, 1)
        places = [self.connect(admission, children, None) for _ in range(3)]
        slots = [place.slot for place in places if place is not None]
        self.assertTrue(admission.claim(slots[0], key("1.1.1.1")))
        self.assertFalse(admission.claim(slots[1], key("1.1.1.1")))
        self.assertTrue(admission.claim(slots[2], key("1.1.1.2")))
        admission.leave(slots[0])
        self.assertTrue(admission.claim(slots[1], key("1.1.1.1")))

    def test_who_has_been_counted_already_is_not_counted_twice(self) -> None:
        children: set[object] = set()
        admission = Admission(9, 2)
        for _ in range(2):
            place = self.connect(admission, children, "1.1.1.1")
            assert place is not None
            self.assertTrue(admission.claim(place.slot, key("1.1.1.1")))

    def test_children_share_the_table(self) -> None:
        admission = Admission(9, 1)
        child = os.fork()
        if not child:
            os._exit(0 if admission.claim(0, key("1.1.1.1")) else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertFalse(admission.claim(1, key("1.1.1.1")))


if __name__ == "__main__":
    unittest.main()
