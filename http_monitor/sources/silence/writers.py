"""Finds the processes that write to a file, and how to make each of them reopen its log."""

import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from http_monitor.sources.files.access import Identity
from http_monitor.units import visible_text

_ACCESS = 0o3
_READ_ONLY = os.O_RDONLY
_TOLD_BY_A_SIGNAL = {
    "nginx": "USR1",
    "angie": "USR1",
    "apache2": "USR1",
    "httpd": "USR1",
    "lighttpd": "HUP",
    "rsyslogd": "HUP",
    "syslog-ng": "HUP",
    "traefik": "USR1",
    "varnishncsa": "HUP",
    "squid": "USR1",
}
"""Signals by the name of the process, from each server's manual. A server that takes the signal for another request
(USR1 stops haproxy) must not be sent it, so processes that are not listed have none."""


@dataclass(frozen=True, slots=True)
class Writer:
    """A process that has a file open for writing."""

    pid: int
    parent: int
    name: str

    @property
    def remedy(self) -> str:
        """The instruction that makes it reopen its log."""
        number = _TOLD_BY_A_SIGNAL.get(self.name)
        return f"kill -{number} {self.pid}" if number else "have it reopen its log, or restart it"


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search."""

    holders: tuple[Writer, ...]
    """Of related processes only the oldest, which handles signals."""
    everyone: bool
    """Every process could be examined."""


def find_writers(identities: Collection[Identity], proc: str = "/proc") -> Found | None:
    """Return the processes that have one of these files open for writing; None if there is no /proc (not Linux).

    Every descriptor of every process is examined, which is too slow to do each second.
    """
    try:
        pids = [int(name) for name in os.listdir(proc) if name.isdigit()]
    except OSError:
        return None
    if not pids:
        return None
    everyone = True
    found: list[Writer] = []
    for pid in pids:
        try:
            process = os.path.join(proc, str(pid))
            writes = any(_writes(process, number, identities) for number in os.listdir(os.path.join(process, "fd")))
        except PermissionError:
            everyone = False
            continue
        except OSError:
            continue  # the process has ended
        if writes and pid != os.getpid():
            found.append(_master(proc, _holder(proc, pid)))
    among = {holder.pid for holder in found}
    heads = sorted({holder for holder in found if holder.parent not in among}, key=lambda holder: holder.pid)
    return Found(tuple(heads), everyone)


def _writes(process: str, number: str, identities: Collection[Identity]) -> bool:
    try:
        status = os.stat(os.path.join(process, "fd", number))
    except PermissionError:
        raise
    except OSError:
        return False  # closed in the meantime, or a socket
    if (status.st_dev, status.st_ino) not in identities:
        return False
    with suppress(OSError), open(os.path.join(process, "fdinfo", number), encoding="ascii") as lines:
        for line in lines:
            if line.startswith("flags:"):
                return int(line.split()[1], 8) & _ACCESS != _READ_ONLY
    return False


def _master(proc: str, holder: Writer) -> Writer:
    """Return the process that handles signals for its children; its descriptors may be readable by root only."""
    while holder.name in _TOLD_BY_A_SIGNAL and (parent := _holder(proc, holder.parent)).name == holder.name:
        holder = parent
    return holder


def _holder(proc: str, pid: int) -> Writer:
    parent, name = 0, "?"
    with suppress(OSError, ValueError, IndexError), open(os.path.join(proc, str(pid), "stat"), "rb") as file:
        # pid (name) state parent …; a name may contain anything, including parentheses.
        head, _, rest = file.read().rpartition(b") ")
        name = visible_text(os.fsdecode(head.partition(b"(")[2]))
        parent = int(rest.split()[1])
    return Writer(pid, parent, name)
