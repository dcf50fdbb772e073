"""Real nginx under real load, its log rotated by real logrotate, while the real program follows it and is killed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from http_monitor.clock import WallClock
from http_monitor.units import US_PER_S
from tests.examples import exhaustive, part_of
from tests.program import Json, Outcome, Program
from tests.servers import CI, COMBINED, MODES, WITH_VHOST_AND_TIMES, Load, Logrotate, Mode, Nginx, lines_of, missing

pytestmark = pytest.mark.skipif(bool(missing()) and CI not in os.environ, reason=missing())

BURST = len(part_of(range(4_000), 2_000))
"""Requests sent while the log is rotated; a small part of a second."""
FEW = 50
TICK_US = 20_000
"""logrotate takes the time from a clock that may be that far behind."""
TRUNCATING = part_of([(name, WITH_VHOST_AND_TIMES) for name in ("copytruncate", "copytruncate-compress")], 1)
"""With lines that differ: what is written over by bytes that are the same nobody can tell from what was there."""
KILLED = part_of(
    [(name, WITH_VHOST_AND_TIMES) for name in ("create", "dateext", "dateext-delaycompress", "delaycompress")], 2
)
"""An inode that is used again by a file of the same bytes is the same file to anybody who was not there."""
REPORTS = 60
"""What is not counted after so many, at one a second, never will be."""


class Site:
    """A server under load, its log rotated; knows how many requests were sent."""

    def __init__(self, folder: Path, mode: Mode, log_format: str = COMBINED) -> None:
        self.server = Nginx(folder, log_format)
        self.log = self.server.log
        self.sent = 0
        self._mode = mode
        self._logrotate = Logrotate(folder, self.server, mode)
        self._new_name_us = 0

    def begin(self, requests: int = BURST) -> Load:
        load = self.server.load(requests)
        load.until_begun()
        return load

    def end(self, load: Load) -> None:
        self.sent += load.completed()

    def send(self, requests: int) -> None:
        self.end(self.server.load(requests))

    def rotate(self) -> None:
        while self._mode.at_most_one_a_second and WallClock().now_us() < self._new_name_us:
            self.send(FEW)
        self._logrotate.rotate()
        self._new_name_us = (WallClock().now_us() // US_PER_S + 1) * US_PER_S + TICK_US

    def rotate_under_load(self) -> None:
        load = self.begin()
        self.rotate()
        self.end(load)


class Monitor:
    """The program on a log, over kills and restarts."""

    def __init__(self, log: Path, state: Path, reader: str = "direct") -> None:
        self._options = (
            "--file",
            log,
            "--from-start",
            "--state-dir",
            state,
            "--output",
            "ndjson",
            "--interval",
            "1",
            "--lateness",
            "0",
            "--reader",
            reader,
        )
        self._program = Program(*self._options)
        self._program.report()

    def kill(self) -> None:
        """End it without a warning."""
        self._program.send(signal.SIGKILL)
        outcome = self._program.wait()
        self.close()
        assert (outcome.code, outcome.err.count(b"Traceback")) == (-signal.SIGKILL, 0)

    def start(self) -> None:
        """Start it again."""
        self._program = Program(*self._options)

    def until_lines(self, lines: int) -> None:
        """Wait until it has counted this many."""
        for _ in range(REPORTS):
            if (report := self._program.report())["health"]["lines"] >= lines:
                return
        raise AssertionError(f"has {report['health']}, never {lines} lines")

    def until_found(self, rotations: int) -> None:
        """Wait until it has found that the log was renamed so many times."""
        for _ in range(REPORTS):
            health = self._program.report()["health"]
            if health["rotations"] >= rotations:
                return
        raise AssertionError(f"has {health}, never {rotations} rotations")

    def until_kept(self, lines: int) -> None:
        """Wait until they are in its checkpoint too, which is a second later at the latest."""
        self.until_lines(lines)
        for _ in range(2):
            self._program.report()

    def stop(self) -> Json:
        """Let it read what is there, and return its summary."""
        self._program.report()  # now it heeds signals
        outcome = self._program.stop(signal.SIGTERM)
        return _summary(outcome)

    def close(self) -> None:
        self._program.__exit__()


def _summary(outcome: Outcome) -> Json:
    assert (outcome.code, outcome.err.count(b"Traceback")) == (0, 0)
    summary = outcome.objects[-1]
    assert summary["type"] == "summary"
    return summary


@pytest.fixture(params=["create"])
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """Return a site whose log is rotated in the mode, and has the format, that the test asks for."""
    name, log_format = request.param if isinstance(request.param, tuple) else (request.param, COMBINED)
    site = Site(tmp_path, MODES[name], log_format)
    with site.server:
        yield site


@pytest.fixture
def monitor(site: Site, tmp_path: Path) -> Iterator[Monitor]:
    monitor = Monitor(site.log, tmp_path / "state")
    yield monitor
    monitor.close()


@pytest.fixture
def by_commands(site: Site, tmp_path: Path) -> Iterator[Monitor]:
    """Return a monitor that reads by commands; what comes within a second before its stop is left to the next."""
    monitor = Monitor(site.log, tmp_path / "state", "wc-tail")
    yield monitor
    monitor.close()


def check_exact(summary: Json, site: Site) -> None:
    """Check that requests sent = requests served = lines counted, and that no loss is told of."""
    health = summary["health"]
    assert (site.sent, health["lines"]) == (site.server.served(), site.sent)
    assert {name: health[name] for name in ("accepted", "malformed", "too_late", "ahead")} == {
        "accepted": site.sent,
        "malformed": 0,
        "too_late": 0,
        "ahead": 0,
    }
    assert {name: health[name] for name in ("lag_bytes", "lost_bytes", "maybe_lost", "truncations")} == {
        "lag_bytes": 0,
        "lost_bytes": 0,
        "maybe_lost": False,
        "truncations": 0,
    }


def check_what_logrotate_left(summary: Json, site: Site) -> None:
    """Check that at least the lines in the files are counted, none twice, and that a loss is never kept a secret."""
    health = summary["health"]
    assert site.server.served() == site.sent
    assert lines_of(site.log) <= health["lines"] <= site.sent
    assert health["accepted"] + health["malformed"] == health["lines"]
    assert health["lines"] == site.sent or health["maybe_lost"] or health["lost_bytes"] > 0
    assert health["truncations"] > 0


@pytest.mark.parametrize(
    "site", [("create", WITH_VHOST_AND_TIMES), ("dateext-delaycompress", COMBINED)], indirect=True, ids=lambda it: it[0]
)
def test_every_request_is_counted_once_while_the_log_is_rotated(site: Site, monitor: Monitor) -> None:
    for _ in range(3):
        site.rotate_under_load()
    summary = monitor.stop()

    assert lines_of(site.log) == site.sent
    check_exact(summary, site)
    assert summary["health"]["rotations"] == 3
    assert summary["hits"] == site.sent


@pytest.mark.parametrize("site", ["compress"], indirect=True)
def test_what_a_server_writes_to_a_log_that_is_being_compressed_counts(site: Site, monitor: Monitor) -> None:
    for rotations in range(1, 4):
        site.rotate_under_load()
        # What is written behind the archive counts if the file was found before it was compressed.
        monitor.until_found(rotations)
    summary = monitor.stop()

    check_exact(summary, site)
    assert summary["health"]["rotations"] == 3


@exhaustive
@pytest.mark.parametrize("site", TRUNCATING, indirect=True, ids=lambda it: it[0])
def test_with_copytruncate_at_least_the_lines_that_are_in_files_are_counted(site: Site, monitor: Monitor) -> None:
    for _ in range(3):
        site.rotate_under_load()
    check_what_logrotate_left(monitor.stop(), site)


@exhaustive
@pytest.mark.parametrize("site", KILLED, indirect=True, ids=lambda it: it[0])
def test_no_kill_and_no_rotation_meanwhile_makes_a_request_count_twice_or_not_at_all(
    site: Site, monitor: Monitor
) -> None:
    site.send(FEW)
    monitor.until_kept(FEW)
    load = site.begin()
    monitor.kill()
    for _ in range(2):  # the second rotation compresses the first file, where that is asked for
        site.rotate_under_load()
    site.end(load)

    monitor.start()
    monitor.until_lines(site.sent)
    load = site.begin()
    site.rotate()
    monitor.kill()  # while there is a backlog, likely
    site.end(load)
    site.rotate_under_load()  # the file that is compressed now leaves its inode to the new one, likely
    monitor.start()
    site.rotate()
    site.send(FEW)
    summary = monitor.stop()

    assert lines_of(site.log) == site.sent
    health = summary["health"]
    assert (site.sent, health["lines"]) == (site.server.served(), site.sent)
    assert (health["accepted"], health["lag_bytes"], health["lost_bytes"]) == (site.sent, 0, 0)
    # An archive beside a new file with the inode of what it was made of looks like copytruncate to who was not there.
    assert health["rotations"] + health["truncations"] == 5
    assert health["maybe_lost"] == bool(health["truncations"])


@exhaustive
@pytest.mark.parametrize("site", TRUNCATING, indirect=True, ids=lambda it: it[0])
def test_with_copytruncate_and_kills_at_least_the_lines_that_are_in_files_are_counted(
    site: Site, monitor: Monitor
) -> None:
    site.send(FEW)
    monitor.until_kept(FEW)
    load = site.begin()
    monitor.kill()
    for _ in range(2):
        site.rotate_under_load()
    site.end(load)
    monitor.start()
    monitor.until_lines(lines_of(site.log))
    site.rotate_under_load()
    check_what_logrotate_left(monitor.stop(), site)


@exhaustive
@pytest.mark.parametrize("site", part_of(KILLED, 1), indirect=True, ids=lambda it: it[0])
def test_commands_count_every_request_once_too(site: Site, by_commands: Monitor) -> None:
    site.send(FEW)
    by_commands.until_kept(FEW)
    for _ in range(2):
        site.rotate_under_load()
    by_commands.kill()
    site.rotate_under_load()
    site.rotate_under_load()
    by_commands.start()
    by_commands.until_lines(site.sent)
    site.rotate_under_load()
    by_commands.until_lines(site.sent)
    summary = by_commands.stop()

    assert lines_of(site.log) == site.sent
    health = summary["health"]
    assert (site.sent, health["lines"]) == (site.server.served(), site.sent)
    assert (health["accepted"], health["lag_bytes"], health["lost_bytes"]) == (site.sent, 0, 0)
    assert health["rotations"] + health["truncations"] == 5
    assert health["maybe_lost"] == bool(health["truncations"])


@exhaustive
@pytest.mark.parametrize("site", TRUNCATING, indirect=True, ids=lambda it: it[0])
def test_with_copytruncate_commands_count_at_least_the_lines_that_are_in_files(
    site: Site, by_commands: Monitor
) -> None:
    site.send(FEW)
    by_commands.until_kept(FEW)
    for _ in range(2):
        site.rotate_under_load()
    by_commands.kill()
    site.rotate_under_load()
    by_commands.start()
    by_commands.until_lines(lines_of(site.log))
    check_what_logrotate_left(by_commands.stop(), site)
