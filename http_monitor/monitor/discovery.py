"""Adds files that appear during a live run, and removes inputs whose files are gone for good."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from http_monitor.clock import Clock
from http_monitor.inputs.input import Input
from http_monitor.monitor.live_turns import LiveTurns
from http_monitor.report import Notice
from http_monitor.units import US_PER_S, visible_text

GONE_S = 600
"""Seconds without a file at its path after which an input found by a pattern is removed."""


class Finder(Protocol):
    """Finds files."""

    def more(self) -> tuple[Sequence[Input], Sequence[str]]:
        """Return (inputs for files found since the last call, names of inputs that are no longer needed)."""
        ...

    def take_missed(self) -> Sequence[str]:
        """Return the paths at which files appeared and disappeared unread since the last call."""
        ...

    def can_remove(self, name: str) -> bool:
        """Return whether an input was found by a pattern, so that it can be removed when its file is gone."""
        ...

    def forget(self, name: str) -> None:
        """Note that an input was removed."""
        ...


class Discovery:
    """Called once a second. Owned by the monitor's thread.

    Args:
        inputs: The inputs of the run; changed here.
        finder: Finds more files.
        clock: The wall clock measures how long a file has been gone.
        turns: Notified of each removal while the input can still be asked for its counters.
    """

    def __init__(self, inputs: list[Input], finder: Finder, clock: Clock, turns: LiveTurns) -> None:
        self._inputs = inputs
        self._finder = finder
        self._clock = clock
        self._turns = turns

    def __call__(self) -> Sequence[Notice]:
        """Return new notices."""
        return list(self._find())

    def _find(self) -> Iterator[Notice]:
        found, needless = self._finder.more()
        for entry in found:
            self._inputs.append(entry)
            yield entry.notice("new, reading it from its start", "joined")
        missed = self._finder.take_missed()
        if missed:
            self._turns.miss_files()
            them = "it" if len(missed) == 1 else "them"
            more = f" and {len(missed) - 1:,} more" if len(missed) > 1 else ""
            words = f"{visible_text(missed[0])}{more}: came and went before a check found {them}, lines may be lost"
            yield Notice(words, "warning", "lost", missed[0])
        waiting = self._turns.healths.waiting
        if not (waiting or needless):
            return
        for entry in [entry for entry in self._inputs if entry in waiting or entry.source.name in needless]:
            if entry.source.name in needless:
                self._remove(entry)
            elif self._finder.can_remove(entry.source.name) and self._is_gone(entry):
                self._remove(entry)
                self._finder.forget(entry.source.name)
                yield entry.notice(f"gone for {GONE_S // 60} min, no longer followed", "left")

    def _is_gone(self, entry: Input) -> bool:
        health = entry.source.health()
        if len(self._inputs) == 1:
            return False  # a run without inputs would end
        if health.waiting_since_us is None or health.lag_bytes:
            return False
        return self._clock.now_us() - health.waiting_since_us >= GONE_S * US_PER_S

    def _remove(self, entry: Input) -> None:
        self._turns.retire(entry)
        self._inputs.remove(entry)
        entry.source.close()
