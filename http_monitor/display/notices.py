"""Writes sentences about the run itself to stderr."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TextIO

from http_monitor.display import figures
from http_monitor.display.style import style_for


class Notices:
    """Writes ``10:31:07 http_monitor: …`` lines. Owned by the publishing thread.

    Args:
        stream: written to, never closed.
        now_us: returns the time of a sentence, shown in local time, with the date if it differs from that of the
            sentence before (or of the start). None: sentences have no time, as in a replay.
    """

    def __init__(self, stream: TextIO, now_us: Callable[[], int] | None = None) -> None:
        self._stream = stream
        self._style = style_for(stream.encoding)
        self._now_us = now_us
        self._last_us = 0 if now_us is None else now_us()

    def notify(self, text: str) -> None:
        """Write one sentence."""
        self.show([f"{self._time()}http_monitor: {self._style.text(text)}"])

    def show(self, lines: Sequence[str]) -> None:
        """Write rendered lines."""
        # A full disk or a closed reader of stderr must not stop the reports.
        with suppress(OSError):
            self._stream.write("".join(self._style.encodable(line) + "\n" for line in lines))
            self._stream.flush()

    def _time(self) -> str:
        if self._now_us is None:
            return ""
        before_us, self._last_us = self._last_us, self._now_us()
        return f"{figures.moment(self._last_us, before_us)} "
