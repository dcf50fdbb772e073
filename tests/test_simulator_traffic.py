"""When the simulator writes which lines, by a clock that only the test moves."""

import random
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.clock import ManualClock
from http_monitor.errors import RefusedError
from http_monitor.settings import Settings
from http_monitor.simulator import SimulatorThread, simulator
from http_monitor.simulator.lines import lines_of_second
from http_monitor.simulator.memory import Memory
from http_monitor.simulator.traffic import TrafficWriter
from http_monitor.simulator.writer import FileWriter
from http_monitor.units import US_PER_S
from tests.examples import examples

START_US = 1_700_000_000_250_000
FIRST_US = 1_700_000_001_000_000


class Recorder(FileWriter):
    """A file that keeps what it is given, in memory."""

    def __init__(self) -> None:
        super().__init__("/nowhere/at/all", False, Memory(None))
        self.writes: list[bytes] = []

    def write(self, data: bytes) -> None:
        if data:
            self.writes.append(data)

    @property
    def data(self) -> bytes:
        return b"".join(self.writes)


def traffic(seed: int | None = 7, rate: int = 20) -> tuple[TrafficWriter, Recorder]:
    recorder = Recorder()
    return TrafficWriter(recorder, "spike", rate, seed), recorder


def expected(first: int, last: int, seed: int = 7, rate: int = 20, at_us: int = FIRST_US) -> list[tuple[int, bytes]]:
    """Return (time, line) of the seconds `first` to `last` of the scenario, whose second 0 is at `at_us`."""
    lines = []
    for elapsed_s in range(first, last + 1):
        second_us = at_us + elapsed_s * US_PER_S
        made = lines_of_second(random.Random(f"{seed}/{elapsed_s}"), second_us, elapsed_s, "spike", rate)
        lines += [(second_us + offset_us, line) for offset_us, line in made]
    return lines


def text(lines: list[tuple[int, bytes]]) -> bytes:
    return b"".join(line for _, line in lines)


def test_the_traffic_begins_with_the_next_whole_second() -> None:
    writer, recorder = traffic()
    assert writer.step(START_US) == expected(0, 0)[0][0]
    assert recorder.writes == []


def test_each_line_is_written_when_it_is_due() -> None:
    writer, recorder = traffic()
    clock = ManualClock(START_US)
    written: list[tuple[int, bytes]] = []
    while clock.now_us() < FIRST_US + 3 * US_PER_S:
        before = len(recorder.writes)
        due_us = writer.step(clock.now_us())
        written += [(clock.now_us(), data) for data in recorder.writes[before:]]
        assert due_us >= clock.now_us() + 10_000
        clock.set(due_us)
    assert recorder.data == text(expected(0, 2))
    times = {line: at_us for at_us, line in expected(0, 2)}
    for now_us, data in written:
        for line in data.splitlines(keepends=True):
            assert 0 <= now_us - times[line] <= 10_000, "early, or later than the shortest wait"


@settings(max_examples=examples(60), deadline=None)
# After more than a second between steps, what is left of the second before the last is stale.
@given(st.lists(st.integers(1, 1_000_000), min_size=1, max_size=12))
def test_the_lines_do_not_depend_on_when_the_steps_are_taken(waits_us: list[int]) -> None:
    writer, recorder = traffic()
    now_us = START_US
    writer.step(now_us)
    for wait_us in waits_us:
        now_us += wait_us
        writer.step(now_us)
    last = (now_us - FIRST_US) // US_PER_S
    assert recorder.data == text([(at_us, line) for at_us, line in expected(0, last) if at_us <= now_us])


def test_two_simulators_without_a_seed_differ() -> None:
    first, first_recorder = traffic(seed=None)
    second, second_recorder = traffic(seed=None)
    for writer in (first, second):
        writer.step(START_US)
        writer.step(FIRST_US + US_PER_S)
    assert len(first_recorder.data.splitlines()) >= 19
    assert first_recorder.data != second_recorder.data


