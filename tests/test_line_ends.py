"""What surrounds a line changes nothing of what it says: how it ends, what a file begins with, how long it may be."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from http_monitor.clock import ManualClock, ReplayClock
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.source import Source
from http_monitor.settings import Settings
from http_monitor.sources.files.access import LocalFiles
from http_monitor.sources.replay import ReplayFile
from http_monitor.sources.tail.tail import FileTail, TailLimits
from tests.engine_strategies import START_S, log_line
from tests.harness import Recorder, ndjson, put_together
from tests.program import Outcome, run

COMMON = b"\n".join(log_line(START_S + second) for second in (0, 0, 3, 14, 25)) + b"\n"
COMBINED = COMMON.replace(b"\n", b' "-" "agent"\n')
VHOST = b"".join(b"www.example.org:443 " + line for line in COMBINED.splitlines(keepends=True))
LOGFORMAT = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D'
TIMED = COMBINED.replace(b"\n", b" 1234\n")
NUL_BYTES = 100_000


def replayed(path: Path, *, limit: int = 1_000, read_bytes: int = 1_000_000, log_format: str = "auto") -> Recorder:
    settings = Settings(replay=True, format=log_format, max_line_bytes=limit, lateness_s=1)
    source = ReplayFile(str(path), limit=limit, read_bytes=read_bytes)
    monitor, recorder = _monitor(settings, source)
    while not monitor.step():
        pass
    monitor.close(finished=True)
    return recorder


def _monitor(settings: Settings, source: Source) -> tuple[HTTPMonitor, Recorder]:
    recorder = Recorder()
    made = Input(source, get_format(settings.format, settings.max_line_bytes), 60_000_000, explain)
    clock = ReplayClock() if settings.replay else ManualClock((START_S + 26) * 1_000_000)
    return put_together(settings, [made], [], Hub([recorder]), clock), recorder


@pytest.mark.parametrize(
    ("data", "log_format"),
    [
        (COMMON, "auto"),
        (COMMON, "common"),
        (COMBINED, "auto"),
        (COMBINED, "combined"),
        (VHOST, "vhost_combined"),
        (TIMED, LOGFORMAT),
    ],
)
def test_a_log_with_crlf_says_what_it_says_with_lf(tmp_path: Path, data: bytes, log_format: str) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(data)
    expected = replayed(log, log_format=log_format)
    assert (expected.summary.health.lines, expected.summary.health.malformed) == (5, 0)
    for crlf in (data.replace(b"\n", b"\r\n"), data.replace(b"\n", b"\r\n", 2), data.replace(b"\n", b"\r\n")[:-1]):
        log.write_bytes(crlf)
        for read_bytes in (1_000_000, 7):
            assert ndjson(replayed(log, log_format=log_format, read_bytes=read_bytes).messages) == ndjson(
                expected.messages
            )


@pytest.mark.parametrize("name", ["access.log", "access.log.gz"])
def test_what_a_file_begins_with_is_no_part_of_the_first_host(tmp_path: Path, name: str) -> None:
    log = tmp_path / name
    for read_bytes in (1_000_000, 1):
        log.write_bytes((gzip.compress if name.endswith(".gz") else bytes)(b"\xef\xbb\xbf" + COMMON))
        summary = replayed(log, read_bytes=read_bytes).summary
        assert [(row.key, row.hits) for row in summary.hosts.rows] == [(COMMON.split()[0], 5)]


def test_nul_bytes_left_by_a_truncated_writer_are_counted_in_a_replay_too(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    first, *rest = COMMON.splitlines(keepends=True)
    log.write_bytes(first + b"\0" * NUL_BYTES + b"".join(rest) + b"\0\0")
    for read_bytes in (1_000_000, 999):
        recorder = replayed(log, read_bytes=read_bytes)
        health = recorder.summary.health
        assert (health.lines, health.accepted, health.oversized, health.nul_bytes) == (5, 5, 0, NUL_BYTES + 2)
        assert [report.health.nul_bytes for report in recorder.reports] == [0, 0, NUL_BYTES + 2]


def test_a_line_of_nothing_but_nul_bytes_is_blank(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(COMMON + b"\0" * 5_000 + b"\n\0\r\n")
    health = replayed(log).summary.health
    assert (health.lines, health.malformed, health.oversized, health.nul_bytes) == (5, 0, 0, 5_001)


@pytest.mark.parametrize("log_format", ["auto", "combined", LOGFORMAT])
@pytest.mark.parametrize("length", [301, 302, 100_000])
def test_a_line_longer_than_the_limit_is_one_line_malformed_and_oversized(
    tmp_path: Path, length: int, log_format: str
) -> None:
    log = tmp_path / "access.log"
    long = TIMED.splitlines()[0] + b" "
    log.write_bytes(
        TIMED + long.ljust(length, b"x") + b"\n" + long.ljust(300, b"x") + b"\n" + b"y" * length + b"\r\n" + TIMED
    )
    for read_bytes in (1_000_000, 97):
        health = replayed(log, limit=300, read_bytes=read_bytes, log_format=log_format).summary.health
        assert (health.lines, health.accepted, health.malformed, health.oversized) == (13, 11, 2, 2)


def test_a_followed_line_longer_than_the_limit_is_one_line_malformed_and_oversized(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(COMMON + b"z" * 5_000)
    settings = Settings(from_start=True, max_line_bytes=300)
    clock = ManualClock()
    tail = FileTail(str(log), files=LocalFiles(), clock=clock, from_start=True, limits=TailLimits(300, 1_000))
    monitor, _ = _monitor(settings, _Looked(tail))
    for data in (b"", b"z" * 5_000, b"\n" + COMMON):
        with log.open("ab") as file:
            file.write(data)
        for _ in range(8):
            monitor.step()
    health = monitor.health()
    assert (health.lines, health.accepted, health.malformed, health.oversized) == (11, 10, 1, 1)
    tail.close()


class _Looked:
    """A tail as the monitor asks for it, without anything that wakes."""

    def __init__(self, tail: FileTail) -> None:
        self._tail = tail
        self.name = tail.name
        self.read = tail.read
        self.health = tail.health
        self.close = tail.close

    def wants_poll_s(self) -> float:
        return 1.0


@pytest.mark.parametrize("source", ["file", "stdin"])
def test_the_user_says_how_long_a_line_may_be(tmp_path: Path, source: str) -> None:
    log = tmp_path / "access.log"
    data = COMMON + log_line(START_S + 26).ljust(301, b" ") + b"\n" + log_line(START_S + 26).ljust(300, b" ") + b"\n"
    log.write_bytes(data)
    options: list[Any] = ["--replay", "--output", "ndjson"]
    path, stdin = (log, b"") if source == "file" else ("-", data)
    assert _health(run(*options, "--file", path, "--max-line", "300", stdin=stdin)) == (7, 6, 1, 1)
    assert _health(run(*options, "--file", path, "--max-line", "301", stdin=stdin)) == (7, 7, 0, 0)


def _health(outcome: Outcome) -> tuple[int, ...]:
    assert (outcome.code, outcome.err) == (0, b"")
    health = outcome.objects[-1]["health"]
    return tuple(health[key] for key in ("lines", "accepted", "malformed", "oversized"))
