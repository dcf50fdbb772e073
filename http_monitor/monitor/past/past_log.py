"""Reads a log of before a run backwards, block by block."""

from collections.abc import Generator
from contextlib import closing

from http_monitor.eventtime.rows import NEVER_US, Rows
from http_monitor.inputs.look import Select
from http_monitor.inputs.seeking.past_lines import PastLines, Reading
from http_monitor.inputs.seeking.search import Bound
from http_monitor.inputs.seeking.tail_start import MakeFormat
from http_monitor.monitor.past.past_files import MissingError, PastFile, PastFiles
from http_monitor.units import US_PER_S

_FIRST_BYTES, _MOST_BYTES, _GROWTH = 64 << 10, 8 << 20, 4
"""The length of the first block, of the longest, and how many times as long as the one before each is."""
_MOST_UNTIMED_BYTES = 256 << 20
"""Bytes without any line that has a time, after which there may be none at all."""
_LEAST_DISORDER_US = US_PER_S

Step = list[Rows] | None


class PastLog:
    """One log, read from where its following began to the beginning of the time that is wanted.

    Args:
        files: Its files.
        since: The beginning of that time.
        begun_us: The lines of before the run are not later, but for some that the first block has.
        reading: How its lines are read.
        make_format: Makes formats for lines from any place of a file.
        select: Removes rows that do not count; None: keeps all.
    """

    def __init__(
        self,
        files: PastFiles,
        since: Bound,
        begun_us: int,
        reading: Reading,
        make_format: MakeFormat,
        select: Select | None,
    ) -> None:
        self.path = files.path
        self._files = files
        self._since = since
        self._reading = reading
        self._make_format = make_format
        self._select = select
        self._size = _FIRST_BYTES
        self._disorder_us = 0
        self._untimed_bytes = 0
        self._steps = self._read()
        self.reached_us = begun_us + 1
        """All rows of before the run from this time on are in the blocks so far. Lines before those that were read are
        taken to be out of order by no more than twice what those are, until the time is reached that is wanted."""
        self.is_over = False
        """There are no more blocks."""
        self.failure: OSError | None = None
        """What ended it early."""

    def step(self) -> Step:
        """Read a piece; return the rows of a block, in the order of their lines, once that is complete."""
        try:
            return next(self._steps)
        except StopIteration:
            self.is_over = True
            self._reach(self._since.at_us)
        except MissingError:
            self.is_over = True
        except OSError as error:
            self.is_over, self.failure = True, error
        return None

    def close(self) -> None:
        """Close the file that is read."""
        self._steps.close()

    def _read(self) -> Generator[Step, None, None]:
        """Yield None after each piece, and each block; end where no earlier line is wanted."""
        for past in self._files.newest_first():
            with closing(past.handle):
                made = self._make_format(past.file.path, past.handle)
                lines = PastLines(past.file, past.handle, made, self._select, self._reading, past.apart)
                yield from self._read_file(past, lines)
            if self._is_reached(lines):
                return

    def _read_file(self, past: PastFile, lines: PastLines) -> Generator[Step, None, None]:
        end = past.end
        while end > 0 and not (end < past.end and self._is_reached(lines)):
            least = max(0, end - self._size)
            start = lines.line_start(least)
            # A line may be longer than a block.
            start = start if start < end else least
            found: list[Rows] = []
            for rows in lines.read(start, end):
                found += rows
                yield None
            if not past.is_as_it_was():
                raise MissingError
            self._note(lines, end - start)
            end, self._size = start, min(self._size * _GROWTH, _MOST_BYTES)
            yield found

    def _note(self, lines: PastLines, size: int) -> None:
        """Note how far a block reaches."""
        self._disorder_us = max(self._disorder_us, lines.disorder_us)
        if lines.before_us == NEVER_US:
            self._untimed_bytes += size
            if self._untimed_bytes > _MOST_UNTIMED_BYTES:
                raise MissingError
            return
        self._untimed_bytes = 0
        margin_us = min(self._since.margin_us, max(_LEAST_DISORDER_US, 2 * self._disorder_us))
        self._reach(self._since.at_us if self._is_reached(lines) else lines.before_us + margin_us + 1)

    def _is_reached(self, lines: PastLines) -> bool:
        """Return whether no line in front of those read last is wanted."""
        return NEVER_US < lines.before_us < self._since.at_us - self._since.margin_us

    def _reach(self, time_us: int) -> None:
        self.reached_us = max(self._since.at_us, min(self.reached_us, time_us))
