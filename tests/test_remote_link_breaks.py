"""A log behind a link that breaks: every line once, wherever it breaks, since no conclusion is drawn from silence."""

import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from http_monitor.clock import WallClock
from http_monitor.records import Json
from http_monitor.sources.known.position import TailPosition
from http_monitor.sources.remote.command_files import CommandFiles
from http_monitor.sources.remote.command_runner import Commands, Said, Unreachable
from http_monitor.sources.remote.threaded_source import PolledSource
from http_monitor.sources.tail.tail import FileTail, TailLimits
from tests.examples import exhaustive, part_of
from tests.following import append, line, lines

_PATIENCE_S = 60
_STEP = 19
"""Each command is one too many, even for `scripts/laws`; with 1 it takes some minutes."""


class Breaking:
    """Counts the commands of this machine, and lets some of them fail to connect."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        self.broken: set[int] = set()
        self.after = False
        """Break when the command has been run, not before."""
        run = Commands.run

        def count(commands: Commands, words: Sequence[str], most: int | None = None) -> Said:
            self.calls += 1
            broken = self.calls in self.broken
            if broken and not self.after:
                raise Unreachable("cable pulled")
            said = run(commands, words, most)
            if broken:
                raise Unreachable("cable pulled")
            return said

        monkeypatch.setattr(Commands, "run", count)


class Watching:
    """The owner of a polled tail, which takes until it has what is there."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.data = b""
        self.woken = threading.Semaphore(0)
        files = CommandFiles()
        clock = WallClock()

        def make(position: Json | None) -> FileTail:
            resume = None if position is None else TailPosition.from_json(position)
            limits = TailLimits(read_bytes=150)
            return FileTail(str(log), files=files, clock=clock, from_start=True, resume=resume, limits=limits)

        self.source = PolledSource(
            str(log), make, link=files, wake=self.woken.release, clock=clock, least_pause_s=0.001
        )

    def take_until(self, expected: bytes) -> None:
        while len(self.data) < len(expected):
            assert self.woken.acquire(timeout=_PATIENCE_S), self.source.health()
            self.data += self.source.read().data
        assert self.data == expected

    def live_through_everything(self) -> None:
        """A rotation while the old file is still written to, a truncation with a copy, a deletion."""
        log = self.log
        self.take_until(lines(1, 3))
        append(log, line(4))
        older = log.with_name("access.log.1")
        log.rename(older)
        log.write_bytes(line(6)[:50])
        append(older, line(5))
        append(log, line(6)[50:])
        self.take_until(lines(1, 6))
        append(log, line(7))
        older.rename(log.with_name("access.log.2"))
        shutil.copy2(log, older)
        os.truncate(log, 0)
        append(log, line(8))
        self.take_until(lines(1, 8))


def _survives(log: Path) -> None:
    for path in log.parent.glob("access.log*"):
        path.unlink()
    log.write_bytes(lines(1, 3))
    watching = Watching(log)
    try:
        watching.live_through_everything()
        assert watching.source.health().lost_bytes == 0
        assert watching.source.failures == 0
    finally:
        watching.source.close()


@exhaustive
@pytest.mark.parametrize("after", [False, True])
def test_every_line_comes_once_whichever_command_gets_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    log = tmp_path / "access.log"
    breaking = Breaking(monkeypatch)
    breaking.after = after
    _survives(log)
    calls = breaking.calls
    assert calls > 30
    for broken in part_of(range(1 + after * _STEP // 2, calls + 1, _STEP), 4):
        breaking.calls = 0
        # Once, and then again while it recovers from that.
        breaking.broken = {broken, broken + 3}
        _survives(log)
