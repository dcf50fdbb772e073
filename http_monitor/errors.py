"""The errors that reach the user, with the exit code of each.

HttpMonitorError
├── UsageError        exit 2: a wrong option or a wrong combination of options
├── WorkerError      exit 1: the process beside a replay has been ended by somebody else
├── InputError        exit 3: an input that cannot be replayed
├── RefusedError      exit 3: an output or the simulator that cannot or must not write
└── FormatError       exit 4: a replayed file in which no line fits

Too little memory is no error of ours, may come from anywhere, and ends with exit 1 (`lacks_memory`).
"""

import errno


class HttpMonitorError(Exception):
    """An error with one clear line for the user; its text is that line."""

    exit_code = 1


class UsageError(HttpMonitorError):
    """A wrong option: the text names it, what it got and what it takes."""

    exit_code = 2


class WorkerError(HttpMonitorError):
    """The process that reads and parses beside the counting could not be had, or has gone."""


class InputError(HttpMonitorError):
    """An input that cannot be used in a replay (missing, a directory, unreadable, broken archive)."""

    exit_code = 3


class RefusedError(HttpMonitorError):
    """An output that cannot be written, or a file the simulator must not touch."""

    exit_code = 3


class FormatError(HttpMonitorError):
    """None of the first lines of a replayed file fits any format it may have."""

    exit_code = 4


_LACKING = ("failed to map segment", "annot allocate memory", "error return without exception set")
"""What the loader of libraries says, and what the interpreter says of libraries that fail without a word."""


def lacks_memory(error: BaseException) -> bool:
    """Tell whether an exception, or one that it came from, is for want of memory."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError) or (isinstance(cause, OSError) and cause.errno == errno.ENOMEM):
            return True
        if isinstance(cause, ImportError | SystemError) and any(words in str(cause) for words in _LACKING):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
