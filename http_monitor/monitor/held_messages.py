"""Holds notices about the lines of a replay until now reaches these lines."""

from bisect import insort
from collections.abc import Iterator

from http_monitor.eventtime.rows import NEVER_US
from http_monitor.report import AlertEvent, Message, Notice, PassedInterval, Report, Summary


class HeldNotices:
    """Releases a notice before the first message of a later now, so that its place does not depend on cuts.

    How long before its counting a line is read depends on where the input was cut. The report or alert of a bucket is
    due when now has reached the bucket's end plus the lateness; by then the notices about lines of an earlier now are
    known for every file. Owned by the monitor's thread.

    Args:
        lateness_us: Time after its end at which a bucket closes.
    """

    def __init__(self, lateness_us: int) -> None:
        self._lateness_us = lateness_us
        self._waiting: list[tuple[int, int, int, Notice]] = []
        self._count = 0

    def note(self, now_us: int, index: int, notice: Notice) -> None:
        """Store a notice.

        Args:
            now_us: The greatest time accepted from its file when it was found, `NEVER_US` for none.
            index: The number of its file.
            notice: The notice; those of one file come in the order of its lines.
        """
        self._count += 1
        insort(self._waiting, (now_us, index, self._count, notice))

    def before(self, message: Message) -> Iterator[Notice]:
        """Yield the notices that precede a message, each with its time."""
        match message:
            case Report():
                yield from self._before(message.end_us + self._lateness_us)
            case AlertEvent():
                yield from self._before(message.at_us + self._lateness_us)
            case Summary():
                yield from self.rest()
            case _:
                pass

    def before_passed(self, interval: PassedInterval) -> Iterator[Notice]:
        """Yield the notices that precede the end of an interval, each with its time."""
        return self._before(interval.end_us + self._lateness_us)

    def rest(self) -> Iterator[Notice]:
        """Yield the remaining notices, at the end of the run."""
        return self._before(-NEVER_US)

    def _before(self, now_us: int) -> Iterator[Notice]:
        while self._waiting and self._waiting[0][0] < now_us:
            at_us, _, _, notice = self._waiting.pop(0)
            yield notice.at(None if at_us == NEVER_US else at_us)
