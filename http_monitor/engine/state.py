"""The state of the engine between two rows, as a checkpoint keeps it."""

from collections.abc import Generator, Iterable, Iterator
from typing import Any

from http_monitor.codec import fields_of, flag, moment_of, start_of
from http_monitor.counting.bucket import MetricsBucket
from http_monitor.counting.open_buckets import OpenBuckets
from http_monitor.counting.window import SlidingWindow
from http_monitor.engine.alert_tracker import AlertTracker
from http_monitor.engine.last_line import LastLine
from http_monitor.engine.line_counts import Tally
from http_monitor.engine.reporter import Reporter
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.eventtime.time_grid import TimeGrid
from http_monitor.records import Json
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S

_OWNER, _WINDOW, _OPEN = "bucket_of", "window", "open"
"""The owner of a saved bucket."""


class EngineState:
    """All state that later results depend on, and no derived values. Changed by the engine only.

    Args:
        settings: lengths and caps.
        reporter: holds the open intervals and the whole run.
    """

    __slots__ = (
        "_settings",
        "changed",
        "closed_us",
        "last_line",
        "lengths",
        "now_us",
        "open",
        "reporter",
        "tally",
        "tracker",
        "window",
    )

    def __init__(self, settings: Settings, reporter: Reporter) -> None:
        self._settings = settings
        self.lengths = TimeGrid.of(settings)
        self.reporter = reporter
        self.tracker = AlertTracker(
            settings.alert_recover_at, settings.alert_for_s * US_PER_S, settings.window_s * US_PER_S
        )
        self.tally = Tally()
        self.last_line = LastLine()
        self.open = OpenBuckets(settings.max_keys)
        self.window = self._window_until(0)
        """As of the last close."""
        self.now_us = NEVER_US
        """The greatest time passed in; `NEVER_US` before the first."""
        self.closed_us = NEVER_US
        """Start of the last bucket that closed, or counts as closed."""
        self.changed = False
        """The window has changed since it was judged."""

    @property
    def has_begun(self) -> bool:
        """Whether a bucket has closed, or counts as closed."""
        return self.closed_us != NEVER_US

    @property
    def following_us(self) -> int:
        """Start of the bucket after the last that closed; a bucket must have closed."""
        return self.closed_us + self.lengths.bucket_us

    def begin_at(self, time_us: int) -> None:
        """Treat the buckets before `time_us` as closed, and empty the window."""
        end_us = self.lengths.bucket_of(time_us)
        self.closed_us = end_us - self.lengths.bucket_us
        self.window = self._window_until(end_us)
        self.window.known_us = end_us
        self.tracker.end_waits()

    def save(self) -> Generator[Json, None, None]:
        """Yield the state as JSON parts; nothing may be counted meanwhile."""
        yield {
            "now": self.now_us,
            "closed": self.closed_us,
            "known": self.window.known_us,
            "changed": self.changed,
            "reporter": self.reporter.save(),
            "tracker": self.tracker.save(),
            "tally": self.tally.save(),
            "malformed": self.window.save_malformed(),
            "backfilled": self.last_line.backfilled_us,
        }
        yield from self.reporter.save_tables()
        for bucket in self.window.buckets():
            yield {_OWNER: _WINDOW, **bucket.save()}
        for bucket in self.open.iter_ascending():
            yield {_OWNER: _OPEN, **bucket.save()}

    def load(self, parts: Iterable[Json]) -> None:
        """Restore a state saved with the same lengths; this object must be new, the rules registered.

        Raises:
            KeyError, TypeError, ValueError: it is no such state.
        """
        head, rest = _head_and_rest(parts)
        self.tally.load(head["tally"])
        self.reporter.load(head["reporter"])
        self.tracker.load(head["tracker"])
        self.last_line.backfilled_us = moment_of(head.get("backfilled", NEVER_US), NEVER_US)
        self.now_us = moment_of(head["now"], NEVER_US)
        self.closed_us = start_of(head["closed"], self.lengths.bucket_us, NEVER_US)
        self.changed = flag(head["changed"])
        self.window = self._window_until(self.following_us if self.has_begun else 0)
        # Earlier versions did not save it.
        self.window.known_us = moment_of(head.get("known", NEVER_US), NEVER_US)
        self.window.load_malformed(head["malformed"], has_begun=self.has_begun)
        for part in rest:
            owner = fields_of(part).get(_OWNER)
            if owner is None:
                self.reporter.load_table(part)
            else:
                self._load_bucket(owner, MetricsBucket.load(part, self._settings.max_keys))

    def load_counters(self, parts: Iterable[Json]) -> None:
        """Restore the counters of a state saved with other lengths; window and alerts start empty.

        Raises:
            KeyError, TypeError, ValueError: it is no such state.
        """
        head, rest = _head_and_rest(parts)
        self.tally.load(head["tally"])
        self.reporter.load_counters(head["reporter"])
        self.tracker.load_counters(head["tracker"])
        for part in rest:
            if _OWNER not in fields_of(part):
                self.reporter.load_table(part)

    def _load_bucket(self, owner: Any, bucket: MetricsBucket) -> None:
        if owner == _WINDOW:
            self.window.load_bucket(bucket)
        elif owner == _OPEN and start_of(bucket.start_us, self.lengths.bucket_us) > self.closed_us:
            self.open.load_bucket(bucket)
        else:
            raise ValueError("a bucket that cannot be")

    def _window_until(self, end_us: int) -> SlidingWindow:
        return SlidingWindow(self._settings.window_s, self._settings.bucket_size_s, end_us)


def _head_and_rest(parts: Iterable[Json]) -> tuple[Json, Iterator[Json]]:
    rest = iter(parts)
    return fields_of(next(rest, None)), rest
