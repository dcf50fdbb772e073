"""Lines inside others are read as lines of their format, whichever these are, wherever they are cut."""

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.parser.detect.auto import auto_format
from http_monitor.parser.formats import get_format
from http_monitor.parser.wrapped.format import WrappedFormat
from http_monitor.records import Batch
from http_monitor.unwrap import wrapper, wrappers
from tests.examples import examples
from tests.parsed_in_pieces import ParsedInPieces
from tests.wrapped_lines import WAYS, wrapped

LIMIT = 4_000
_SYSLOG = b"Jan 19 23:08:15 web1 %b: %b\n"


def line(no: int = 7, path: bytes = b"/a/b") -> bytes:
    return b'192.0.2.%d - - [19/Jan/2026:23:08:15 +0000] "GET %b HTTP/1.1" 200 612 "-" "curl/8.5.0"' % (no, path)


def finding(name: str = "auto") -> WrappedFormat:
    return WrappedFormat(lambda: format_of(name), lambda: wrappers(LIMIT), LIMIT)


def named(kind: str, name: str = "auto") -> WrappedFormat:
    return WrappedFormat(lambda: format_of(name), lambda: (), LIMIT, wrapper=wrapper(kind, LIMIT))


def format_of(name: str) -> Any:
    return auto_format(LIMIT) if name == "auto" else get_format(name, LIMIT)


def column(batch: Batch, name: str) -> list[Any]:
    values: list[Any] = batch.rows.column(name).to_pylist()
    return values


def account(batch: Batch) -> tuple[Any, ...]:
    """Return all that a batch says, for comparing."""
    rows = [batch.rows.column(name).to_pylist() for name in batch.rows.schema.names]
    numbers = [nos.tolist() for nos in (batch.line_nos, batch.other_nos, batch.oversized_nos)]
    return rows, numbers, batch.lines, batch.samples


@pytest.mark.parametrize("name", sorted(WAYS))
def test_the_first_line_shows_what_is_around_it(name: str) -> None:
    way = WAYS[name]
    made = finding("combined")

    batch = made.parse(wrapped(way, [line(1), line(2), line(3)]))

    assert column(batch, "host") == [b"192.0.2.1", b"192.0.2.2", b"192.0.2.3"]
    assert column(batch, "source") == [way.source] * 3
    # Some short forms of the journal are RFC 3164, or its lines with a time of ISO 8601.
    assert made.wrapper == ("syslog" if name in ("short", "short-precise", "short-iso") else way.wrapper)
    ((line_no, words),) = made.drain_messages()
    assert line_no == 1
    assert words.endswith(", removed (--unwrap none keeps it)")


@pytest.mark.parametrize("name", sorted(WAYS)[::6])
def test_a_sample_shows_what_is_around_the_lines(name: str) -> None:
    made = finding()
    data = wrapped(WAYS[name], [line(no) for no in range(30)])

    choice = made.choose(data)

    assert choice is not None
    assert (choice.name, choice.fits, choice.lines) == ("combined", 30, 30)
    assert column(made.parse(data), "host") == [b"192.0.2.%d" % no for no in range(30)]


def test_lines_without_the_wrapper_are_read_as_they_stand_whichever_are_more() -> None:
    plain = b"".join(line(no) + b"\n" for no in range(20))
    inside = wrapped(WAYS["short"], [line(no) for no in range(5)])
    for sample in (plain + inside, inside + plain):
        made = finding()
        made.choose(sample)

        assert made.wrapper == "syslog"
        assert sorted(column(made.parse(sample), "host")) == sorted(
            b"192.0.2.%d" % no for no in [*range(20), *range(5)]
        )


