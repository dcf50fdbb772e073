"""Runs a command and tells as JSON what it took: seconds, seconds of processor time, peak memory.

Usage: python -S spawn.py COMMAND [ARGUMENT …]

A process of its own, because the system counts the memory of whoever starts a program as the program's own.
"""

import json
import os
import sys
import time


def main() -> int:
    """Run the command with its output discarded, or kept where OUTPUT_TO names a file."""
    output = os.open(os.environ.get("OUTPUT_TO", os.devnull), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    nothing = os.open(os.devnull, os.O_WRONLY)
    started = time.perf_counter()
    child = os.posix_spawn(
        sys.argv[1],
        sys.argv[1:],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, nothing, 2)],
    )
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    # Linux counts in KiB, macOS in bytes.
    peak_bytes = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    cpu_s = used.ru_utime + used.ru_stime
    code = os.waitstatus_to_exitcode(status)
    print(json.dumps({"exit_code": code, "seconds": seconds, "cpu_s": cpu_s, "peak_bytes": peak_bytes}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
