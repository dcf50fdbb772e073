"""What stands around lines is taken off, whatever they hold, wherever they are cut."""

import json
import random
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import UNWRAPS
from http_monitor.parser.formats import get_format
from http_monitor.parser.wrapped.format import WrappedFormat
from http_monitor.ports.wrapper import Unwrapped
from http_monitor.unwrap import kinds, wrapper
from http_monitor.unwrap.json_text import unescape, with_places
from http_monitor.unwrap.wrapping import Wrapping
from tests.examples import examples
from tests.reference.wrappers import read_wrapped
from tests.wrapped_lines import WAYS, Written, wrapped

LIMIT = 4_000
COMBINED = b'192.0.2.7 - - [19/Jan/2026:23:08:15 +0000] "GET /a/b HTTP/1.1" 200 612 "-" "curl/8.5.0"'
_HOSTILE = (
    *(b"Jan 19 23:08:15 web1 nginx[812]: x", b"<6>x", b"1 2026-01-19T23:08:15Z h a - - - x", b"web-1  | x"),
    *(b"stdout F x", b"2026-01-19T23:08:15.1Z stdout P x", b"2026-01-19T23:08:15.1Z x", b"[pod/a/b] x", b"a-b c x"),
    *(b'{"log":"x\\n","stream":"stdout","time":"t"}', b'{"message":"x"}', b"\x1b[0m x", b"\\n", b'\\"', b"\\\\n"),
    *(b'","stream":"stdout","time":"z"}', b"x\\", b"\xef\xbb\xbfx", b" x", b"x\r", b"", b" ", b"\\u0022", b"\\x22"),
)
_TEXT = st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b""))
_LINES = st.lists(st.one_of(_TEXT, st.sampled_from(_HOSTILE), st.just(COMBINED)), max_size=40)


def _may_stand(way: Written, line: bytes) -> bool:
    """Return whether a line leaves no doubt that this program wrote it."""
    # What a runtime writes in front of a text when it is asked for times, and the blank that some leave out.
    if way.wrapper in ("compose", "kubectl", "stern", "stern_namespaces") and line.startswith(b"2026-01-19T"):
        return False
    if way.wrapper in ("fly", "logcli") and line.startswith(b" "):
        return False
    return not (way.wrapper == "syslog" and _looks_like_header(line))


def _looks_like_header(line: bytes) -> bool:
    return line.startswith((b"Jan 19 ", b"1 2026-", b"2026-", b"\xef\xbb\xbf"))


def _plain(way: Written, line: bytes) -> bytes:
    if way.quoted:
        line = line.decode("utf-8", "replace").encode()
    return line


def _together(parts: Sequence[Unwrapped]) -> tuple[bytes, list[bytes | None], list[bytes | None]]:
    sources: list[bytes | None] = []
    origins: list[bytes | None] = []
    for part in parts:
        sources += [None if code < 0 else part.sources[code] for code in part.source.tolist()]
        origins += [None if code < 0 else part.origins[code] for code in part.origin.tolist()]
        assert part.lines == len(part.source) == len(part.origin) == part.data.count(b"\n")
        assert part.wrapped.tolist() == [code >= 0 for code in part.origin.tolist()]
    return b"".join(part.data for part in parts), sources, origins


def _cut(taken: Wrapping, data: bytes, at: Sequence[int]) -> tuple[bytes, list[bytes | None], list[bytes | None]]:
    """Unwrap the lines in several chunks, each of whole lines."""
    lines = data.splitlines(keepends=True) if b"\r" not in data else [line + b"\n" for line in data.split(b"\n")[:-1]]
    edges = sorted({0, *(place % (len(lines) + 1) for place in at), len(lines)})
    return _together([taken.unwrap(b"".join(lines[start:stop])) for start, stop in pairwise(edges)])


@pytest.mark.parametrize("name", sorted(WAYS))
@settings(max_examples=examples(6))
@given(lines=_LINES, at=st.lists(st.integers(0, 50), max_size=3))
def test_what_was_put_around_lines_is_taken_off_whatever_they_hold(
    name: str, lines: list[bytes], at: list[int]
) -> None:
    way = WAYS[name]
    lines = [_plain(way, line) for line in lines if _may_stand(way, line)]
    data = wrapped(way, lines)

    inside, sources, _ = _cut(wrapper(way.wrapper, LIMIT), data, at)

    assert inside == b"".join(line + b"\n" for line in lines)
    assert sources == [way.source] * len(lines)


def test_every_wrapper_has_a_way_of_writing() -> None:
    assert {way.wrapper for way in WAYS.values()} == set(UNWRAPS)
    assert [kind.name for kind in kinds()] == list(UNWRAPS)


