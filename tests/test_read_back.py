"""The last minutes of logs are read back beside a run: nothing twice, nothing missing between them and the run."""

import gzip
import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from http_monitor.alerts import default_alerts
from http_monitor.checkpoint.restore import resume
from http_monitor.checkpoint.session import Session
from http_monitor.cli.before_run.read_back import make_read_back
from http_monitor.cli.formats import Formats
from http_monitor.cli.inputs import LiveSources, first_sources
from http_monitor.cli.row_selection import row_selection, selection_of
from http_monitor.cli.run import engine_maker, live_run
from http_monitor.clock import ManualClock
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.monitor.past import past_log
from http_monitor.monitor.past.read_back import ReadBack
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.views import FoundLine, LinesQuery, SeriesQuery, TableQuery, ViewSpan
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.reread import LineReader
from http_monitor.recent.views import RecentViews
from http_monitor.settings import Settings
from http_monitor.sources.files.access import LocalFiles
from http_monitor.sources.files.data_end import look_at_data
from http_monitor.units import US_PER_S
from tests.checkpointed import Fate, MemoryStore
from tests.engine_strategies import START_S, log_line
from tests.located import container_lines

BEGAN_US = START_S * US_PER_S
EVER = ViewSpan(0, 1 << 60)
PLENTY = 1 << 26
SETTINGS = Settings(format="common", no_state=True)


def line(second: int, host: bytes) -> bytes:
    return log_line(START_S + second, host=host) + b"\n"


