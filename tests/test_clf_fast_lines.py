"""Plain lines are found, and read as all others are."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.clf.fast_fields import find_plain
from http_monitor.parser.clf.fast_lines import plain_rows
from http_monitor.parser.clf.format import SMALL_BYTES, FamilyFormat
from http_monitor.parser.clf.variants import SHAPES
from http_monitor.records import SCHEMA
from http_monitor.settings import Settings
from tests.examples import examples, exhaustive, part_of
from tests.harness import replay
from tests.strategies import hostile_lines, lines, mutated_lines

COMMON = b'192.0.2.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /pages/create?x=1 HTTP/1.0" 200 2326'
COMBINED = COMMON + b' "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"'
BOTH = {"common": COMMON, "combined": COMBINED}


@pytest.fixture(autouse=True, scope="module")
def several_blocks_in_any_chunk() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("http_monitor.parser.clf.fast_fields._BLOCK_BYTES", 5_000)
        yield


def lead_of(line: bytes) -> bytes:
    """Return plain lines that make a chunk large."""
    return (line + b"\n") * (SMALL_BYTES // len(line) + 1)


LEADS = [lead_of(line) for line in BOTH.values()]


def assert_alike(data: bytes) -> None:
    """Check that lines mean the same behind plain lines as by themselves."""
    assert len(data) < SMALL_BYTES
    for name, lead in ((name, lead) for name in ("auto", "common", "combined") for lead in LEADS):
        alone, behind = FamilyFormat(name).parse(data), FamilyFormat(name).parse(lead + data)
        before = lead.count(b"\n")
        behind.rows.validate(full=True)
        assert behind.rows.schema.equals(SCHEMA)
        assert behind.rows.slice(before).to_pylist() == alone.rows.to_pylist()
        assert behind.line_nos.tolist() == [*range(1, before + 1), *(before + alone.line_nos).tolist()]
        assert (behind.oversized_nos - before).tolist() == alone.oversized_nos.tolist()
        assert [(sample.line_no - before, sample.raw) for sample in behind.samples] == [
            (sample.line_no, sample.raw) for sample in alone.samples
        ]
        assert behind.lines == before + alone.lines


@given(
    st.lists(st.one_of(lines(), mutated_lines(), hostile_lines(), st.sampled_from([COMMON, COMBINED, b""])), max_size=8)
)
@settings(max_examples=examples(40), deadline=None)
def test_any_lines_among_plain_ones_are_read_alike(chosen: list[bytes]) -> None:
    assert_alike(b"\n".join(chosen)[: SMALL_BYTES - 1])


@given(st.lists(st.binary(max_size=60).map(lambda text: COMMON + text) | st.binary(max_size=200), max_size=6))
@settings(max_examples=examples(40), deadline=None)
def test_any_bytes_among_plain_lines_are_read_alike(chosen: list[bytes]) -> None:
    assert_alike(b"\n".join(chosen)[: SMALL_BYTES - 1])


SWAPS = [bytes((byte,)) for byte in b' \t"\\\n\r[]-+:?/9a\0\xff'] + [b"", b"  ", b'\\"', b'" "', "é".encode()]


@exhaustive
@pytest.mark.parametrize("line", BOTH.values(), ids=BOTH)
def test_any_edit_of_a_plain_line_is_read_alike(line: bytes) -> None:
    edits = [line[:at] + swap + line[at + gone :] for at in range(len(line) + 1) for swap in SWAPS for gone in (0, 1)]
    random.Random(7).shuffle(edits)
    edits = part_of(edits, 2_400)
    for start in range(0, len(edits), 60):
        assert_alike(b"\n".join(edits[start : start + 60])[: SMALL_BYTES - 1])


@exhaustive
@pytest.mark.parametrize("line", BOTH.values(), ids=BOTH)
def test_any_two_edits_of_a_plain_line_are_read_alike(line: bytes) -> None:
    chance = random.Random(11)
    edits = []
    for _ in range(2_000):
        edit = line
        for _ in range(2):
            at, swap = chance.randrange(len(edit) + 1), chance.choice([b'"', b" ", b"\t", b"-", b"[", b"", b'" "'])
            edit = edit[:at] + swap + edit[at + chance.randrange(2) :]
        edits.append(edit)
    edits = part_of(edits, 900)
    for start in range(0, len(edits), 60):
        assert_alike(b"\n".join(edits[start : start + 60])[: SMALL_BYTES - 1])


PLAIN = {
    "without a user": COMMON.replace(b"frank", b"-"),
    "size -": COMMON.replace(b"2326", b"-"),
    "no query": COMMON.replace(b"?x=1", b""),
    "IPv6": COMMON.replace(b"192.0.2.1", b"2001:db8::1"),
    "a size of 16 digits": COMMON.replace(b"2326", b"1234567890123456"),
    "a leap second": COMMON.replace(b"13:55:36", b"23:59:60"),
    "another zone": COMMON.replace(b"-0700", b"+0530"),
    "UTF-8": COMMON.replace(b"create", "créer".encode()),
    "nginx escapes": COMMON.replace(b"create", rb"\x22create\x5C"),
}
PAIRED = {
    "no referer": COMBINED.replace(b"http://www.example.com/start.html", b"-"),
    "an empty agent": COMMON + b' "-" ""',
    "spaces in the referer": COMBINED.replace(b"start.html", b"start page"),
} | {name: COMBINED.replace(COMMON, line) for name, line in PLAIN.items()}
OTHER = {
    "a blank line": b"",
    "spaces only": b" " * 9,
    "no access log": b"nothing of the kind",
    "a vhost with port": b"www.example.com:80 " + COMMON,
    "a user of two words": COMMON.replace(b"frank", b"John Smith"),
    "a quoted user": COMMON.replace(b"frank", b'"frank"'),
    "a quote in the target": COMMON.replace(b"create", b'cre"ate'),
    "a host of nothing": COMMON.replace(b"192.0.2.1", b""),
    "a tab": COMMON.replace(b"frank", b"fr\tank"),
    "an escaped backslash": COMMON.replace(b"create", rb"cre\\ate"),
    "a duration behind": COMMON + b" 0.003",
    "a space behind": COMMON + b" ",
    "no version": COMMON.replace(b" HTTP/1.0", b""),
    "another protocol": COMMON.replace(b"HTTP/1.0", b"RTSP/1.0"),
    "an empty target": COMMON.replace(b"/pages/create?x=1", b""),
    "a CONNECT": COMMON.replace(b"GET", b"CONNECT"),
    "an odd method": COMMON.replace(b"GET", b"G3T"),
    "an absolute form": COMMON.replace(b"/pages", b"http://h/pages"),
    "a time without its bracket": COMMON.replace(b"[", b"("),
    "a day of one digit": COMMON.replace(b"10/Oct", b"1/Oct"),
    "a date that does not exist": COMMON.replace(b"10/Oct", b"31/Feb"),
    "a zone without its sign": COMMON.replace(b"-0700", b"00700"),
    "a zone of three digits": COMMON.replace(b"-0700", b"-070"),
    "a status of two digits": COMMON.replace(b" 200 ", b" 20 "),
    "a status below 100": COMMON.replace(b" 200 ", b" 099 "),
    "a status in other digits": COMMON.replace(b" 200 ", " ² ".encode()),
    "a size of 17 digits": COMMON.replace(b"2326", b"12345678901234567"),
    "a size below 0": COMMON.replace(b"2326", b"-5"),
    "no size": COMMON.replace(b"2326", b""),
}


@pytest.mark.parametrize(
    ("lead", "line"),
    [(COMMON, line) for line in PLAIN.values()] + [(COMBINED, line) for line in PAIRED.values()],
    ids=[*PLAIN, *(f"{name}, paired" for name in PAIRED)],
)
def test_plain_lines_are_found(lead: bytes, line: bytes) -> None:
    plain = plain_rows(b"\n".join((lead, line, b"bad", line, b"")), SHAPES["auto"])
    assert plain is not None
    assert plain.line.tolist() == [0, 1, 3]
    assert (plain.lines, plain.pair) == (4, lead == COMBINED)
    assert plain.batch.slice(1).to_pylist() == FamilyFormat("auto").parse(line + b"\n" + line).rows.to_pylist()


@pytest.mark.parametrize("pair", [b"", COMBINED.removeprefix(COMMON)], ids=BOTH)
@pytest.mark.parametrize("line", OTHER.values(), ids=OTHER)
def test_other_lines_are_left_to_who_knows_them(line: bytes, pair: bytes) -> None:
    plain = plain_rows(b"\n".join((COMMON + pair, line + pair, COMMON + pair, b"")), SHAPES["auto"])
    assert plain is not None
    assert plain.line.tolist() == [0, 2]


def test_lines_with_something_behind_the_agent_are_left_to_who_knows_them() -> None:
    others = (
        COMBINED + b" 0.003",
        COMBINED + b"text",
        COMBINED.replace(b'" "', b'""'),
        COMBINED.replace(b'" "', b'"-"'),
    )
    plain = plain_rows(b"\n".join((COMBINED, *others, COMMON, COMBINED, b"")), SHAPES["auto"])
    assert plain is not None
    assert plain.line.tolist() == [0, 6]


@pytest.mark.parametrize("order", [1, -1])
def test_quotes_are_those_of_their_own_line(order: int) -> None:
    """One line has one less than six, another one more."""
    others = (COMBINED.replace(b'"Mozilla', b"Mozilla"), COMBINED.replace(b"Mozilla", b'"Mozilla'))[::order]
    plain = plain_rows(b"\n".join((COMBINED, *others, COMBINED, b"")), SHAPES["auto"])
    assert plain is not None
    assert plain.line.tolist() == [0, 3]


@pytest.mark.parametrize(
    "data",
    [
        b"bad\n" + COMMON + b"\n",
        COMMON + b"\r\n",
        COMMON.replace(b"GET", b"G3T") + b"\n",
        COMMON.replace(b"/pages/create?x=1", b"") + b"\n",
        b"v:1 " + COMMON + b"\n",
        COMBINED.replace(b'" "', b'"-"') + b"\n",
    ],
)
def test_a_chunk_that_does_not_begin_with_a_plain_line_is_left_to_others(data: bytes) -> None:
    assert plain_rows(data, SHAPES["auto"]) is None


def test_a_format_with_a_vhost_has_no_plain_lines() -> None:
    assert plain_rows(COMBINED + b"\n", SHAPES["vhost_combined"]) is None


def test_a_format_without_a_pair_does_not_look_for_one() -> None:
    assert plain_rows(COMBINED + b"\n", SHAPES["common"]) is None


@pytest.mark.parametrize("line", BOTH.values(), ids=BOTH)
def test_a_line_that_is_too_long_is_no_plain_one(line: bytes) -> None:
    longest = line.replace(b"create", b"x" * (DEFAULT_LINE_BYTES - len(line) + 6))
    batch = FamilyFormat("auto").parse(line + b"\n" + longest + b"\n" + longest.replace(b"x?", b"xx?") + b"\n" + line)
    assert (batch.line_nos.tolist(), batch.oversized_nos.tolist()) == ([1, 2, 4], [3])


@pytest.mark.parametrize("block_bytes", [1, 90, 200, 1 << 20])
def test_fields_are_those_of_the_lines_whatever_block_they_are_in(
    monkeypatch: pytest.MonkeyPatch, block_bytes: int
) -> None:
    monkeypatch.setattr("http_monitor.parser.clf.fast_fields._BLOCK_BYTES", block_bytes)
    text = b"\n".join((COMMON, b"", COMBINED, COMMON.replace(b"frank", b"-").replace(b" 200 ", b" 404 "), b"bad", b""))
    for times in (1, 2):
        found = find_plain(text * times, pair=False)
        assert (found.line.tolist(), found.lines) == ([0, 3, 5, 8][: 2 * times], 5 * times)
        assert found.status.tolist() == [200, 404] * times
        texts = [
            [(text * times)[start:stop] for start, stop in zip(span.start.tolist(), span.stop.tolist(), strict=True)]
            for span in (found.host, found.user, found.time, found.method, found.target, found.size)
        ]
        assert texts == [
            [b"192.0.2.1"] * 2 * times,
            [b"frank", b"-"] * times,
            [b"10/Oct/2000:13:55:36 -0700"] * 2 * times,
            [b"GET"] * 2 * times,
            [b"/pages/create?x=1"] * 2 * times,
            [b"2326"] * 2 * times,
        ]


def test_a_pair_is_found_where_it_is_looked_for() -> None:
    text = b"\n".join((COMBINED, COMMON, COMBINED.replace(b"Mozilla", b"! \x01Mozilla"), b""))
    found = find_plain(text, pair=True)
    assert (found.line.tolist(), found.lines, found.status.tolist()) == ([0, 2], 3, [200, 200])
    pairs = [
        [text[start:stop] for start, stop in zip(span.start.tolist(), span.stop.tolist(), strict=True)]
        for span in (found.size, found.referer, found.agent)
    ]
    referer = b"http://www.example.com/start.html"
    agents = [b"Mozilla/4.08 [en] (Win98; I ;Nav)", b"! \x01Mozilla/4.08 [en] (Win98; I ;Nav)"]
    assert pairs == [[b"2326"] * 2, [referer] * 2, agents]
    assert [text[stop : stop + 1] for stop in found.stop.tolist()] == [b"\n", b"\n"]


@pytest.mark.parametrize("pair", [False, True])
@pytest.mark.parametrize(
    "text", [b"\n", b"bad\n", b"\n" * 99, b" " * 9 + b"\n", (COMMON + b" ")[:30] + b"\n", b'"' * 6 + b"\n"]
)
def test_where_no_line_is_plain_none_is_found(text: bytes, pair: bool) -> None:
    found = find_plain(text, pair=pair)
    assert (found.line.tolist(), found.status.tolist(), found.lines) == ([], [], text.count(b"\n"))


@pytest.mark.parametrize(("length", "is_sparse"), [(9_000, True), (1, False)])
def test_rows_of_long_lines_keep_no_room_for_short_ones(length: int, is_sparse: bool) -> None:
    found = find_plain((COMMON.replace(b"GET /", b"GET /" + b"a" * length) + b"\n") * 99, pair=False)
    assert len(found.status) == len(found.line) == 99
    room = [len(array) if array.base is None else len(array.base) for array in (found.status, found.line)]
    assert (room == [99, 99]) == is_sparse


def test_hosts_of_lines_that_were_taken_back_are_none() -> None:
    """The reader has met their hosts already when it turns out that a line is malformed."""
    odd = b"".join(
        COMMON.replace(b"192.0.2.1", b"host%d" % number).replace(b"/Oct/", b"/Okt/") + b"\n" for number in range(99)
    )
    hosts = replay([[lead_of(COMMON) + odd]], Settings(replay=True)).summary.hosts
    assert (hosts.distinct, [row.key for row in hosts.rows]) == (1, [b"192.0.2.1"])
