"""The frame reader against frames that RFC 6455 allows and forbids, in chunks of every size."""

from __future__ import annotations

import random
import unittest

from pagetls_bridge import close_codes
from pagetls_bridge.frames import (BINARY, CLOSE, CONTINUATION, MAX_FRAME_BYTES, PING, PONG, TEXT, Closed, Data, Event,
                                   Failed, FrameReader, Ping, encode_close, encode_header, unmask)

MASK = bytes((0x37, 0xFA, 0x21, 0x3D))


def frame(opcode: int, payload: bytes, first: int = 0x80, mask: bytes = MASK) -> bytes:
    header = bytearray(encode_header(opcode, len(payload)))
    header[0] = first | opcode
    header[1] |= 0x80
    return bytes(header) + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def read(wire: bytes, step: int) -> list[Event]:
    reader = FrameReader()
    return [event for at in range(0, len(wire), step) for event in reader.feed(wire[at:at + step])]


def data_of(events: list[Event]) -> bytes:
    return b"".join(event.payload for event in events if isinstance(event, Data))


class FramesTest(unittest.TestCase):
    def test_unmasking_works_from_any_offset(self) -> None:
        plain = random.Random(1).randbytes(9000)
        wire = frame(BINARY, plain)[8:]
        for start in range(9):
            for size in (0, 1, 2, 3, 4, 5, 7, 8, 64, 900, 4095, 4096, 4097, 8191, 8192, 8195):
                self.assertEqual(unmask(wire[start:start + size], MASK, start), plain[start:start + size])

    def test_the_example_of_section_5_7(self) -> None:
        self.assertEqual(unmask(bytes.fromhex("7f9f4d5158"), MASK, 0), b"Hello")
        self.assertEqual(encode_header(BINARY, 256), bytes.fromhex("827e0100"))
        self.assertEqual(encode_header(BINARY, 65536), bytes.fromhex("827f0000000000010000"))

    def test_chunk_sizes_do_not_change_the_events(self) -> None:
        chance = random.Random(2)
        parts = [chance.randbytes(size) for size in (0, 1, 5, 125, 126, 127, 300, 65535, 65536)]
        wire = b"".join(frame(BINARY, part, mask=chance.randbytes(4)) for part in parts)
        wire += frame(PING, b"are you there") + frame(PONG, b"") + frame(CLOSE, b"\x03\xe8bye")
        for step in (1, 2, 3, 5, 7, 14, 1000, 65536, len(wire)):
            events = read(wire, step)
            self.assertEqual(data_of(events), b"".join(parts))
            self.assertEqual([event for event in events if not isinstance(event, Data)],
                             [Ping(b"are you there"), Closed(1000)])

    def test_a_ping_may_come_between_fragments(self) -> None:
        wire = frame(BINARY, b"a", 0) + frame(PING, b"") + frame(CONTINUATION, b"b", 0) + frame(CONTINUATION, b"c")
        self.assertEqual(read(wire + frame(BINARY, b"d"), 3),
                         [Data(b"a"), Ping(b""), Data(b"b"), Data(b"c"), Data(b"d")])

    def test_a_protocol_violation_ends_the_stream_with_its_code(self) -> None:
        protocol = close_codes.PROTOCOL_ERROR
        unmasked = bytearray(frame(BINARY, b"x"))
        unmasked[1] &= 0x7F
        for name, wire, code in (
                ("unmasked", bytes(unmasked), protocol),
                ("text", frame(TEXT, b"x"), close_codes.UNSUPPORTED_DATA),
                ("reserved bit", frame(BINARY, b"x", 0xC0), protocol),
                ("unknown opcode", frame(0x3, b"x"), protocol),
                ("unknown control opcode", frame(0xB, b"x"), protocol),
                ("fragmented ping", frame(PING, b"x", 0), protocol),
                ("long ping", frame(PING, b"x" * 126), protocol),
                ("continuation without a message", frame(CONTINUATION, b"x"), protocol),
                ("new frame among fragments", frame(BINARY, b"x", 0) + frame(BINARY, b"x"), protocol),
                ("close with half a code", frame(CLOSE, b"x"), protocol),
                ("close with 1006", frame(CLOSE, b"\x03\xee"), protocol),
                ("close with 999", frame(CLOSE, b"\x03\xe7"), protocol),
                ("too large", frame(BINARY, b"")[:1] + b"\xff" + (MAX_FRAME_BYTES + 1).to_bytes(8, "big") + MASK,
                 close_codes.MESSAGE_TOO_BIG),
                ("absurdly large", b"\x82\xff" + b"\xff" * 8 + MASK, close_codes.MESSAGE_TOO_BIG)):
            for step in (1, len(wire)):
                with self.subTest(name, step=step):
                    events = read(frame(BINARY, b"before") + wire + frame(BINARY, b"after"), step)
                    end = events[-1]
                    assert isinstance(end, Failed)
                    self.assertEqual(end.code, code)
                    self.assertIn(data_of(events), (b"before", b"beforex"))

    def test_a_frame_of_the_maximum_size_is_accepted(self) -> None:
        payload = bytes(MAX_FRAME_BYTES)
        self.assertEqual(data_of(read(frame(BINARY, payload), 65536)), payload)

    def test_a_close_frame_may_have_no_code(self) -> None:
        self.assertEqual(read(frame(CLOSE, b""), 1), [Closed(None)])

    def test_frames_after_a_close_are_ignored(self) -> None:
        self.assertEqual(read(frame(CLOSE, b"") + frame(BINARY, b"x"), 100), [Closed(None)])

    def test_encoded_close_frames_fit_a_control_frame(self) -> None:
        self.assertEqual(encode_close(None), b"\x88\x00")
        self.assertEqual(encode_close(1000, "x"), b"\x88\x03\x03\xe8x")
        self.assertEqual(len(encode_close(4403, "x" * 500)), 2 + 125)


if __name__ == "__main__":
    unittest.main()