@pytest.mark.parametrize(
    "log",
    [
        b"".join(line(no) + b"\n" for no in range(5)),
        b"www.example.com:80 " + line() + b"\n",
        b"Oct 10 11:55:36 lb haproxy[14389]: 192.0.2.7:50123 [10/Oct/2025:11:55:36.500] http-in static/srv1 "
        b'10/0/30/11/12 200 2326 - - ---- 1/1/1/1/0 0/0 {shop.example} {} "GET /basket/add?item=7 HTTP/1.1"\n',
        b'{"@timestamp":"2026-01-19T23:08:15Z","clientip":"192.0.2.7","response":503,"request":"/a","verb":"GET",'
        b'"message":"192.0.2.9 - - [19/Jan/2026:23:08:15 +0000] \\"GET / HTTP/1.1\\" 200 1"}\n',
    ],
)
def test_nothing_is_taken_off_lines_that_are_read_well_as_they_stand(log: bytes) -> None:
    for made in (finding(), finding()):
        made.choose(log)
        assert account(made.parse(log)) == account(auto_format(LIMIT).parse(log))
        assert (made.wrapper, made.drain_messages()) == (None, [])
    assert account(finding().parse(log)) == account(auto_format(LIMIT).parse(log))


def test_the_priority_of_haproxy_is_no_part_of_the_host() -> None:
    log = (
        b"<6>127.0.0.1:34120 [30/Nov/2026:20:09:20.110] fe be/s1 0/0/0/0/0 200 84 - - ---- 3/1/2/2/0 0/0 "
        b'"GET / HTTP/1.1"\n'
    )

    assert column(finding().parse(log), "host") == [b"127.0.0.1"]


def test_one_level_is_taken_off() -> None:
    inner = _SYSLOG[:-1] % (b"nginx", line())
    made = named("cri", "combined")

    batch = made.parse(b"2026-01-19T23:08:15.93Z stdout F " + inner + b"\n")

    assert column(batch, "host") == [b"Jan"]
    assert column(named("syslog").parse(_SYSLOG % (b"nginx", inner)), "host") == [b"Jan"]


def test_lines_of_other_programs_are_counted_by_themselves() -> None:
    unreadable = b"x\x16\x03\x01"
    made = named("syslog", "combined")

    first = made.parse(
        _SYSLOG % (b"sshd[1]", b"Accepted") + _SYSLOG % (b"nginx", line()) + _SYSLOG % (b"sshd[2]", b"no")
    )
    second = made.parse(_SYSLOG % (b"nginx", unreadable) + _SYSLOG % (b"cron", b"x") + line(8) + b"\n" + b"junk\n")

    # Whether they stand before the first line that fits or behind it.
    assert (first.lines, first.line_nos.tolist(), first.other_nos.tolist(), first.malformed_lines) == (
        3,
        [2],
        [1, 3],
        0,
    )
    assert (second.lines, second.line_nos.tolist(), second.other_nos.tolist()) == (4, [3], [2])
    assert [sample.raw for sample in second.samples] == [unreadable, b"junk"]
    assert column(second, "source") == [None]


@pytest.mark.parametrize("kind", ["syslog", "journald"])
def test_what_the_journal_writes_between_lines_is_of_no_program(kind: str) -> None:
    entry = _SYSLOG % (b"nginx[8]", line())
    marks = (
        b"-- Boot 0f2a9b3c4d5e6f708192a3b4c5d6e7f8 --\n-- Reboot --\n-- Logs begin at Mon 2026-01-19 23:08:15 CET --\n"
    )

    batch = named(kind, "combined").parse(entry + marks + entry)

    assert (batch.line_nos.tolist(), batch.other_nos.tolist(), batch.malformed_lines) == ([1, 5], [2, 3, 4], 0)


def test_a_message_that_syslog_repeats_is_of_no_program() -> None:
    entry = _SYSLOG % (b"nginx[8]", line())

    batch = named("syslog", "combined").parse(entry + b"Jan 19 23:08:15 web1 last message repeated 13 times\n" + entry)

    assert (batch.line_nos.tolist(), batch.other_nos.tolist(), batch.malformed_lines) == ([1, 3], [2], 0)


