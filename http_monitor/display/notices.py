"""Sentences about the run itself, for people, on stderr."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TextIO

from http_monitor.display import figures
from http_monitor.display.style import style_for
from http_monitor.report import Notice
from http_monitor.units import visible_text

MOST = 10
"""So many files have a notice of the same kind each, in one turn."""
_NUMBER = re.compile("[0-9]+")


class Notices:
    """Writes ``10:31:07 http_monitor: …`` lines. Owned by the thread that publishes.

    Args:
        stream: Is written to, and not closed here.
        now_us: Asked for the time of each sentence, shown in local time, with its date where that is not the date of
            the sentence before (or of the start); None: sentences have no time, those of a replay are not of now.
    """

    def __init__(self, stream: TextIO, now_us: Callable[[], int] | None = None) -> None:
        self._stream = stream
        self._style = style_for(stream.encoding)
        self._now_us = now_us
        self._last_us = 0 if now_us is None else now_us()
        self._alike: dict[tuple[str, str], list[str]] = {}
        """The texts of this turn's notices of files, by kind and words; numbers in the words may differ."""

    def tell(self, notice: Notice) -> None:
        """Write a notice; hold it back if as many other files as have one each had the same in this turn."""
        if notice.file is not None:
            words = notice.text.removeprefix(visible_text(notice.file))
            alike = self._alike.setdefault((notice.name, _NUMBER.sub("0", words)), [])
            alike.append(notice.text)
            if len(alike) > MOST:
                return
        self.say(notice.text)

    def settle(self) -> None:
        """Write what was held back, one sentence for all of a kind: the turn is over."""
        kinds, self._alike = self._alike, {}
        for alike in kinds.values():
            more = len(alike) - MOST
            if more == 1:
                self.say(alike[-1])
            elif more > 1:
                self.say(f"{more:,} more files likewise, such as {alike[-1]}")

    def say(self, text: str) -> None:
        """Write one sentence."""
        self.show([f"{self._time()}http_monitor: {self._style.text(text)}"])

    def show(self, lines: Sequence[str]) -> None:
        """Write lines that a rendering made."""
        # Where standard error is on a full disk, or its reader has gone, what is counted goes on being told of.
        with suppress(OSError):
            self._stream.write("".join(self._style.encodable(line) + "\n" for line in lines))
            self._stream.flush()

    def _time(self) -> str:
        if self._now_us is None:
            return ""
        before_us, self._last_us = self._last_us, self._now_us()
        return f"{figures.moment(self._last_us, before_us)} "
