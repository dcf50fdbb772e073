"""Lets a thread of its own read a source that has to wait, so that nobody else does."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from http_monitor.clock import Clock
from http_monitor.health import Health
from http_monitor.ports.source import Chunk
from http_monitor.records import Json
from http_monitor.report import Notice
from http_monitor.sources.files.regular_file import Obstacle, obstacle
from http_monitor.units import US_PER_S, visible_text

_MOST_PAUSE_S = 30.0
_SHARE = 3
"""A look may take a fourth of the time: the pause after it is so many times as long."""
_BACKLOG_WAIT_S = 0.05
_JOIN_S = 2.0

_logger = logging.getLogger(__name__)


class Polled(Protocol):
    """What is read in the thread: a `FileTail`, say. `read` may wait, and may raise OSError."""

    def read(self) -> Chunk:
        """Return what is new."""
        ...

    def health(self) -> Health:
        """Return the counters."""
        ...

    def position(self) -> Json | None:
        """Return where it stands after the last `read`; None: not begun yet."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class Link(Protocol):
    """The way by which it reads, which may be cut: `CommandFiles`, say."""

    def take_failure(self) -> Obstacle | None:
        """Return why it was cut since this was last asked; None if it was not."""
        ...

    def stop(self) -> None:
        """End what is being waited for, and refuse everything else; any thread may call it."""
        ...


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look found; its parts belong together."""

    chunk: Chunk
    health: Health
    position: Json | None


class PolledSource:
    """A source that another thread reads: once a second, or less often where a look takes long.

    A look at most waits to be taken; the thread goes on when it was. `health` and `position` are those of the data
    that the last `read` returned, whatever has been looked at since.

    A look in which the link was cut counts for nothing: the reader is thrown away, and a new one goes on from the
    position after the last whole look, as after a crash. So nothing is ever concluded from half an answer.

    Args:
        name: What the user calls it.
        make: Makes the reader: from a position, or from the beginning (None). It must not wait. All but the first
            are made in the thread.
        link: The way that these readers read by; owned by the thread from now on.
        wake: Called in the thread when there is something to take.
        clock: The thread's own: tells how long a look took, and since when the link is cut.
        least_pause_s: Between two looks at what does not change.
        explain: Says of a position why no lines come from there; None: only the state says it.
    """

    def __init__(
        self,
        name: str,
        make: Callable[[Json | None], Polled],
        *,
        link: Link,
        wake: Callable[[], None],
        clock: Clock,
        least_pause_s: float = 1.0,
        explain: Callable[[Json | None], str] | None = None,
    ) -> None:
        self._name = name
        self._make = make
        self._link = link
        self._wake = wake
        self._clock = clock
        self._least_pause_s = least_pause_s
        self._explain = explain
        # Shared by both threads, under the condition.
        self._condition = threading.Condition()
        self._ready: _Look | None = None
        self._closed = False
        # The owner's.
        self._at_end = False
        # The thread's, once it has been started.
        self._reader = make(None)
        self._resume: Json | None = None
        self._cut: Obstacle | None = None
        self._cut_us = 0
        self.failures = 0
        """How often the thread ended by an error of the program: 0 or 1."""
        self._taken = self._last = _Look(Chunk(at_end=False), self._reader.health(), self._reader.position())
        self._handed: _Look | None = None
        # A daemon: a command that cannot be ended must not keep the program from it.
        self._thread = threading.Thread(target=self._run, name=f"poll {visible_text(name)}", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self._name

    def read(self) -> Chunk:
        """Return what a look has found, or nothing.

        While there is a backlog the next look is waited for, at most a twentieth of a second: the monitor asks
        again at once then, and would keep the thread from its work by that.
        """
        with self._condition:
            if not self._at_end:
                self._condition.wait_for(lambda: self._ready is not None or self._closed, _BACKLOG_WAIT_S)
            look, self._ready = self._ready, None
            if look is not None:
                self._condition.notify_all()
        if look is None:
            return Chunk(at_end=self._at_end)
        self._taken = look
        self._at_end = look.chunk.at_end
        return look.chunk

    def health(self) -> Health:
        """Return the counters as they were after the data that was last returned."""
        return self._taken.health

    def position(self) -> Json | None:
        """Return where another process has to go on after the data that was last returned."""
        return self._taken.position

    def diagnose(self) -> str:
        """Return why no lines come, as the end of a sentence."""
        waiting_for = self._taken.health.waiting_for
        if self._explain is not None:
            return self._explain(self._taken.position)
        return waiting_for or "it is there and readable: no traffic, or its writer writes elsewhere"

    def wants_poll_s(self) -> float:
        """Return after how many seconds `read` is due although nothing woke the monitor."""
        return self._least_pause_s

    def close(self) -> None:
        """End the thread; what it has read and nobody has taken is read again by whoever goes on."""
        with self._condition:
            self._closed = True
            self._ready = None
            self._condition.notify_all()
        self._link.stop()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        try:
            while not self._closed:
                began_us = self._clock.running_us()
                look = self._look()
                took_s = (self._clock.running_us() - began_us) / US_PER_S
                self._hand_over(look)
                if look.chunk.at_end:
                    self._pause(min(max(self._least_pause_s, _SHARE * took_s), _MOST_PAUSE_S))
        except Exception as error:  # the top of a thread: whatever it is, it must not end without a word
            self.failures += 1
            _logger.exception("polling %s ended", visible_text(self._name))
            self._hand_over(self._at_a_loss(error))
        finally:
            self._reader.close()

    def _look(self) -> _Look:
        """Look once; what is found counts if the link held all the time."""
        self._link.take_failure()
        try:
            chunk = self._reader.read()
            failure = self._link.take_failure()
        except OSError as error:
            chunk = Chunk()
            failure = self._link.take_failure() or obstacle(error)
        if failure is not None:
            self._reader.close()
            self._reader = self._make(self._resume)
            return self._cut_off(failure)
        if self._cut is not None:
            self._cut = None
            chunk = replace(chunk, notices=(self._notice("reached again", "readable"), *chunk.notices))
        self._resume = self._reader.position()
        self._last = _Look(chunk, self._reader.health(), self._resume)
        return self._last

    def _cut_off(self, failure: Obstacle) -> _Look:
        notices: tuple[Notice, ...] = ()
        if self._cut is None:
            self._cut_us = self._clock.now_us()
        if failure != self._cut:
            self._cut = failure
            notices = (self._notice(failure.notice, "unreadable", level="warning"),)
        return self._waiting(notices, failure.state, self._cut_us)

    def _at_a_loss(self, error: Exception) -> _Look:
        what = visible_text(f"{type(error).__name__}: {error}")
        words = f"not followed any more because of an error of this program ({what})"
        notice = self._notice(words, "failed", level="warning")
        return self._waiting((notice,), f"is not followed any more ({what})", self._clock.now_us())

    def _waiting(self, notices: tuple[Notice, ...], state: str, since_us: int) -> _Look:
        waiting_for = f"{visible_text(self._name)} {state}"
        health = replace(self._last.health, waiting_for=waiting_for, waiting_since_us=since_us)
        return _Look(Chunk(notices=notices), health, self._last.position)

    def _notice(self, words: str, name: str, level: Literal["info", "warning"] = "info") -> Notice:
        return Notice(f"{visible_text(self._name)}: {words}", level, name, self._name)

    def _hand_over(self, look: _Look) -> None:
        """Give a look to the owner, as soon as the one before was taken; one that says nothing new is kept."""
        if look == self._handed:
            return
        with self._condition:
            self._condition.wait_for(lambda: self._ready is None or self._closed)
            if self._closed:
                return
            self._ready = look
            self._condition.notify_all()
        # What was handed over is remembered as what a quiet look would be now.
        self._handed = replace(look, chunk=replace(look.chunk, data=b"", notices=(), stretches=()))
        self._wake()

    def _pause(self, seconds: float) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self._closed, seconds)
