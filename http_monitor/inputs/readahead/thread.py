"""Looks ahead in a thread, where a process of its own cannot be had."""

import sys
from concurrent.futures import Future, ThreadPoolExecutor, wait

from http_monitor.inputs.input import Input
from http_monitor.inputs.look import Look
from http_monitor.inputs.readahead.protocol import WAIT_S

# Numpy and Arrow let go of the interpreter for a fraction of a millisecond again and again; with the usual 5 ms each
# return would wait for the other thread longer than the work between took.
_SWITCH_S = 0.0005


class ThreadAhead:
    """A `ReadAhead` in one thread of its own, at most one look at each input further than what was taken.

    Looks are made in the order in which they were begun; what a look raises is raised where it is taken.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="parser")
        self._begun: dict[Input, Future[Look]] = {}
        self._switch_s = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_S)

    @property
    def begun(self) -> tuple[Future[Look], ...]:
        """The looks that were not taken yet."""
        return tuple(self._begun.values())

    def begin(self, entry: Input) -> None:
        """Let the thread make the next look at an input, if it was not told to."""
        if entry not in self._begun:
            self._begun[entry] = self._thread.submit(entry.look)

    def take(self, entry: Input) -> Look | None:
        """Return the next look at an input; None where it takes longer than a moment, so that one has to ask again.

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
        """Wait for the look that is being made, and make no other."""
        self._thread.shutdown(cancel_futures=True)
        sys.setswitchinterval(self._switch_s)
