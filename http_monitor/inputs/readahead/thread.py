"""Reads ahead in a thread, where no process can be used."""

import sys
from concurrent.futures import Future, ThreadPoolExecutor, wait

from http_monitor.inputs.input import Input
from http_monitor.inputs.look import Look
from http_monitor.inputs.readahead.protocol import WAIT_S

# Numpy and Arrow release the interpreter lock for fractions of a millisecond; with the usual 5 ms each return would
# wait for the other thread longer than the work between took.
_SWITCH_S = 0.0005


class ThreadAhead:
    """A `ReadAhead` in one thread of its own, at most one look ahead per input.

    Looks are made in the order of the `begin` calls; the exception of a look is raised where its result is requested.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="parser")
        self._begun: dict[Input, Future[Look]] = {}
        self._switch_s = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_S)

    @property
    def pending(self) -> tuple[Future[Look], ...]:
        """The looks not delivered yet."""
        return tuple(self._begun.values())

    def begin(self, entry: Input) -> None:
        """Make the thread start the next look at an input, unless it has been asked already."""
        if entry not in self._begun:
            self._begun[entry] = self._thread.submit(entry.look)

    def next_look(self, entry: Input) -> Look | None:
        """Return the next look at an input; None if it takes longer than a moment, and the caller must retry.

        Raises:
            FormatError: as `Input.look`.
        """
        self.begin(entry)
        look = self._begun[entry]
        wait((look,), WAIT_S)
        if not look.done():
            return None
        del self._begun[entry]
        return look.result()

    def close(self) -> None:
        """Wait for the current look, and start no further one."""
        self._thread.shutdown(cancel_futures=True)
        sys.setswitchinterval(self._switch_s)