def _by_line(taken: Wrapping, data: bytes) -> tuple[bytes, list[bytes | None]]:
    """Unwrap each line by itself, as it is explained."""
    found, sources = bytearray(), []
    for line in data.split(b"\n")[:-1]:
        inside = taken.peel(line)
        for peeled in inside:
            if peeled.text is not None:
                assert len(peeled.places) == len(peeled.text) + 1
                found += peeled.text + b"\n"
                sources.append(None if peeled.source is None else peeled.source[0])
        if not inside:
            found += line + b"\n"
            sources.append(None)
    return bytes(found), sources


@pytest.mark.parametrize("name", UNWRAPS)
@settings(max_examples=examples(10))
@given(seed=st.integers(0, 1 << 30), at=st.lists(st.integers(0, 50), max_size=3))
def test_many_lines_at_once_are_taken_as_each_by_itself(name: str, seed: int, at: list[int]) -> None:
    data = _mixed(name, random.Random(seed))

    found = _cut(wrapper(name, LIMIT), data, at)

    whole = _together([wrapper(name, LIMIT).unwrap(data)])
    text, sources = _by_line(wrapper(name, LIMIT), data)
    assert found == whole
    assert whole[0] == text
    # Where one object holds many lines, the name is not shown in it.
    holds_many = name in ("loki", "otlp", "journald_json", "fluentd")
    assert all(
        shown in (counted, None) if holds_many else shown == counted
        for counted, shown in zip(whole[1], sources, strict=True)
    )


def _mixed(name: str, chance: random.Random) -> bytes:
    """Return lines of all ways, most of them of this wrapper, some broken."""
    own = [way for way in WAYS.values() if way.wrapper == name]
    lines: list[bytes] = []
    for no in range(chance.randrange(80)):
        way = chance.choice(own if chance.random() < 0.8 else list(WAYS.values()))
        inner = chance.choice((COMBINED, COMBINED, chance.choice(_HOSTILE), chance.randbytes(20).replace(b"\n", b"")))
        line = way.write(no, _plain(way, inner))
        if chance.random() < 0.2:
            place = chance.randrange(len(line) + 1)
            line = line[:place] + chance.choice((b"", b'"', b"\\", b"9", b" ", b"\0", b"}", b"P")) + line[place + 1 :]
        lines.append(line)
    return b"".join(line + b"\n" for line in lines)


@settings(max_examples=examples(100))
@given(data=st.binary(max_size=300), name=st.sampled_from(UNWRAPS))
def test_any_bytes_are_lines(data: bytes, name: str) -> None:
    inside = wrapper(name, 50).unwrap(data)

    assert inside.lines == inside.data.count(b"\n") == data.count(b"\n") + (not data.endswith(b"\n") and bool(data))


def test_parts_of_a_line_become_one() -> None:
    cri = wrapper("cri", LIMIT)
    time = b"2026-01-19T23:08:15.93Z"
    first = cri.unwrap(time + b" stdout P ab\n" + time + b" stderr P 12\n" + time + b" stdout P cd\n")
    again = wrapper("cri", LIMIT)
    again.load(cri.save())
    second = again.unwrap(time + b" stdout F ef\n" + time + b" stderr F 34\n" + time + b" stdout F whole\n")

    assert first.data == b""
    assert second.data == b"abcdef\n1234\nwhole\n"
    assert again.end().data == b""


def test_docker_splits_a_line_without_an_lf_at_the_end_of_its_parts() -> None:
    docker = wrapper("docker_json", LIMIT)

    def part(log: str, stream: str = "stdout") -> bytes:
        return b'{"log":"%s","stream":"%s","time":"2026-01-19T23:08:15Z"}\n' % (log.encode(), stream.encode())

    inside = docker.unwrap(part("a") + part("b\\\\n") + part("x\\n", "stderr") + part("c\\n") + part("d\\\\\\n"))

    assert inside.data == b"x\nab\\nc\nd\\\n"
    assert docker.unwrap(part("rest")).data == b""
    assert docker.end().data == b"rest\n"


def test_what_is_kept_of_a_line_in_parts_is_bounded() -> None:
    cri = wrapper("cri", 100)
    part = b"2026-01-19T23:08:15.93Z stdout P " + b"x" * 60 + b"\n"

    for _ in range(50):
        assert cri.unwrap(part).data == b""

    ((line, time, _),) = cri.save().values()
    assert (len(line), time) == (101, "2026-01-19T23:08:15.93Z")
    assert cri.unwrap(part.replace(b" P ", b" F ")).data == b"x" * 101 + b"\n"


