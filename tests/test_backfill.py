"""The window of a live run is filled from the ends of its logs, up to where each is followed from."""

import gzip
import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from http_monitor.clock import ManualClock, WallClock
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.filtering import selection_for
from http_monitor.hub.hub import Hub
from http_monitor.inputs.seeking.search import Bound
from http_monitor.monitor import backfill
from http_monitor.monitor.backfill import Backfill
from http_monitor.parser.formats import get_format
from http_monitor.ports.log_format import Headed, LogFormat
from http_monitor.ports.stream import RowFrame
from http_monitor.report import Message, Notice, Report
from http_monitor.settings import Settings
from http_monitor.sources.files.access import FileStatus, Handle, LocalFiles
from http_monitor.sources.files.data_end import look_at_data
from http_monitor.units import US_PER_S
from tests.engine_strategies import START_S, log_line
from tests.located import Rows, container_lines, in_wrapper, rows_at
from tests.program import Program, append, lines_at, lines_now

SETTINGS = Settings(window_s=20, interval_s=10)
BEGAN_US = START_S * US_PER_S


def dense(first_s: int, count: int, host: bytes = b"a") -> bytes:
    return b"".join(log_line(START_S + first_s + second, host=host) + b"\n" for second in range(count))


def write(path: Path, data: bytes, changed_s: int = -1) -> None:
    path.write_bytes(data)
    os.utime(path, (START_S + changed_s, START_S + changed_s))


def seen(*paths: Path) -> dict[str, FileStatus]:
    found = {str(path): look_at_data(LocalFiles(), str(path)) for path in paths}
    return {path: status for path, status in found.items() if isinstance(status, FileStatus)}


def fill(
    at: dict[str, FileStatus],
    settings: Settings = SETTINGS,
    make_format: Callable[[], LogFormat] = lambda: get_format("auto"),
    hub: Hub | None = None,
) -> tuple[MetricsAggregator, Notice | None]:
    engine = MetricsAggregator(settings, "live", lambda message: None)
    engine.begin_at(BEGAN_US)
    if hub is not None:
        engine.stream_to(hub)
    since = Bound(BEGAN_US - settings.window_s * US_PER_S, 60 * US_PER_S)
    select = selection_for(settings, lambda agent: False, lambda agent: None)
    filler = Backfill(settings, ManualClock(BEGAN_US), BEGAN_US, since, lambda path, handle: make_format(), select)
    return engine, filler.fill(engine, at)


def hits_by_host(engine: MetricsAggregator) -> dict[bytes, int]:
    return engine.window.hits_by("hosts")


def test_the_lines_of_the_window_are_taken_and_no_others(tmp_path: Path) -> None:
    write(tmp_path / "a.log", dense(-9_000, 9_000))
    engine, notice = fill(seen(tmp_path / "a.log"))
    assert hits_by_host(engine) == {b"a": 20}
    assert notice is not None
    assert (notice.text, notice.name, notice.level) == ("window filled from 20 lines of the log", "backfilled", "info")
    assert engine.health().backfilled == 20
    assert engine.health().lines == 0


