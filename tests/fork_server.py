"""Has imported the program, and forks for each run that is asked for; see `tests/forked.py`."""

import gc
import json
import os
import runpy
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

# What takes long to import. The program imports the rest itself, as it does after a start.
import numpy.ma  # noqa: F401

import http_monitor.cli.monitoring  # noqa: F401
from http_monitor.inputs.readahead import child_process
from tests.forked import MAX_BYTES, NUMBER

_DESCRIPTORS = 4
"""Of the answers, and of the three standard streams."""

Json = dict[str, Any]


def main() -> None:
    """Serve at the socket whose descriptor is the argument, to the end of who asks there."""
    gc.collect()
    gc.freeze()
    # It dies quietly with those who ask; a run has the handler that an interpreter starts with.
    interrupted = signal.signal(signal.SIGINT, signal.SIG_DFL)
    keepers: set[int] = set()
    with socket.socket(fileno=int(sys.argv[1])) as control:
        for request, (answering, *streams) in _requests(control):
            keeper = os.fork()
            if not keeper:
                control.close()
                pid = os.fork()
                if pid:
                    _keep(pid, answering, streams)
                os.close(answering)
                signal.signal(signal.SIGINT, interrupted)
                _become(request, streams)
                runpy.run_path(request["program"], run_name="__main__")
            keepers = {keeper, *(other for other in keepers if not os.waitpid(other, os.WNOHANG)[0])}
            for descriptor in (answering, *streams):
                os.close(descriptor)
    # Whoever waits for this process is told the processor time of all of them.
    for keeper in keepers:
        os.waitpid(keeper, 0)


def _requests(control: socket.socket) -> Iterator[tuple[Json, list[int]]]:
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MAX_BYTES, _DESCRIPTORS)
        if not message:
            return
        yield json.loads(message), list(descriptors)


def _keep(pid: int, answering: int, streams: list[int]) -> None:
    """Answer with the process id of the run, and with its status when it has ended; end with it."""
    for descriptor in streams:
        os.close(descriptor)
    with suppress(BrokenPipeError):
        os.write(answering, NUMBER.pack(pid))
        os.write(answering, NUMBER.pack(os.waitpid(pid, 0)[1]))
    os._exit(0)


def _become(request: Json, streams: list[int]) -> None:
    """Make this process what an interpreter is that was started for the program."""
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    os.chdir(request["cwd"])
    sys.argv = [request["program"], *request["arguments"]]
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, "utf-8", "backslashreplace", closefd=False)
    if request["threads_only"]:
        child_process.can_fork = lambda: False


if __name__ == "__main__":
    main()