def begun_by(*streams: str, text: bytes = b"x" * 60) -> list[bytes]:
    """Return parts of lines of docker's that will never be complete."""
    return [b'{"log":"%s","stream":"%s","time":"2026-01-19T23:08:15Z"}' % (text, name.encode()) for name in streams]


def named_by_letters(count: int) -> list[str]:
    # Streams that differ in digits only are one.
    return ["".join(chr(ord("a") + int(digit)) for digit in str(number)) for number in range(count)]


@pytest.mark.parametrize("size", [1, 7, 400])
def test_parts_of_many_streams_that_are_never_complete_are_bounded_in_bytes(size: int) -> None:
    limit = 1_000
    lines = begun_by(*named_by_letters(400))
    found, begun = read_wrapped("docker_json", lines, limit)
    docker = wrapper("docker_json", limit)
    inside: list[Unwrapped] = []
    for at in range(0, len(lines), size):
        inside.append(docker.unwrap(b"".join(line + b"\n" for line in lines[at : at + size])))
        again = wrapper("docker_json", limit)
        again.load(json.loads(json.dumps(docker.save())))
        docker = again
    # Each has 60 bytes, 20 of its time, 3 of its stream, and counts for 256 more: 11 have room in 2 * (1,000 + 1,024).
    assert (len(found), len(begun)) == (389, 11)
    data, sources, origins = _together(inside)
    assert data == (b"x" * 60 + b"\n") * 389
    assert (sources, origins) == ([each.source for each in found], [each.origin for each in found])
    assert [len(each.given_up) for each in inside] == [each.lines for each in inside]
    assert list(docker.save()) == [name.decode() for name in begun]


def test_two_streams_have_room_for_lines_of_the_greatest_length() -> None:
    cri = wrapper("cri", 100_000)
    time = b"2026-01-19T23:08:15.93Z"
    for _ in range(20):
        for stream in (b" stdout", b" stderr"):
            assert cri.unwrap(time + stream + b" P " + b"x" * 9_000 + b"\n").given_up == ()
    assert [len(line) for line, _, _ in cri.save().values()] == [100_001] * 2


def test_more_parts_than_have_room_are_no_state() -> None:
    docker = wrapper("docker_json", 1_000)
    given = {name: ["x" * 60, "2026-01-19T23:08:15Z", number] for number, name in enumerate(named_by_letters(13))}
    with pytest.raises(ValueError, match="too many parts"):
        docker.load(given)


@pytest.mark.parametrize("size", [1, 7, 1_200])
def test_lines_that_are_given_up_are_told_with_their_number(size: int) -> None:
    made = WrappedFormat(lambda: get_format("combined"), lambda: (), 1_000, wrapper=wrapper("docker_json", 1_000))
    lines = [*begun_by("stdout", text=COMBINED.replace(b'"', b'\\"') + b"\\n"), *begun_by(*named_by_letters(1_100))]
    told: list[tuple[int, str]] = []
    malformed = other = before = 0
    numbers: list[int] = []
    for at in range(0, len(lines), size):
        batch = made.parse(b"".join(line + b"\n" for line in lines[at : at + size]))
        numbers += [before + number for number in batch.incomplete_nos]
        told += [(before + number, words) for number, words in made.drain_messages()]
        malformed, other, before = malformed + batch.malformed_lines, other + len(batch.other_nos), before + batch.lines
    words = "lines in parts were given up incomplete, since there was no room for more parts; each counts as it is"
    # The first line fits, and is no part; 1,089 of the others are given up.
    counts = {2: "1", 11: "10", 101: "100", 1_001: "1,000"}
    assert told == [(number, f"{words} ({count} so far)") for number, count in counts.items()]
    assert numbers == list(range(2, 1_091))
    # Those who wrote them have written no line that fits.
    assert (malformed, other) == (0, 1_089)


def test_a_line_that_is_too_long_stays_as_it_is() -> None:
    line = b"<6>" + b"x" * 98 + b"\n"

    assert wrapper("syslog", 100).unwrap(line).data == line
    assert wrapper("syslog", 101).unwrap(line).data == line[3:]


def test_one_object_has_many_lines() -> None:
    def resource(name: str, *texts: str) -> object:
        records = [{"body": {"stringValue": text}} for text in texts]
        attributes = [{"key": "host.name", "value": {"stringValue": name}}]
        return {"resource": {"attributes": attributes}, "scopeLogs": [{"logRecords": records}]}

    data = json.dumps({"resourceLogs": [resource("a", "one", "two\nlines"), resource("b", "three")]}).encode()
    inside, sources, _ = _together([wrapper("otlp", LIMIT).unwrap(data + b"\nnone\n")])

    assert inside == b"one\ntwo\\nlines\nthree\nnone\n"
    assert sources == [b"a", b"a", b"b", None]


