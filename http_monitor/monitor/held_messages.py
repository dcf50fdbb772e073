"""Keeps what the lines of a replay show until now has come to them."""

from bisect import insort
from collections.abc import Iterator

from http_monitor.eventtime.rows import NEVER_US
from http_monitor.report import AlertEvent, Message, Notice, Report, Summary


class HeldNotices:
    """Lets a notice go before the first message of a later now, so that its place does not depend on cuts.

    Lines are read before they are counted, how long before depends on where the input was cut. A report, or an alert,
    of a bucket is due when now has come to its end and the lateness; what lines of an earlier now have shown is known
    by then, of every file. Owned by the monitor's thread.

    Args:
        lateness_us: So long after its end a bucket closes.
    """

    def __init__(self, lateness_us: int) -> None:
        self._lateness_us = lateness_us
        self._waiting: list[tuple[int, int, int, Notice]] = []
        self._count = 0

    def note(self, now_us: int, index: int, notice: Notice) -> None:
        """Take a notice.

        Args:
            now_us: The greatest time accepted from its file when it was found, `NEVER_US` for none.
            index: The number of its file.
            notice: What is to be told; of one file in the order of its lines.
        """
        self._count += 1
        insort(self._waiting, (now_us, index, self._count, notice))

    def before(self, message: Message) -> Iterator[Notice]:
        """Yield what is to be told before a message, each with the time it has now."""
        match message:
            case Report():
                yield from self._before(message.end_us + self._lateness_us)
            case AlertEvent():
                yield from self._before(message.at_us + self._lateness_us)
            case Summary():
                yield from self.rest()
            case _:
                pass

    def rest(self) -> Iterator[Notice]:
        """Yield what is left, at the end of the run."""
        return self._before(-NEVER_US)

    def _before(self, now_us: int) -> Iterator[Notice]:
        while self._waiting and self._waiting[0][0] < now_us:
            at_us, _, _, notice = self._waiting.pop(0)
            yield notice.at(None if at_us == NEVER_US else at_us)
