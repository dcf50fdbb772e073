"""Formats whose fields have names in the log: JSON lines, and columns that a line of the file names."""

import json
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.errors import UsageError
from http_monitor.parser.json_keys import json_format_from, nginx_json_template
from http_monitor.parser.jsonl.text import places
from http_monitor.parser.lines.line_by_line import LinedFormat
from http_monitor.parser.presets import BY_NAME, PRESETS, Preset
from http_monitor.parser.w3c.format import W3cFormat
from http_monitor.ports.log_format import Remembering
from http_monitor.records import SCHEMA
from tests.examples import examples

LINED = [preset for preset in PRESETS if isinstance(preset.make(1_000), LinedFormat)]
each_lined = pytest.mark.parametrize("preset", LINED, ids=lambda preset: preset.name)
each_w3c = pytest.mark.parametrize("name", ["iis", "cloudfront"])
AT_US = 1_760_097_336_000_000
FIELDS = b"#Fields: date time c-ip cs-method cs-uri-stem sc-status time-taken\n"
LINE = b"2025-10-10 11:55:36 192.0.2.7 GET /a/b 200 31\n"


def make(name: str) -> Any:
    return BY_NAME[name].make(10_000)


def rows(fmt: Any, *chunks: bytes) -> tuple[list[dict[str, Any]], list[int], int]:
    """Return the rows of chunks parsed one after the other, their numbers, and the count of lines but others."""
    found: list[dict[str, Any]] = []
    numbers: list[int] = []
    lines = others = 0
    for chunk in chunks:
        batch = fmt.parse(chunk)
        batch.rows.validate(full=True)
        assert batch.rows.schema.equals(SCHEMA)
        times = batch.rows.column("time").cast(pa.int64()).to_pylist()
        found += [row | {"time": time} for row, time in zip(batch.rows.to_pylist(), times, strict=True)]
        numbers += (batch.line_nos + lines).tolist()
        lines += batch.lines
        others += len(batch.other_nos)
    return found, numbers, lines - others


def row(fmt: Any, line: bytes) -> dict[str, Any]:
    found, _, _ = rows(fmt, line + b"\n")
    assert len(found) == 1, fmt.read_line(line)
    return {key: value for key, value in found[0].items() if value is not None}


def mutated(examples: tuple[bytes, ...]) -> st.SearchStrategy[list[bytes]]:
    """Return lists of lines: examples as they are, cut, with bytes replaced, comments, blanks and noise."""
    whole = st.sampled_from(examples)
    replaced = st.builds(
        lambda line, at, byte: line[: at % len(line)] + byte + line[at % len(line) + 1 :],
        whole,
        st.integers(0, 2_000),
        st.sampled_from([b'"', b"\\", b" ", b"\t", b"-", b"9", b"\xff", b"\x00", b"{", b"}", b"[", b"\r", b"", b'\\"']),
    )
    cut = st.builds(lambda line, at: line[:at], whole, st.integers(0, 1_000))
    noise = st.binary(max_size=20).map(lambda line: line.replace(b"\n", b" "))
    return st.lists(
        st.one_of(whole, replaced, cut, noise, st.sampled_from([b"", b" \t", b"#", FIELDS[:-1]])), max_size=8
    )


@each_lined
@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_no_bytes_raise_and_no_cut_changes_a_row(preset: Preset, data: st.DataObject) -> None:
    lines = data.draw(mutated(preset.examples))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(lines)), max_size=3)))
    edges = [0, *cuts, len(lines)]
    chunks = [b"".join(line + b"\n" for line in lines[left:right]) for left, right in pairwise(edges)]

    assert rows(preset.make(1_500), *chunks) == rows(preset.make(1_500), b"".join(chunks))


@each_lined
@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_one_line_is_read_as_the_columns_are(preset: Preset, data: st.DataObject) -> None:
    fmt, reader = preset.make(1_500), preset.make(1_500)
    for line in data.draw(mutated(preset.examples)):
        found, _, lines = rows(fmt, line + b"\n")
        reading = reader.read_line(line)  # type: ignore[attr-defined]
        fits = bool(found) or not lines
        if line.strip():
            assert (reading.values is not None) == fits
        for field in reading.found:
            assert 0 <= field.start <= field.stop <= len(line)
        if found:
            values = reading.values
            assert (values.get("time", 0), values.get("host") or b"-") == (found[0]["time"], found[0]["host"])
            assert values.get("section", b"(none)") == found[0]["section"]
            for name in ("path", "status", "size_bytes", "duration_us", "bytes_in", "user", "agent"):
                assert (values.get(name) or None) == (found[0][name] or None)
        elif reading.values is None:
            assert reading.expected
            assert 1 <= reading.column <= max(len(line) + 1, 1_501)


