"""Appends whole lines to the simulator's file, wherever its path leads now."""

import os
from collections import deque
from dataclasses import replace

from http_monitor.errors import RefusedError
from http_monitor.report import Notice
from http_monitor.simulator.memory import Memory
from http_monitor.simulator.opening import Target, digest_of, open_target
from http_monitor.units import visible_text


class FileWriter:
    """The file of the simulator, opened again when it is rotated or removed.

    One thread at a time owns it; only `drain_notices` may be called from any other.
    """

    def __init__(self, path: str, append: bool, memory: Memory) -> None:
        """Write to `path` as `open_target` allows."""
        self._path = path
        self._append = append
        self._memory = memory
        self._target: Target | None = None
        self._notices: deque[Notice] = deque()
        self._warned = False

    def open(self) -> None:
        """Open the file unless it is open.

        Raises:
            RefusedError: it must not be written, or cannot be.
        """
        if self._target is None:
            self._target = open_target(self._path, self._append, self._memory)
            if self._target.made is not None and not self._target.made.first_line:
                self._remember(self._target)

    def write(self, data: bytes) -> None:
        """Append whole lines, in one write.

        Raises:
            RefusedError: the file was replaced by one that must not be written, or cannot be written.
        """
        if self._target is not None and not _is_at(self._target, self._path):
            self.close()
        self.open()
        target = self._target
        if target is None or not data:
            return
        try:
            if target.made is not None and os.fstat(target.descriptor).st_size == 0:
                # Before the line itself: a file must never hold lines that are not known to be simulated.
                target.made = replace(target.made, first_line=digest_of(data))
                self._remember(target)
            rest = memoryview(data)
            while rest:
                # Repeats only when the disk is nearly full; then the next write raises.
                rest = rest[os.write(target.descriptor, rest) :]
        except OSError as error:
            raise RefusedError(
                f"--give-me-traffic cannot write to {visible_text(self._path)}: {error.strerror}"
            ) from None

    def close(self) -> None:
        """Close the file; it remains where it is."""
        if self._target is not None:
            os.close(self._target.descriptor)
            self._target = None

    def drain_notices(self) -> tuple[Notice, ...]:
        """Return new notices for the user; any thread may call it."""
        notices = []
        while self._notices:
            notices.append(self._notices.popleft())
        return tuple(notices)

    def _remember(self, target: Target) -> None:
        if target.made is None:
            return
        problem = self._memory.remember(target.made)
        if problem and not self._warned:
            self._warned = True
            self._notices.append(
                Notice(
                    f"the simulator cannot remember that it made {visible_text(self._path)}, and will refuse it the"
                    f" next time ({visible_text(problem)})",
                    "warning",
                    "simulator",
                )
            )


def _is_at(target: Target, path: str) -> bool:
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return (status.st_dev, status.st_ino) == (target.device, target.inode)
