"""What the answers of ls and wc, and the errors of all commands, mean."""

import errno
import os
import re
from dataclasses import dataclass
from datetime import datetime

from http_monitor.sources.files.access import FileStatus, Identity
from http_monitor.units import visible

NO_DEVICE = 0
"""The device of every file: ls does not tell it."""

_SHOWN_BYTES = 80
_ENTRY = re.compile(rb" *([0-9]+|\?) (.+)")
# No date begins with so long a number.
_SINCE_EPOCH = re.compile(rb"([0-9]{10,})\s")
_FULL_TIME = re.compile(rb"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))? ([+-][0-9]{4})\s")
# The words of glibc, musl and BSD (strerror) in the locale C.
_REASONS = {
    "No such file or directory": errno.ENOENT,
    "Not a directory": errno.ENOTDIR,
    "Is a directory": errno.EISDIR,
    "Permission denied": errno.EACCES,
    "Operation not permitted": errno.EPERM,
    "Too many levels of symbolic links": errno.ELOOP,
    "Symbolic link loop": errno.ELOOP,
    "Stale file handle": errno.ESTALE,
    "Stale NFS file handle": errno.ESTALE,
    "Input/output error": errno.EIO,
    "I/O error": errno.EIO,
}


@dataclass(frozen=True, slots=True)
class Row:
    """What ``ls -ldin`` says of a path."""

    kind: str
    """The letter that its mode begins with."""
    status: FileStatus
    """The size is that of a regular file, of others 0."""


def row(output: bytes) -> Row:
    """Return what a row says; the time where it is nanoseconds since the epoch, or has a time zone.

    Raises:
        OSError: it is no row.
    """
    fields = output.split(None, 6)
    if len(fields) < 6 or not fields[0].isdigit():
        raise _not_understood("ls", output)
    kind = fields[1][:1].decode("ascii", "replace")
    identity = NO_DEVICE, int(fields[0])
    if kind != "-":
        return Row(kind, FileStatus(identity, 0, None))
    if len(fields) < 7 or not fields[5].isdigit():
        raise _not_understood("ls", output)
    return Row(kind, FileStatus(identity, int(fields[5]), _time_ns(fields[6])))


def entries(output: bytes) -> dict[str, Identity]:
    """Return the names that ``ls -1i`` lists; those with line feeds, of which rotation makes none, are left out."""
    found: dict[str, Identity] = {}
    name = ""
    for line in output.split(b"\n")[:-1]:
        entry = _ENTRY.fullmatch(line)
        if entry is None:  # the line before was only the beginning of a name
            found.pop(name, None)
            continue
        name = os.fsdecode(entry[2])
        if entry[1] != b"?":  # it went while it was listed
            found[name] = NO_DEVICE, int(entry[1])
    return found


def count(output: bytes) -> int:
    """Return the number that ``wc -c`` says.

    Raises:
        OSError: it says none.
    """
    first = output.split(None, 1)[:1]
    if not first or not first[0].isdigit():
        raise _not_understood("wc", output)
    return int(first[0])


def error_of(command: str, errors: bytes) -> OSError | None:
    """Return the error that a command reported on stderr; None if nothing there is from that command.

    Whoever runs it for us may say "Permission denied" too, and may add a word of its own behind.
    """
    text = errors.decode("utf-8", "surrogateescape")
    own = re.search(rf"^(?:\S*/)?{command}: .*", text, re.MULTILINE | re.DOTALL)
    if own is not None:
        for line in own[0].splitlines():
            reason = line.rpartition(": ")[2].strip()
            if reason in _REASONS:
                return OSError(_REASONS[reason], reason)
        return OSError(errno.EIO, visible(errors.strip()[:_SHOWN_BYTES]))
    if command == "readlink" and not text:  # it says nothing of what it cannot resolve
        return OSError(errno.ENOENT, os.strerror(errno.ENOENT))
    return None


def _time_ns(text: bytes) -> int | None:
    since_epoch = _SINCE_EPOCH.match(text)
    if since_epoch is not None:
        return int(since_epoch[1])
    full = _FULL_TIME.match(text)
    if full is None:
        return None
    try:
        moment = datetime.strptime(f"{full[1].decode()} {full[3].decode()}", "%Y-%m-%d %H:%M:%S %z")
    except ValueError:
        return None
    fraction_ns = int((full[2] or b"").ljust(9, b"0")[:9])
    return int(moment.timestamp()) * 1_000_000_000 + fraction_ns


def _not_understood(command: str, output: bytes) -> OSError:
    return OSError(errno.EIO, f"{command} says '{visible(output[:_SHOWN_BYTES].strip())}'")
