"""The errors that reach the user, with the exit code of each.

HttpMonitorError
├── UsageError        exit 2: a wrong option or a wrong combination of options
├── WorkerError      exit 1: the process beside a replay was killed
├── InputError        exit 3: an input that cannot be replayed
├── RefusedError      exit 3: an output or the simulator that cannot or must not write
└── FormatError       exit 4: a replayed file in which no line fits

Lack of memory is no error of this tree: it can occur anywhere, and ends with exit 1 (`lacks_memory`).
"""

import errno


class HttpMonitorError(Exception):
    """An error with one clear line for the user; its text is that line."""

    exit_code = 1


class UsageError(HttpMonitorError):
    """A wrong option: the text names it, its value and what it accepts."""

    exit_code = 2


class WorkerError(HttpMonitorError):
    """The process that reads and parses during counting could not be started, or has ended."""


class InputError(HttpMonitorError):
    """An input that cannot be used in a replay (missing, a directory, unreadable, broken archive)."""

    exit_code = 3


class RefusedError(HttpMonitorError):
    """An output that cannot be written, or a file the simulator must not touch."""

    exit_code = 3


class FormatError(HttpMonitorError):
    """None of the first lines of a replayed file fits any format it may have."""

    exit_code = 4


_MEMORY_MESSAGES = ("failed to map segment", "annot allocate memory", "error return without exception set")
"""Messages of the library loader, and of the interpreter for libraries that fail without a message."""


def lacks_memory(error: BaseException) -> bool:
    """Return whether an exception or one of its causes is due to lack of memory."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError) or (isinstance(cause, OSError) and cause.errno == errno.ENOMEM):
            return True
        if isinstance(cause, ImportError | SystemError) and any(words in str(cause) for words in _MEMORY_MESSAGES):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
