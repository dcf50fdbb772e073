"""The programs that follow a growing log, and what share of a core each takes for it."""

import os
import pty
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.logs import Log
from bench.program import cpu_s_of, pieces_of, wait, write_lines
from bench.rivals import Command, found, path_of

_WINDOW_S = 120
_START_S = 1.0
_READ_BYTES = 1 << 16


def _goaccess(path: Path) -> Command:
    command = [path_of("goaccess"), str(path), "--log-format=COMBINED", "--no-global-config", "--real-time-html"]
    return [*command, "--addr=127.0.0.1", "--port=17890", "-o", str(path.with_name("live.html"))]


def _apachetop(path: Path) -> Command:
    return [path_of("apachetop"), "-f", str(path), "-T", str(_WINDOW_S)]


FOLLOWERS: dict[str, Callable[[Path], Command]] = {"goaccess": _goaccess, "apachetop": _apachetop}
"""By name, what each is called with for a log; it shows what it finds on a terminal or in a page."""


def core_ratio(name: str, log: Log, lines: int, per_s: int) -> float | None:
    """Return the share of a core that a follower takes; None where it is not installed, or does not stay.

    Args:
        name: Of the follower.
        log: Combined; where the lines come from, which get the time of their writing.
        lines: How many.
        per_s: How many a second.
    """
    if found(name) is None:
        return None
    pieces = pieces_of(log)
    with tempfile.TemporaryDirectory() as folder, _terminal() as terminal:
        path = Path(folder) / "access.log"
        path.touch()
        write_lines(path, pieces, 1, per_s)
        environment = {**os.environ, "TERM": "xterm"}
        with subprocess.Popen(
            FOLLOWERS[name](path), stdin=terminal, stdout=terminal, stderr=terminal, env=environment
        ) as run:
            wait(_START_S)
            before, started = cpu_s_of(run.pid), time.perf_counter()
            write_lines(path, pieces, lines, per_s)
            ratio = (cpu_s_of(run.pid) - before) / (time.perf_counter() - started)
            alive = run.poll() is None
            run.terminate()
    return ratio if alive else None


@contextmanager
def _terminal() -> Iterator[int]:
    """Give a terminal to write to, on which nobody looks."""
    ours, theirs = pty.openpty()
    reader = threading.Thread(target=_drain, args=(ours,), daemon=True)
    reader.start()
    try:
        yield theirs
    finally:
        os.close(theirs)
        reader.join()
        os.close(ours)


def _drain(terminal: int) -> None:
    # At the end of the last writer reading fails, on Linux.
    with suppress(OSError):
        while os.read(terminal, _READ_BYTES):
            pass
