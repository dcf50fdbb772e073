"""What standard output and standard error can show."""

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
    from collections.abc import Callable

    from http_monitor.display.style import Palette
    from http_monitor.ports.sink import ReportSink
    from http_monitor.report import Message

_PIPED_WIDTH = 80
_PIPED_HEIGHT = 24


def width_of(stream: TextIO) -> int:
    """Return the columns of a terminal; 80 of anything else."""
    if not stream.isatty():
        return _PIPED_WIDTH
    import shutil

    return shutil.get_terminal_size((_PIPED_WIDTH, _PIPED_HEIGHT)).columns


def height_of(stream: TextIO) -> int:
    """Return the lines of a terminal."""
    import shutil

    del stream
    return shutil.get_terminal_size((_PIPED_WIDTH, _PIPED_HEIGHT)).lines


def palette_of(settings: Settings) -> "Palette | None":
    """Return the colours of standard output; None where it has none."""
    from http_monitor.display.colour import wants_colour

    if not wants_colour(settings.color, sys.stdout.isatty(), os.environ):
        return None
    from http_monitor.display.ansi import COLOURS, prepare_console

    prepare_console()
    return COLOURS


def refusal(error: OSError) -> RefusedError | BrokenPipeError:
    """Return what the user is told when standard output cannot be written; its reader going is no such case."""
    if error.errno == errno.EIO and stat.S_ISCHR(os.fstat(sys.stdout.fileno()).st_mode):
        # A terminal that is gone: it had a reader, as a pipe has. It is no terminal any more to `isatty`.
        return BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
    return RefusedError(f"standard output: {error.strerror}")


def written_whole(stream: TextIO) -> TextIO:
    """Return a stream of which a signal cannot cut off what is written to it.

    Without a buffer (``python -u``, PYTHONUNBUFFERED) what the system did not take at once is lost.
    """
    if not (isinstance(stream, io.TextIOWrapper) and isinstance(stream.buffer, io.RawIOBase)):
        return stream
    encoding, errors = stream.encoding, stream.errors
    return io.TextIOWrapper(io.BufferedWriter(cast(io.RawIOBase, stream.detach())), encoding, errors)


def complain(text: str) -> None:
    """Say what is wrong in one line on standard error; where that cannot be written, nobody can be told."""
    with suppress(OSError):
        sys.stderr.write(f"http_monitor: {text}\n")


def let_go_of_streams() -> None:
    """See that the interpreter, which flushes them at its exit, finds nothing that they would not take.

    Whoever wrote it has flushed it too, and been told.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:  # it was closed by who started us
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Output:
    """Standard output as a sink: what goes wrong there is the user's to know, not a traceback."""

    def __init__(self, display: "ReportSink") -> None:
        self._display = display

    def publish(self, message: "Message") -> None:
        """Hand a message on. Raises BrokenPipeError and RefusedError."""
        self._do(lambda: self._display.publish(message))

    def settle(self) -> None:
        """Let the display tell what it keeps. Raises likewise."""
        settle = getattr(self._display, "settle", None)
        if settle is not None:
            self._do(settle)

    def _do(self, write: "Callable[[], None]") -> None:
        try:
            write()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise refusal(error) from error
