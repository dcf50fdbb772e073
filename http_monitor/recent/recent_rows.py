"""Keeps the accepted rows of the last minutes."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from http_monitor.eventtime.rows import NEVER_US
from http_monitor.ports.stream import RowFrame
from http_monitor.ports.views import Held
from http_monitor.recent.chapter import Chapter, ChapterView
from http_monitor.recent.columns import NewRows
from http_monitor.recent.piece import Piece
from http_monitor.report import Mark

PIECE_ROWS = 1 << 16
_PIECES_OF_CHAPTER = 32
_SETTLED_ROWS = 1 << 15
"""Rows that wait until their columns are made, all at once."""
_PIECES = 16
"""A piece has at most this part of the time to be held."""
_PART = 8
"""Texts of a chapter, and frames that wait, take at most this part of the memory."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All rows held at some time."""

    held: Held
    chapters: tuple[ChapterView, ...]
    """In the order in which their rows were accepted."""


class RecentRows:
    """A `StreamListener` that keeps rows: all from `Held.since_us` on.

    The monitor's thread adds rows, another one may put those of before the run in front of them, any may take a
    snapshot: what they change is under a lock, which none has for longer than it takes to make the columns of some
    frames, or to compress a piece.

    It is no `WindowListener`: what fills the window is among the rows that are read back.

    Args:
        recent_us: Length of the time to be held, up to the greatest time of all rows.
        max_bytes: Of memory; the oldest rows are given up where it is not enough.
        piece_rows: Rows that are compressed together, at least.
    """

    def __init__(self, recent_us: int, max_bytes: int, piece_rows: int = PIECE_ROWS) -> None:
        self._recent_us = recent_us
        self._max_bytes = max_bytes
        self._piece_rows = piece_rows
        self._lock = threading.Lock()
        self._chapters = [Chapter()]
        self._front = Chapter()
        """Takes rows of before the run; the first of all chapters, once it has any."""
        self._waiting: list[NewRows] = []
        self._waiting_rows = 0
        self._waiting_bytes = 0
        self._upto_us = NEVER_US
        self._least_us = -NEVER_US
        """The least and the greatest time of all rows."""
        self._begun_us: int | None = None
        """The greatest time when the first row came that is not compressed; None: all are."""
        self._gone_us = NEVER_US
        """The greatest time of rows that are not held for want of memory."""
        self._unread_us = NEVER_US
        """No row after this time was counted before the run without being held."""
        self._given_up: deque[tuple[int, int]] = deque()
        """The greatest time and the number of rows of pieces given up, while they would be held otherwise."""

    def frame(self, frame: RowFrame) -> None:
        """Keep rows."""
        batch = frame.batch
        rows = NewRows(batch, frame.time_us, frame.offsets)
        with self._lock:
            self._upto_us = max(self._upto_us, int(rows.time_us.max()))
            self._least_us = min(self._least_us, int(rows.time_us.min()))
            if self._begun_us is None:
                self._begun_us = self._upto_us
            self._waiting.append(rows)
            self._waiting_rows += len(batch)
            self._waiting_bytes += batch.get_total_buffer_size() + rows.offsets.nbytes
            is_much = self._waiting_bytes > self._max_bytes // _PART
            if is_much or self._waiting_rows >= min(_SETTLED_ROWS, self._piece_rows) or self._is_long():
                self._settle()

    def mark(self, mark: Mark) -> None:
        """Take no notice: a row brings its own place, and late ones are kept like others."""

    def begin_behind(self, time_us: int) -> None:
        """Note that rows up to a time came before the run, and are not held until they are read back."""
        with self._lock:
            self._unread_us = max(self._unread_us, time_us)

    def fill_back(self, rows: Sequence[NewRows], since_us: int) -> bool:
        """Put rows of before the run in front of all others, unless there is no memory for them; called in one thread.

        Args:
            rows: In the order of their lines, which are before those that were put in front before.
            since_us: With them, all rows of before the run from this time on were read.

        Returns:
            Whether there was memory. If not, they are not held, and it is no use to read those before them.
        """
        with self._lock:
            if NEVER_US < self._gone_us >= self._unread_us:
                return False
            old_us = self._upto_us - self._recent_us
        recent = [some for each in rows if len((some := each.since(old_us)).time_us)]
        piece = self._front.make(recent) if recent else None
        with self._lock:
            if piece is not None and not self._put_in_front(piece):
                return False
            self._unread_us = min(self._unread_us, since_us - 1)
        return True

    def end_back(self) -> None:
        """Take less memory for rows of before the run: no more will come."""
        with self._lock:
            self._front.close()
            self._front = Chapter()
            self._forget_most()

    def held(self) -> Held:
        """Return what is held."""
        with self._lock:
            self._settle()
            return self._held()

    def snapshot(self) -> Snapshot:
        """Return all rows held now; later ones do not change it."""
        with self._lock:
            self._settle()
            return Snapshot(self._held(), tuple(chapter.view() for chapter in self._chapters))

    def _put_in_front(self, piece: Piece) -> bool:
        """Put a piece of the front in front of all others; return whether there was memory."""
        front = self._front
        if front is not self._chapters[0]:
            self._chapters.insert(0, front)
        kept = front.begin_with(piece)
        many = sum(one.count for one in front.before) >= self._piece_rows
        if many or self._nbytes() > self._max_bytes or front.before_bytes > self._max_bytes // _PART:
            front.pack()
        if self._nbytes() > self._max_bytes:
            front.restore(kept)
            # Its rows are of the time to be held, but newer ones do not make room for them.
            self._given_up.appendleft((piece.last_us, piece.count))
            self._forget_chapters()
            self._forget_most()
            return False
        self._upto_us = max(self._upto_us, piece.last_us)
        self._least_us = min(self._least_us, piece.first_us)
        if self._is_full(front):
            front.close()
            self._front = Chapter()
            self._forget_most()
        return True

    def _is_full(self, chapter: Chapter) -> bool:
        many = chapter.rows >= _PIECES_OF_CHAPTER * self._piece_rows
        return many or chapter.text_bytes > self._max_bytes // _PART

    def _is_long(self) -> bool:
        """Return whether rows that are not compressed are of a long time, though they may be few.

        A late row is old, and no reason to compress.
        """
        return self._begun_us is not None and self._upto_us - self._begun_us >= self._recent_us // _PIECES

    def _settle(self) -> None:
        """Make the columns of frames that wait, and compress what is enough; then forget."""
        if not self._waiting:
            return
        chapter = self._chapters[-1]
        chapter.add(self._waiting)
        self._waiting, self._waiting_rows, self._waiting_bytes = [], 0, 0
        is_much = chapter.loose_bytes > self._max_bytes // _PART
        if is_much or self._is_long() or chapter.loose_rows >= self._piece_rows:
            chapter.pack()
            self._begun_us = None
            self._forget_old()
        if self._is_full(chapter):
            chapter.close()
            self._begun_us = None
            self._chapters.append(Chapter())
        self._forget_most()

    def _forget_old(self) -> None:
        since_us = self._upto_us - self._recent_us
        for chapter in self._chapters:
            chapter.forget(lambda piece: piece.last_us < since_us)
        self._forget_chapters()

    def _forget_most(self) -> None:
        """Give up the oldest pieces until the rest takes no more than the memory there is."""
        if self._nbytes() > self._max_bytes:
            # A vocabulary may be all that is left of a chapter.
            self._forget_chapters()
        while self._nbytes() > self._max_bytes:
            pieces = [(piece, chapter) for chapter in self._chapters for piece in chapter.pieces]
            if not pieces:
                self._chapters = [Chapter()]
                return
            gone, chapter = min(pieces, key=lambda one: one[0].last_us)
            chapter.forget(lambda piece, gone=gone: piece is gone)  # type: ignore[misc]
            self._give_up(gone)
            self._forget_chapters()

    def _give_up(self, piece: Piece) -> None:
        self._gone_us = max(self._gone_us, piece.last_us)
        self._given_up.append((piece.last_us, piece.count))
        old_us = self._upto_us - self._recent_us
        while self._given_up and self._given_up[0][0] < old_us:
            self._given_up.popleft()

    def _forget_chapters(self) -> None:
        self._chapters = [chapter for chapter in self._chapters[:-1] if chapter.pieces] + self._chapters[-1:]

    def _nbytes(self) -> int:
        return sum(chapter.nbytes for chapter in self._chapters)

    def _held(self) -> Held:
        nbytes = self._nbytes()
        old_us = self._upto_us - self._recent_us
        left_out = sum(rows for last_us, rows in self._given_up if last_us >= old_us)
        upto_us = None if self._upto_us == NEVER_US else self._upto_us
        since_us = max(old_us, self._gone_us + 1, self._unread_us + 1, self._least_us)
        rows = sum(piece.count for chapter in self._chapters for piece in chapter.pieces)
        return Held(since_us if rows and since_us <= self._upto_us else None, upto_us, rows, left_out, nbytes)
