"""Lets files join a live run that appeared after its start, and those go that are gone for good."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from http_monitor.clock import Clock
from http_monitor.inputs.input import Input
from http_monitor.monitor.live_turns import LiveTurns
from http_monitor.report import Notice
from http_monitor.units import US_PER_S

GONE_S = 600
"""A file that was found by a pattern is let go after so long without anything at its path."""


class Finder(Protocol):
    """Looks for files."""

    def more(self) -> tuple[Sequence[Input], Sequence[str]]:
        """Return (inputs for what was found since the last time, names of inputs that are not needed any more)."""
        ...

    def may_go(self, name: str) -> bool:
        """Tell whether an input was found by a pattern, so that it can go when its file has."""
        ...

    def forget(self, name: str) -> None:
        """Learn that an input has gone."""
        ...


class Discovery:
    """Asked once a second. Owned by the monitor's thread.

    Args:
        inputs: Those of the run; changed here.
        finder: Looks for more.
        clock: The wall clock tells how long a file is gone.
        turns: Read the inputs, and have to learn of one that goes while it can still be asked for its counters.
    """

    def __init__(self, inputs: list[Input], finder: Finder, clock: Clock, turns: LiveTurns) -> None:
        self._inputs = inputs
        self._finder = finder
        self._clock = clock
        self._turns = turns

    def __call__(self) -> Sequence[Notice]:
        """Return what is to be told now."""
        return list(self._look())

    def _look(self) -> Iterator[Notice]:
        found, needless = self._finder.more()
        for entry in found:
            self._inputs.append(entry)
            yield entry.notice("new, reading it from its start", "joined")
        waiting = self._turns.healths.waiting
        if not (waiting or needless):
            return
        for entry in [entry for entry in self._inputs if entry in waiting or entry.source.name in needless]:
            if entry.source.name in needless:
                self._let_go(entry)
            elif self._finder.may_go(entry.source.name) and self._is_gone(entry):
                self._let_go(entry)
                self._finder.forget(entry.source.name)
                yield entry.notice(f"gone for {GONE_S // 60} min, not followed any more", "left")

    def _is_gone(self, entry: Input) -> bool:
        health = entry.source.health()
        if len(self._inputs) == 1:
            return False  # a run without inputs would end
        if health.waiting_since_us is None or health.lag_bytes:
            return False
        return self._clock.now_us() - health.waiting_since_us >= GONE_S * US_PER_S

    def _let_go(self, entry: Input) -> None:
        self._turns.retire(entry)
        self._inputs.remove(entry)
        entry.source.close()
