"""Reads a source that may block in a thread of its own."""

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

_MAX_PAUSE_S = 30.0
_SHARE = 3
"""The pause after a look is this many times as long, so that looks take at most a fourth of the time."""
_BACKLOG_WAIT_S = 0.05
_JOIN_S = 2.0

_logger = logging.getLogger(__name__)


class Polled(Protocol):
    """A source read in the thread, such as a `FileTail`. Its `read` may block, and may raise OSError."""

    def read(self) -> Chunk:
        """Return new data."""
        ...

    def health(self) -> Health:
        """Return the counters."""
        ...

    def position(self) -> Json | None:
        """Return the position after the last `read`; None: nothing was read yet."""
        ...

    def close(self) -> None:
        """Release all resources."""
        ...


class Link(Protocol):
    """The connection that the source reads through, such as `CommandFiles`; it may be lost."""

    def take_failure(self) -> Obstacle | None:
        """Return why it was lost since the last call; None if it was not."""
        ...

    def stop(self) -> None:
        """Stop what is being waited for, and refuse everything else; any thread may call it."""
        ...


@dataclass(frozen=True, slots=True)
class _Look:
    """The result of one look; its parts belong together."""

    chunk: Chunk
    health: Health
    position: Json | None


class PolledSource:
    """A source read by another thread: once a second, or less often if a look takes long.

    At most one look waits to be read; the thread continues after it was. `health` and `position` belong to the data
    that the last `read` returned, whatever has been read since.

    A look during which the link was lost does not count: the reader is discarded, and a new one resumes from the
    position after the last complete look, as after a crash. So nothing is ever concluded from an incomplete answer.

    Args:
        name: The name for the user.
        make: Makes the reader from a position, or from the beginning (None). It must not block. All but the first
            are made in the thread.
        link: The connection of these readers; owned by the thread from now on.
        wake: Called in the thread when there is something to read.
        clock: The thread's own clock, for the duration of looks and of lost connections.
        least_pause_s: Seconds between two looks without changes.
        explain: Returns why no lines come from a position; None: only the state is reported.
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
        # Shared by both threads, protected by the condition.
        self._condition = threading.Condition()
        self._ready: _Look | None = None
        self._closed = False
        # Used by the owner only.
        self._at_end = False
        # Used by the thread only, once it has started.
        self._reader = make(None)
        self._resume: Json | None = None
        self._cut: Obstacle | None = None
        self._cut_us = 0
        self.failures = 0
        """How often the thread ended because of an error of the program: 0 or 1."""
        self._taken = self._last = _Look(Chunk(at_end=False), self._reader.health(), self._reader.position())
        self._handed: _Look | None = None
        # A daemon thread: a command that cannot be ended must not block the exit of the program.
        self._thread = threading.Thread(target=self._run, name=f"poll {visible_text(name)}", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """The name for the user."""
        return self._name

    def read(self) -> Chunk:
        """Return the data of a look, or nothing.

        During a backlog, wait for the next look for at most a twentieth of a second: the monitor would otherwise ask
        again at once, and slow down the thread.
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
        """Return the counters after the data last returned."""
        return self._taken.health

    def position(self) -> Json | None:
        """Return the position to resume from after the data last returned."""
        return self._taken.position

    def diagnose(self) -> str:
        """Return why no lines come, as the end of a sentence."""
        waiting_for = self._taken.health.waiting_for
        if self._explain is not None:
            return self._explain(self._taken.position)
        return waiting_for or "it is there and readable: no traffic, or its writer writes elsewhere"

    def wants_poll_s(self) -> float:
        """Return the seconds after which `read` is due even if nothing woke the monitor."""
        return self._least_pause_s

    def close(self) -> None:
        """End the thread; data that was not returned is read again after a restart."""
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
                    self._pause(min(max(self._least_pause_s, _SHARE * took_s), _MAX_PAUSE_S))
        except Exception as error:  # the top of a thread, which must not end silently
            self.failures += 1
            _logger.exception("polling %s ended", visible_text(self._name))
            self._hand_over(self._give_up(error))
        finally:
            self._reader.close()

    def _look(self) -> _Look:
        """Look once; the result counts if the link held all the time."""
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
            return self._fail_incomplete(failure)
        if self._cut is not None:
            self._cut = None
            chunk = replace(chunk, notices=(self._notice("reached again", "readable"), *chunk.notices))
        self._resume = self._reader.position()
        self._last = _Look(chunk, self._reader.health(), self._resume)
        return self._last

    def _fail_incomplete(self, failure: Obstacle) -> _Look:
        notices: tuple[Notice, ...] = ()
        if self._cut is None:
            self._cut_us = self._clock.now_us()
        if failure != self._cut:
            self._cut = failure
            notices = (self._notice(failure.notice, "unreadable", level="warning"),)
        return self._make_waiting_look(notices, failure.state, self._cut_us)

    def _give_up(self, error: Exception) -> _Look:
        what = visible_text(f"{type(error).__name__}: {error}")
        words = f"no longer followed because of an error in this program ({what})"
        notice = self._notice(words, "failed", level="warning")
        return self._make_waiting_look((notice,), f"is no longer followed ({what})", self._clock.now_us())

    def _make_waiting_look(self, notices: tuple[Notice, ...], state: str, since_us: int) -> _Look:
        waiting_for = f"{visible_text(self._name)} {state}"
        health = replace(self._last.health, waiting_for=waiting_for, waiting_since_us=since_us)
        return _Look(Chunk(notices=notices), health, self._last.position)

    def _notice(self, words: str, name: str, level: Literal["info", "warning"] = "info") -> Notice:
        return Notice(f"{visible_text(self._name)}: {words}", level, name, self._name)

    def _hand_over(self, look: _Look) -> None:
        """Hand a look to the owner once the previous one was read; keep it if it contains nothing new."""
        if look == self._handed:
            return
        with self._condition:
            self._condition.wait_for(lambda: self._ready is None or self._closed)
            if self._closed:
                return
            self._ready = look
            self._condition.notify_all()
        # Remember the state that a look without news would have now.
        self._handed = replace(look, chunk=replace(look.chunk, data=b"", notices=(), stretches=()))
        self._wake()

    def _pause(self, seconds: float) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self._closed, seconds)