def test_a_program_with_digits_in_its_name_is_one_with_its_likes() -> None:
    made = named("compose", "combined")

    batch = made.parse(b"web-1  | " + line() + b"\nweb-2  | junk\ndb-1  | junk\n")

    assert (batch.line_nos.tolist(), batch.other_nos.tolist()) == ([1], [3])


def test_the_parts_of_a_line_are_one_line_over_a_restart() -> None:
    whole = line(path=b"/" + b"x" * 50)
    time = b"2026-01-19T23:08:15.93Z stdout "
    log = time + b"F " + line() + b"\n" + time + b"P " + whole[:40] + b"\n" + time + b"P " + whole[40:80] + b"\n"
    made = finding()

    first = made.parse(log)
    again = finding()
    again.load(made.save())
    second = again.parse_last(time + b"F " + whole[80:] + b"\n" + time + b"P rest\n")

    assert (first.lines, first.line_nos.tolist()) == (1, [1])
    assert (second.lines, second.line_nos.tolist(), second.malformed_lines) == (2, [1], 1)
    assert column(second, "path") == [b"/" + b"x" * 50]


def test_what_comes_around_the_lines_later_is_found() -> None:
    plain = b"".join(line(no) + b"\n" for no in range(30))
    made = finding()

    before = made.parse(plain)
    batch = made.parse(plain + wrapped(WAYS["short"], [line(no) for no in range(50)]))

    assert len(before.line_nos) == 30
    hosts = column(batch, "host")
    # The 20 that show it stay what they were read as.
    assert hosts == [b"192.0.2.%d" % no for no in range(30)] + [b"Jan"] * 20 + [
        b"192.0.2.%d" % no for no in range(20, 50)
    ]
    assert made.drain_messages() == [
        (50, "syslog in front of each line from here on, removed (--unwrap none keeps it)")
    ]
    assert column(made.parse(plain), "host") == [b"192.0.2.%d" % no for no in range(30)]


def test_a_log_may_turn_from_one_wrapper_to_another() -> None:
    made = finding()
    log = wrapped(WAYS["docker"], [line(no) for no in range(5)]) + wrapped(WAYS["CRI"], [line(no) for no in range(25)])

    hosts = column(made.parse(log), "host")

    assert made.wrapper == "cri"
    assert hosts[:5] == [b"192.0.2.%d" % no for no in range(5)]
    assert hosts[-5:] == [b"192.0.2.%d" % no for no in range(20, 25)]


def test_the_format_inside_may_change() -> None:
    time = b"2026-01-19T23:08:15.93Z stdout F "
    other = b'{"time":"2026-01-19T23:08:15Z","remote_addr":"192.0.2.9","request":"GET / HTTP/1.1","status":200}'
    made = finding()

    made.parse(time + line() + b"\n")
    batch = made.parse((time + other + b"\n") * 30)

    assert column(batch, "host") == [b"192.0.2.9"] * 10
    (change,) = made.drain_changes()
    assert change.line_no == 20


@settings(max_examples=examples(8), deadline=None)
@given(seed=st.integers(0, 1 << 30))
def test_where_a_log_is_cut_changes_nothing(seed: int) -> None:
    chance = random.Random(seed)
    lines = _any_log(chance)
    name = chance.choice(("auto", "combined", "combined", "combined", "combined"))
    whole, cut = finding(name), finding(name)
    if chance.random() < 0.3:
        whole.choose(b"".join(lines[:20]))
        cut.choose(b"".join(lines[:20]))

    edges = sorted({0, len(lines), *(chance.randrange(len(lines) + 1) for _ in range(4))})
    pieces = ParsedInPieces(cut)
    for start, stop in pairwise(edges):
        if chance.random() < 0.3:
            pieces.restart(finding(name))
        pieces.parse(b"".join(lines[start:stop]))
    pieces.parse(b"", last=True)

    expected = whole.parse_last(b"".join(lines))
    found = pieces.whole()
    assert account(found)[:3] == account(expected)[:3]
    begins = expected.line_begins(b"".join(lines))
    assert found.line_begins(b"").tolist() == begins.tolist()
    assert {*begins.tolist()} <= {*np.cumsum([0, *map(len, lines)]).tolist()}
    assert whole.wrapper == pieces.made.wrapper
    together = np.concatenate((found.line_nos, found.other_nos))
    assert len(set(together.tolist())) == len(together) <= found.lines


