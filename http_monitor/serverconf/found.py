"""What is read in a configuration, and how it is refused."""

import os
import stat
from dataclasses import dataclass

from http_monitor.errors import UsageError
from http_monitor.units import visible_text

MOST_BYTES = 8 << 20
"""No file of a configuration is larger."""


@dataclass(frozen=True, slots=True)
class LogUse:
    """One log that a server writes."""

    path: str
    """As the configuration has it; what is known only to the server is ``*``, and nothing else is a pattern."""
    bases: tuple[str, ...]
    """Directories that a relative path may be meant from, the likeliest first."""
    format: str
    """What ``--format`` would take."""
    name: str
    """What the configuration calls the format; empty where it stands there as it is."""
    file: str
    """Where the format is defined, or used where the server knows it by itself."""
    line: int


def refused(file: str, line: int | None, reason: str) -> UsageError:
    """Return the error for something in a configuration that cannot be read."""
    place = visible_text(file) if line is None else f"{visible_text(file)} line {line}"
    return UsageError(f"--format-from: {place}: {visible_text(reason)}")


def read_text(path: str, *, file: str, line: int | None) -> str:
    """Return a file of a configuration, bytes that are not UTF-8 as surrogates.

    Args:
        path: Of the file.
        file: Where it is named, for the error; `line` likewise.
        line: None: the user named it.

    Raises:
        UsageError: it cannot be read, or is larger than a configuration can be.
    """
    what = "cannot be read" if line is None else f"{path} cannot be read"
    try:
        # To open a pipe would wait for whoever writes to it.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise refused(file, line, f"{what} (no file)")
        with open(path, "rb") as handle:
            data = handle.read(MOST_BYTES + 1)
    except OSError as error:
        raise refused(file, line, f"{what} ({error.strerror})") from None
    if len(data) > MOST_BYTES:
        raise refused(path, None, f"has more than {MOST_BYTES >> 20} MiB, which is no configuration")
    return data.decode("utf-8", "surrogateescape")