def test_what_would_come_late_after_a_pause_is_left_out() -> None:
    writer, recorder = traffic()
    writer.step(START_US)
    now_us = FIRST_US + 3600 * US_PER_S + 999_999
    assert writer.step(now_us) == now_us + 10_000
    # The second that is going on and the one before it; the hour before them is not written.
    assert recorder.data == text(expected(3599, 3600))


def test_a_clock_set_back_does_not_silence_the_traffic() -> None:
    writer, recorder = traffic()
    writer.step(START_US)
    writer.step(FIRST_US + 999_999)
    assert recorder.data == text(expected(0, 0))
    recorder.writes.clear()
    writer.step(START_US - 3600 * US_PER_S)
    writer.step(FIRST_US - 3600 * US_PER_S + 999_999)
    # Second 1 of the scenario, an hour earlier than it would have been.
    assert recorder.data == text(expected(1, 1, at_us=FIRST_US - 3601 * US_PER_S))


def test_a_clock_set_back_by_less_than_a_second_writes_nothing_twice() -> None:
    writer, recorder = traffic()
    writer.step(START_US)
    writer.step(FIRST_US + US_PER_S)
    writer.step(FIRST_US + US_PER_S - 900_000)
    writer.step(FIRST_US + 2 * US_PER_S - 1)
    assert recorder.data == text(expected(0, 1))


def test_a_high_rate_is_written_a_hundred_times_a_second_at_the_most() -> None:
    writer, recorder = traffic(rate=5_000)
    clock = ManualClock(START_US)
    while clock.now_us() < FIRST_US + US_PER_S:
        clock.set(writer.step(clock.now_us()))
    writer.step(FIRST_US + US_PER_S - 1)
    assert 50 < len(recorder.writes) <= 101
    assert all(data.endswith(b"\n") for data in recorder.writes)
    assert recorder.data == text(expected(0, 0, rate=5_000))


class RunningClock(ManualClock):
    """Goes to whatever time is waited for, at once, and tells when a time was reached."""

    def __init__(self, now_us: int, until_us: int) -> None:
        super().__init__(now_us)
        self.reached = threading.Event()
        self._until_us = until_us

    def wait_s(self, until_us: int) -> float:
        self.set(until_us)
        if until_us > self._until_us:
            self.reached.set()
        return 0.0


def test_the_thread_writes_until_it_is_stopped(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    clock = RunningClock(START_US, FIRST_US + 10 * US_PER_S)
    chosen = Settings(files=(str(log),), give_me_traffic=True, traffic_scenario="spike", seed=7)
    thread = simulator(chosen, clock, {"XDG_STATE_HOME": str(tmp_path / "state")})
    thread.start()
    assert log.exists(), "the file is there before the thread has its first turn"
    assert clock.reached.wait(60)
    thread.stop()
    written = log.read_bytes()
    assert written.startswith(text(expected(0, 9)))
    thread.stop()
    assert log.read_bytes() == written
    assert thread.failure is None
    assert thread.drain_notices() == ()


def test_a_refused_file_stops_the_start(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"somebody else's\n")
    thread = simulator(Settings(files=(str(log),)), ManualClock(START_US), {"XDG_STATE_HOME": str(tmp_path / "state")})
    with pytest.raises(RefusedError, match="--traffic-append"):
        thread.start()
    thread.stop()
    assert log.read_bytes() == b"somebody else's\n"


def test_a_refusal_on_the_way_ends_the_thread_and_is_its_failure(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    file = FileWriter(str(log), False, Memory(str(tmp_path / "state.json")))
    ended = threading.Event()

    class Replaced(TrafficWriter):
        def step(self, now_us: int) -> int:
            log.unlink()
            log.write_bytes(b"somebody else's\n")
            try:
                return super().step(now_us)
            finally:
                ended.set()

    thread = SimulatorThread(Replaced(file, "spike", 20, 7), ManualClock(START_US))
    thread.start()
    assert ended.wait(60)
    thread.stop()
    assert isinstance(thread.failure, RefusedError)
    assert str(log) in str(thread.failure)
    assert log.read_bytes() == b"somebody else's\n"
