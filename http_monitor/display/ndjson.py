"""One JSON object a line, for programs."""

import io
from typing import TextIO

from http_monitor.display.health import advice
from http_monitor.display.notices import Notices
from http_monitor.display.objects.lines import alert_line, notice_line, report_line, summary_line
from http_monitor.display.single_lines import caught_up
from http_monitor.report import AlertEvent, CaughtUp, Message, Notice, Pulse, Report, Summary

_ALWAYS_TOLD = {"unwrap"}
"""Notices that are no warnings, and without which the figures of a replay could be taken for those of other lines."""
_CLOCK = {"ahead", "late"}
"""Notices that say by how much times are off, and what to type: more than a report can."""


class NdjsonDisplay:
    """A `ReportSink` for programs: each message is one write. Owned by the thread that publishes.

    Args:
        stream: Takes the objects; it becomes UTF-8 with LF.
        notices: Takes the sentences of notices, for people.
        top: How many rows of a table are told; None: all.
        tells_all: Whether what is no warning is told too; a program that reads a replay has no use for it.
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
        """By how much the times of an input are off has been told."""

    def publish(self, message: Message) -> None:
        """Write one message. Raises BrokenPipeError when the reader of the stream is gone."""
        match message:
            case Report():
                self._write(report_line(message, self._top))
                self._advise(message)
            case AlertEvent():
                self._write(alert_line(message))
            case Summary():
                self._write(summary_line(message, self._top))
            case Notice():
                self._tell(message)
            case CaughtUp():
                self._tell(Notice(caught_up(message), name="caught-up", at_us=message.at_us))
            case Pulse():
                pass

    def close(self) -> None:
        """Do nothing: every message was written whole."""

    def _tell(self, notice: Notice) -> None:
        self._clock_told |= notice.name in _CLOCK
        if self._tells_all or notice.level == "warning" or notice.name in _ALWAYS_TOLD:
            self._write(notice_line(notice))
            self._notices.say(notice.text)

    def _advise(self, report: Report) -> None:
        """Tell what the text says under a report, when that has become something else."""
        say = advice(report.health, report.mode)
        if say and say != self._advised and not self._clock_told:
            self._tell(Notice(say, "warning", "times", at_us=report.end_us))
        self._advised = say

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()
