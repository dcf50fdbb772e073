"""Reads lines from standard input."""

import os
import queue
import select
import threading
from collections.abc import Callable
from typing import Protocol

from http_monitor.choices import DEFAULT_LINE_BYTES, READ_BYTES
from http_monitor.errors import InputError
from http_monitor.health import Health
from http_monitor.ports.source import Chunk
from http_monitor.records import Json, LogFile
from http_monitor.report import Notice
from http_monitor.sources.files.gathered_lines import GatheredLines
from http_monitor.sources.files.gzip_stream import MAGIC, Inflater
from http_monitor.sources.files.line_cutter import LineCutter
from http_monitor.sources.files.regular_file import obstacle

_NAME = "-"
_FILE = LogFile(_NAME, _NAME, None)
_PIECE_BYTES = 64 << 10
_QUEUED_PIECES = 16
# A replay waits in steps of this length, so that a signal is noticed in between.
_BLOCK_S = 0.5


class StdinSource:
    """A source that is caught up when nothing can be read, and finished when its input ends.

    Args:
        wake: Called from another thread, if there is one, when there is something to read.
        block: A read waits for data for at most half a second; it may then return an empty chunk that is not finished.
            This is for a replay, which also inflates a gzip stream.
        descriptor: The descriptor to read from.
        threaded: Whether a thread reads; None: if the system cannot report what is readable.
        limit: Maximum length of a line in bytes, without its LF.
        read_bytes: Maximum number of bytes of one read.
    """

    name = _NAME

    def __init__(
        self,
        wake: Callable[[], None],
        *,
        block: bool,
        descriptor: int = 0,
        threaded: bool | None = None,
        limit: int = DEFAULT_LINE_BYTES,
        read_bytes: int | None = None,
    ) -> None:
        threaded = os.name != "posix" if threaded is None else threaded
        self._pieces: _Pieces = _Threaded(descriptor, wake) if threaded else _Selected(descriptor)
        self._poll_s = 1.0 if threaded else 0.05
        self._wait_s = _BLOCK_S if block else 0.0
        self._read_bytes = read_bytes or (READ_BYTES if block else READ_BYTES // 4)
        self._cutter = LineCutter(limit)
        self._head: bytes | None = b"" if block else None
        self._inflater: Inflater | None = None
        self._finished = False
        self._content_bytes = 0
        self._notices: list[Notice] = []
        self.failure: InputError | None = None
        """Why a replay could not read to the end; in a live run that is a notice instead."""

    def read(self) -> Chunk:
        """Return the lines that can be read now, in a replay after a wait."""
        lines = GatheredLines()
        taken = 0
        dry = False
        while not self._finished and taken < self._read_bytes:
            try:
                piece = self._pieces.take(0.0 if taken else self._wait_s)
            except OSError as error:
                self._fail(obstacle(error).state)
                break
            if piece is None:
                dry = True
                break
            taken += len(piece)
            content = self._inflate(piece)
            lines.add(self._cutter.feed(content), _FILE, self._starts())
            self._content_bytes += len(content)
        if self._finished:
            lines.add(self._cutter.finish(), _FILE, self._starts())
            self.close()
        at_end = self._finished or (dry and not self._wait_s)
        notices, self._notices = tuple(self._notices), []
        return Chunk(lines.data, at_end, self._finished, notices, lines.stretches)

    def health(self) -> Health:
        """Return the NUL bytes removed; the unread bytes of a pipe cannot be known."""
        return Health(nul_bytes=self._cutter.nul_bytes)

    def read_position(self) -> Json:
        """Return where the next line begins in the content, counted from the first byte of this run."""
        return {"files": [{"path": _NAME, "offset": self._content_bytes - self._cutter.pending}]}

    def wants_poll_s(self) -> float:
        """Return the seconds after which `read` is due even if nothing woke the monitor."""
        return self._poll_s

    def close(self) -> None:
        """Read nothing more; the descriptor belongs to the process and stays open."""
        self._finished = True
        self._pieces.close()

    def _starts(self) -> list[tuple[int, int]]:
        """Return where the lines that the cutter returned last begin in them, and in everything that was read."""
        return [(place, self._content_bytes + origin) for place, origin in self._cutter.starts]

    def _inflate(self, piece: bytes) -> bytes:
        """Return a piece inflated, once the first bytes have shown that it is needed; an empty piece is the end."""
        self._finished = not piece
        if self._head is not None:
            piece = self._head + piece
            self._head = piece
            if not self._finished and len(piece) < len(MAGIC):
                return b""
            self._head = None
            if piece.startswith(MAGIC):
                self._inflater = Inflater()
        if self._inflater is None:
            return piece
        inflated = self._inflater.feed(piece)
        if self._finished:
            self._inflater.finish()
        if self._inflater.flaw:
            self._fail(f"is a broken gzip stream ({self._inflater.flaw})")
        return inflated

    def _fail(self, state: str) -> None:
        self._finished = True
        text = f"standard input {state}"
        if self._wait_s:
            self.failure = InputError(text)
        else:
            self._notices.append(Notice(text, "warning", "unreadable", "-"))


class _Pieces(Protocol):
    def take(self, wait_s: float) -> bytes | None:
        """Return some bytes, b"" at the end, None if there were none in that time. Raises OSError."""
        ...

    def close(self) -> None: ...


class _Selected:
    """Reads a descriptor when the system reports that it is readable."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def take(self, wait_s: float) -> bytes | None:
        readable, _, _ = select.select([self._descriptor], [], [], wait_s)
        if not readable:
            return None
        try:
            return os.read(self._descriptor, _PIECE_BYTES)
        except BlockingIOError:  # another reader of the same pipe was faster
            return None

    def close(self) -> None:
        return


class _Threaded:
    """Lets a thread wait for the bytes; it holds a few pieces, and waits until they are read."""

    def __init__(self, descriptor: int, wake: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._wake = wake
        self._queue: queue.Queue[bytes | OSError] = queue.Queue(_QUEUED_PIECES)
        self._closed = threading.Event()
        # A daemon thread, since nothing interrupts its wait for input when the program ends.
        threading.Thread(target=self._run, name="stdin", daemon=True).start()

    def take(self, wait_s: float) -> bytes | None:
        try:
            piece = self._queue.get(block=wait_s > 0, timeout=wait_s or None)
        except queue.Empty:
            return None
        if isinstance(piece, OSError):
            raise piece
        return piece

    def close(self) -> None:
        self._closed.set()

    def _run(self) -> None:
        piece: bytes | OSError = b"-"
        while piece and not isinstance(piece, OSError):
            try:
                piece = os.read(self._descriptor, _PIECE_BYTES)
            except OSError as error:
                piece = error
            while not self._closed.is_set():
                try:
                    self._queue.put(piece, timeout=_BLOCK_S)
                except queue.Full:
                    continue
                self._wake()
                break
            if self._closed.is_set():
                return
