"""What holds for any report: lines fit, nothing moves the cursor, JSON gives the numbers back."""

import json
import re
import unicodedata
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.display.columns import columns
from http_monitor.display.objects.lines import report_line, summary_line
from http_monitor.health import Health
from http_monitor.report import ActiveAlert, Message, Report, Summary, WindowTotals
from http_monitor.report_tables import AgentKinds, Details, Durations, KeyCount, Remainder, SlowEndpoint, Table
from http_monitor.units import visible
from tests.display_samples import HOSTILE, shown
from tests.examples import examples

_OWN_CODES = re.compile(r"\x1b\[[0-9]{1,2}m")
_counts = st.integers(0, 99) | st.integers(0, (1 << 63) - 1)
# Hours to spare at both ends: the time zone of the machine may move the date.
_times = st.integers(0, 253_000_000_000).map(lambda second: second * 1_000_000)
_keys = st.sampled_from(HOSTILE) | st.binary(max_size=50) | st.text(max_size=50).map(lambda text: text.encode())
_methods = st.from_regex(rb"[A-Za-z_-]{1,12}", fullmatch=True)
_MODE: st.SearchStrategy[Literal["live", "replay"]] = st.sampled_from(("live", "replay"))

_rows = st.builds(KeyCount, _keys, _counts, _counts, _counts)
_tables = st.builds(
    Table,
    st.lists(_rows, max_size=4).map(tuple),
    st.integers(4, 10**6),
    st.just(Remainder()) | st.builds(Remainder, _counts, _counts, _counts, _counts),
)
_status = st.dictionaries(st.integers(100, 999), _counts, max_size=12).map(lambda codes: tuple(sorted(codes.items())))
_methods_table = st.dictionaries(_methods, _counts, max_size=4).map(lambda table: tuple(sorted(table.items())))
_by_key = st.dictionaries(_keys, _counts, max_size=8).map(lambda table: tuple(sorted(table.items())))
_durations = st.none() | st.builds(Durations, _counts, _counts, _counts, _counts)
_slowest = st.lists(st.builds(SlowEndpoint, _keys, st.integers(1, 1 << 62), st.integers(0, 1 << 80)), max_size=5)
_details = st.just(Details()) | st.builds(
    Details,
    _tables,
    _durations,
    _durations,
    _slowest.map(tuple),
    st.none() | _counts,
    _by_key,
    _by_key,
    _tables,
    _tables,
    st.builds(AgentKinds, _counts, _counts, _counts, _counts),
)
_active = st.lists(
    st.builds(ActiveAlert, st.sampled_from(("traffic", "ddos")), st.none() | _keys, _times), max_size=8
).map(tuple)
_health = st.builds(Health, *[_counts] * 13, lateness_advice_s=st.none() | st.integers(1, 3_600)) | st.just(Health())


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Any report, consistent or not."""
    start_us = draw(_times)
    return Report(
        seq=draw(_counts),
        mode=draw(_MODE),
        start_us=start_us,
        end_us=start_us + draw(st.integers(1, 10**6)) * 1_000_000,
        hits=draw(_counts),
        size_bytes=draw(_counts),
        errors=draw(_counts),
        late_hits=draw(_counts),
        late_bytes=draw(_counts),
        late_errors=draw(_counts),
        distinct_hosts=draw(_counts),
        status=draw(_status),
        methods=draw(_methods_table),
        sections=draw(_tables),
        endpoints=draw(_tables),
        hosts=draw(_tables),
        users=draw(_tables),
        agents=draw(_tables),
        referers=draw(_tables),
        window=WindowTotals(
            draw(st.integers(1, 10**6)),
            draw(_counts),
            draw(_counts),
            draw(_counts),
            tuple(draw(st.lists(_counts, max_size=60))),
        ),
        active=draw(_active),
        health=draw(_health),
        partial=draw(st.booleans()),
        details=draw(_details),
    )


@st.composite
def summaries(draw: st.DrawFn) -> Summary:
    """Any summary, consistent or not."""
    first_us = draw(st.none() | _times)
    return Summary(
        mode=draw(_MODE),
        first_us=first_us,
        last_us=None if first_us is None else draw(st.integers(first_us, 253_000_000_000_000_000)),
        hits=draw(_counts),
        size_bytes=draw(_counts),
        errors=draw(_counts),
        status=draw(_status),
        methods=draw(_methods_table),
        sections=draw(_tables),
        endpoints=draw(_tables),
        hosts=draw(_tables),
        users=draw(_tables),
        agents=draw(_tables),
        referers=draw(_tables),
        alerts=draw(_counts),
        active=draw(_active),
        health=draw(_health),
        details=draw(_details),
    )


@settings(max_examples=examples(60), deadline=None)
@given(reports() | summaries(), st.integers(20, 240), st.booleans(), st.sampled_from(("utf-8", "ascii", "cp437")))
def test_every_line_fits_and_nothing_in_it_moves_the_cursor(
    message: Message, width: int, coloured: bool, encoding: str
) -> None:
    text = shown((message,), width, coloured=coloured, encoding=encoding).decode(encoding)

    assert text.endswith("\n")
    for coloured_line in text[:-1].split("\n"):
        line = _OWN_CODES.sub("", coloured_line)
        assert columns(line) <= width
        assert line == line.rstrip(" ")
        assert not [char for char in line if unicodedata.category(char)[0] == "C"]
        assert not [char for char in line if unicodedata.category(char) in {"Zl", "Zp"}]


@settings(max_examples=examples(40), deadline=None)
@given(reports())
def test_a_report_in_json_gives_back_the_exact_numbers(report: Report) -> None:
    value = json.loads(report_line(report).encode("utf-8"))

    assert (value["hits"], value["bytes"], value["errors"]) == (report.hits, report.size_bytes, report.errors)
    assert (value["hits_per_s"], value["error_rate"]) == (report.hits_per_s, report.error_rate)
    assert value["window"]["hits_per_s"] == report.window.hits_per_s
    assert {int(code): hits for code, hits in value["status"].items()} == dict(report.status)
    assert {method.encode(): hits for method, hits in value["methods"].items()} == dict(report.methods)
    for name in ("sections", "endpoints", "hosts", "users", "agents", "referers"):
        table: Table = getattr(report, name)
        assert [(row["key"], row["hits"], row["bytes"], row["errors"]) for row in value[name]] == [
            (visible(row.key), row.hits, row.size_bytes, row.errors) for row in table.rows
        ]
        assert (name in value.get("remainders", {})) is (table.remainder.hits > 0)
    means = [(row["key"], row["hits"], row["mean_us"]) for row in value["slowest"]]
    assert means == [(visible(row.key), row.hits, row.total_us / row.hits) for row in report.details.slowest]
    assert value["bytes_in"] == report.details.bytes_in
    assert sum(value["agent_kinds"].values()) == report.details.kinds.known + report.details.kinds.unknown


@settings(max_examples=examples(15), deadline=None)
@given(summaries())
def test_a_summary_in_json_gives_back_the_exact_numbers(summary: Summary) -> None:
    value = json.loads(summary_line(summary).encode("utf-8"))

    assert (value["hits"], value["bytes"], value["alerts"]) == (summary.hits, summary.size_bytes, summary.alerts)
    assert [row["hits"] for row in value["hosts"]] == [row.hits for row in summary.hosts.rows]
    assert value["health"]["lines"] == summary.health.lines
