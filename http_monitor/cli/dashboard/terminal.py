"""The terminal of the dashboard: whether there is one, its keys, and its state before."""

import importlib.util
import io
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TextIO

from http_monitor.errors import UsageError
from http_monitor.settings import Settings

_INSTEAD = "without it, reports are printed as text"
_KEYS = "/dev/tty"
_STREAMS = ("__stdin__", "__stdout__", "__stderr__")
_RESTORE = (
    "\x1b[?2004l\x1b[?7h\x1b[?2048l"  # pasted text as typed, lines wrap, no reports of resizing
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # no mouse
    "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[0m"  # keys as ever, the usual screen, a cursor, no focus, no colours
)


def check_terminal(settings: Settings) -> None:
    """Check that there is a terminal that can show a screen, and what draws it. Raises UsageError."""
    if not sys.stdout.isatty():
        raise UsageError(f"--dashboard: standard output is no terminal; {_INSTEAD}")
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise UsageError(f"--dashboard: the terminal cannot place a cursor (TERM is dumb); {_INSTEAD}")
    if "-" in settings.files:
        try:
            os.close(os.open(_KEYS, os.O_RDWR))
        except OSError:
            raise UsageError(f"--dashboard: there is no terminal for its keys ({_KEYS}); {_INSTEAD}") from None
    elif sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(f"--dashboard: standard input is no terminal, and has no keys; {_INSTEAD}")
    if importlib.util.find_spec("textual") is None:
        raise UsageError("--dashboard: Textual is not installed, pip install 'http-monitor[dashboard]' installs it")


class ScreenTerminal:
    """The terminal while a screen is on it; afterwards everything is as it was.

    Textual takes keys from ``sys.__stdin__`` and writes to ``sys.__stdout__`` and ``sys.__stderr__``.

    Args:
        settings: The settings of the run; its log may come from standard input.
        when_gone: Called, in any thread, when the terminal was closed.
    """

    def __init__(self, settings: Settings, when_gone: Callable[[], None]) -> None:
        is_piped = "-" in settings.files
        keys = os.open(_KEYS, os.O_RDWR) if is_piped else os.dup(0)
        self._keys = io.TextIOWrapper(io.FileIO(keys, "r"), "utf-8")
        self._screen = _Screen(sys.stdout, when_gone)
        self._attributes = _attributes_of(keys)
        self._streams: dict[str, Any] = {}
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        streams = dict(zip(_STREAMS, (self._keys, self._screen, self._screen), strict=True))
        for name, stream in streams.items():
            self._streams[name] = getattr(sys, name)
            setattr(sys, name, stream)
        for number in _taken_signals():
            self._handlers[number] = signal.getsignal(number)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for name, stream in self._streams.items():
            setattr(sys, name, stream)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self.set_attributes()
        self._keys.close()

    def restore(self) -> None:
        """Leave the screen at once, whatever Textual does; may be called by a signal handler."""
        with suppress(OSError):
            # Textual has put something else in the place of `sys.stdout`.
            os.write(self._screen.fileno(), _RESTORE.encode())
        self.set_attributes()

    def set_attributes(self) -> None:
        """Let keys be echoed, lines edited and signals sent as before."""
        if self._attributes is None:
            return
        import termios

        with suppress(termios.error, OSError):
            termios.tcsetattr(self._keys.fileno(), termios.TCSANOW, self._attributes)


class _Screen(io.TextIOBase):
    """Writes to standard output; if the terminal was closed, nothing fails, since threads of Textual would hang."""

    def __init__(self, stream: TextIO, when_gone: Callable[[], None]) -> None:
        super().__init__()
        self._descriptor = stream.fileno()
        self._encoding = stream.encoding
        self._when_gone = when_gone
        self._waiting: list[str] = []
        self._is_gone = False

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._waiting.append(text)
        return len(text)

    def flush(self) -> None:
        data = "".join(self._waiting).encode(self._encoding, "replace")
        self._waiting.clear()
        while data and not self._is_gone:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                continue
            except OSError:
                self._is_gone = True
                self._when_gone()


def _attributes_of(descriptor: int) -> Any:
    """Return the attributes of a terminal; None where there are none."""
    try:
        import termios
    except ImportError:  # Windows
        return None
    with suppress(termios.error):
        return termios.tcgetattr(descriptor)
    return None


def _taken_signals() -> list[signal.Signals]:
    """Return the signals for which Textual installs handlers that it leaves behind."""
    names = ("SIGTSTP", "SIGCONT", "SIGWINCH")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]