def test_the_columns_are_those_of_the_latest_fields_line() -> None:
    swapped = b"#Fields: time date sc-status c-ip\n11:55:37 2025-10-10 404 192.0.2.8\n"

    found, numbers, lines = rows(make("iis"), b"#Software: Microsoft IIS\n" + FIELDS + LINE + b"\n" + swapped)

    assert [(r["time"], r["host"], r["status"]) for r in found] == [
        (AT_US, b"192.0.2.7", 200),
        (AT_US + 1_000_000, b"192.0.2.8", 404),
    ]
    assert (numbers, lines) == ([3, 5], 2)
    assert found[0]["duration_us"] == 31_000
    assert found[0]["path"] == b"/a/b"


def test_as_many_columns_in_another_order_are_other_columns() -> None:
    swapped = b"#Fields: date time sc-status cs-method cs-uri-stem c-ip time-taken\n"

    found, _, _ = rows(make("iis"), FIELDS + LINE + swapped, b"2025-10-10 11:55:36 404 GET /a/b 192.0.2.8 31\n")

    assert [(r["host"], r["status"]) for r in found] == [(b"192.0.2.7", 200), (b"192.0.2.8", 404)]


def test_the_places_of_a_string_without_end_are_looked_for_once() -> None:
    line = b'{"a":' + b'\\"' * 50_000
    assert len(list(places(line))) <= 2


def test_a_run_that_begins_at_the_end_learns_the_columns_from_the_head_of_the_file() -> None:
    fmt = make("iis")
    assert rows(fmt, LINE)[1] == []

    fmt.learn(FIELDS + LINE + b"#Fields: date")

    assert rows(fmt, LINE)[1] == [1]


@each_w3c
def test_the_columns_resume_with_the_checkpoint(name: str) -> None:
    first, second = make(name), make(name)
    first.parse(FIELDS.replace(b"time-taken", b"x-edge-location"))
    assert isinstance(first, Remembering)
    assert isinstance(second, Remembering)

    second.load(json.loads(json.dumps(first.save())))

    assert second.save() == first.save()
    assert rows(second, LINE)[1] == [1]


@pytest.mark.parametrize("given", [{}, {"fields": 3}, {"fields": []}, {"fields": [1]}, {"fields": ["a"] * 257}])
def test_what_was_not_saved_by_it_is_refused(given: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        make("iis").load(given)


def test_without_any_fields_line_the_columns_are_the_usual_ones_of_the_server() -> None:
    for name in ("iis", "cloudfront"):
        assert rows(make(name), BY_NAME[name].examples[-1] + b"\n")[1] == [1]


def test_a_log_of_iis_is_not_one_of_cloudfront() -> None:
    assert rows(make("cloudfront"), b"\n".join(BY_NAME["iis"].examples)) == ([], [], 1)


def test_a_cloudfront_line_gives_all_that_it_has() -> None:
    found = row(make("cloudfront"), BY_NAME["cloudfront"].examples[-1])

    assert (found["host"], found["vhost"], found["cache"], found["tls"]) == (
        b"192.0.2.7",
        b"shop.example",
        b"Hit",
        b"TLSv1.3",
    )
    assert (found["size_bytes"], found["bytes_in"], found["duration_us"]) == (2326, 421, 12_000)


def test_a_status_of_zeros_is_none() -> None:
    line = BY_NAME["cloudfront"].examples[-1].replace(b"\t200\t", b"\t000\t")
    assert row(make("cloudfront"), line)["status"] == 0


@pytest.mark.parametrize("name", ["traefik_json", "caddy_json", "nginx_json", "json"])
def test_each_server_writes_the_same_hit_in_its_own_keys(name: str) -> None:
    found = row(make(name), BY_NAME[name].examples[0])

    assert (found["host"], found["method"], found["path"], found["section"]) == (
        b"192.0.2.7",
        b"GET",
        b"/basket/add",
        b"/basket",
    )
    assert (found["status"], found["duration_us"], found["time"] // 1_000_000) == (200, 12_000, AT_US // 1_000_000)


@pytest.mark.parametrize(
    ("text", "time_us"),
    [
        ("1760097336", AT_US),
        ("1760097336.25", AT_US + 250_000),
        ("1760097336250", AT_US + 250_000),
        ('"10/Oct/2025:13:55:36 +0200"', AT_US),
        ('"2025-10-10T11:55:36.25Z"', AT_US + 250_000),
    ],
)
def test_a_time_is_read_as_it_looks(text: str, time_us: int) -> None:
    assert row(make("json"), b'{"time":%s,"status":200}' % text.encode())["time"] == time_us


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        (b"nothing", 1, "a JSON object"),
        (b" [1]", 2, "a JSON object"),
        (b'{"time":NaN}', 13, "a key with the request or the status"),
        (b'{"time":1,}', 11, "JSON"),
        (b'{"a":' + b"9" * 5_000 + b"x}", 1, "JSON with numbers of fewer digits"),
        (b'{"time":1760097336}', 20, "a key with the request or the status"),
        (b'{"status":200,"time":"noon"}', 23, "a time like 2000-10-10T13:55:36+02:00"),
        (b'{"time":1760097336,"status":99}', 29, "status of three digits (100\u2013999)"),
    ],
)
def test_what_is_no_object_or_no_hit_is_malformed_where_it_stops(line: bytes, column: int, expected: str) -> None:
    reading = make("json").read_line(line)
    assert (reading.values, reading.column, reading.expected) == (None, column, expected)