def _any_log(chance: random.Random) -> Sequence[bytes]:
    """Return lines of a log that changes what is around its lines, with others between them."""
    lines: list[bytes] = []
    ways = [*WAYS.values(), None]
    for _ in range(chance.randrange(1, 4)):
        way = chance.choice(ways)
        for no in range(chance.choice((3, 15, 45))):
            inner = chance.choice(
                (line(no), line(no), line(no), line(no), b"junk", b"", line(no, b"/a b"), b"x" * 5_000)
            )
            written = inner if way is None else way.write(no, inner)
            if chance.random() < 0.02:
                written = chance.choice((b"junk", b"", b"-- Boot 1 --", b"2026-01-19T23:08:15.93Z stdout P 192.0"))
            lines.append(written + b"\n")
    return lines


def test_lines_behind_those_that_were_held_in_vain_begin_where_they_stand() -> None:
    lines = [b"<6>junk\n"] * 120 + [b"\n"] + [line(no) + b"\n" for no in range(30)]
    pieces = ParsedInPieces(finding("combined"))
    for start in range(0, len(lines), 50):
        pieces.parse(b"".join(lines[start : start + 50]))
    batch = pieces.whole()
    begins = [*range(0, 120 * 8, 8), *(120 * 8 + 1 + len(line()) * no + no + (no > 9) * (no - 10) for no in range(30))]
    assert batch.line_nos.tolist() == [*range(121, 151)]
    assert batch.line_begins(b"").tolist() == begins


def test_a_part_that_showed_what_is_around_the_next_lines_has_its_place() -> None:
    plain = [line(no) + b"\n" for no in range(30)]
    whole = [b"2026-01-19T23:08:15.93Z stdout F " + line(no) + b"\n" for no in range(19)]
    part, rest = b"2026-01-19T23:08:15.93Z stdout P 192.0", b"2026-01-19T23:08:15.93Z stdout F " + line()[5:]
    pieces = ParsedInPieces(finding("combined"))
    pieces.parse(b"".join(plain))
    pieces.parse(b"".join([*whole, b"\n", part + b"\n"]))
    pieces.parse(rest + b"\n")
    batch = pieces.whole()
    assert (len(batch.rows), batch.lines) == (50, 51)
    assert batch.line_begins(b"")[-1] == sum(map(len, plain)) + sum(map(len, whole)) + 1


def test_what_was_held_for_another_wrapper_begins_where_it_stands() -> None:
    pieces = ParsedInPieces(named("cri", "combined"))
    pieces.parse(b"junk\n" * 3)
    pieces.restart(named("syslog", "combined"))
    pieces.parse(_SYSLOG % (b"nginx", line()))
    batch = pieces.whole()
    assert (len(batch.rows), batch.line_begins(b"").tolist()) == (1, [0, 5, 10, 15])


def test_a_line_whose_rest_never_came_begins_where_its_first_part_stands() -> None:
    time = b"2026-01-19T23:08:15.93Z "
    first, second, third = (time + stream + b" P " for stream in (b"stdout", b"stderr", b"other"))
    pieces = ParsedInPieces(named("cri", "combined"))
    pieces.parse(time + b"stdout F " + line() + b"\n")
    pieces.parse(first + b"a\n" + second + b" \n" + third + line()[:9] + b"\n" + first + b"b\n")
    pieces.parse(b"", last=True)
    begin = len(time) + len(b"stdout F ") + len(line()) + 1
    # The one that had a part last comes last.
    last = begin + len(first) + 2 + len(second) + 2
    assert pieces.whole().line_begins(b"").tolist() == [0, last, begin]


