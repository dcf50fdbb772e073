"""Lines inside others, broken at any byte, read at once and by the slow reference."""

import random

import numpy as np

from http_monitor.ports.wrapper import Unwrapped
from http_monitor.unwrap import wrapper
from tests.reference.wrapper_texts import Inside
from tests.reference.wrappers import read_wrapped
from tests.wrapped_lines import WAYS

LIMIT = 4_000
_HIT = b'192.0.2.%d - - [19/Jan/2026:23:08:15 +0000] "GET /a/b HTTP/1.1" 200 612 "-" "curl/8.5.0"'
_TEXTS = (
    *(
        b"",
        b" ",
        b"x",
        b" x",
        b"\x1b[0m x",
        b"\\",
        b'\\"',
        b'"',
        b"}",
        b"]",
        b"x\r",
        b"\xff\xed\xa0\x80",
        b"\xef\xbb\xbfx",
    ),
    *(
        b"web1 nginx: x",
        b"nginx[8]: x",
        b"2026-01-19T23:08:15.1Z x",
        b"message repeated 3 times: [ x]",
        b"\\n",
        b"\\u00e9",
    ),
    *(b"Jan 19 23:08:15 web1 last message repeated 3 times", b"-- Boot 1 --", b'{"log":"x"}', b"a-b c x", b"x" * 5_000),
)
_STRANGERS = (
    *(
        b"junk",
        b"",
        b"-- Boot 0f --",
        b"-- Logs begin at Mon --",
        b"Jan 19 23:08:15 web1 last message repeated 3 times ",
    ),
    *(b"Jan 19 23:08:15 web1 sshd[1]: Accepted", b"2026-01-19T23:08:15.93Z stdout P 192.0", b"db-1  | ready"),
    *(b"2026-01-19T23:08:15.93Z stderr F starting", b"2026-01-19T23:08:15.93Z stderr P a"),
    b"Jan 19 23:08:15 web1 nginx: message repeated 3 times: [ " + _HIT % 8 + b"]",
    *(b'{"log":"part","stream":"stdout","time":"t"}', b'{"log":"%b","stream":"stderr","time":"t"}' % (b"x" * 900)),
    b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a"}},{"body":{}}]}]}]}',
    b'{"data":{"result":[{"stream":{"job":"web 9"},"values":[["1","a\\nb"],["2","c"]]}]}}',
)
_PIECES = (
    b"",
    b" ",
    b"  ",
    b'"',
    b"\\",
    b"9",
    b"0",
    b":",
    b"\0",
    b"}",
    b"[",
    b"P",
    b"-",
    b"|",
    b"\x1b[0m",
    b"\x1b",
    b"\xff",
    b"Z",
    b",",
)


def wrapped_log(name: str, chance: random.Random, most: int) -> list[bytes]:
    """Return lines, most of them inside a wrapper of that name, some of them broken."""
    own = [way for way in WAYS.values() if way.wrapper == name]
    lines = []
    for no in range(chance.randrange(1, most + 1)):
        if chance.random() < 0.1:
            lines.append(chance.choice(_STRANGERS))
            continue
        way = chance.choice(own if chance.random() < 0.9 else list(WAYS.values()))
        text = chance.choice((_HIT % (no % 9), _HIT % 7, chance.choice(_TEXTS)))
        line = bytearray(way.write(no, text.decode("utf-8", "replace").encode() if way.quoted else text))
        for _ in range(chance.choice((0, 0, 0, 1, 1, 3))):
            # What stands around the text is what matters.
            at = chance.randrange(min(len(line), 90) + 1)
            line[at : at + chance.choice((0, 1, 1, 4))] = chance.choice(_PIECES)
        if chance.random() < 0.05:
            del line[chance.randrange(len(line) + 1) :]
        lines.append(bytes(line).replace(b"\n", b""))
    return lines


def check_wrapped(name: str, chance: random.Random) -> int:
    """Read a log in chunks and one line at a time; return how many lines it has.

    Raises:
        AssertionError: the results differ.
    """
    lines = wrapped_log(name, chance, most=80)
    expected, begun = read_wrapped(name, lines, LIMIT)
    taken = wrapper(name, LIMIT)
    found: list[Inside] = []
    start = 0
    while start < len(lines):
        stop = min(len(lines), start + chance.choice((1, 3, 40, 80)))
        inside = taken.unwrap(b"".join(line + b"\n" for line in lines[start:stop]))
        again = wrapper(name, LIMIT)
        again.load(taken.save())
        taken, start = again, stop
        found += _lines_in(inside)
        assert np.array_equal(inside.wrapped, inside.origin >= 0), "wrapped by nothing"
    for number, (one, other) in enumerate(zip(found, expected, strict=False)):
        wanted = Inside(other.text, other.source or None, other.origin, time=other.time or None)
        assert one == wanted, f"{name}: line {number} is {one}, not {wanted}, of {lines}"
    assert len(found) == len(expected), f"{name}: {len(found)} lines, not {len(expected)}, of {lines}"
    left = sorted((each.text, each.time or b"") for each in _lines_in(taken.end()))
    wanted_left = sorted((each.text, each.time or b"") for each in begun.values())
    assert left == wanted_left, f"{name}: {left} is left, not {begun}"
    return len(lines)


def _lines_in(inside: Unwrapped) -> list[Inside]:
    texts = inside.data.split(b"\n")[:-1]
    stamps = zip(*(edges.tolist() for edges in inside.stamps.find()), strict=True)
    numbers = zip(inside.source.tolist(), inside.origin.tolist(), strict=True)
    return [
        Inside(
            text,
            None if source < 0 else inside.sources[source],
            None if origin < 0 else inside.origins[origin],
            time=inside.stamps.data[start:stop] or None,
        )
        for text, (source, origin), (start, stop) in zip(texts, numbers, stamps, strict=True)
    ]
