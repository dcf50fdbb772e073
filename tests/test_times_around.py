"""Lines that have no time take the one that stands around them, which is told; without any they do not fit."""

import datetime
import json
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from http_monitor.errors import UsageError
from http_monitor.parser.detect.auto import auto_format
from http_monitor.parser.fields.zones import UTC_ZONE, find_zone
from http_monitor.parser.formats import get_format
from http_monitor.parser.wrapped.format import WrappedFormat
from http_monitor.parser.wrapped.stamps import StampReader
from http_monitor.parser.wrapped.timing import Timing
from http_monitor.ports.wrapper import Stamps
from http_monitor.records import UNTIMED_US, Batch
from http_monitor.settings import Settings
from http_monitor.unwrap import wrapper, wrappers
from tests.examples import examples
from tests.harness import START_US, live, make_monitor, ndjson
from tests.program import run
from tests.wrapped_lines import START_S, WAYS, wrapped

LIMIT = 4_000
WRITTEN_US = 1_770_000_000_000_000
"""In February of 2026."""
LINE = b'INFO:     192.0.2.7:50123 - "GET /a/b HTTP/1.1" 503 Service Unavailable'
TIMELESS = {
    *(
        "a priority",
        "short-monotonic",
        "short-monotonic after hours",
        "compose",
        "compose with a project, padded",
        "compose in colours",
    ),
    *("compose in colours up to the bar", "foreman", "kubectl", "stern", "stern in colours", "stern with namespaces"),
    *("stern with namespaces in colours", "stern's JSON", "stern's extjson", "logentries", "logentries by rsyslog"),
    *("fluentd", "docker service logs", "pm2", "concurrently", "concurrently in colours"),
    *("kubectl in colours", "kubetail", "kail"),
}
"""Ways of writing that put no time before a line, or none with a day."""
OTHERWISE = {
    "CRI with an offset": [-7_200, -7_199, -7_198],
    "short-iso": [-3_600, -3_599, -3_598],
    "logcli's lines": [-3_600, -3_599, -3_598],
    "RFC 3164 with a priority": [-864_000, -863_999, -863_998],
    "short-unix": [-5, -4, -3],
    "CloudWatch": [0, 0, 0],
}
"""Seconds from the start, of those that do not write the seconds one after the other in UTC."""
TOLD = "the lines have no time, so the time around them counts"


def timing(*, by_arrival: bool = False) -> Timing:
    return Timing(UTC_ZONE, lambda: WRITTEN_US, by_arrival=by_arrival)


def finding(name: str = "auto", *, by_arrival: bool = False) -> WrappedFormat:
    return WrappedFormat(
        lambda: auto_format(LIMIT) if name == "auto" else get_format(name, LIMIT, untimed=True),
        lambda: wrappers(LIMIT),
        LIMIT,
        make_inside=lambda: inside(name),
        timing=timing(by_arrival=by_arrival),
    )


def inside(name: str) -> Any:
    return auto_format(LIMIT, untimed=True) if name == "auto" else get_format(name, LIMIT, untimed=True)