def test_explaining_counts_columns_in_the_whole_line() -> None:
    text = _SYSLOG[:-1] % (b"nginx[812]", line())
    made = finding()

    reading = made.read_line(text)

    assert reading.values is not None
    assert (reading.values["host"], reading.values["source"]) == (b"192.0.2.7", b"web1")
    assert [text[field.start : field.stop] for field in reading.found][:4] == [
        *(b"Jan 19 23:08:15 ", b"web1", b" nginx[812]: "),
        b"192.0.2.7",
    ]
    wrong = made.read_line(text.replace(b" 200 ", b" 2000 "))
    assert (wrong.values, wrong.column) == (None, text.index(b" 200 ") + 2)


def test_explaining_shows_where_fields_stand_in_json() -> None:
    text = WAYS["docker with a tag"].write(1, line())
    made = finding()

    reading = made.read_line(text)

    shown = {field.name: text[field.start : field.stop] for field in reading.found}
    assert (shown["host"], shown["agent"], shown["source"]) == (b"192.0.2.7", b"curl/8.5.0", b"web")
    assert shown["docker_json"] == b'{"log":"'


@pytest.mark.parametrize(
    ("kind", "text", "source"),
    [
        ("loki", '{"streams":[{"stream":{"container":"nginx"},"values":[["1","%s"],["2","%s"]]}]}', b"nginx"),
        ("loki", '{"streams":[{"stream":{"colour":"red"},"values":[["1","%s"],["2","%s"]]}]}', None),
        ("syslog", "Jan 19 23:08:15 web1 nginx: message repeated 2 times: [ %s]", b"web1"),
    ],
)
def test_explaining_one_of_several_lines_names_its_source(kind: str, text: str, source: bytes | None) -> None:
    plain = line().decode()
    inner = plain if kind == "syslog" else plain.replace('"', '\\"')
    made = named(kind, "combined")

    reading = made.read_line(text.replace("%s", inner).encode())

    assert reading.values is not None
    assert (reading.values["host"], reading.values.get("source")) == (b"192.0.2.7", source)
    assert reading.found == ()


def test_explaining_a_part_says_so_and_the_rest_is_the_line() -> None:
    made = named("cri", "combined")
    time = b"2026-01-19T23:08:15.93Z stdout "

    part = made.read_line(time + b"P " + line()[:30])
    rest = made.read_line(time + b"F " + line()[30:])

    assert (part.values, part.format) == ({}, "cri, a part of a line")
    assert rest.values is not None
    assert rest.values["host"] == b"192.0.2.7"
    assert all(field.stop <= len(time) + 2 + len(line()) - 30 for field in rest.found)


