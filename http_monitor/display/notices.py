"""Sentences about the run itself, for people, on stderr."""

from collections.abc import Sequence
from typing import TextIO

from http_monitor.display.style import style_for


class Notices:
    """Writes ``http_monitor: …`` lines. Owned by the thread that publishes."""

    def __init__(self, stream: TextIO) -> None:
        """Write to that stream, which is not closed here."""
        self._stream = stream
        self._style = style_for(stream.encoding)

    def say(self, text: str) -> None:
        """Write one sentence."""
        self.show([f"http_monitor: {self._style.text(text)}"])

    def show(self, lines: Sequence[str]) -> None:
        """Write lines that a rendering made."""
        self._stream.write("".join(self._style.encodable(line) + "\n" for line in lines))
        self._stream.flush()
