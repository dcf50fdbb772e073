"""Writes messages for programs, one JSON object per line."""

import io
from typing import TextIO

from http_monitor.display.health import advice, unread_advice
from http_monitor.display.notices import Notices
from http_monitor.display.objects.lines import alert_line, notice_line, report_line, summary_line
from http_monitor.display.single_lines import describe_catch_up
from http_monitor.report import AlertEvent, CaughtUp, Message, Notice, Pulse, Report, Summary

_ALWAYS_TOLD = {"unwrap", "span"}
"""Notices that are no warnings, but without which the figures of a replay could be attributed to other lines."""
_CLOCK = {"ahead", "late"}
"""Notices about wrong clocks; they say more than the advice of a report, and replace it."""


class NdjsonDisplay:
    """A `ReportSink` for programs; each message is one write. Owned by the publishing thread.

    Args:
        stream: receives the objects; switched to UTF-8 with LF.
        notices: receives the notices as sentences for people.
        top: maximum number of rows of a table; None: all.
        tells_all: write notices that are no warnings too; programs that read a replay do not need them.
    """

    def __init__(self, stream: TextIO, notices: Notices, top: int | None = None, *, tells_all: bool = True) -> None:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="strict", newline="\n")
        self._stream = stream
        self._notices = notices
        self._top = top
        self._tells_all = tells_all
        self._advised = ""
        self._clock_told = False
        """A notice about an input's clock has been written."""

    def publish(self, message: Message) -> None:
        """Write one message. Raises BrokenPipeError when the reader of the stream is gone."""
        if not isinstance(message, Notice):
            self.settle()
        match message:
            case Report():
                self._write(report_line(message, self._top))
                self._advise(message)
            case AlertEvent():
                self._write(alert_line(message))
            case Summary():
                self._warn_of_unread(message)
                self._write(summary_line(message, self._top))
            case Notice():
                self._notify(message)
            case CaughtUp():
                self._notify(Notice(describe_catch_up(message), name="caught-up", at_us=message.at_us))
            case Pulse():
                pass

    def settle(self) -> None:
        """Write the held back notices for people; programs have received every message."""
        self._notices.settle()

    def close(self) -> None:
        """Say the same."""
        self._notices.settle()

    def _notify(self, notice: Notice) -> None:
        self._clock_told |= notice.name in _CLOCK
        if self._tells_all or notice.level == "warning" or notice.name in _ALWAYS_TOLD:
            self._write(notice_line(notice))
            self._notices.write_notice(notice)

    def _advise(self, report: Report) -> None:
        """Write the advice that the text display shows under a report, if it has changed."""
        say = advice(report.health, report.mode)
        if say and say != self._advised and not self._clock_told:
            self._notify(Notice(say, "warning", "times", at_us=report.end_us))
        self._advised = say

    def _warn_of_unread(self, summary: Summary) -> None:
        """Write the warning that the text display shows under the summary of a replay."""
        say = unread_advice(summary.health, summary.mode)
        if say:
            self._notify(Notice(say, "warning", "malformed", at_us=summary.last_us))

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()
