"""Times without a zone: which instants they are, in any zone, wherever lines are cut."""

import datetime
import json
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.errors import UsageError
from http_monitor.parser.detect.auto import auto_format
from http_monitor.parser.fields.zones import UNZONED_US, LocalTimes, find_zone
from http_monitor.parser.formats import get_format
from http_monitor.parser.presets import BY_NAME
from http_monitor.parser.template.format import SMALL_BYTES
from http_monitor.ports.log_format import Explaining, LogFormat, Remembering
from tests.examples import examples
from tests.program import run
from tests.reference.zones import instants

# With a whole day left out, half hours, an offset with seconds' worth of history, none at all.
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Monrovia", "Asia/Kolkata"]
CHANGES_S = {
    "Europe/Berlin": [1_761_440_400, 1_743_296_400],
    "America/New_York": [1_762_063_200, 1_741_503_600],
    "Australia/Lord_Howe": [1_743_865_200, 1_759_590_000],
    "Pacific/Apia": [1_325_239_200],
    "Africa/Monrovia": [63_593_070],
    "Asia/Kolkata": [1_700_000_000],
}
"""Instants at which a zone changes its offset."""
HOUR_US = 3_600_000_000
BERLIN = "Europe/Berlin"


def haproxy_line(local: datetime.datetime) -> bytes:
    stamp = f"{local:%d/%b/%Y:%H:%M:%S}.{local.microsecond // 1000:03}"
    return (
        f'192.0.2.7:50123 [{stamp}] fe be/srv 10/0/30/11/12 200 2326 - - ---- 1/1/1/1/0 0/0 "GET /a HTTP/1.1"'.encode()
    )


def times_of(made: LogFormat, data: bytes) -> list[int]:
    return _microseconds(made.parse(data).rows)


def _microseconds(rows: pa.RecordBatch) -> list[int]:
    found: list[int] = rows.column(0).cast(pa.int64()).to_pylist()  # type: ignore[assignment]
    return found