def seconds(batch: Batch) -> list[int]:
    times: list[Any] = batch.rows.column("time").cast(pa.int64()).to_pylist()
    return [time // 1_000_000 - START_S for time in times]


@pytest.mark.parametrize("way", sorted(WAYS.keys() - TIMELESS))
def test_what_is_around_lines_gives_them_their_time(way: str) -> None:
    log = wrapped(WAYS[way], [LINE] * 3)
    chosen, undecided, named = finding(), finding(), finding("uvicorn")
    choice = chosen.choose(log)

    assert choice is not None
    assert (choice.name, choice.fits) == ("uvicorn", 3)
    for made in (chosen, undecided, named):
        batch = made.parse(log)
        assert seconds(batch) == OTHERWISE.get(way, [0, 1, 2])
        assert (batch.line_nos.tolist(), batch.malformed_lines) == ([1, 2, 3], 0)
        told = [words for _, words in made.drain_messages()]
        assert [words.partition(", as one of")[0] for words in told[1:]] == [TOLD]


@pytest.mark.parametrize("way", sorted(TIMELESS))
def test_where_nothing_around_them_has_a_time_lines_without_one_do_not_fit(way: str) -> None:
    log = wrapped(WAYS[way], [LINE] * 3)
    made = finding("uvicorn")

    batch = made.parse_last(log)

    assert (batch.lines, batch.malformed_lines) == (3, 3)
    assert len(batch.samples) == 3
    assert "a time in the line, or around it" in made.explain(LINE)
    assert finding().choose(log) is None


def test_what_is_taken_for_granted_of_a_time_is_told() -> None:
    def told(zone: Any, way: str) -> str:
        made = WrappedFormat(
            lambda: inside("uvicorn"),
            lambda: wrappers(LIMIT),
            LIMIT,
            timing=Timing(zone, lambda: WRITTEN_US),
        )
        made.parse(wrapped(WAYS[way], [LINE]))
        return made.drain_messages()[-1][1].removeprefix(TOLD)

    assert told(None, "RFC 3164") == ", as one of 2026 in local time (--log-timezone names another zone)"
    assert told(find_zone("Europe/Berlin"), "RFC 3164") == ", as one of 2026"
    assert told(None, "fly with a blank") == ", as one in local time (--log-timezone names another zone)"
    assert told(None, "aws logs tail, short") == ", as one in UTC time (--log-timezone names another zone)"
    assert told(None, "CRI") == ""


def test_a_time_of_its_own_goes_before_that_around_a_line() -> None:
    objects = [
        {"time": "2026-01-19T23:00:00Z", "method": "GET", "path": "/a", "ip": "192.0.2.7", "status": 200},
        {"method": "GET", "path": "/b", "ip": "192.0.2.7", "status": 200},
    ]
    lines = [json.dumps(one).encode() for one in objects]

    for name in ("auto", "json"):
        batch = finding(name).parse(wrapped(WAYS["CRI"], [*lines, *lines]))
        assert seconds(batch) == [-495, 1, -495, 3]
    # Many alike are read by columns.
    batch = finding().parse(wrapped(WAYS["CRI"], [lines[1]] * 300))
    assert seconds(batch) == [(15 + no) % 60 - 15 for no in range(300)]


def test_a_line_in_parts_has_the_time_and_place_of_its_first_also_over_a_restart() -> None:
    def part(second: int, flag: bytes, text: bytes) -> bytes:
        return b"2026-01-19T23:08:%02d.5Z stdout %b %b\n" % (second, flag, text)

    made = finding("uvicorn")
    first = made.parse(part(15, b"F", LINE) + part(16, b"P", LINE[:20]) + part(17, b"P", LINE[20:40]))
    again = finding("uvicorn")
    again.load(made.save())

    second = again.parse(part(18, b"F", LINE[40:]) + part(19, b"P", LINE))
    last = again.parse_last(b"")

    assert (seconds(first), seconds(second), seconds(last)) == ([0], [1], [4])
    # Of the second line two parts had been parsed before, of the last one its only part.
    before = len(part(16, b"P", LINE[:20]) + part(17, b"P", LINE[20:40]))
    assert (first.line_begins(b"").tolist(), second.line_begins(b"").tolist()) == ([0], [-before])
    assert last.line_begins(b"").tolist() == [-len(part(19, b"P", LINE))]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('%h "%r" %>s %b', b'192.0.2.7 "GET /a/b HTTP/1.1" 503 612'),
        ('$remote_addr "$request" $status $body_bytes_sent', b'192.0.2.7 "GET /a/b HTTP/1.1" 503 612'),
        ("%ci:%cp %ST %B %{+Q}r", b'192.0.2.7:4711 503 612 "GET /a/b HTTP/1.1"'),
        ("%>a %>Hs %<st %rm %ru", b"192.0.2.7 503 612 GET /a/b"),
        (
            "%DOWNSTREAM_REMOTE_ADDRESS% %RESPONSE_CODE% %BYTES_SENT% %REQ(:METHOD)% %REQ(:PATH)%",
            b"192.0.2.7:9 503 612 GET /a/b",
        ),
        ('%(h)s "%(r)s" %(s)s %(b)s', b'192.0.2.7 "GET /a/b HTTP/1.1" 503 612'),
        (":remote-addr :method :url :status :res[content-length]", b"192.0.2.7 GET /a/b 503 612"),
        ("%h %^ %m %U %s %b", b"192.0.2.7 - GET /a/b 503 612"),
        (
            "json:host=ip,status=code,size=b,method=m,target=u",
            b'{"ip":"192.0.2.7","code":503,"b":612,"m":"GET","u":"/a/b"}',
        ),
        (
            '{"ip":"$remote_addr","code":"$status","b":"$body_bytes_sent","r":"$request"}',
            b'{"ip":"192.0.2.7","code":"503","b":"612","r":"GET /a/b HTTP/1.1"}',
        ),
    ],
)
def test_a_string_without_a_time_takes_that_around_its_lines(text: str, line: bytes) -> None:
    with pytest.raises(UsageError, match=r"without|no time"):
        get_format(text, LIMIT)

    for way in ("docker", "RFC 3164", "CRI"):
        batch = finding(text).parse(wrapped(WAYS[way], [line] * 2))
        assert seconds(batch) == [0, 1]
        row = batch.rows.slice(0, 1).select(["host", "method", "path", "status", "size_bytes"]).to_pylist()
        assert row == [{"host": b"192.0.2.7", "method": b"GET", "path": b"/a/b", "status": 503, "size_bytes": 612}]