def test_lines_behind_the_place_where_following_begins_are_left_to_it(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    write(path, dense(-10, 5) + log_line(START_S - 5))
    at = seen(path)
    # The line that was in the midst of being written goes on, and others follow.
    append(path, b"\n" + dense(-4, 4))
    engine, _ = fill(at)
    assert hits_by_host(engine) == {b"a": 5}


def test_of_several_logs_each_fills_the_window(tmp_path: Path) -> None:
    write(tmp_path / "a.log", dense(-40, 40, b"a"))
    write(tmp_path / "b.log", dense(-5, 3, b"b") + b"junk\n")
    engine, notice = fill(seen(tmp_path / "a.log", tmp_path / "b.log"))
    assert hits_by_host(engine) == {b"a": 20, b"b": 3}
    assert notice is not None
    assert notice.text == "window filled from 23 lines of the log"


def test_lines_that_do_not_count_fill_nothing(tmp_path: Path) -> None:
    write(tmp_path / "a.log", dense(-9, 4, b"a") + dense(-5, 5, b"b"))
    engine, _ = fill(seen(tmp_path / "a.log"), replace(SETTINGS, filters=('host == "b"',)))
    assert hits_by_host(engine) == {b"b": 5}


def test_times_that_the_clock_does_not_believe_fill_nothing(tmp_path: Path) -> None:
    write(tmp_path / "a.log", dense(-3, 3) + log_line(START_S + 61) + b"\n" + log_line(START_S + 60) + b"\n")
    engine, notice = fill(seen(tmp_path / "a.log"))
    assert engine.health().backfilled == 4
    assert len(engine._state.open) == 1
    assert notice is not None


def test_a_log_that_was_not_written_to_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "idle.log", dense(-500, 300), changed_s=-200)
    at = seen(tmp_path / "idle.log")

    def refuse(self: LocalFiles, path: str) -> None:
        raise AssertionError(f"{path} was opened")

    monkeypatch.setattr(LocalFiles, "open", refuse)
    _, notice = fill(at)
    assert notice is None


@pytest.mark.parametrize("how", ["rotated", "truncated", "gone"])
def test_a_log_that_is_another_one_by_now_fills_nothing(tmp_path: Path, how: str) -> None:
    path = tmp_path / "a.log"
    write(path, dense(-9, 9))
    at = seen(path)
    if how == "rotated":
        path.rename(tmp_path / "a.log.1")
        write(path, dense(-9, 9))
    elif how == "truncated":
        write(path, dense(-1, 1))
    else:
        path.unlink()
    engine, notice = fill(at)
    assert (hits_by_host(engine), notice) == ({}, None)


def test_a_log_younger_than_the_window_is_completed_by_the_one_before_it(tmp_path: Path) -> None:
    write(tmp_path / "a.log", dense(-4, 4, b"now"))
    write(tmp_path / "a.log.1", dense(-300, 296, b"before"), changed_s=-4)
    write(tmp_path / "a.log.2.gz", gzip.compress(dense(-9, 5, b"archive")), changed_s=-4)
    engine, _ = fill(seen(tmp_path / "a.log"))
    assert hits_by_host(engine) == {b"now": 4, b"before": 16}


def test_a_copy_of_the_log_beside_it_is_not_counted_too(tmp_path: Path) -> None:
    write(tmp_path / "a.log", dense(-15, 15))
    write(tmp_path / "a.log.1", dense(-15, 9))
    engine, _ = fill(seen(tmp_path / "a.log"))
    assert hits_by_host(engine) == {b"a": 15}


def test_a_rotated_file_that_is_followed_too_is_counted_once(tmp_path: Path) -> None:
    write(tmp_path / "a.log", dense(-4, 4))
    write(tmp_path / "a.log.1", dense(-12, 8))
    engine, _ = fill(seen(tmp_path / "a.log", tmp_path / "a.log.1"))
    assert hits_by_host(engine) == {b"a": 12}


def test_no_more_than_the_limit_is_read_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = len(log_line(START_S)) + 1
    monkeypatch.setattr(backfill, "MAX_BYTES", 1 << 20)
    count = 3 * (1 << 20) // line
    write(tmp_path / "a.log", b"".join(log_line(START_S - 5) + b"\n" for _ in range(count)))
    write(tmp_path / "b.log", dense(-10, 10, b"b"))
    engine, notice = fill(seen(tmp_path / "a.log", tmp_path / "b.log"))
    # The small one is read whole, and the other as far back as the rest of the limit allows.
    assert hits_by_host(engine) == {b"a": ((1 << 20) - 10 * line) // line, b"b": 10}
    assert notice is not None
    assert notice.text.endswith(" lines of the log, its last 1 MiB")


def test_one_log_may_be_longer_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "MAX_BYTES", 1 << 20)
    line = log_line(START_S - 5) + b"\n"
    count = (1 << 20) // len(line)
    write(tmp_path / "a.log", line * (count + 1))
    engine, notice = fill(seen(tmp_path / "a.log"))
    assert hits_by_host(engine) == {b"a": count}
    assert notice is not None
    assert notice.text == f"window filled from {count:,} lines of the log, its last 1 MiB"


