"""The frozen values that leave the monitor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from http_monitor.health import Health
from http_monitor.report_tables import Coverage, Details, FailingEndpoint, SlowRequests, Table
from http_monitor.units import local_time, ratio

Mode = Literal["live", "replay"]
Level = Literal["info", "warning"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that the window is judged by, as whoever shows its values needs it."""

    name: str
    """Its name in NDJSON."""
    threshold: float
    """Raised above it."""
    unit: str
    """Of its values and of the threshold: ``/s`` or ``%``."""


@dataclass(frozen=True, slots=True)
class WindowTotals:
    """The sliding window at the last bucket that closed."""

    seconds: int
    hits: int
    size_bytes: int
    errors: int
    series: tuple[int, ...] = ()
    """Its hits in at most 60 slots of equal length, oldest first."""
    has_status: bool = True
    """False where it has hits, and none of them a status: its errors are not known."""

    @property
    def hits_per_s(self) -> float:
        """Hits divided by the whole window."""
        return self.hits / self.seconds

    @property
    def error_rate(self) -> float:
        """Percent of the hits that are errors."""
        return ratio(100 * self.errors, self.hits)


@dataclass(frozen=True, slots=True)
class ActiveAlert:
    """An alert that has been raised and has not recovered."""

    name: str
    subject: bytes | None
    since_us: int
    """`at` of its raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What was counted in an interval, or in the whole run, with the alerts and the health at its end."""

    mode: Mode
    hits: int
    size_bytes: int
    errors: int
    status: tuple[tuple[int, int], ...]
    """(code, hits), by code; a line may have none."""
    methods: tuple[tuple[bytes, int], ...]
    """(method, hits), by method."""
    sections: Table
    endpoints: Table
    hosts: Table
    users: Table
    agents: Table
    referers: Table
    active: tuple[ActiveAlert, ...]
    health: Health
    filter: str = ""
    """The expression that is true of the lines that count; empty: all do."""
    trusted_proxies: tuple[str, ...] = ()
    """The networks that are believed about whom they forward."""
    details: Details = field(default=Details())
    coverage: Coverage = field(default=Coverage())


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Traffic):
    """The traffic of one interval, and the state at its end."""

    seq: int
    start_us: int
    end_us: int
    late_hits: int
    """Late lines of intervals already passed; they are in no table."""
    late_bytes: int
    late_errors: int
    distinct_hosts: int
    """An estimate where `hosts.distinct_error` is not 0."""
    window: WindowTotals
    partial: bool = False
    """The interval was still open when the monitor stopped."""
    late_coverage: Coverage = field(default=Coverage())
    """Of the late hits, as far as their sums rest on it: status and size."""
    catch_up: bool = False
    """Made from a backlog: a screen shows only those with alerts."""
    events: int = 0
    """Alert events whose `at` lies in this interval."""
    rules: tuple[Rule, ...] = ()
    """What the window is judged by, in the order of judgement."""
    failing: Sequence[FailingEndpoint] = ()
    """What failed in the interval: hits down, then by key, method and status."""
    slow: SlowRequests = field(default=SlowRequests())

    @property
    def seconds(self) -> int:
        """Length of the interval."""
        return (self.end_us - self.start_us) // 1_000_000

    def threshold_of(self, name: str) -> float | None:
        """Return the threshold of a rule; None where there is no such rule."""
        return next((rule.threshold for rule in self.rules if rule.name == name), None)

    @property
    def hits_per_s(self) -> float:
        """Hits divided by the whole interval."""
        return self.hits / self.seconds

    @property
    def error_rate(self) -> float:
        """Percent of the hits that are errors; 0.0 without hits."""
        return ratio(100 * self.errors, self.hits)


@dataclass(frozen=True, slots=True)
class Share:
    """The most frequent key of a dimension among some requests."""

    dimension: str
    """Its name in filters: ``method``, ``endpoint``, ``agent``."""
    key: bytes | None
    """The log's bytes; None: the requests have none."""
    hits: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """What the requests of an alert are, as far as they are among the last that were kept."""

    hits: int
    """How many requests were looked at, those since the alert's `began_us`."""
    shares: tuple[Share, ...]
    """Of each dimension the most frequent key."""
    is_whole: bool
    """No request since then had to be left out."""


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """An alert that was raised, or has recovered."""

    state: Literal["raised", "recovered"]
    name: str
    subject: bytes | None
    at_us: int
    """End of the bucket whose close decided it."""
    value: float
    threshold: float
    hits: int
    """Hits of the window; of a host's alert, the host's."""
    window_s: int
    title: str
    """What the message calls it, sanitised: ``High traffic``."""
    reading: str
    """The value as the message gives it: ``hits = 12.34``."""
    unit: str = ""
    """Of value and threshold: ``/s`` or ``%``."""
    began_us: int | None = None
    """About when what was raised began; None: before the window, or it recovered."""
    file: str | None = None
    """The one input there is; None: there are several."""
    server: str | None = None
    """The name of the one server there is; None: there are several, or it has none."""
    breakdown: Breakdown | None = None
    """What the requests behind a raise are; None: not known."""

    @property
    def message(self) -> str:
        """The sentence for people; time is local with offset."""
        if self.state == "raised":
            return f"{self.title} generated an alert - {self.reading}, triggered at {local_time(self.at_us)}"
        return f"{self.title} alert recovered - {self.reading}, recovered at {local_time(self.at_us)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Traffic):
    """The whole run, once, last."""

    first_us: int | None
    """Least accepted event time."""
    last_us: int | None
    """Greatest accepted event time."""
    alerts: int
    """Raises."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence to the user about the run itself (an input appeared, a format was found); never data."""

    text: str
    """One line, log text in it sanitised already."""
    level: Level = "info"
    name: str = "notice"
    """What kind of notice it is, for a program that reads NDJSON: ``malformed``, ``coverage``, ``ahead``."""
    file: str | None = None
    """The input that it is about, as the user calls it; None: the run as a whole."""
    at_us: int | None = None
    """Now (docs/ARCHITECTURE.md, "Time") when it was told; None: there was none yet."""

    def at(self, now_us: int | None) -> "Notice":
        """Return it as told at that time."""
        return replace(self, at_us=now_us)


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """A backlog has been worked off."""

    span_s: int
    """Seconds of log time it covered."""
    lines: int
    alerts: int
    """Raises in it."""
    at_us: int | None = None
    """Now when that was so."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the status line of a terminal shows, once a second."""

    now_us: int
    hits_per_s: float
    """Hits of the last bucket that closed, divided by its length."""
    window_hits_per_s: float
    threshold_per_s: float
    next_report_us: int
    """When the open interval will be reported."""
    active: int
    """Alerts active now."""
    lag_bytes: int
    lag_s: int = 0
    """So far the time of the last line read is behind the clock; 0 when caught up."""
    waiting_for: str = ""
    """Why nothing can be read right now (``/tmp/access.log is missing``); empty when all inputs are readable."""
    waiting_since_us: int | None = None
    """Since when, the longest of them."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the stream of accepted rows, between two turns."""

    number: int
    """Grows by one from mark to mark, also over restarts: what a listener keeps of frames behind the mark that a
    checkpoint has comes again."""
    before_us: int | None
    """The watermark: before that only late rows will still come; None: no bucket has closed yet."""
    positions: Mapping[str, object]
    """Where each input that can resume stands, by its name: files with their offsets (`Resumable.position`)."""


Message = Report | AlertEvent | Summary | Notice | CaughtUp | Pulse
"""What a `ReportSink` may be given."""
