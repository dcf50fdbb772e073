"""Standard output and standard error: their capabilities and their errors."""

import errno
import io
import os
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO, cast

from http_monitor.errors import RefusedError
from http_monitor.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from http_monitor.choices import Color
    from http_monitor.display.style import Palette
    from http_monitor.ports.sink import ReportSink
    from http_monitor.report import Message

_PIPED_WIDTH = 80
_PIPED_HEIGHT = 24


def width_of(stream: TextIO) -> int:
    """Return the columns of a terminal, or the value of the variable COLUMNS; 80 for anything else."""
    if not stream.isatty():
        return _PIPED_WIDTH
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        # `shutil.get_terminal_size` asks the stream that the process began with, which may be closed or another one.
        return os.get_terminal_size(stream.fileno()).columns or _PIPED_WIDTH
    except OSError:
        return _PIPED_WIDTH


def height_of(stream: TextIO) -> int:
    """Return the lines of a terminal, or the value of the variable LINES; 24 for anything else."""
    told = os.environ.get("LINES", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(stream.fileno()).lines or _PIPED_HEIGHT
    except OSError:
        return _PIPED_HEIGHT


def wants_colour(mode: "Color", is_tty: bool, environ: "Mapping[str, str]") -> bool:
    """Return whether a stream is coloured.

    ``always`` and ``never`` override everything; ``auto`` colours a terminal unless NO_COLOR is set and not empty
    (https://no-color.org) or TERM is ``dumb``.
    """
    if mode != "auto":
        return mode == "always"
    return is_tty and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def choose_palette(settings: Settings) -> "Palette | None":
    """Return the colours of standard output; None if it is not coloured."""
    if not wants_colour(settings.color, sys.stdout.isatty(), os.environ):
        return None
    from http_monitor.display.colours import COLOURS, prepare_console

    prepare_console()
    return COLOURS


def output_error(error: OSError) -> RefusedError | BrokenPipeError:
    """Return the error to raise if standard output cannot be written: BrokenPipeError if its reader is gone."""
    if error.errno == errno.EIO and stat.S_ISCHR(os.fstat(sys.stdout.fileno()).st_mode):
        # A closed terminal: its reader is gone, as with a pipe, and `isatty` no longer reports a terminal.
        return BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
    return RefusedError(f"standard output: {error.strerror}")


def buffer_writes(stream: TextIO) -> TextIO:
    """Return a stream whose writes are not cut short by a signal.

    Without a buffer (``python -u``, PYTHONUNBUFFERED), whatever the system does not accept at once is lost.
    """
    if not (isinstance(stream, io.TextIOWrapper) and isinstance(stream.buffer, io.RawIOBase)):
        return stream
    encoding, errors = stream.encoding, stream.errors
    return io.TextIOWrapper(io.BufferedWriter(cast(io.RawIOBase, stream.detach())), encoding, errors)


def show_all(stream: TextIO) -> TextIO:
    """Return a stream that writes characters which its encoding lacks as escapes, unless the user wants otherwise."""
    if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
        stream.reconfigure(errors="backslashreplace")
    return stream


def complain(text: str) -> None:
    """Write an error message as one line to standard error; ignore errors of writing."""
    with suppress(OSError):
        sys.stderr.write(f"http_monitor: {text}\n")


def discard_unwritable_output() -> None:
    """Redirect streams that cannot be flushed to the null device, so that the interpreter's exit does not fail.

    Errors of writing have been reported by the code that wrote.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:  # it was closed by the parent process
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Output:
    """Standard output as a sink; errors of writing become messages for the user, not tracebacks."""

    def __init__(self, display: "ReportSink") -> None:
        self._display = display

    def publish(self, message: "Message") -> None:
        """Publish a message. Raises BrokenPipeError and RefusedError."""
        self._do(lambda: self._display.publish(message))

    def settle(self) -> None:
        """Let the display write what it has collected. Raises BrokenPipeError and RefusedError."""
        settle = getattr(self._display, "settle", None)
        if settle is not None:
            self._do(settle)

    def _do(self, write: "Callable[[], None]") -> None:
        try:
            write()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise output_error(error) from error