_SAID = {
    "http.request.method": "GET",
    "http.response.status_code": 503,
    "url.path": "/a/b",
    "client.address": "192.0.2.7",
    "http.response.body.size": 612,
    "http.server.request.duration": 0.0135,
}


def _members(said: Mapping[str, object]) -> object:
    kinds = {int: "intValue", float: "doubleValue", str: "stringValue"}
    return [
        {"key": key, "value": {kinds[type(value)]: str(value) if isinstance(value, int) else value}}
        for key, value in said.items()
    ]


@pytest.mark.parametrize(
    ("record", "line"),
    [
        ({"attributes": _members(_SAID)}, None),
        ({"attributes": _members(_SAID), "body": {"stringValue": ""}}, None),
        ({"attributes": _members(_SAID), "body": {"stringValue": "request completed"}}, None),
        ({"body": {"kvlistValue": {"values": _members(_SAID)}}}, None),
        (
            {"body": {"kvlistValue": {"values": [{"key": "a", "value": {"arrayValue": {"values": []}}}]}}},
            b'{"body": {"a": []}, "timeUnixNano": "1768864095250000000"}',
        ),
        ({"attributes": _members(_SAID), "body": {"stringValue": COMBINED.decode()}}, COMBINED),
        ({"attributes": _members(_SAID), "body": {"stringValue": '{"status":200}'}}, b'{"status":200}'),
        (
            {"attributes": _members({"log.file": "a"}), "body": {"stringValue": "request completed"}},
            b"request completed",
        ),
    ],
)
def test_a_record_of_otlp_is_its_text_or_what_its_attributes_say(record: dict[str, object], line: bytes | None) -> None:
    given = {"timeUnixNano": "1768864095250000000", **record}
    data = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [given]}]}]}).encode() + b"\n"

    inside = wrapper("otlp", LIMIT).unwrap(data).data

    if line is not None:
        assert inside == line + b"\n"
        return
    (row,) = get_format("json", LIMIT).parse(inside).rows.to_pylist()
    wanted = {"host": b"192.0.2.7", "method": b"GET", "path": b"/a/b", "status": 503, "size_bytes": 612}
    assert {key: row[key] for key in wanted} == wanted
    assert (row["duration_us"], row["time"].isoformat()) == (13_500, "2026-01-19T23:08:15.250000+00:00")


def test_the_words_of_a_request_that_a_logger_says_beside_its_line_are_not_the_line() -> None:
    line = COMBINED.replace(b'"', b'\\"')
    for data in (
        b'{"msg":"handled request","common_log":"%s"}\n',
        b'{"short_message":"192.0.2.7","full_message":"%s"}\n',
        b'{"event":"x","log":"%s\\n"}\n',
    ):
        assert wrapper("fluentd", LIMIT).unwrap(data % line).data == COMBINED + b"\n"


def test_an_escaped_line_end_is_no_line_of_its_own() -> None:
    agent = COMBINED.replace(b"curl", b"a\\n" + COMBINED.replace(b'"', b"'"))
    data = b'{"log":"%s\\n","stream":"stdout","time":"t"}\n' % agent.replace(b'"', b'\\"')

    assert wrapper("docker_json", LIMIT).unwrap(data).data == agent + b"\n"


def test_each_byte_of_a_json_string_is_known_where_it_stands() -> None:
    raw = rb"a\"b\u00e9\ud83d\ude00\\c"

    text, places = with_places(raw)

    assert text == unescape(raw) == 'a"b\u00e9\U0001f600\\c'.encode()
    assert list(places) == [0, 1, 3, 4, 4, 10, 10, 10, 10, 22, 24, 25]


@pytest.mark.parametrize("name", UNWRAPS)
def test_no_front_takes_longer_than_its_length(name: str) -> None:
    """Each of these would take a backtracking matcher hours."""
    taken = wrapper(name, 1 << 20)
    for start in (b"", b"<6>", b"Jan 19 23:08:15 ", b"1 2026-01-19T23:08:15Z a b c d ", b'{"log":"', b"\x1b[0m", b"["):
        for piece in (
            b"a",
            b" ",
            b"0",
            b"a:",
            b"[a ",
            b'[a b="',
            b'\\"',
            b'"a":{',
            b"\x1b[0m",
            b"a-",
            b'[x="]"]',
            b"<0>",
        ):
            line = start + piece * (100_000 // len(piece))
            taken.front(line)
            taken.unwrap(line + b"\n")