def test_a_deep_object_is_malformed() -> None:
    fmt = BY_NAME["json"].make(1 << 20)
    line = b'{"a":' + b"[" * 200_000
    assert fmt.read_line(line).values is None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        (b"caf\xc3\xa9", b"caf\xc3\xa9"),
        (b"caf\\u00e9", b"caf\xc3\xa9"),
        (b"bad \xff", b"bad \xff"),
        (b"lone \\ud800", b"lone \xed\xa0\x80"),
        (b'quote \\" and \\\\', b'quote " and \\'),
    ],
)
def test_a_string_is_its_decoded_text_in_bytes(text: bytes, agent: bytes) -> None:
    line = b'{"time":1760097336,"status":200,"user_agent":"%s"}' % text
    assert row(make("json"), line)["agent"] == agent
    assert make("json").read_line(line).values["agent"] == agent


def test_of_a_key_that_comes_twice_the_last_counts() -> None:
    assert row(make("json"), b'{"time":1760097336,"status":200,"status":404}')["status"] == 404


def test_of_an_array_the_first_counts_under_a_key_with_dots_too() -> None:
    line = b'{"ts":1760097336,"request.method":["PUT"],"request.uri":["/a/b"],"status":[201]}'
    found = row(make("caddy_json"), line)
    assert (found["method"], found["path"], found["status"]) == (b"PUT", b"/a/b", 201)


def test_other_scalars_appear_under_their_own_names() -> None:
    values = make("json").read_line(b'{"time":1760097336,"status":200,"level":30,"ok":true,"deep":{"a":1}}').values
    assert (values["level"], values["ok"], "deep" in values) == (30, b"true", False)


def test_a_user_may_say_what_the_keys_mean() -> None:
    fmt = json_format_from("json:time/epoch_ms=ts,host=client.addr,status=code,target=u,method=m,duration/ms=took")
    line = b'{"ts":1760097336000,"client":{"addr":"192.0.2.7"},"code":"503","u":"/a?b","m":"GET","took":1.5}'

    found = row(fmt, line)

    assert (found["time"], found["host"], found["status"], found["path"], found["duration_us"]) == (
        AT_US,
        b"192.0.2.7",
        503,
        b"/a",
        1_500,
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("json:", "got json: without keys, takes them as in json:time=ts,host=ip,status=code .json alone knows many"),
        ("json: ", "got json: without keys, takes them as in json:time=ts,"),
        ("json:time=ts,", "got a comma too many in json:, takes keys as in json:time=ts,"),
        ("json:when=ts", "got when=ts in json:"),
        ("json:time", "got time in json: without a key, takes role=key as in json:time=ts,"),
        ("json:time=", "got time= in json: without a key, takes role=key as in json:time=ts,"),
        ("json:host=ip", "without a time"),
        ("json:time=a,host=a", "got the key a twice"),
        ("json:time=a,duration=b", "got duration without a unit"),
        ("json:time/ms=a", "got time/ms"),
        ("json:time=a,host/ms=b", "got /ms for host"),
    ],
)
def test_a_map_that_cannot_be_is_refused_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        json_format_from(text)


def test_the_log_format_of_nginx_says_itself_what_its_keys_mean() -> None:
    fmt = nginx_json_template(
        '{"t":"$time_iso8601","who":"${remote_addr}","r":"$request","s":$status,"x":{"d":$request_time}}'
    )
    line = b'{"t":"2025-10-10T13:55:36+02:00","who":"192.0.2.7","r":"GET /a/b HTTP/1.1","s":200,"x":{"d":0.012}}'

    found = row(fmt, line)

    assert (found["time"], found["host"], found["path"], found["status"], found["duration_us"]) == (
        AT_US,
        b"192.0.2.7",
        b"/a/b",
        200,
        12_000,
    )


@pytest.mark.parametrize("text", ["{", '{"a":"$status"}', "[]", "$time_local"])
def test_a_log_format_that_is_no_object_with_a_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        nginx_json_template(text)


def test_w3c_is_a_format_that_learns() -> None:
    assert isinstance(make("iis"), W3cFormat)
