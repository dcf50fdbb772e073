"""The progress line on a terminal, which is overwritten in place."""

from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from http_monitor import figures
from http_monitor.display.style import Style, style_for
from http_monitor.report import Message, Notice, Pulse, WorkDone
from http_monitor.units import US_PER_S

FIRST_US = US_PER_S
"""Work that takes less than this has no line."""
STEP_US = US_PER_S // 2
"""Time between two updates of the line."""
_MIN_SHARE = 0.01
"""Minimum share of the work after which the time to go is estimated."""
_ECHO_COLUMNS = len("^C") + 1
"""Columns that the terminal may use after the line, or wrap at."""


class ProgressLine:
    """Shows the state of long work on a terminal until something else is written there. Owned by one thread.

    Args:
        stream: The terminal; written to, never closed.
        running_us: Returns a time that only increases.
        width: Returns the columns of the terminal.
    """

    def __init__(self, stream: TextIO, running_us: Callable[[], int], width: Callable[[], int]) -> None:
        self.is_shown = False
        """The line is shown on the terminal."""
        self._stream = stream
        self._running_us = running_us
        self._width = width
        self._style = style_for(stream.encoding)
        self._begun_us: int | None = None
        self._next_us = 0
        self._lines_before = 0

    def update(self, work_done: Callable[[], WorkDone]) -> None:
        """Show the state if it is time to; `work_done` is called only then, and when the work begins."""
        now_us = self._running_us()
        if self._begun_us is None:
            self._begun_us, self._next_us = now_us, now_us + FIRST_US
            self._lines_before = work_done().lines
        elif now_us >= self._next_us:
            self._next_us = now_us + STEP_US
            done = work_done()
            room = max(1, self._width() - _ECHO_COLUMNS)
            lines, passed_us = done.lines - self._lines_before, now_us - self._begun_us
            self._write("\r" + render_progress(done, lines, passed_us, room, self._style) + "\x1b[K")
            self.is_shown = True

    def clear(self) -> None:
        """Clear the line: something else is about to be written to the terminal."""
        if self.is_shown:
            self.is_shown = False
            self._write("\r\x1b[K")

    def end(self) -> None:
        """Clear the line: the work is done, and other work may begin."""
        self.clear()
        self._begun_us = None

    def _write(self, text: str) -> None:
        # A terminal that is gone must not end the run.
        with suppress(OSError):
            self._stream.write(text)
            self._stream.flush()


class ClearedFor:
    """A `ReportSink` that clears the line before another one writes; it joins the hub first.

    Args:
        line: The line.
        is_beside: The other one writes to the same terminal; otherwise only notices do.
    """

    def __init__(self, line: ProgressLine, *, is_beside: bool = True) -> None:
        self._line = line
        self._is_beside = is_beside
        self._holds = False
        """The other one may hold something back until the turn ends, when the line may have been shown again."""

    def publish(self, message: Message) -> None:
        """Clear the line, unless nothing will be written there."""
        if isinstance(message, Notice) or (self._is_beside and not isinstance(message, Pulse)):
            self._holds = True
            self._line.clear()

    def settle(self) -> None:
        """Clear the line, if anything may be written."""
        if self._holds:
            self._holds = False
            self._line.clear()


def render_progress(done: WorkDone, lines: int, passed_us: int, width: int, style: Style) -> str:
    """Return the state in at most `width` columns, the most important part first.

    Args:
        done: How far the work has come.
        lines: Lines since the work began.
        passed_us: Time since then.
        width: Columns of the terminal.
        style: The style of the terminal.
    """
    parts = [f"Reading {int(100 * done.share)} %" if done.share is not None else "Reading"]
    if done.share is not None and done.share >= _MIN_SHARE:
        to_go_s = max(1, round(passed_us / US_PER_S * (1 - done.share) / done.share))
        parts.append(f"{figures.rough_span(to_go_s)} to go")
    if done.share is None:
        parts.append(figures.pluralize(done.lines, "line"))
    parts.append(f"{lines * US_PER_S // max(1, passed_us):,} lines/s")
    if done.reached_us is not None:
        parts.append(f"at {figures.date_time(done.reached_us)}")
    text = parts[0]
    for part in parts[1:]:
        if len(text) + len("   ") + len(part) > width:
            break
        text += "   " + part
    return style.encodable(text)[:width]
