"""Reads ahead in a process of its own, without sharing an interpreter lock."""

import ctypes
import errno
import os
import socket
import struct
import traceback
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import pyarrow as pa

from http_monitor.errors import HttpMonitorError, WorkerError, lacks_memory
from http_monitor.inputs.input import Input
from http_monitor.inputs.look import Look
from http_monitor.inputs.readahead.batch_pickle import pickle_pieces, unpickle_pieces
from http_monitor.inputs.readahead.child_process import ChildProcess
from http_monitor.inputs.readahead.protocol import WAIT_S

_AHEAD = 2
"""Number of looks that a single input is ahead: while one waits, the next is made. With several inputs, the merge
chooses the next input. Looks beyond an end or an error are dropped."""
_SLOTS = 2
"""Number of answers that may be under way."""
# As in malloc.h; the second may not exceed 32 MiB.
_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
_KEPT_BYTES = 32 << 20
_REQUEST = struct.Struct("=I")
_LENGTH = struct.Struct("=Q")
_MAX_BYTES = 64 << 10
_ADVICE = "; --threads 1 does without it"


@dataclass(frozen=True, slots=True)
class _Raised:
    """The answer for a look that raised an exception."""

    error: Exception


_Answer = Look | _Raised


class ProcessAhead:
    """A `ReadAhead` in one process, which is forked at the first look and owns the inputs from then on.

    This process learns of changes of an input through a `Look` only. It sends the number of an input through a socket;
    the child writes its answer, pickled with out-of-band columns, to one of a few files in memory, and announces it
    through the socket. So the child never waits for room: the files are used in turn, and there are as many as answers
    may be under way.

    Args:
        inputs: All inputs of the replay.
    """

    def __init__(self, inputs: Sequence[Input]) -> None:
        self._inputs = tuple(inputs)
        self._numbers = {entry: number for number, entry in enumerate(inputs)}
        self._each = _AHEAD if len(inputs) == 1 else 1
        self._wanted: deque[int] = deque()
        self._asked: deque[int] = deque()
        self._come: list[deque[_Answer]] = [deque() for _ in inputs]
        self._slots: list[int] = []
        self._answers = 0
        """Number of answers sent (in the child) or received (here)."""
        self._child: ChildProcess | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the child; None before the first look."""
        return None if self._child is None else self._child.pid

    def begin(self, entry: Input) -> None:
        """Make the process start the next look at an input, unless it has been asked already.

        Raises:
            WorkerError: the process has ended, or cannot be started.
        """
        number = self._numbers[entry]
        under_way = self._wanted.count(number) + self._asked.count(number) + len(self._come[number])
        self._wanted += [number] * (self._each - under_way)
        self._ask(self._child or self._start())

    def next_look(self, entry: Input) -> Look | None:
        """Return the next look at an input; None if it takes longer than a moment, and the caller must retry.

        Raises:
            FormatError: as `Input.look`.
            WorkerError: the process has ended, or cannot be started.
            MemoryError: the process has too little memory.
            RuntimeError: an unexpected exception of the process, with its traceback.
        """
        self.begin(entry)
        assert self._child is not None
        come = self._come[self._numbers[entry]]
        while not come:
            try:
                lengths = self._child.socket.recv(_MAX_BYTES)
            except TimeoutError:
                return None
            except ConnectionError:
                lengths = b""
            if not lengths:
                raise _worker_error(self._child)
            self._note(_read(self._slots[self._answers % _SLOTS], lengths))
            self._ask(self._child)
        answer = come.popleft()
        if isinstance(answer, _Raised):
            raise answer.error
        return answer

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.end()
        while self._slots:
            os.close(self._slots.pop())

    def _ask(self, child: ChildProcess) -> None:
        """Request the wanted looks, as long as there is a file for the answer."""
        while self._wanted and len(self._asked) < _SLOTS:
            try:
                child.socket.send(_REQUEST.pack(self._wanted[0]))
            except ConnectionError:
                raise _worker_error(child) from None
            self._asked.append(self._wanted.popleft())

    def _note(self, answer: _Answer) -> None:
        self._answers += 1
        self._come[self._asked.popleft()].append(answer)

    def _start(self) -> ChildProcess:
        try:
            self._slots += [os.memfd_create("look", os.MFD_CLOEXEC) for _ in range(_SLOTS)]
            child = ChildProcess(self._serve, self._report_exception)
        except OSError as error:
            raise WorkerError(f"cannot start a process that reads and parses: {error.strerror}{_ADVICE}") from error
        child.socket.settimeout(WAIT_S)
        self._child = child
        return child

    def _serve(self, theirs: socket.socket) -> None:
        """In the child, make looks until the requests end."""
        _keep_freed_memory()
        with suppress(ConnectionError):
            while request := theirs.recv(_REQUEST.size):
                (number,) = _REQUEST.unpack(request)
                self._answer(theirs, _look(self._inputs[number]))

    def _report_exception(self, theirs: socket.socket, error: BaseException) -> None:
        """In the child, report an unexpected exception."""
        if lacks_memory(error):
            failure: Exception = MemoryError()
        else:
            text = "".join(traceback.format_exception(error))
            failure = RuntimeError(f"in the process that reads and parses:\n{text}")
        with suppress(ConnectionError):
            self._answer(theirs, _Raised(failure))
            # Closing a socket with unread requests discards what was sent: wait for their end.
            while theirs.recv(_REQUEST.size):
                pass

    def _answer(self, theirs: socket.socket, answer: _Answer) -> None:
        """In the child, send an answer."""
        theirs.send(_write(self._slots[self._answers % _SLOTS], answer))
        self._answers += 1


def _keep_freed_memory() -> None:
    """Stop the C library from returning memory to the system after each look, only to request it for the next."""
    # A function of glibc; other C libraries have none.
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        mallopt(_MMAP_THRESHOLD, _KEPT_BYTES)


def _look(entry: Input) -> _Answer:
    try:
        return entry.look()
    except HttpMonitorError as error:
        return _Raised(error)


def _write(slot: int, answer: _Answer) -> bytes:
    """Write an answer to a file; return the lengths of its pieces."""
    pieces = pickle_pieces(answer)
    lengths = [piece.nbytes for piece in pieces]
    if os.pwritev(slot, pieces, 0) < sum(lengths):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return struct.pack(f"={len(lengths)}Q", *lengths)


def _read(slot: int, packed: bytes) -> _Answer:
    """Return the answer in a file, and truncate the file."""
    lengths = struct.unpack(f"={len(packed) // _LENGTH.size}Q", packed)
    # Each column has memory of its own, because some are kept longer than others.
    pieces = [pa.allocate_buffer(length) for length in lengths]
    os.preadv(slot, pieces, 0)
    os.truncate(slot, 0)
    answer: _Answer = unpickle_pieces(pieces)
    return answer


def _worker_error(child: ChildProcess) -> WorkerError:
    how = child.end()
    # This signal hardly has another origin.
    hint = " (out of memory?)" if how.endswith("SIGKILL") else ""
    return WorkerError(f"the process that reads and parses {how}{hint}{_ADVICE}")