@st.composite
def local_times(draw: st.DrawFn) -> tuple[str, list[int]]:
    """Return a zone, and local times round about one of its changes, most of them ascending."""
    zone = draw(st.sampled_from(ZONES))
    change_us = draw(st.sampled_from(CHANGES_S[zone])) * 1_000_000
    offset_us = find_zone(zone).offset_s(change_us // 1_000_000) * 1_000_000
    steps = draw(st.lists(st.integers(-HOUR_US, 2 * HOUR_US), min_size=1, max_size=12))
    start = draw(st.sampled_from([-26, -3, -1, 0, 1, 30])) * HOUR_US
    return zone, [change_us + offset_us + start + sum(steps[:count]) for count in range(1, len(steps) + 1)]


@settings(max_examples=examples(75), deadline=None)
@given(given_times=local_times(), cut=st.integers(0, 12))
def test_local_times_are_the_instants_that_the_slow_reader_finds_wherever_lines_are_cut(
    given_times: tuple[str, list[int]], cut: int
) -> None:
    zone, local = given_times
    expected = instants(local, zone)
    for step in (1, len(local)):
        times = LocalTimes(find_zone(zone))
        found: list[int] = []
        for start in range(0, len(local), step):
            found += _resolved(times, local[start : start + step])
        assert found == expected
    first, second = LocalTimes(find_zone(zone)), LocalTimes(find_zone(zone))
    found = _resolved(first, local[:cut])
    second.load(json.loads(json.dumps(first.save())))
    assert found + _resolved(second, local[cut:]) == expected


def _resolved(times: LocalTimes, local: Sequence[int]) -> list[int]:
    lines = [haproxy_line(datetime.datetime(2025, 1, 1))] * len(local)
    rows = get_format("haproxy_http").parse(b"".join(line + b"\n" for line in lines)).rows
    column = pa.array([it + UNZONED_US for it in local], pa.int64()).cast(pa.timestamp("us", "UTC"))
    given_rows = pa.RecordBatch.from_arrays([column, *rows.columns[1:]], schema=rows.schema)
    return _microseconds(times.resolve(given_rows))


def test_the_hour_that_comes_twice_is_the_one_nearer_to_the_line_before() -> None:
    clocks = ["01:59:50", "02:00:10", "02:59:50", "02:00:10", "02:30:00", "02:59:59", "03:00:00"]
    data = b"".join(haproxy_line(datetime.datetime.fromisoformat(f"2025-10-26T{it}")) + b"\n" for it in clocks)
    made = get_format("haproxy_http", zone=find_zone(BERLIN))
    utc = ["23:59:50", "00:00:10", "00:59:50", "01:00:10", "01:30:00", "01:59:59", "02:00:00"]
    found = [f"{datetime.datetime.fromtimestamp(it / 1e6, datetime.UTC):%H:%M:%S}" for it in times_of(made, data)]
    assert found == utc


def test_an_hour_that_is_left_out_is_read_as_before_the_change() -> None:
    made = get_format("haproxy_http", zone=find_zone(BERLIN))
    (found,) = times_of(made, haproxy_line(datetime.datetime(2025, 3, 30, 2, 30)))
    assert datetime.datetime.fromtimestamp(found / 1e6, datetime.UTC) == datetime.datetime(
        2025, 3, 30, 1, 30, tzinfo=datetime.UTC
    )


@pytest.mark.parametrize("name", ["auto", "haproxy_http"])
def test_columns_single_lines_and_explanations_agree_on_times_without_a_zone(name: str) -> None:
    start = datetime.datetime(2025, 10, 26, 1, 58)
    local = [start + datetime.timedelta(seconds=31 * step % 7_000) for step in range(250)]
    data = b"".join(haproxy_line(moment) + b"\n" for moment in local)
    assert len(data) > SMALL_BYTES
    expected = instants(
        [(it - datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1) for it in local], BERLIN
    )

    def made() -> LogFormat:
        zone = find_zone(BERLIN)
        return auto_format(zone=zone) if name == "auto" else get_format(name, zone=zone)

    assert times_of(made(), data) == expected
    one = made()
    assert [time for line in data.splitlines(keepends=True) for time in times_of(one, line)] == expected
    reader = made()
    assert isinstance(reader, Explaining)
    values = [reader.read_line(line).values for line in data.splitlines()]
    assert [value and value["time"] for value in values] == expected
    before, after = made(), made()
    half = len(data) // len(local) * 120
    found = times_of(before, data[:half])
    assert isinstance(before, Remembering)
    assert isinstance(after, Remembering)
    after.load(json.loads(json.dumps(before.save())))
    assert found + times_of(after, data[half:]) == expected


@pytest.mark.parametrize(
    ("format_", "line", "without", "in_berlin"),
    [
        (
            "iis",
            b"2025-10-10 11:55:36 198.51.100.1 GET /a - 443 - 192.0.2.7 curl/8 - 200 0 0 31",
            "11:55:36",
            "09:55:36",
        ),
        ("json", b'{"time":"2025-10-10T11:55:36","status":200}', "11:55:36", "09:55:36"),
        ("json", b'{"time":"2025-10-10T11:55:36Z","status":200}', "11:55:36", "11:55:36"),
        ("json", b'{"time":"2025-10-10 11:55:36 UTC","status":200}', "11:55:36", "11:55:36"),
        ('%h %{%F %T}t "%r" %>s', b'192.0.2.7 2025-10-10 11:55:36 "GET / HTTP/1.1" 200', "11:55:36", "09:55:36"),
        ('%h %t "%r" %>s', b'192.0.2.7 [10/Oct/2025:11:55:36 +0000] "GET / HTTP/1.1" 200', "11:55:36", "11:55:36"),
    ],
)
def test_a_zone_decides_times_without_one_and_no_others(
    format_: str, line: bytes, without: str, in_berlin: str
) -> None:
    for zone, wanted in ((None, without), (find_zone("UTC"), "11:55:36"), (find_zone(BERLIN), in_berlin)):
        (found,) = times_of(get_format(format_, zone=zone), line + b"\n")
        assert f"{datetime.datetime.fromtimestamp(found / 1e6, datetime.UTC):%H:%M:%S}" == wanted


@pytest.fixture
def in_new_york() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "America/New_York"
    time.tzset()
    find_zone("local").offset_s.cache_clear()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()
    find_zone("local").offset_s.cache_clear()


@pytest.mark.usefixtures("in_new_york")
def test_without_a_name_haproxy_is_local_and_iis_is_utc() -> None:
    (haproxy,) = times_of(get_format("haproxy_http"), haproxy_line(datetime.datetime(2025, 10, 10, 11, 55, 36)))
    (iis,) = times_of(BY_NAME["iis"].make(DEFAULT_LINE_BYTES), BY_NAME["iis"].examples[-1])
    assert (haproxy - iis) // 1_000_000 == 4 * 3_600


@pytest.mark.parametrize(
    ("name", "takes"),
    [
        ("Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("Europe/Berln", "Europe/Berlin"),
        ("../../etc/passwd", "an IANA name such as Europe/Berlin, UTC or local"),
        ("x" * 10_000, "an IANA name such as Europe/Berlin, UTC or local"),
    ],
)
def test_a_zone_that_does_not_exist_is_refused_with_the_nearest(name: str, takes: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_zone(name)
    assert str(caught.value).startswith("--log-timezone: got ")
    assert f"takes {takes}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_log_of_berlin_is_read_in_utc(tmp_path: Path) -> None:
    log = tmp_path / "haproxy.log"
    log.write_bytes(haproxy_line(datetime.datetime(2025, 10, 26, 13, 55, 36)) + b"\n")
    done = run("--explain", "--output", "ndjson", "--log-timezone", BERLIN, "--file", log, env={"TZ": "UTC"})
    assert json.loads(done.out)["fields"]["time"] == "2025-10-26T12:55:36Z"
