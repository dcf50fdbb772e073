"""Parses the output of ls and wc, and the errors of all commands."""

import errno
import os
import re
from dataclasses import dataclass
from datetime import datetime

from http_monitor.sources.files.access import FileStatus, Identity
from http_monitor.units import visible

NO_DEVICE = 0
"""The device of every file, since ls does not show it."""

_SHOWN_BYTES = 80
_ENTRY = re.compile(rb" *([0-9]+|\?) (.+)")
# No date begins with such a long number.
_SINCE_EPOCH = re.compile(rb"([0-9]{10,})\s")
_FULL_TIME = re.compile(rb"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))? ([+-][0-9]{4})\s")
# The messages of strerror in the locale C: glibc, musl and BSD.
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
    """The output of ``ls -ldin`` for a path."""

    kind: str
    """The first letter of its mode."""
    status: FileStatus
    """The size is 0 unless it is a regular file."""


def row(output: bytes) -> Row:
    """Return a parsed row; its time is None unless it is in nanoseconds since the epoch or has a time zone.

    Raises:
        OSError: the output is not a row.
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
    """Return the names listed by ``ls -1i``; names with line feeds, which rotation never makes, are left out."""
    found: dict[str, Identity] = {}
    name = ""
    for line in output.split(b"\n")[:-1]:
        entry = _ENTRY.fullmatch(line)
        if entry is None:  # the line before was only a part of a name
            found.pop(name, None)
            continue
        name = os.fsdecode(entry[2])
        if entry[1] != b"?":  # it was removed during the listing
            found[name] = NO_DEVICE, int(entry[1])
    return found


def count(output: bytes) -> int:
    """Return the number in the output of ``wc -c``.

    Raises:
        OSError: there is none.
    """
    first = output.split(None, 1)[:1]
    if not first or not first[0].isdigit():
        raise _not_understood("wc", output)
    return int(first[0])


def error_of(command: str, errors: bytes) -> OSError | None:
    """Return the error that a command reported on stderr; None if none is from that command.

    The program that runs the command may report "Permission denied" too, and may append text of its own.
    """
    text = errors.decode("utf-8", "surrogateescape")
    own = re.search(rf"^(?:\S*/)?{command}: .*", text, re.MULTILINE | re.DOTALL)
    if own is not None:
        for line in own[0].splitlines():
            reason = line.rpartition(": ")[2].strip()
            if reason in _REASONS:
                return OSError(_REASONS[reason], reason)
        return OSError(errno.EIO, visible(errors.strip()[:_SHOWN_BYTES]))
    if command == "readlink" and not text:  # it prints nothing about a path that it cannot resolve
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
