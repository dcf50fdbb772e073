"""A text display on a terminal or a pipe of a test, and what it says of a pulse."""

import io

from http_monitor.display.colours import COLOURS
from http_monitor.display.notices import Notices
from http_monitor.display.text import Display
from http_monitor.report import Message, Pulse
from tests.display_samples import (
    START_US,
)

PULSE = Pulse(
    now_us=START_US + 3_200_000,
    hits_per_s=12.0,
    window_hits_per_s=9.87,
    threshold_per_s=10.0,
    next_report_us=START_US + 11_000_000,
    active=0,
    lag_bytes=0,
)
STATUS = "now 12.00 /s │ average 9.87 of 10 /s │ next report in 8 s"
# The terminal may have echoed two columns of ^C behind it.
CLEARED = "\r" + " " * (len(STATUS) + 2) + "\r"


class Screen:
    """A display with what it wrote on both streams."""

    def __init__(
        self, *, live_status: bool = True, ansi: bool = False, width: int = 80, height: int | None = None
    ) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        self.columns = width
        self.display = Display(
            self.out,
            Notices(self.err),
            width=lambda: self.columns,
            height=None if height is None else lambda: height,
            palette=COLOURS if ansi else None,
            live_status=live_status,
        )

    def after(self, *messages: Message) -> str:
        """Publish the messages and return what they wrote to the output."""
        start = self.out.tell()
        for message in messages:
            self.display.publish(message)
        return self.out.getvalue()[start:]
