"""The frozen values that leave the monitor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from http_monitor.episodes import Episodes
from http_monitor.health import Health
from http_monitor.report_tables import Breakdown, Coverage, Details, FailingEndpoint, LostRequests, SlowRequests, Table
from http_monitor.units import local_time, ratio

Mode = Literal["live", "replay"]
Level = Literal["info", "warning"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that judges the window."""

    name: str
    """Its name in NDJSON."""
    threshold: float
    """An alert is raised above it."""
    unit: str
    """Unit of the values and of the threshold: ``/s`` or ``%``."""


@dataclass(frozen=True, slots=True)
class WindowTotals:
    """Totals of the sliding window at the last close of a bucket."""

    seconds: int
    hits: int
    size_bytes: int
    errors: int
    series: tuple[int, ...] = ()
    """Hits in at most 60 slots of equal length, oldest first."""
    has_status: bool = True
    """False if there are hits but none has a status, so that errors are not known."""

    @property
    def hits_per_s(self) -> float:
        """Hits divided by the length of the window."""
        return self.hits / self.seconds

    @property
    def error_rate(self) -> float:
        """Percent of the hits that are errors."""
        return ratio(100 * self.errors, self.hits)


@dataclass(frozen=True, slots=True)
class ActiveAlert:
    """An alert that was raised and has not recovered."""

    name: str
    subject: bytes | None
    since_us: int
    """`at` of the raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """The counts of an interval or of the whole run, with the active alerts and the health at its end."""

    mode: Mode
    hits: int
    size_bytes: int
    errors: int
    status: tuple[tuple[int, int], ...]
    """(code, hits) by code; lines without a status are missing."""
    methods: tuple[tuple[bytes, int], ...]
    """(method, hits) by method."""
    sections: Table
    endpoints: Table
    hosts: Table
    users: Table
    agents: Table
    referers: Table
    active: tuple[ActiveAlert, ...]
    health: Health
    filter: str = ""
    """The expression that selects the lines that count; empty: all lines count."""
    trusted_proxies: tuple[str, ...] = ()
    """The networks whose X-Forwarded-For is believed."""
    details: Details = field(default=Details())
    coverage: Coverage = field(default=Coverage())
    failing: Sequence[FailingEndpoint] = ()
    """The failing endpoints: hits down, then by key, method and status."""
    slow: SlowRequests = field(default=SlowRequests())


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Traffic):
    """The traffic of one interval, and the state at its end."""

    seq: int
    start_us: int
    end_us: int
    late_hits: int
    """Late hits of intervals that had been reported already; no table contains them."""
    late_bytes: int
    late_errors: int
    distinct_hosts: int
    """An estimate if `hosts.distinct_error` is not 0."""
    window: WindowTotals
    partial: bool = False
    """The interval was still open when the monitor stopped."""
    late_coverage: Coverage = field(default=Coverage())
    """Status and size coverage of the late hits."""
    catch_up: bool = False
    """From a backlog: the text display shows such intervals only if they have alert events."""
    events: int = 0
    """Number of alert events with `at` in this interval."""
    rules: tuple[Rule, ...] = ()
    """The rules that judge the window, in their order."""
    last_us: int | None = None
    """For an interval without hits: the greatest time accepted before, also before a restart; None: there is none."""

    @property
    def seconds(self) -> int:
        """Length of the interval."""
        return (self.end_us - self.start_us) // 1_000_000

    def threshold_of(self, name: str) -> float | None:
        """Return the threshold of a rule; None if there is no such rule."""
        return next((rule.threshold for rule in self.rules if rule.name == name), None)

    @property
    def hits_per_s(self) -> float:
        """Hits divided by the length of the interval."""
        return self.hits / self.seconds

    @property
    def error_rate(self) -> float:
        """Percent of the hits that are errors; 0.0 without hits."""
        return ratio(100 * self.errors, self.hits)


@dataclass(frozen=True, slots=True)
class PassedInterval:
    """An interval without alert events, of a run that reports only those with some."""

    end_us: int
    coverage: Coverage
    window_s: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """An alert was raised or has recovered."""

    state: Literal["raised", "recovered"]
    name: str
    subject: bytes | None
    at_us: int
    """End of the bucket at whose close this was decided."""
    value: float
    threshold: float
    hits: int
    """Hits in the window; for an alert on a host, those of the host."""
    window_s: int
    title: str
    """Its name for people: ``High traffic``."""
    reading: str
    """The value as the message gives it: ``hits = 12.34``."""
    unit: str = ""
    """Unit of value and threshold: ``/s`` or ``%``."""
    began_us: int | None = None
    """The approximate beginning of the rise; None: at or before `looked_us`, or the alert recovered."""
    looked_us: int | None = None
    """The time from which the traffic is known: the start of the window, or of the run or the log; None: that of the
    window."""
    file: str | None = None
    """The only input; None: there are several."""
    server: str | None = None
    """The name of the only server; None: there are several, or it has none."""
    breakdown: Breakdown | None = None
    """The breakdown of the requests behind a raise; None: not known."""

    @property
    def message(self) -> str:
        """The sentence for people; the time is local, with its offset."""
        if self.state == "raised":
            return f"{self.title} generated an alert - {self.reading}, triggered at {local_time(self.at_us)}"
        return f"{self.title} alert recovered - {self.reading}, recovered at {local_time(self.at_us)}"


@dataclass(frozen=True, slots=True)
class WorkDone:
    """The progress of long work."""

    lines: int
    share: float | None = None
    """Share of the bytes, from 0 to 1; None: not known."""
    reached_us: int | None = None
    """The time of the log that was reached; None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Traffic):
    """The whole run; published once, at the end."""

    first_us: int | None
    """Least accepted event time."""
    last_us: int | None
    """Greatest accepted event time."""
    alerts: int
    """Number of raises."""
    episodes: Episodes = field(default=Episodes())
    lost: LostRequests = field(default=LostRequests())
    stopped: WorkDone | None = None
    """The progress of a replay that was stopped before its end; None: it was not stopped, or the run is live."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence to the user about the run itself (an input appeared, a format was found); never data."""

    text: str
    """One line; log text in it is sanitised."""
    level: Level = "info"
    name: str = "notice"
    """The kind of notice, for programs that read NDJSON: ``malformed``, ``coverage``, ``ahead``."""
    file: str | None = None
    """The input it concerns, as named by the user; None: the whole run."""
    at_us: int | None = None
    """Now (docs/ARCHITECTURE.md, "Time") when it was published; None: before the first line."""

    def at(self, now_us: int | None) -> "Notice":
        """Return the notice with the given time."""
        return replace(self, at_us=now_us)


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """A backlog was processed."""

    span_s: int
    """Seconds of log time that it covered."""
    lines: int
    alerts: int
    """Number of raises in it."""
    at_us: int | None = None
    """Now, when it was processed."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """The state shown in the status line of a terminal, once per second."""

    now_us: int
    hits_per_s: float
    """Hits of the last closed bucket, divided by its length."""
    window_hits_per_s: float
    threshold_per_s: float
    next_report_us: int
    """End of the open interval plus the lateness."""
    active: int
    """Number of active alerts."""
    lag_bytes: int
    lag_s: int = 0
    """Seconds between the clock and the time of the last line; 0 when caught up."""
    waiting_for: str = ""
    """Reason why an input cannot be read now (``/tmp/access.log is missing``); empty if all are readable."""
    waiting_since_us: int | None = None
    """Time since which the longest unreadable input has been waiting; None if all are readable."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point between two turns in the stream of accepted rows."""

    number: int
    """Increases by one from mark to mark, also across restarts. After a restart the frames that follow the mark of the
    checkpoint are emitted again."""
    before_us: int | None
    """The watermark: only late rows can still follow before this time; None: no bucket has closed yet."""
    positions: Mapping[str, object]
    """Position of each input that has one, by its name: files and offsets (`Resumable.position`, `Piped`).

    The rows emitted so far are before it, and later ones are not, except for lines that were held (`held`) and lines
    that begin before it."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """Where the stream of accepted rows resumes after a restart."""

    mark_number: int | None
    """Number of the last mark in the checkpoint: frames after it are emitted again, and the next mark has the next
    number. None: the positions are those of other runs, whose marks have other numbers; marks begin with 1, and only
    rows after the positions are emitted again."""
    positions: Mapping[str, object]
    """As in a `Mark`."""


Message = Report | AlertEvent | Summary | Notice | CaughtUp | Pulse
"""Anything that a `ReportSink` may receive."""
