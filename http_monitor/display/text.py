"""The text display: blocks, alert lines, and a status line on a terminal."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TextIO

from http_monitor.display.alerts.detail_limit import DetailLimit
from http_monitor.display.alerts.lines import render_alerts
from http_monitor.display.alerts.storm import Storms, Told
from http_monitor.display.chart import Chart
from http_monitor.display.first_rows import first_rows
from http_monitor.display.health import advice
from http_monitor.display.health_changes import HealthChanges
from http_monitor.display.interval import render_report
from http_monitor.display.notices import Notices
from http_monitor.display.single_lines import render_caught_up, render_status
from http_monitor.display.style import Palette, line_columns, style_for, wrap_words
from http_monitor.display.summary import render_summary
from http_monitor.report import AlertEvent, CaughtUp, Message, Notice, Pulse, Report, Summary

MIN_WIDTH = 20
"""Minimum width: a terminal that claims to be narrower is treated as this wide."""

_ECHO_COLUMNS = len("^C")
"""Columns that the terminal itself may write after the status line."""


class Display:
    """A `ReportSink` for people; each message is one write. Owned by the publishing thread."""

    def __init__(
        self,
        stream: TextIO,
        notices: Notices,
        *,
        width: Callable[[], int],
        height: Callable[[], int] | None = None,
        top: int | None = None,
        palette: Palette | None = None,
        live_status: bool = False,
        command: str = "",
    ) -> None:
        r"""Write to `stream`.

        Args:
            stream: receives blocks and alerts; never closed.
            notices: receives sentences about the run.
            width: returns the columns of the terminal; called for each message.
            height: likewise returns the maximum number of lines of a block; None: no limit.
            top: maximum number of rows of a table; None: all.
            palette: `colours.COLOURS`, or None for plain output.
            live_status: the stream is a terminal; keep a status line at the bottom.
            command: starts this program on the same input, for the hint under an alert; empty: there is no hint.
        """
        self.chart: Chart | None = None
        """Draws the hits over time in the summary; set before the run."""
        self.limit = DetailLimit()
        """Limits the lines about alerts; set likewise."""
        self.is_covered: Callable[[], bool] = lambda: False
        """Returns whether another line takes the place of the status line; set likewise."""
        self._stream = stream
        self._notices = notices
        self._width = width
        self._height = height
        self._command = command
        self._breaks = stream.isatty()
        self._top = top
        self._style = style_for(stream.encoding, palette)
        self._live_status = live_status
        self._erase = "\r\x1b[K" if palette else ""
        self._status_columns = 0
        self._advised = ""
        self._storms = Storms()
        self._health = HealthChanges()

    def publish(self, message: Message) -> None:
        """Show one message. Raises BrokenPipeError if the reader of the stream is gone."""
        width = max(MIN_WIDTH, self._width())
        if not isinstance(message, AlertEvent):
            self._write_alerts(self._storms.drain())
        if not isinstance(message, Notice):
            self._notices.settle()
        match message:
            case Report():
                if not message.catch_up or message.events:
                    self._write(self._report(message, width))
            case AlertEvent():
                self._write_alerts(self._storms.add(message))
                if message.subject is None:
                    # A rule without subjects has at most one event at a time.
                    self.settle()
            case Summary():
                shown = first_rows(message, self._top)
                most = None if self._height is None else self._height()
                self._write(render_summary(shown, width, self._style, self.chart, most))
            case CaughtUp():
                self._write([render_caught_up(message, width, self._style)])
            case Pulse():
                self._pulse(message, width)
            case Notice():
                self._take_status_away()
                self._notices.write_notice(message)

    def settle(self) -> None:
        """Write the collected events: no more events of their moment come."""
        self._write_alerts(self._storms.drain())
        self._notices.settle()

    def close(self) -> None:
        """Write the collected events, and clear the status line; the next output starts on an empty line."""
        self._write_alerts(self._storms.drain())
        self._take_status_away()
        self._notices.settle()

    def _take_status_away(self) -> None:
        if self._status_columns:
            self._write([])

    def _write_alerts(self, told: Told) -> None:
        if told:
            width = max(MIN_WIDTH, self._width())
            self._write(render_alerts(told, width, self._style, self.limit, self._command, breaks=self._breaks))

    def _report(self, report: Report, width: int) -> list[str]:
        say = advice(report.health, report.mode)
        advised = wrap_words(say, width - 2, "bold") if say and say != self._advised else []
        self._advised = say
        most = None if self._height is None else self._height() - len(advised)
        shown = replace(report, health=self._health.drop_said(report.health))
        lines = render_report(shown, width, self._style, self._top, most)
        return lines + [self._style.line([("  ", "plain"), *line], width) for line in advised]

    def _write(self, lines: Sequence[str]) -> None:
        text = "".join(line + "\n" for line in lines)
        self._stream.write(self._erase_status() + text)
        self._stream.flush()

    def _pulse(self, pulse: Pulse, width: int) -> None:
        if not self._live_status or self.is_covered():
            return
        # Some terminals wrap when the last column is filled.
        spans = render_status(pulse, width - 1 - _ECHO_COLUMNS, self._style)
        text = self._erase_status() + "".join(self._style.paint(part, role) for part, role in spans)
        self._stream.write(text)
        self._stream.flush()
        self._status_columns = line_columns(spans)

    def _erase_status(self) -> str:
        if not self._status_columns:
            return ""
        erase = self._erase or "\r" + " " * (self._status_columns + _ECHO_COLUMNS) + "\r"
        self._status_columns = 0
        return erase
