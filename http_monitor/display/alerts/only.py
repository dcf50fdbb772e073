"""Displays that show alerts and nothing else on their stream."""

from collections.abc import Callable
from typing import TextIO

from http_monitor.display.alerts.detail_limit import DetailLimit
from http_monitor.display.alerts.lines import render_alerts
from http_monitor.display.alerts.storm import Storms, Told
from http_monitor.display.notices import Notices
from http_monitor.display.style import Palette, style_for
from http_monitor.report import AlertEvent, Message, Notice


class AlertsDisplay:
    """A `ReportSink` for people who want to see only alerts. Owned by the thread that publishes.

    Args:
        stream: Receives a line for each alert; many alerts of one rule at one moment share a line.
        notices: Receives sentences about the run.
        width: Returns the columns of the terminal; called for each alert.
        palette: `colours.COLOURS`, or None for plain output.
        command: Starts this program on the same input, for the hint under an alert; empty: there is no hint.
    """

    def __init__(
        self,
        stream: TextIO,
        notices: Notices,
        *,
        width: Callable[[], int],
        palette: Palette | None = None,
        command: str = "",
    ) -> None:
        self.limit = DetailLimit()
        """Limits the lines about alerts; set before the run."""
        self._stream = stream
        self._notices = notices
        self._style = style_for(stream.encoding, palette)
        self._storms = Storms()
        self._width = width
        self._command = command
        self._breaks = stream.isatty()

    def publish(self, message: Message) -> None:
        """Show an alert or a notice. Raises BrokenPipeError when the reader of the stream is gone."""
        if isinstance(message, AlertEvent):
            self._write_alerts(self._storms.add(message))
            if message.subject is None:
                self.settle()
            return
        self.settle()
        if isinstance(message, Notice):
            self._notices.write_notice(message)

    def settle(self) -> None:
        """Write the collected events: no more events of their moment come."""
        self._write_alerts(self._storms.drain())

    def close(self) -> None:
        """Write the collected events."""
        self.settle()
        self._notices.settle()

    def _write_alerts(self, told: Told) -> None:
        if not told:
            return
        lines = render_alerts(told, self._width(), self._style, self.limit, self._command, breaks=self._breaks)
        self._stream.write("".join(line + "\n" for line in lines))
        self._stream.flush()
