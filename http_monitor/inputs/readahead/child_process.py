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
    """A fork of this process, and the socket to it, which keeps messages apart.

    A terminal and a service manager send their signals to both processes: to the child they do nothing, for this one
    decides when both end. Should this one be killed, the child finds the end of its socket.

    Args:
        serve: What the child does, with its end of the socket; it has all that this process had in memory. When it
            returns, the child has ended.
        raised: What the child does with an exception that `serve` raised.
    """

    def __init__(
        self,
        serve: Callable[[socket.socket], None],
        raised: Callable[[socket.socket, BaseException], None],
    ) -> None:
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with _signals_blocked():
                self.pid = _fork()
                """Of the child."""
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
        """Kill the child if it is there, wait for it, let go of its socket; return how it ended, in words."""
        words = "is gone"
        if not self._ended:
            # Where whoever started this program ignores the ends of children, the system waits for them.
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                words = _words(os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]))
            self._ended = True
        self.socket.close()
        return words


def can_fork() -> bool:
    """Tell whether a fork of this process works as it does.

    Only on Linux. The libraries of macOS must not be used in a fork, Windows has none, and nobody tries the others
    here. And only where no other thread is ours: what it holds at that moment, a lock say, is held in the child for
    ever. Arrow may have threads that wait for work, and starts others in a child.
    """
    return sys.platform == "linux" and hasattr(os, "memfd_create") and threading.active_count() == 1


def _fork() -> int:
    with warnings.catch_warnings():
        # From Python 3.12 on it warns of any thread, also of one that `can_fork` allows.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """Block signals meanwhile; a child that is forked then never gets them, and there is no moment before that."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _be_child(serve: Callable[[], None], raised: Callable[[BaseException], None]) -> None:
    """Serve, and leave by the only way on which nothing is done that this process would do twice.

    What stands in the buffers of its files is the parent's to write, what it does at its end is too.
    """
    code = 1
    try:
        # Whoever reads what the parent writes would wait for its end from this process too.
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
    return f"ended with the exit code {code}" if code >= 0 else f"was ended by {_name(-code)}"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