def test_a_line_is_explained_with_the_time_around_it() -> None:
    reading = finding().read_line(WAYS["docker"].write(3, LINE))

    assert reading.values is not None
    assert reading.values["time"] == (START_S + 3) * 1_000_000 + 123_450
    (field,) = [field for field in reading.found if field.name == "time"]
    assert WAYS["docker"].write(3, LINE)[field.start : field.stop] == b"2026-01-19T23:08:18.123450003Z"

    bare = finding("uvicorn").read_line(LINE)
    assert (bare.values, bare.expected) == (None, "a time in the line, or around it")


def test_live_lines_without_any_time_count_when_they_come() -> None:
    settings = Settings(ddos_threshold=1e6, alert_error_rate=100.0, lateness_s=1)
    monitor, recorder, source, clock = live(settings)
    monitor, recorder = make_monitor(
        settings, [source], clock, make_format=lambda name: finding("uvicorn", by_arrival=True)
    )

    for second in range(3):
        clock.set(START_US + second * 1_000_000)
        source.write(LINE + b"\n" + (LINE + b"\n") * second)
        monitor.step()
    clock.set(START_US + 20_000_000)
    monitor.step()

    report = recorder.reports[0]
    assert (report.start_us, report.hits) == (START_US, 6)
    assert '"lag' not in ndjson(recorder.events)


def test_live_and_named_lines_in_a_container_take_its_time(tmp_path: Path) -> None:
    del tmp_path
    settings = Settings(ddos_threshold=1e6, alert_error_rate=100.0, lateness_s=1)
    _, _, source, clock = live(settings, START_S * 1_000_000)
    monitor, recorder = make_monitor(
        settings, [source], clock, make_format=lambda name: finding("uvicorn", by_arrival=True)
    )

    clock.set((START_S + 4) * 1_000_000)
    source.write(wrapped(WAYS["docker"], [LINE] * 3))
    monitor.step()
    clock.set((START_S + 30) * 1_000_000)
    monitor.step()

    # 23:08:15 to 23:08:17, though they came at 23:08:19.
    (report,) = recorder.reports
    assert (report.start_us // 1_000_000 - START_S, report.hits) == (-5, 3)
    assert report.window.hits == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--format", "uvicorn"], "uvicorn lines have no time, and nothing around these has one"),
        (["--format", '%h "%r" %>s'], "got a LogFormat with no time, takes one with the time as %t"),
        (["--format", "$remote_addr $request $status"], "got a log_format without a time"),
    ],
)
def test_a_replay_without_any_time_is_refused(tmp_path: Path, options: Sequence[str], words: str) -> None:
    log = tmp_path / "0.log"
    log.write_bytes((LINE + b"\n") * 3)

    outcome = run("--replay", *options, "--file", log)

    assert outcome.code == 2
    assert words in outcome.err.decode()


def test_a_replay_of_containers_says_whose_time_counts(tmp_path: Path) -> None:
    log = tmp_path / "0.log"
    log.write_bytes(wrapped(WAYS["docker"], [LINE] * 3))

    one, two = (run("--replay", "--threads", n, "--file", log, "--output", "ndjson") for n in ("1", "2"))

    assert one.out == two.out
    summary = one.objects[-1]
    assert (summary["first"], summary["last"], summary["hits"]) == ("2026-01-19T23:08:15Z", "2026-01-19T23:08:17Z", 3)
    said = [each["message"].partition(": ")[2] for each in one.objects if each.get("name") == "unwrap"]
    assert said == ["docker's JSON around each line, removed (--unwrap none keeps it)", TOLD]


def _year_of(month: int, day: int, last: datetime.datetime | None) -> int:
    """Return the year of a time that names none, by trying one after the other."""
    written = datetime.datetime.fromtimestamp(WRITTEN_US / 1e6, datetime.UTC)
    years = range(1990, 2090) if last is not None else range(2089, 1989, -1)
    for year in years:
        try:
            moment = datetime.datetime(year, month, day, 12, tzinfo=datetime.UTC)
        except ValueError:
            continue
        if last is None and moment <= written + datetime.timedelta(days=1):
            return year
        if last is not None and moment >= last - datetime.timedelta(days=31):
            return year
    raise AssertionError


