"""Honest sessions with a few bytes wrong: whatever comes, belay ends with a status of its own."""
import random
import struct

import pytest

from hostile import (CAPABILITIES, EOF, LOCAL_FILES, OK, SESSION_TRACK, Hostile, column,
                     error, greeting, number, text)

FORMATS = ("table", "vertical", "tab", "csv", "json", "jsonl", "markdown", "html", "xml", "unicode")
STATUSES = {0, 1, 2, 3, 6, 9}
TRACKED = b"\x00\x01\x00\x02\x40\x00\x00" + text("info") + text(b"\x01\x05\x04abcd\x00\x0b\x04name\x05value")


def mutate(rng, data, most):
    """Up to so many places are changed, lengthened, shortened, cut off or doubled."""
    data = bytearray(data)
    for _ in range(rng.randint(1, most)):
        if not data:
            break
        place, kind = rng.randrange(len(data)), rng.random()
        if kind < 0.4:
            data[place] = rng.choice([0, 1, 0xfb, 0xfc, 0xfd, 0xfe, 0xff, rng.randrange(256)])
        elif kind < 0.6:
            data[place:place] = bytes(rng.choice([0, 0xfb, 0xfe, 0xff, 0x41])
                                      for _ in range(rng.randint(1, 12)))
        elif kind < 0.8:
            del data[place:place + rng.randint(1, 20)]
        elif kind < 0.9:
            del data[place:]
        else:
            data += data[place:]
    return bytes(data)


def an_answer(rng):
    kind = rng.random()
    if kind < 0.7:
        n = rng.randint(1, 4)
        columns = [column(f"c{i}", rng.choice([253, 3, 8, 12, 16, 245, 246, 0, 255]),
                          rng.choice([33, 63, 45])) for i in range(n)]
        rows = [b"".join(rng.choice([b"\xfb", text("abc"), text("123"), text("x" * 300)])
                         for _ in range(n)) for _ in range(rng.randint(0, 5))]
        return [number(n), *columns, EOF, *rows, EOF]
    return [rng.choice([error("bad"), TRACKED, OK, b"\xfb/etc/hosts"])]


class Play:
    """Everything is drawn from the seed, so that a failure can be played again."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def packet(self, payload, sequence, chance):
        if self.rng.random() < chance:
            payload = mutate(self.rng, payload, 3)
        return struct.pack("<I", len(payload))[:3] + bytes([sequence & 255]) + payload

    def __call__(self, wire):
        rng = self.rng
        # Who gets half of something waits for the rest, and we for it: not for ever.
        wire.socket.settimeout(0.3)
        flags = rng.choice([CAPABILITIES, CAPABILITIES | SESSION_TRACK,
                            CAPABILITIES | SESSION_TRACK | LOCAL_FILES])
        wire.raw(self.packet(greeting(rng.choice([b"8.0.33", b"5.5.5-10.11.19-MariaDB"]),
                                      capabilities=flags), 0, 0.3))
        wire.read()
        wire.raw(self.packet(rng.choice([OK, TRACKED]), 2, 0.2))
        while True:
            wire.read()
            packets = [self.packet(payload, n + 1, 0.25) for n, payload in enumerate(an_answer(rng))]
            data = b"".join(packets)
            wire.raw(mutate(rng, data, 2) if rng.random() < 0.2 else data)
            if rng.random() < 0.3:
                return


@pytest.mark.parametrize("seed", range(80))
def test_a_session_with_wrong_bytes(seed):
    with Hostile(Play(seed)) as server:
        done = server.belay(f"--format={FORMATS[seed % len(FORMATS)]}", "-f", "-vv",
                            *(["--local-infile"] if seed % 3 == 0 else []),
                            *(["--column-type-info"] if seed % 7 == 0 else []),
                            "-e", "select 1", "-e", "select 2", "-e", "insert into t values (1)",
                            memory=500)
        assert done.rc in STATUSES, (seed, done)
        assert done.rc == 0 or done.err.strip(), (seed, done)
