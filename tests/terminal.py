"""The real program on a pseudo-terminal, with what a screen would show of it."""

import codecs
import fcntl
import os
import pty
import re
import selectors
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from tests.program import DEADLINE_S, ROOT, command, environment

_CODES = re.compile(r"\x1b\[[0-9;]*m")
_ERASE = "\r\x1b[K"
_PATIENCE = 200
"""Number of pieces of output, at least one per second, that are searched for the awaited text."""


class Terminal:
    """A screen of this size that keeps what scrolls away, into which Ctrl-C is typed."""

    def __init__(
        self,
        columns: int,
        *arguments: str | Path,
        lines: int = 24,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        starts: Sequence[str] = (),
        stdin: int | None = None,
        stderr: int | None = None,
    ) -> None:
        """Start the program.

        Args:
            columns: Of the screen.
            arguments: Of the program.
            lines: Of the screen.
            env: Changes of its environment.
            cwd: Its working directory.
            starts: What the interpreter is given before the arguments, in place of the checkout's program.
            stdin: The descriptor of its standard input; None: the terminal.
            stderr: Likewise of its standard error.
        """
        self._screen, inner = pty.openpty()
        self._lines = lines
        self.resize(columns)
        self._process = subprocess.Popen(
            [sys.executable, *starts, *map(str, arguments)] if starts else command(*arguments),
            stdin=inner if stdin is None else stdin,
            stdout=inner,
            stderr=inner if stderr is None else stderr,
            env=environment({"TERM": "xterm-256color", **(env or {})}),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(1, termios.TIOCSCTTY, 0),
        )
        os.close(inner)
        self.raw = ""
        """Everything that was written so far; the terminal makes CR LF of LF."""
        self._after = 0
        # A character may be cut between two reads.
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.wait(DEADLINE_S)
        os.close(self._screen)

    def resize(self, columns: int) -> None:
        fcntl.ioctl(self._screen, termios.TIOCSWINSZ, struct.pack("HHHH", self._lines, columns, 0, 0))

    def having(self, pattern: str) -> None:
        """Read until this pattern has been written after what was waited for before."""
        for _ in range(_PATIENCE):
            found = re.compile(pattern).search(self.raw, self._after)
            if found is not None:
                self._after = found.end()
                return
            if not self._read():
                raise AssertionError(f"ended without what was waited for: {self.raw!r}")
        raise AssertionError(f"says other things: {self.raw!r}")

    def press_ctrl_c(self) -> None:
        self.type("\x03")

    def type(self, keys: str) -> None:
        os.write(self._screen, keys.encode())

    def wait(self) -> int:
        """Read on to the end; return the exit code."""
        while self._read():
            pass
        return self._process.wait(DEADLINE_S)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait_until_stopped(self) -> None:
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def hang_up(self) -> int:
        """Close the terminal; return the exit code."""
        os.dup2(os.open(os.devnull, os.O_RDWR), self._screen)
        return self._process.wait(DEADLINE_S)

    @property
    def attributes(self) -> list[Any]:
        """How the terminal treats what is typed and written."""
        return termios.tcgetattr(self._screen)

    def _read(self) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self._screen, selectors.EVENT_READ)
            if not selector.select(DEADLINE_S):
                raise AssertionError(f"silent: {self.raw!r}")
        try:
            data = os.read(self._screen, 1 << 16)
        except OSError:  # on Linux, once the other end is closed
            return False
        self.raw += self._decoder.decode(data)
        return bool(data)


def without_colour(raw: str) -> str:
    """Return what was written without the codes of colours."""
    return _CODES.sub("", raw)


def drawn(raw: str) -> list[str]:
    """Return each line as it was at any time: an erased one, or one written over, is a line of its own."""
    return re.split(r"\r\n|\r", without_colour(raw).replace(_ERASE, "\r"))


def left(raw: str) -> list[str]:
    """Return the lines that stay on the screen."""
    lines = []
    for line in without_colour(raw).split("\r\n"):
        shown: list[str] = []
        for part in line.rpartition(_ERASE)[2].split("\r"):
            shown[: len(part)] = part
        lines.append("".join(shown).rstrip(" "))
    return lines
