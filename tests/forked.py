"""Starts the program as a fork of a process that has imported it already, which takes a quarter of the time of a start.

A run is a process of its own, with streams, signals and an exit code as after a start. What a fork cannot show is how
an interpreter starts: where that matters, tests start one.
"""

import atexit
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

INTERPRETER = {"PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "error"}
"""What the environment tells the interpreter, whether it is started or forked."""
MAX_BYTES = 1 << 18
"""Of a request for a run."""
NUMBER = struct.Struct("i")
"""The form of an answer: first the process id of the run, then the status that it ended with."""

_ROOT = Path(__file__).resolve().parents[1]
_READ_AT_THE_START = ("PYTHON", "LC_", "LANG")
# What the program tells libraries before it imports them, so that they start no threads.
_WITHOUT_THREADS = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
_servers: list[socket.socket] = []


def can_fork(changes: Mapping[str, str] | None) -> bool:
    """Tell whether a fork can take the place of a start with these changes of the environment."""
    return sys.platform == "linux" and not any(name.startswith(_READ_AT_THE_START) for name in changes or ())


class Forked:
    """A run of a program; does and tells what `subprocess.Popen` would.

    Args:
        program: Its file.
        arguments: Of the program.
        env: The whole environment.
        cwd: The working directory.
        stdin: Where it reads; None: a pipe.
        threads_only: Whether it is as on a system where it cannot fork.
    """

    def __init__(
        self,
        program: Path,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        stdin: IO[bytes] | None,
        threads_only: bool,
    ) -> None:
        request = {
            "program": str(program),
            "arguments": arguments,
            "env": env,
            "cwd": str(cwd),
            "threads_only": threads_only,
        }
        self._answers, answering = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        (read_in, write_in), (read_out, write_out), (read_err, write_err) = os.pipe(), os.pipe(), os.pipe()
        self.stdin: IO[bytes] | None = os.fdopen(write_in, "wb")
        self.stdout: IO[bytes] = os.fdopen(read_out, "rb")
        self.stderr: IO[bytes] = os.fdopen(read_err, "rb")
        if stdin is not None:
            self.stdin.close()
            self.stdin = None
            os.dup2(stdin.fileno(), read_in)
        theirs = [answering.detach(), read_in, write_out, write_err]
        socket.send_fds(_server(), [json.dumps(request).encode()], theirs)
        for descriptor in theirs:
            os.close(descriptor)
        (self.pid,) = NUMBER.unpack(self._answers.recv(NUMBER.size))
        self.returncode: int | None = None

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it without a warning."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float) -> int:
        """Wait for its end; return its exit code, or minus the number of the signal that ended it.

        Raises:
            subprocess.TimeoutExpired: it still runs after so many seconds.
        """
        if self.returncode is None:
            self._answers.settimeout(timeout)
            try:
                (status,) = NUMBER.unpack(self._answers.recv(NUMBER.size))
            except (BlockingIOError, TimeoutError):
                raise subprocess.TimeoutExpired("a fork", timeout) from None
            self._answers.close()
            self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def _server() -> socket.socket:
    """Return the socket to the process that forks for this one, which is started when it is first needed."""
    if not _servers:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        given = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.fork_server", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**given, **INTERPRETER, **_WITHOUT_THREADS},
            cwd=_ROOT,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        _servers.append(ours)
        atexit.register(_end, ours, process)
    return _servers[0]


def _end(control: socket.socket, process: "subprocess.Popen[bytes]") -> None:
    control.close()
    process.wait()
