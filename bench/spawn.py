"""Runs a command and tells as JSON what it took: seconds, seconds of processor time, peak memory.

Usage: python -S spawn.py COMMAND [ARGUMENT …]

A process of its own, because the system counts the memory of whoever starts a program as the program's own. Processor
time is that of the command and of the processes it waited for. Memory is the resident peak of the command as long as it
is the only process. The system has no such figure for several together, and the sum of their peaks would count twice
what they share: where there are several, the sum of
their proportional shares (PSS) is taken twenty times a second.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

_EVERY_S = 0.05


def main() -> int:
    """Run the command with its output discarded, or kept where OUTPUT_TO names a file."""
    output = os.open(os.environ.get("OUTPUT_TO", os.devnull), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    nothing = os.open(os.devnull, os.O_WRONLY)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    started = time.perf_counter()
    child = os.posix_spawn(
        sys.argv[1],
        sys.argv[1:],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, nothing, 2)],
        setsigmask=[],
    )
    shared_bytes = _wait(child) if sys.platform == "linux" else 0
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    # Linux counts in KiB, macOS in bytes.
    peak_bytes = max(shared_bytes, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
    cpu_s = used.ru_utime + used.ru_stime
    code = os.waitstatus_to_exitcode(status)
    print(json.dumps({"exit_code": code, "seconds": seconds, "cpu_s": cpu_s, "peak_bytes": peak_bytes}))
    return 0


def _wait(child: int) -> int:
    """Wait for the end of a process; return the most that it and those it started had together, 0 if it was alone."""
    most = 0
    while signal.sigtimedwait({signal.SIGCHLD}, _EVERY_S) is None:
        tree = [child]
        for process in tree:
            tree += _started_by(process)
        if len(tree) > 1:
            most = max(most, sum(map(_share_bytes, tree)))
    return most


def _started_by(process: int) -> list[int]:
    try:
        return [
            int(pid)
            for thread in Path(f"/proc/{process}/task").iterdir()
            for pid in (thread / "children").read_text().split()
        ]
    except OSError:  # it has ended meanwhile
        return []


def _share_bytes(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended meanwhile
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    sys.exit(main())