@pytest.mark.parametrize("state", [{}, {"decided": 1}, None, []])
def test_a_state_that_is_none_is_refused(state: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        finding().load(state)


def _containers(requests: int) -> bytes:
    """Return requests as a container runtime keeps them, the first of them in three parts, with lines between."""
    time = b"2026-01-19T23:08:15.93Z "
    first = line(1, b"/" + b"x" * 90)
    parts = time + b"stdout P " + first[:30] + b"\n" + time + b"stderr F starting\n" + time + b"stdout P "
    parts += first[30:70] + b"\n" + time + b"stdout F " + first[70:] + b"\n"
    return parts + b"".join(time + b"stdout F " + line(no) + b"\n" for no in range(requests - 1))


def _dockers(requests: int) -> bytes:
    def piece(text: bytes) -> bytes:
        return b'{"log":"%b","stream":"stdout","time":"2026-01-19T23:08:15Z"}\n' % text.replace(b'"', b'\\"')

    first = line(1, b"/" + b"x" * 90)
    whole = [piece(line(no) + b"\\n") for no in range(requests - 1)]
    return piece(first[:50]) + piece(first[50:] + b"\\n") + b"".join(whole)


@pytest.mark.parametrize(("log", "others"), [(_containers(25), 1), (_dockers(25), 0)])
@pytest.mark.parametrize("size", [1, 3, 1_000])
def test_parts_that_come_before_anything_is_known_are_one_line(log: bytes, others: int, size: int) -> None:
    lines = log.splitlines(keepends=True)
    pieces = ParsedInPieces(finding())
    for start in range(0, len(lines), size):
        pieces.parse(b"".join(lines[start : start + size]))
        pieces.restart(finding())
    pieces.parse(b"", last=True)
    whole = pieces.whole()

    # The first line is in several parts, the last of which is behind the line of another program.
    firsts = [0, 1, *range(4, len(lines))] if others else [0, *range(2, len(lines))]
    begins = [sum(map(len, lines[:first])) for first in firsts]
    assert sorted(whole.line_begins(b"").tolist()) == begins
    assert whole.line_begins(b"")[whole.line_nos[0] - 1] == 0
    assert (whole.lines, len(whole.line_nos), len(whole.other_nos)) == (25 + others, 25, others)
    assert column(whole, "path")[0] == b"/" + b"x" * 90


@pytest.mark.parametrize("kind", ["syslog", None])
@pytest.mark.parametrize("before", [0, 1, 60])
def test_lines_of_other_programs_are_other_wherever_they_stand(kind: str | None, before: int) -> None:
    strangers = [_SYSLOG % (b"sshd[%d]" % no, b"Accepted") for no in range(60)]
    own = [_SYSLOG % (b"nginx", b"x\x16\x03"), _SYSLOG % (b"nginx", line())]
    log = [*strangers[:before], *own, *strangers[before:]]
    made = finding("combined") if kind is None else named(kind, "combined")

    pieces = ParsedInPieces(made)
    for each in log:
        pieces.parse(each)
    whole = pieces.whole()

    assert (whole.lines, len(whole.line_nos), len(whole.other_nos), whole.malformed_lines) == (62, 1, 60, 1)


def test_no_more_than_a_hundred_lines_are_held() -> None:
    made = named("syslog", "combined")

    held = [made.parse(_SYSLOG % (b"sshd", b"x")).lines for _ in range(101)]

    assert held == [0] * 99 + [100, 1]


def test_what_is_held_counts_when_the_input_ends() -> None:
    for made in (named("syslog", "combined"), finding("combined")):
        assert made.parse(_SYSLOG % (b"sshd", b"x") * 3).lines == 0
        last = made.parse_last(b"")
        assert (last.lines, last.malformed_lines) == (3, 3)


@pytest.mark.parametrize("front", [b"", b"<190>", b"83 <190>"])
def test_a_message_that_rsyslog_repeats_came_so_often_more(front: bytes) -> None:
    entry = front + _SYSLOG % (b"nginx[8]", line())
    again = front + _SYSLOG % (b"nginx[8]", b"message repeated %d times: [ " + line(9) + b"]")
    log = entry + again % 4 + again % 1_001 + again % 0 + front + _SYSLOG % (b"sshd", b"message repeated 2 times: [ x]")

    batch = named("syslog", "combined").parse(log)

    assert column(batch, "host") == [b"192.0.2.7"] + [b"192.0.2.9"] * 4
    assert column(batch, "source") == [b"web1"] * 5
    assert (batch.lines, batch.malformed_lines, batch.other_nos.tolist()) == (9, 2, [8, 9])
    cut = ParsedInPieces(named("syslog", "combined"))
    for each in log.splitlines(keepends=True):
        cut.parse(each)
    assert account(cut.whole())[:3] == account(batch)[:3]
    assert cut.whole().line_begins(b"").tolist() == batch.line_begins(log).tolist()
    assert batch.line_begins(log).tolist()[:6] == [0, *[len(entry)] * 4, len(entry + again % 4)]
