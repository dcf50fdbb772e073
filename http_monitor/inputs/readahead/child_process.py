"""A child process that serves this one until it is ended."""

import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_STDOUT = 1


class ChildProcess:
    """A fork of this process, and a socket to it that keeps message boundaries.

    Terminals and service managers send signals to both processes; the child ignores them, because this process decides
    when both end. If this process is killed, the child finds its socket closed.

    Args:
        serve: Runs in the child with its end of the socket, and everything this process had in memory. When it
                returns, the child ends.
        raised: Runs in the child for an exception that `serve` raised.
    """

    def __init__(
        self,
        serve: Callable[[socket.socket], None],
        raised: Callable[[socket.socket, BaseException], None],
    ) -> None:
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with _block_signals():
                self.pid = _fork()
                """Process id of the child."""
                if not self.pid:
                    self.socket.close()
                    _be_child(lambda: serve(theirs), lambda error: raised(theirs, error))
        except OSError:
            self.socket.close()
            raise
        finally:
            theirs.close()
        self._ended = False

    def end(self) -> str:
        """Kill the child if it is running, wait for it, and close its socket; return how it ended, in words."""
        words = "is gone"
        if not self._ended:
            # If the parent of this program ignores the ends of children, the system waits for them.
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                words = _words(os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]))
            self._ended = True
        self.socket.close()
        return words


def can_fork() -> bool:
    """Return whether a fork of this process works like the original.

    Only on Linux: libraries of macOS must not be used in a fork, Windows has no fork, and other systems are untested.
    And only without other threads of ours: a lock that such a thread holds would stay locked in the child for ever.
    Arrow's idle worker threads are harmless, because Arrow starts new ones in a child.
    """
    return sys.platform == "linux" and hasattr(os, "memfd_create") and threading.active_count() == 1


def _fork() -> int:
    with warnings.catch_warnings():
        # From Python 3.12 on it warns of any thread, also of one that `can_fork` allows.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


@contextmanager
def _block_signals() -> Iterator[None]:
    """Block signals, so that a child forked meanwhile never receives one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _be_child(serve: Callable[[], None], raised: Callable[[BaseException], None]) -> None:
    """Serve, and exit without any cleanup that this process would do again.

    The parent writes the buffered contents of its files, and runs its exit handlers.
    """
    code = 1
    try:
        # A reader of the parent's output would otherwise wait for this process to end too.
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, _STDOUT)
        os.close(nothing)
        serve()
        code = 0
    finally:
        error = sys.exception()
        try:
            if error is not None:
                raised(error)
        finally:
            os._exit(code)


def _words(code: int) -> str:
    return f"ended with exit code {code}" if code >= 0 else f"was ended by {_name(-code)}"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
