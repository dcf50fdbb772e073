"""A log that is replaced by grown copies while a look goes on: what was only seen is in the copy, and not lost."""

from collections.abc import Callable

import pytest

from http_monitor.clock import ManualClock
from http_monitor.sources.tail.tail import FileTail
from tests.following import line, lines
from tests.simulated_files import SimulatedFiles

_LOG = "/logs/access.log"


class _Race:
    """Files that are replaced when the reader has asked so often."""

    def __init__(self) -> None:
        self.files = SimulatedFiles(self._between)
        self.replacements: dict[int, Callable[[], None]] = {}
        self._asked = 0
        self.files.create(_LOG)
        self.files.append(_LOG, lines(1, 20))
        self.tail = FileTail(_LOG, files=self.files, clock=ManualClock(1_700_000_000_000_000), from_start=True)
        assert self._read() == lines(1, 20)

    def _between(self) -> None:
        self._asked += 1
        replacement = self.replacements.pop(self._asked, None)
        if replacement is not None:
            replacement()

    def replace(self, data: bytes) -> None:
        self.files.now_ns += 10_000_000
        self.files.create(f"{_LOG}.tmp")
        self.files.append(f"{_LOG}.tmp", data)
        self.files.rename(f"{_LOG}.tmp", _LOG)

    def _read(self) -> bytes:
        data = b""
        for _ in range(5):
            data += self.tail.read().data
        return data

    def look(self, first: bytes, then: bytes, after: int) -> tuple[bytes, int, bool]:
        """Replace the log, and again when the reader has asked so often; return what it gives and tells."""
        self.replace(first)
        self.replacements = {self._asked + after: lambda: self.replace(then)}
        data = self._read()
        health = self.tail.health()
        return data, health.lost_bytes, health.maybe_lost


@pytest.mark.parametrize("after", range(1, 16))
def test_what_was_seen_and_replaced_before_it_was_opened_is_in_the_copy_and_not_lost(after: int) -> None:
    assert _Race().look(lines(1, 22), lines(1, 25), after) == (lines(21, 25), 0, False)


def test_what_a_smaller_copy_cannot_hold_is_lost() -> None:
    # Seen, and replaced before it was opened: the second thing that a look asks for.
    given, lost_bytes, maybe_lost = _Race().look(lines(1, 30), lines(5, 25), 2)
    assert (given, lost_bytes, maybe_lost) == (lines(21, 25), len(lines(1, 30)), True)


def test_what_another_log_has_replaced_is_lost() -> None:
    given, lost_bytes, maybe_lost = _Race().look(lines(31, 33), lines(41, 45), 2)
    assert (given, lost_bytes, maybe_lost) == (lines(41, 45), len(lines(31, 33)), True)
    assert len(line(1)) == 100