def dense(first_s: int, count: int, name: bytes, per_s: int = 1) -> bytes:
    return b"".join(line(first_s + number // per_s, b"%b%d" % (name, number)) for number in range(count))


def write(path: Path, data: bytes, changed_s: int = -1) -> None:
    path.write_bytes(data)
    os.utime(path, (START_S + changed_s, START_S + changed_s))


class Run:
    """A real live run on real files, with the recent rows and what reads back."""

    def __init__(
        self,
        *paths: Path,
        settings: Settings = SETTINGS,
        store: MemoryStore | None = None,
        recent_s: int = 900,
        max_bytes: int = PLENTY,
        began_s: int = 0,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        names = [str(path) for path in paths]
        self.clock = ManualClock(BEGAN_US + began_s * US_PER_S)
        seen = {name: look_at_data(LocalFiles(), name) for name in names}
        self.settings = replace(settings, files=tuple(names))
        beginning: Any = SimpleNamespace(
            clock=self.clock, seen=seen, started_us=self.clock.now_us(), span=SimpleNamespace(since_us=None)
        )
        meanwhile()
        formats = Formats(self.settings)
        make_engine = engine_maker(default_alerts)
        saved = None if store is None else store.saved
        resumed = None if saved is None else resume(saved, self.settings, make_engine)
        session = Session(store, resumed)
        formats.look(names, None if resumed is None else resumed.inputs)
        self.making = LiveSources(
            self.settings, self.clock, lambda: None, seen=seen, wants=lambda directory, name: False
        )
        sources = first_sources(self.making, names, resumed, from_start=self.settings.from_start)
        select = row_selection(self.settings)
        self.inputs = [
            Input(
                source,
                formats.of(source.name),
                60 * US_PER_S,
                explain,
                select=selection_of(self.settings, source.name, select),
            )
            for source in sources
        ]
        self.rows = RecentRows(recent_s * US_PER_S, max_bytes)
        self.views = RecentViews(self.rows)
        self.back = make_read_back(
            self.settings, beginning, names, formats, select, session, self.rows, recent_s * US_PER_S
        )
        hub = Hub()
        hub.join_stream(self.rows)
        self.run = live_run(self.settings, self.inputs, hub, self.clock, session, make_engine, beginning.started_us)

    def turn(self, seconds: float = 1) -> None:
        self.clock.advance(seconds)
        self.run.step()

    def read_back(self) -> None:
        assert self.back is not None
        self.back.start()
        self.back._thread.join()

    def end(self) -> None:
        if self.back is not None:
            self.back.stop()
        self.run.finish(complete=False)
        self.run.close()

    def lines(self) -> Sequence[FoundLine]:
        return self.views.lines(LinesQuery(EVER, limit=1_000_000)).lines

    def hosts(self) -> list[bytes]:
        """Return the hosts of all rows, oldest first."""
        hosts = [found.values["host"] for found in reversed(self.lines())]
        return [host for host in hosts if isinstance(host, bytes)]


def named(*parts: tuple[bytes, int, int]) -> list[bytes]:
    return [b"%b%d" % (name, number) for name, start, stop in parts for number in range(start, stop)]


def test_rows_of_before_the_run_are_held_in_front_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    write(path, dense(-2_000, 2_000, b"a"))
    run = Run(path)
    assert run.rows.held().since_us is None
    with path.open("ab") as log:
        log.write(dense(0, 5, b"b"))
    run.turn()
    run.read_back()
    assert run.hosts() == named((b"a", 1_104, 2_000), (b"b", 0, 5))
    held = run.rows.held()
    assert (held.since_us, held.left_out) == (BEGAN_US + (4 - 900) * US_PER_S, 0)
    assert run.back is not None
    assert (run.back.reading_to_us, list(run.back.drain_notices())) == (None, [])
    run.end()


@pytest.mark.parametrize("when", ["before", "between", "after"])
def test_lines_written_while_the_run_starts_are_held_once(tmp_path: Path, when: str) -> None:
    path = tmp_path / "a.log"
    half = log_line(START_S, host=b"half") + b"\n"
    write(path, dense(-50, 50, b"a") + half[:20])

    def go_on() -> None:
        with path.open("ab") as log:
            log.write(half[20:] + dense(0, 5, b"b"))

    run = Run(path, meanwhile=go_on if when == "before" else lambda: None)
    if when == "between":
        go_on()
    run.turn()
    if when == "after":
        go_on()
        run.turn()
    run.read_back()
    run.turn()
    assert run.hosts() == [*named((b"a", 0, 50)), b"half", *named((b"b", 0, 5))]
    run.end()


def test_rotated_files_are_read_as_far_as_needed_and_lines_are_found_again(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    write(path, dense(-100, 100, b"a"))
    write(tmp_path / "a.log.1", dense(-300, 200, b"b"), -100)
    write(tmp_path / "a.log.2", dense(-600, 300, b"c"), -300)
    write(tmp_path / "a.log.3", dense(-5_000, 4_000, b"d"), -1_000)
    write(tmp_path / "a.log.4.gz", gzip.compress(b"x"), -5_000)
    run = Run(path)
    with path.open("ab") as log:
        log.write(line(0, b"now"))
    run.turn()
    # It is rotated before it is read back, and once more.
    for name, to in (("a.log.2", "a.log.3"), ("a.log.1", "a.log.2"), ("a.log", "a.log.1")):
        os.replace(tmp_path / name, tmp_path / to)
    path.write_bytes(line(1, b"new"))
    run.turn()
    run.read_back()
    assert run.hosts() == [*named((b"c", 0, 300), (b"b", 0, 200), (b"a", 0, 100)), b"now", b"new"]
    found = run.lines()
    parser = Formats(run.settings).of(str(path))
    texts = LineReader(LocalFiles(), lambda file: lambda data: parser.parse(data).rows, 8_192).read(found)
    assert [text.text for text in texts] == [
        line(int((row.time_us - BEGAN_US) // US_PER_S), row.values["host"]).rstrip()  # type: ignore[arg-type]
        for row in found
    ]
    run.end()


def test_what_is_compressed_or_gone_is_not_told_as_held(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    write(path, dense(-100, 100, b"a"))
    write(tmp_path / "a.log.1.gz", gzip.compress(dense(-300, 200, b"b")), -100)
    run = Run(path)
    run.read_back()
    held = run.rows.held()
    assert held.since_us is not None
    # What was in front of the first line may be a little out of order.
    assert -100 < held.since_us / US_PER_S - START_S < -75
    assert run.hosts()[-1] == b"a99"
    run.end()


def test_several_logs_are_held_from_the_same_time_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_log, "_FIRST_BYTES", 1_000)
    monkeypatch.setattr(past_log, "_MOST_BYTES", 3_000)
    paths = [tmp_path / f"{name}.log" for name in "abc"]
    write(paths[0], dense(-5_000, 20_000, b"a", 4))
    write(paths[1], dense(-700, 690, b"b"))
    write(paths[2], dense(-9_000, 10, b"c"), -8_000)
    run = Run(*paths)
    assert run.back is not None
    reached: list[int | None] = []
    wait = run.back._stopping.wait

    def look(timeout: float | None = None) -> bool:
        held = run.rows.held()
        total = run.views.table(TableQuery("source", EVER)).total.hits
        reached.append(held.since_us)
        if held.since_us is not None:
            since_s = held.since_us / US_PER_S - START_S
            assert total == sum(-5_000 + n // 4 >= since_s for n in range(20_000)) + sum(
                -700 + n >= since_s for n in range(690)
            )
        return wait(0)

    monkeypatch.setattr(run.back._stopping, "wait", look)
    run.read_back()
    told = [since_us for since_us in reached if since_us is not None]
    assert told == sorted(told, reverse=True)
    assert len(set(told)) > 50
    assert Counter(host[:1] for host in run.hosts()) == {b"a": 3_604 - 4, b"b": 690}
    run.end()


def test_a_run_that_resumes_reads_back_what_the_run_before_it_counted(tmp_path: Path) -> None:
    path, store = tmp_path / "a.log", MemoryStore(Fate())
    write(path, dense(-300, 300, b"a"))
    first = Run(path, store=store)
    with path.open("ab") as log:
        log.write(dense(0, 30, b"b"))
    first.turn(30)
    first.end()
    os.replace(path, tmp_path / "a.log.1")
    with (tmp_path / "a.log.1").open("ab") as log:
        log.write(dense(31, 9, b"c"))
    path.write_bytes(dense(40, 10, b"d"))
    second = Run(path, store=store, began_s=60)
    second.turn()
    second.read_back()
    second.turn()
    assert second.hosts() == named((b"a", 0, 300), (b"b", 0, 30), (b"c", 0, 9), (b"d", 0, 10))
    assert second.rows.held().since_us == BEGAN_US - 300 * US_PER_S
    second.end()


def test_a_line_of_which_a_run_read_a_part_is_held_once_by_the_run_that_reads_the_rest(tmp_path: Path) -> None:
    path, store = tmp_path / "a.log", MemoryStore(Fate())
    settings = replace(SETTINGS, unwrap="cri")

    def part(end: bytes, text: bytes) -> bytes:
        return b"2024-01-01T00:00:00.93Z stdout %b %b\n" % (end, text)

    write(path, part(b"F", log_line(START_S - 9, host=b"whole")))
    first = Run(path, settings=settings, store=store)
    text = log_line(START_S, host=b"parts")
    with path.open("ab") as log:
        log.write(part(b"P", text[:30]))
    first.turn()
    first.end()
    second = Run(path, settings=settings, store=store, began_s=5)
    with path.open("ab") as log:
        log.write(part(b"F", text[30:]))
    second.read_back()
    assert second.hosts() == [b"whole"]
    second.turn()
    assert second.hosts() == [b"whole", b"parts"]
    second.end()


def test_a_log_truncated_meanwhile_is_held_as_far_as_it_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_log, "_FIRST_BYTES", 2_000)
    monkeypatch.setattr(past_log, "_MOST_BYTES", 2_000)
    path = tmp_path / "a.log"
    write(path, dense(-600, 600, b"a"))
    run = Run(path)
    run.turn()
    assert run.back is not None
    steps = 0
    wait = run.back._stopping.wait

    def truncate(timeout: float | None = None) -> bool:
        nonlocal steps
        steps += 1
        if steps == 20:
            (tmp_path / "a.log.1").write_bytes(path.read_bytes())
            path.write_bytes(dense(1, 900, b"b", 9))
        return wait(0)

    monkeypatch.setattr(run.back._stopping, "wait", truncate)
    run.read_back()
    run.turn(1_000)
    run.turn()
    held, hosts = run.rows.held(), run.hosts()
    assert held.since_us is not None
    kept = [host for host in hosts if host.startswith(b"a")]
    assert 100 < len(kept) < 500
    assert hosts == named((b"a", 600 - len(kept), 600), (b"b", 0, 900))
    run.end()


def test_filters_and_names_of_servers_are_those_of_the_run(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    write(path, dense(-50, 50, b"a"))
    run = Run(path, settings=replace(SETTINGS, filters=('host ~ "^a.?5$"',)))
    run.read_back()
    assert run.hosts() == [b"a5", b"a15", b"a25", b"a35", b"a45"]
    run.end()


def test_lines_in_parts_are_read_whole_wherever_blocks_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_log, "_FIRST_BYTES", 700)
    monkeypatch.setattr(past_log, "_MOST_BYTES", 1_100)
    path = tmp_path / "a.log"
    parts = container_lines(random.Random(7), 600, START_S - 250)
    write(path, b"".join(parts))
    settings = replace(SETTINGS, unwrap="cri")
    run = Run(path, settings=settings)
    run.read_back()
    whole = Run(path, settings=replace(settings, from_start=True), began_s=1)
    whole.turn()
    assert whole.back is None
    assert Counter((found.offset, found.time_us) for found in run.lines()) == Counter(
        (found.offset, found.time_us) for found in whole.lines()
    )
    assert len(run.lines()) > 400
    run.end()
    whole.end()


def test_an_error_of_reading_is_a_notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.log"
    write(path, dense(-50, 50, b"a"))
    run = Run(path)

    def fail(self: object, path: str) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(LocalFiles, "open", fail)
        run.read_back()
    assert run.back is not None
    (notice,) = run.back.drain_notices()
    assert (notice.text, notice.level) == (f"{path}: reading back: Input/output error", "warning")
    with path.open("ab") as log:
        log.write(dense(1, 5, b"b"))
    run.turn(5)
    assert run.hosts() == named((b"b", 0, 5))
    assert run.rows.held().since_us == BEGAN_US + US_PER_S
    run.end()


def test_it_stops_when_memory_is_full_and_keeps_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    write(
        path,
        b"".join(
            log_line(START_S - 800 + n // 40, host=b"%d" % n, request=b"GET /%d HTTP/1.1" % n) + b"\n"
            for n in range(32_000)
        ),
    )
    run = Run(path, max_bytes=1_500_000)
    run.read_back()
    held, hosts = run.rows.held(), run.hosts()
    assert held.nbytes <= 1_500_000
    assert held.left_out > 0
    assert hosts[-1] == b"31999"
    assert 500 < len(hosts) < 32_000
    assert hosts == [b"%d" % n for n in range(32_000 - len(hosts), 32_000)]
    run.end()


def test_a_stop_ends_it_while_it_rests(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    write(path, dense(-50, 50, b"a"))
    run = Run(path)
    back = run.back
    assert isinstance(back, ReadBack)
    rests = threading.Event()

    class SlowClock(ManualClock):
        def running_us(self) -> int:
            rests.set()
            self.advance(1_000)
            return super().running_us()

    back._clock = SlowClock()
    back.start()
    rests.wait()
    assert back.reading_to_us is not None
    back.stop()
    assert "read back" not in {thread.name for thread in threading.enumerate()}
    run.end()


@pytest.mark.parametrize(
    "changes", [{"from_start": True}, {"time": "arrival"}, {"no_backfill": True}, {"reader": "wc-tail"}]
)
def test_nothing_is_read_back_where_the_run_reads_all_or_cannot(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = tmp_path / "a.log"
    write(path, dense(-50, 50, b"a"))
    run = Run(path, settings=replace(SETTINGS, **changes))
    assert run.back is None
    assert run.views.series(SeriesQuery(EVER, US_PER_S)).points == ()
    run.end()