@settings(max_examples=examples(60))
@example(seed=137).via("a leap day behind other days of its month, in one block with them")
@given(seed=st.integers(0, 1 << 30))
def test_years_that_no_line_names_are_found_wherever_the_lines_are_cut(seed: int) -> None:
    chance = random.Random(seed)
    day = datetime.date(2024, 1, 1) + datetime.timedelta(days=chance.randrange(800))
    stamps: list[bytes] = []
    wanted: list[int] = []
    last: datetime.datetime | None = None
    for _ in range(chance.randrange(1, 40)):
        day += datetime.timedelta(days=chance.choice((0, 0, 0, 1, -1, 5, -20, 29, 200, 330)))
        stamps.append(day.strftime("%b %e 12:00:00").encode())
        last = datetime.datetime(_year_of(day.month, day.day, last), day.month, day.day, 12, tzinfo=datetime.UTC)
        wanted.append(int(last.timestamp()) * 1_000_000)
    edges = sorted({0, len(stamps), *(chance.randrange(len(stamps) + 1) for _ in range(2))})
    reader = StampReader(UTC_ZONE, lambda: WRITTEN_US)
    found: list[int] = []
    for start, stop in pairwise(edges):
        again = StampReader(UTC_ZONE, lambda: WRITTEN_US)
        again.load(reader.save())
        reader = again
        found += _instants(reader, stamps[start:stop])

    assert found == wanted


def _instants(reader: StampReader, stamps: Sequence[bytes]) -> list[int]:
    offsets = np.cumsum([0, *map(len, stamps)])
    given = Stamps(b"".join(stamps), lambda: (offsets[:-1], offsets[1:]))
    found: list[int] = reader.instants(given, np.arange(len(stamps))).tolist()
    return found


@pytest.mark.parametrize(
    ("text", "second"),
    [
        (b"2026-01-19T23:08:15.9Z", 0),
        (b"2026-01-19 23:08:15,912", 0),
        (b"2026-01-20T01:08:15+0200", 0),
        (b"Jan 19 23:08:15", 0),
        (b"Jan 19 2025 23:08:15.123", -31_536_000),
        (b"Dec 31 23:08:15", -1_641_600),
        (b"Feb  2 23:08:15", 1_209_600),
        (b"Feb  4 23:08:15", 1_382_400 - 31_536_000),
        (b"Mon 2026-01-19 23:08:15 UTC", 0),
        (b"Mon 2026-01-19 23:08:15.123456 CET", 0),
        (b"Tue 2026-01-20 00:08:15 +01", 0),
        (b"1768864095.123456", 0),
        (b"1768864095123", 0),
        (b"1768864095123456", 0),
        (b"1768864095123456789", 0),
    ],
)
def test_times_around_lines_are_read_as_they_are_written(text: bytes, second: int) -> None:
    (found,) = _instants(StampReader(UTC_ZONE, lambda: WRITTEN_US), [text])

    assert found // 1_000_000 - START_S == second


@pytest.mark.parametrize("text", [b"", b"t", b"Feb 30 12:00:00", b"Xyz 12 12:00:00", b"12345", b"Jan 19 25:08:15"])
def test_what_is_no_time_gives_none(text: bytes) -> None:
    assert _instants(StampReader(UTC_ZONE, lambda: WRITTEN_US), [text]) == [UNTIMED_US]


@settings(max_examples=examples(25))
@given(seed=st.integers(0, 1 << 30), way=st.sampled_from(sorted(WAYS.keys() - TIMELESS)))
def test_no_cut_and_no_restart_changes_a_time(seed: int, way: str) -> None:
    chance = random.Random(seed)
    texts = [chance.choice((LINE, LINE, b"junk", b"")) for _ in range(chance.randrange(1, 60))]
    lines = [WAYS[way].write(no, text) + b"\n" for no, text in enumerate(texts)]
    whole = finding("uvicorn").parse_last(b"".join(lines))
    edges = sorted({0, len(lines), *(chance.randrange(len(lines) + 1) for _ in range(3))})
    made, cut = finding("uvicorn"), list[int]()
    for start, stop in pairwise(edges):
        again = finding("uvicorn")
        again.load(made.save())
        made = again
        cut += seconds(made.parse(b"".join(lines[start:stop])))
    cut += seconds(made.parse_last(b""))

    assert cut == seconds(whole)


def test_a_wrapper_that_was_named_gives_the_time() -> None:
    made = WrappedFormat(lambda: inside("uvicorn"), lambda: (), LIMIT, wrapper=wrapper("cri", LIMIT), timing=timing())

    assert seconds(made.parse(wrapped(WAYS["CRI"], [LINE] * 2))) == [0, 1]
    assert made.drain_messages() == [(1, TOLD)]