@pytest.mark.parametrize("together", [1, 3, 100])
def test_the_ends_of_many_logs_count_as_each_by_itself_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(backfill, "_MANY", together)
    paths = [tmp_path / f"{number}.log" for number in range(8)]
    for number, path in enumerate(paths):
        write(path, b"junk\n" + dense(-number - 1, number, b"h%d" % number) + b"junk\n" * number)
    engine, _ = fill(seen(*paths), replace(SETTINGS, alert_malformed=50.0))
    assert hits_by_host(engine) == {b"h%d" % number: number for number in range(1, 8)}
    # Those in front of the first line are of no time.
    assert engine.window.malformed == sum(range(8))
    assert engine.health().backfilled == sum(range(8))


def test_a_format_reads_each_part_as_if_it_had_read_nothing(tmp_path: Path) -> None:
    head = b"#Fields: date time c-ip cs-method cs-uri-stem sc-status\n"
    turned = b"#Fields: sc-status cs-uri-stem cs-method c-ip date time\n"
    old = b"".join(b"2023-12-31 23:59:%02d 192.0.2.1 GET /a 200\n" % (40 + at // 100) for at in range(1_000))
    new = b"".join(b"200 /a GET 192.0.2.2 2023-12-31 23:59:%02d\n" % (50 + at // 100) for at in range(1_000))
    write(tmp_path / "a.log", head + old + turned + new)

    def make() -> LogFormat:
        made = get_format("iis")
        assert isinstance(made, Headed)
        made.learn(head)
        return made

    engine, _ = fill(seen(tmp_path / "a.log"), make_format=make)
    assert hits_by_host(engine) == {b"192.0.2.1": 1_000, b"192.0.2.2": 1_000}


def test_a_stop_ends_it(tmp_path: Path) -> None:
    write(tmp_path / "a.log", dense(-9, 9))
    engine = MetricsAggregator(SETTINGS, "live", lambda message: None)
    engine.begin_at(BEGAN_US)

    def make(path: str, handle: Handle) -> LogFormat:
        return get_format("auto")

    filler = Backfill(SETTINGS, ManualClock(BEGAN_US), BEGAN_US, Bound(BEGAN_US, 0), make, stopping=lambda: True)
    assert filler.fill(engine, seen(tmp_path / "a.log")) is None


class WindowRows(Rows):
    """Keeps the rows that fill the window."""

    def __init__(self) -> None:
        super().__init__()
        self.hits: Counter[tuple[int, bytes]] = Counter()

    def backfill(self, frame: RowFrame) -> None:
        assert not frame.late.any()
        sums = frame.sums(US_PER_S)
        for index, start_us in enumerate(sums.starts_us.tolist()):
            hosts = sums.by_key("hosts", index)
            for host, hits in zip(hosts.names(), hosts.hits.tolist(), strict=True):
                self.hits[start_us // US_PER_S - START_S, host] += hits
        super().frame(frame)

    def frame(self, frame: RowFrame) -> None:
        raise AssertionError("no row was counted")


@pytest.mark.parametrize("together", [1, 200])
@pytest.mark.parametrize("wrapper", [False, True])
def test_those_who_keep_the_rows_of_the_window_get_the_ones_that_fill_it_and_where_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int, wrapper: bool
) -> None:
    monkeypatch.setattr(backfill, "_MANY", together)
    monkeypatch.setattr(backfill, "_FIRST_BYTES", 2_000)
    make = in_wrapper("cri" if wrapper else None)
    paths = [tmp_path / f"{number}.log" for number in range(3)]
    chance = random.Random(3)
    for path, count in zip(paths, (5, 15, 60), strict=True):
        first_s = START_S - count // 3 - 1
        plain = [b"junk\n", *(log_line(first_s + no // 3, b"h%d" % no) + b"\n" for no in range(count))]
        write(path, b"".join(container_lines(chance, count, first_s) if wrapper else plain))
    older = tmp_path / "0.log.1"
    write(older, b"".join(container_lines(chance, 30, START_S - 19)) if wrapper else dense(-40, 37), changed_s=-3)
    rows, recorder = WindowRows(), Rows()
    hub = Hub()
    hub.join_stream(rows)
    hub.join_stream(recorder)
    chosen = replace(SETTINGS, filters=('host != "h1"',))
    engine, _ = fill(seen(*paths), chosen, make, hub)
    assert hub.failures == 0
    assert len(rows.kept) == sum(rows.hits.values()) == engine.health().backfilled > 50
    assert recorder.kept == []
    assert {(row.file.source, row.file.path) for row in rows.kept} == {
        *((str(path), str(path)) for path in paths),
        (str(paths[0]), str(older)),
    }
    for row in rows.kept:
        status = Path(row.file.path).stat()
        assert row.file.identity == (status.st_dev, status.st_ino)
        assert rows_at(Path(row.file.path).read_bytes(), row.offset, make) == [row.values]
    assert len({(row.file.path, row.offset) for row in rows.kept}) == len(rows.kept)
    assert sum(hits for (_, host), hits in rows.hits.items() if host == b"h2") == hits_by_host(engine)[b"h2"]


def now_s() -> int:
    return WallClock().now_us() // US_PER_S


def flood(first_s: int, seconds: int) -> bytes:
    return b"".join(lines_at([first_s + second] * 30) for second in range(seconds))


def test_an_incident_under_way_is_seen_at_once(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(flood(now_s() - 110, 110))
    with Program("--file", path, "--output", "ndjson", "--interval", "1s", "--no-state") as program:
        program.err.having("window filled from ")
        raised = program.alert("raised")
        append(path, lines_now(4))
        program.until_hits(4)
        outcome = program.stop()
    assert raised["name"] == "traffic"
    assert raised["hits"] > 3_000
    assert (raised["breakdown"]["hits"], raised["breakdown"]["whole"]) == (raised["hits"], True)
    notices = [told for told in outcome.objects if told["type"] == "notice" and told["name"] == "backfilled"]
    assert len(notices) == 1
    summary = outcome.objects[-1]
    assert (summary["hits"], summary["health"]["lines"]) == (4, 4)
    assert summary["health"]["backfilled"] > 3_000


@pytest.mark.parametrize("option", ["--no-backfill", "--reader=wc-tail", "--time=arrival"])
def test_a_window_may_begin_empty(tmp_path: Path, option: str) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(flood(now_s() - 60, 60))
    with Program("--file", path, "--output", "ndjson", "--interval", "1s", "--no-state", option) as program:
        assert program.report()["window"]["hits"] == 0
        summary = program.stop().objects[-1]
    assert (summary["health"]["backfilled"], summary["alerts"]) == (0, 0)


def test_a_run_that_resumes_has_its_window_already(tmp_path: Path) -> None:
    path, state = tmp_path / "access.log", tmp_path / "state"
    path.write_bytes(lines_at(range(now_s() - 30, now_s())))
    arguments = ("--file", path, "--output", "ndjson", "--interval", "1s", "--window", "10m", "--state-dir", state)
    with Program(*arguments) as program:
        first = program.report()
        program.stop()
    assert first["window"]["hits"] == first["health"]["backfilled"] == 30
    with Program(*arguments) as program:
        second = program.report()
        outcome = program.stop()
    assert second["window"]["hits"] == second["health"]["backfilled"] == 30
    assert b"window filled" not in outcome.err


@pytest.mark.parametrize("last_s", [-1, -19, -30, -3_600])
def test_a_run_that_begins_on_a_silent_log_knows_its_last_line(tmp_path: Path, last_s: int) -> None:
    path = tmp_path / "access.log"
    write(path, dense(last_s - 5, 6))
    engine, _ = fill(seen(path))
    told: list[Message] = []
    engine.publish_to(told.append)
    engine.catch_up(False)
    engine.advance(BEGAN_US + 11 * US_PER_S)
    (report,) = told
    assert isinstance(report, Report)
    assert report.last_us == BEGAN_US + last_s * US_PER_S
