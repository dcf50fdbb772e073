"""The frozen values that leave the monitor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from http_monitor.health import Health
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
class KeyCount:
    """One row of a table."""

    key: bytes
    """The log's bytes, not sanitised."""
    hits: int
    size_bytes: int
    errors: int
    """Hits with status 500–599."""


@dataclass(frozen=True, slots=True)
class Remainder:
    """What a bounded table had to cut, and how wrong a kept row can be for it."""

    hits: int = 0
    size_bytes: int = 0
    errors: int = 0
    error_bound: int = 0
    """No key has more hits than its row says plus this; 0 while the table is exact."""

    def plus(self, more: "Remainder", sign: int = 1) -> "Remainder":
        """Return this plus or minus the other; a key can be cut more than once, so bounds add up too."""
        return Remainder(
            hits=self.hits + sign * more.hits,
            size_bytes=self.size_bytes + sign * more.size_bytes,
            errors=self.errors + sign * more.errors,
            error_bound=self.error_bound + sign * more.error_bound,
        )


@dataclass(frozen=True, slots=True)
class Table:
    """The keys of a dimension, hits down, then key up by bytes."""

    rows: Sequence[KeyCount] = ()
    """All that were kept; a front end takes the first of them (`rows[:count]`), which is what makes them."""
    distinct: int = 0
    """Keys the whole table holds; of hosts, those that were cut too."""
    remainder: Remainder = Remainder()
    distinct_error: int = 0
    """`distinct` is an estimate, and in 95 of 100 cases no further off than that; 0 where it is exact."""


@dataclass(frozen=True, slots=True)
class Durations:
    """How long the requests took that say so, and three quantiles of it: nearest rank, within 0.8 percent."""

    hits: int
    """Requests with a duration."""
    p50_us: int
    p95_us: int
    p99_us: int


@dataclass(frozen=True, slots=True)
class SlowEndpoint:
    """An endpoint with the time that its requests took."""

    key: bytes
    hits: int
    """Its requests with a duration."""
    total_us: int

    @property
    def mean_us(self) -> float:
        """Microseconds a request."""
        return self.total_us / self.hits


@dataclass(frozen=True, slots=True)
class AgentKinds:
    """Hits by who is behind the user agent; the sum is all hits."""

    person: int = 0
    bot: int = 0
    library: int = 0
    unknown: int = 0
    """Without an agent, with one that says nothing, or with one that the bounded table did not keep."""

    @property
    def known(self) -> int:
        """Hits of which something is known."""
        return self.person + self.bot + self.library


@dataclass(frozen=True, slots=True)
class Details:
    """What only some logs have, or what is worked out of agents."""

    vhosts: Table = Table()
    duration: Durations | None = None
    """None where no line has one, here and in the following."""
    upstream: Durations | None = None
    slowest: Sequence[SlowEndpoint] = ()
    """The endpoints with the greatest mean duration, ties by key; see `counting.durations.slowest_of`."""
    bytes_in: int | None = None
    cache: tuple[tuple[bytes, int], ...] = ()
    """(cache status, hits), by status."""
    tls: tuple[tuple[bytes, int], ...] = ()
    """(version, hits), by version."""
    browsers: Table = Table()
    """Families of the agents that have one; the remainder is that of the agents."""
    systems: Table = Table()
    kinds: AgentKinds = AgentKinds()
    sources: Table = Table()
    """Containers, pods, programs or machines, of the lines whose wrapper names one."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of some accepted lines have what a figure rests on."""

    lines: int = 0
    """All of them."""
    status: int = 0
    """``-`` and 0 say that there is none."""
    host: int = 0
    """Likewise ``-``."""
    endpoint: int = 0
    size: int = 0
    """``-`` says that it is 0 bytes."""
    duration: int = 0
    agent: int = 0
    """``-`` says that there was none."""

    @property
    def no_status(self) -> bool:
        """There are lines, and none has a status: nobody knows the errors."""
        return self.lines > 0 and not self.status

    @property
    def no_size(self) -> bool:
        """Likewise for the bytes."""
        return self.lines > 0 and not self.size

    @property
    def no_host(self) -> bool:
        """Likewise for who asked."""
        return self.lines > 0 and not self.host


@dataclass(frozen=True, slots=True)
class WindowTotals:
    """The sliding window at the last bucket that closed."""

    seconds: int
    hits: int
    size_bytes: int
    errors: int
    series: tuple[int, ...] = ()
    """Its hits in at most 60 slots of equal length, oldest first."""

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


@dataclass(frozen=True, slots=True)
class Report:
    """The traffic of one interval, and the state at its end."""

    seq: int
    mode: Mode
    start_us: int
    end_us: int
    hits: int
    size_bytes: int
    errors: int
    late_hits: int
    """Late lines of intervals already passed; they are in no table."""
    late_bytes: int
    late_errors: int
    distinct_hosts: int
    """An estimate where `hosts.distinct_error` is not 0."""
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
    window: WindowTotals
    active: tuple[ActiveAlert, ...]
    health: Health
    partial: bool = False
    """The interval was still open when the monitor stopped."""
    catch_up: bool = False
    """Made from a backlog: a screen shows only those with alerts."""
    events: int = 0
    """Alert events whose `at` lies in this interval."""
    rules: tuple[Rule, ...] = ()
    """What the window is judged by, in the order of judgement."""
    details: Details = Details()
    coverage: Coverage = Coverage()

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

    @property
    def message(self) -> str:
        """The sentence for people; time is local with offset."""
        if self.state == "raised":
            return f"{self.title} generated an alert - {self.reading}, triggered at {local_time(self.at_us)}"
        return f"{self.title} alert recovered - {self.reading}, recovered at {local_time(self.at_us)}"


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole run, once, last."""

    mode: Mode
    first_us: int | None
    """Least accepted event time."""
    last_us: int | None
    """Greatest accepted event time."""
    hits: int
    size_bytes: int
    errors: int
    status: tuple[tuple[int, int], ...]
    methods: tuple[tuple[bytes, int], ...]
    sections: Table
    endpoints: Table
    hosts: Table
    users: Table
    agents: Table
    referers: Table
    alerts: int
    """Raises."""
    active: tuple[ActiveAlert, ...]
    health: Health
    details: Details = Details()
    coverage: Coverage = Coverage()


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
    """Now (DESIGN §3) when it was told; None: there was none yet."""

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
