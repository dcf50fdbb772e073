"""Remembers which lines were shown: their texts, and how many that came in were not."""

from collections.abc import Callable, Hashable, Sequence

from http_monitor.dashboard.state.answers import ShownLine
from http_monitor.ports.views import FoundLine, ViewSpan
from http_monitor.records import LogFile
from http_monitor.units import US_PER_S

_SETTLED_US = 60 * US_PER_S
"""Rows come at most this much late, as far as the number of skipped lines is concerned."""
_END_US = 1 << 62

_Where = tuple[LogFile | None, int, int]


class FollowedLines:
    """The lines shown since following began. Owned by one thread."""

    def __init__(self) -> None:
        self._texts: dict[_Where, ShownLine] = {}
        """The lines of the last answer."""
        self._key: Hashable | None = None
        self._settled_us = 0
        """Lines before this time are counted, and are not counted again."""
        self._settled = 0
        self._shown = 0
        self._latest: set[_Where] = set()
        """The lines of the last answer that came since following began."""

    def texts(
        self, lines: Sequence[FoundLine], read: Callable[[Sequence[FoundLine]], list[ShownLine]]
    ) -> tuple[ShownLine, ...]:
        """Return the texts of lines; those of the last answer are not read again."""
        new = [line for line in lines if _where(line) not in self._texts]
        read_now = {_where(line): shown for line, shown in zip(new, read(new) if new else [], strict=True)}
        texts = tuple(self._texts.get(_where(line)) or read_now[_where(line)] for line in lines)
        self._texts = {_where(shown.row): shown for shown in texts}
        return texts

    def skipped(self, key: Hashable, lines: Sequence[FoundLine], now_us: int, count: Callable[[ViewSpan], int]) -> int:
        """Return the number of lines that came in since following began and were never shown.

        Args:
            key: What is followed; another one begins anew.
            lines: The lines shown now.
            now_us: The greatest time of all rows.
            count: Counts the lines of a span.
        """
        if key != self._key:
            self._key = key
            self._settled_us, self._settled, self._shown, self._latest = now_us + 1, 0, 0, set()
            return 0
        self._settle(now_us - _SETTLED_US, count)
        latest = {_where(line) for line in lines if line.time_us >= self._settled_us}
        self._shown += len(latest - self._latest)
        self._latest = latest
        return self._settled + count(ViewSpan(self._settled_us, _END_US)) - self._shown

    def stop(self) -> None:
        """Forget what was followed."""
        self._key = None

    def _settle(self, upto_us: int, count: Callable[[ViewSpan], int]) -> None:
        if upto_us > self._settled_us + _SETTLED_US:
            self._settled += count(ViewSpan(self._settled_us, upto_us))
            self._settled_us = upto_us


def _where(line: FoundLine) -> _Where:
    return line.file, line.offset, line.time_us
