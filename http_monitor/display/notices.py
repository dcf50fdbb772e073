"""Writes sentences about the run itself to stderr."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TextIO

from http_monitor import figures
from http_monitor.display.style import style_for
from http_monitor.report import Notice
from http_monitor.units import visible_text

MAX_ALIKE = 10
"""Maximum number of files that get their own notice of one kind in a turn."""
_NUMBER = re.compile("[0-9]+")


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
        self._alike: dict[tuple[str, str], list[str]] = {}
        """The texts of this turn's notices about files, by kind and by words without their numbers."""

    def write_notice(self, notice: Notice) -> None:
        """Write a notice; hold it back if `MAX_ALIKE` other files had the same one in this turn."""
        if notice.file is not None:
            words = notice.text.removeprefix(visible_text(notice.file))
            alike = self._alike.setdefault((notice.name, _NUMBER.sub("0", words)), [])
            alike.append(notice.text)
            if len(alike) > MAX_ALIKE:
                return
        self.notify(notice.text)

    def settle(self) -> None:
        """Write what was held back at the end of a turn, one sentence for each kind."""
        kinds, self._alike = self._alike, {}
        for alike in kinds.values():
            more = len(alike) - MAX_ALIKE
            if more == 1:
                self.notify(alike[-1])
            elif more > 1:
                self.notify(f"{more:,} more files likewise, such as {alike[-1]}")

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
