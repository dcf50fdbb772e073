"""Files that a pattern leads to later: whenever the run is killed, its totals are those of a run that is not."""

import itertools
from pathlib import Path

import pytest

from http_monitor.alerts import default_alerts
from http_monitor.checkpoint.restore import resume
from http_monitor.checkpoint.session import Session
from http_monitor.cli.inputs import GlobFinder, LiveSources, first_sources
from http_monitor.cli.run import engine_maker, live_run
from http_monitor.clock import ManualClock
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.monitor.live_run import LiveRun
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.source import Source
from http_monitor.settings import Settings
from http_monitor.sources.path_selection import LiveSelection
from tests.checkpointed import START_US, Fate, Killed, MemoryStore
from tests.engine_strategies import log_line
from tests.examples import part_of
from tests.following import append
from tests.harness import Recorder

SECONDS = 7
LINES = {"a.log": {1: 3, 2: 1, 5: 2}, "b.log": {3: 4, 4: 1}, "c.log": {5: 2, 6: 3}}
"""How many lines are written to each file in each second; none exists before."""
ALL = sum(sum(seconds.values()) for seconds in LINES.values())


class _Sources(LiveSources):
    """Sources that know nothing of a file before its first look, as those that read by commands."""

    def see(self, path: str) -> None:
        pass


class Folder:
    """A directory whose files a pattern leads to, with a clock and a checkpoint that outlive the runs."""

    def __init__(self, directory: Path, making: type[LiveSources]) -> None:
        self.directory = directory
        self.clock = ManualClock(START_US)
        self.store = MemoryStore(Fate())
        self.runs: list[LiveRun] = []
        self._settings = Settings(files=(str(directory / "*.log"),), lateness_s=0, interval_s=1)
        self._making = making

    def begin(self, fate: Fate) -> HTTPMonitor:
        """Begin a run, from the checkpoint if there is one."""
        self.store.fate = fate
        make_engine = engine_maker(default_alerts)
        saved = self.store.saved
        resumed = None if saved is None else resume(saved, self._settings, make_engine)
        selection = LiveSelection(self._settings.files)
        making = self._making(self._settings, self.clock, lambda: None, seen={}, wants=selection.wants)
        sources = first_sources(making, selection.first(), resumed, from_start=False)
        selection.know(source.name for source in sources)
        inputs = [self._input(source) for source in sources]
        session = Session(self.store, resumed)
        run = live_run(self._settings, inputs, Hub([Recorder()]), self.clock, session, make_engine)
        run.discover(GlobFinder(selection, making, self._input))
        self.runs.append(run)
        return HTTPMonitor(run, self.clock)

    def _input(self, source: Source) -> Input:
        return Input(source, get_format("auto"), self._settings.max_ahead_s * 1_000_000, explain)

    def write(self, second: int) -> None:
        """Write the lines of a second."""
        for name, seconds in LINES.items():
            for number in range(seconds.get(second, 0)):
                append(self.directory / name, log_line(self.clock.now_us() // 1_000_000, b"h%d" % number) + b"\n")


def _live(folder: Folder, fate: Fate) -> int:
    """Live through all seconds, begin again after a kill, and return how many lines were counted in the end."""
    monitor = folder.begin(fate)
    for second in range(SECONDS + 3):
        folder.clock.advance(1)
        folder.write(second)
        try:
            monitor.step()
            monitor.step()
            if second == SECONDS + 2:
                monitor.close(finished=False)
        except Killed:
            folder.runs[-1].close()
            monitor = folder.begin(Fate())
    monitor.step()
    health = folder.runs[-1].health()
    assert health.lost_bytes == 0
    return health.lines


@pytest.mark.parametrize("making", [LiveSources, _Sources], ids=["seen", "unseen"])
def test_killed_at_any_point_no_line_of_a_new_file_is_lost_or_counted_twice(
    tmp_path: Path, making: type[LiveSources]
) -> None:
    numbers = itertools.count()

    def folder() -> Folder:
        directory = tmp_path / str(next(numbers))
        directory.mkdir()
        return Folder(directory, making)

    fate = Fate()
    assert _live(folder(), fate) == ALL
    assert fate.points > 2 * SECONDS
    counted = {at: _live(folder(), Fate(at)) for at in part_of(range(1, fate.points + 1), 40)}
    assert counted == dict.fromkeys(counted, ALL)
