"""The parts of a report: tables of keys, durations, kinds of agents, coverage; and the breakdown of an alert."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyCount:
    """One row of a table."""

    key: bytes
    """Bytes of the log, not sanitised."""
    hits: int
    size_bytes: int
    errors: int
    """Hits with status 500–599."""


@dataclass(frozen=True, slots=True)
class NetworkCount(KeyCount):
    """A network, with its hosts."""

    hosts: int
    most_host_hits: int
    """Hits of the host with the most."""


@dataclass(frozen=True, slots=True)
class Remainder:
    """The rows cut from a bounded table, and the resulting error bound of the others."""

    hits: int = 0
    size_bytes: int = 0
    errors: int = 0
    error_bound: int = 0
    """No key has more hits than its row plus this; 0 while the table is exact."""

    def plus(self, more: "Remainder", sign: int = 1) -> "Remainder":
        """Return this remainder plus or minus another; bounds add up, since a key can be cut repeatedly."""
        return Remainder(
            hits=self.hits + sign * more.hits,
            size_bytes=self.size_bytes + sign * more.size_bytes,
            errors=self.errors + sign * more.errors,
            error_bound=self.error_bound + sign * more.error_bound,
        )


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by the keys of a dimension, hits descending, then key ascending."""

    rows: Sequence[KeyCount] = ()
    """All kept rows; they are made when they are accessed, so front ends slice first (`rows[:count]`)."""
    distinct: int = 0
    """Number of keys in the table; for hosts, cut ones included."""
    remainder: Remainder = Remainder()
    distinct_error: int = 0
    """`distinct` is an estimate with this error at a confidence of 95 %; 0 if it is exact."""


@dataclass(frozen=True, slots=True)
class Durations:
    """Quantiles of the durations of those requests that have one: nearest rank, within 0.8 percent."""

    hits: int
    """Number of requests with a duration."""
    p50_us: int
    p95_us: int
    p99_us: int


@dataclass(frozen=True, slots=True)
class SlowEndpoint:
    """An endpoint and the total duration of its requests."""

    key: bytes
    hits: int
    """Number of requests with a duration."""
    total_us: int

    @property
    def mean_us(self) -> float:
        """Mean duration of a request."""
        return self.total_us / self.hits


@dataclass(frozen=True, slots=True)
class SlowRow:
    """An endpoint with the time that its requests took."""

    key: bytes
    hits: int
    """Its requests with a duration."""
    total_us: int
    p95_us: int
    """Nearest rank, within 0.8 percent."""


@dataclass(frozen=True, slots=True)
class SlowRequests:
    """The endpoints whose 95th percentile is at least a millisecond."""

    by_time: Sequence[SlowRow] = ()
    """Most time spent first, ties by key."""
    by_p95: Sequence[SlowRow] = ()
    """Greatest percentile first, likewise."""

    def first(self, count: int | None) -> tuple[SlowRow, ...]:
        """Return the first rows by time spent, then the first by percentile that are not among these."""
        by_time, by_p95 = self.by_time[:count], self.by_p95[:count]
        return (*by_time, *(row for row in by_p95 if row not in by_time))


@dataclass(frozen=True, slots=True)
class LostRequests:
    """The remainders of the tables of a whole run."""

    failures: int = 0
    """Hits of endpoints that are not in the table of failing ones, or were not always in it."""
    spent_us: int = 0
    """Likewise, the time spent on endpoints not in the table of slow ones."""


@dataclass(frozen=True, slots=True)
class FailingEndpoint:
    """An endpoint whose requests had a status 500–599."""

    key: bytes | None
    """The endpoint; None: the requests have none. The method may be None too."""
    method: bytes | None
    status: int
    hits: int
    first_us: int
    """Since when it has failed without a pause as long as the window; for a whole run, its first failure."""
    host: bytes
    """The host whose requests fail most; for a whole run, among the hosts that were kept."""


@dataclass(frozen=True, slots=True)
class AgentKinds:
    """Hits by the kind of user agent; the sum is all hits."""

    person: int = 0
    bot: int = 0
    library: int = 0
    unknown: int = 0
    """Hits without an agent, with an unknown one, or with one that the bounded table did not keep."""

    @property
    def known(self) -> int:
        """Hits of known kind."""
        return self.person + self.bot + self.library


@dataclass(frozen=True, slots=True)
class Details:
    """Figures that only some logs have, or that are derived from agents."""

    vhosts: Table = Table()
    duration: Durations | None = None
    """None if no line has a duration; likewise `upstream` and `bytes_in`."""
    upstream: Durations | None = None
    slowest: Sequence[SlowEndpoint] = ()
    """Endpoints with the greatest mean duration, ties by key; see `counting.durations.slowest_of`."""
    bytes_in: int | None = None
    cache: tuple[tuple[bytes, int], ...] = ()
    """(cache status, hits), by status."""
    tls: tuple[tuple[bytes, int], ...] = ()
    """(version, hits), by version."""
    browsers: Table = Table()
    """Hits by agent family; the remainder is that of the agents."""
    systems: Table = Table()
    kinds: AgentKinds = AgentKinds()
    without_agent: KeyCount | None = None
    """Requests that sent no agent, in a log that has agents; None: there are none."""
    servers: Table = Table()
    """Hits by the name that the user gave an input."""
    networks: Sequence[NetworkCount] = ()
    """The networks of the hosts, /24 and /48: hits down, then key up. Hosts that were cut are in none of them."""
    sources: Table = Table()
    """Hits by container, pod, program or machine, if the wrapper of a line names one."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Number of accepted lines that have the field a figure depends on."""

    lines: int = 0
    """All accepted lines."""
    status: int = 0
    """Lines with a status; ``-`` and 0 are none."""
    host: int = 0
    """Lines with a host; ``-`` is none."""
    endpoint: int = 0
    size: int = 0
    """Lines with a size; ``-`` counts as one (0 bytes)."""
    duration: int = 0
    agent: int = 0
    """Lines with an agent field; ``-`` counts as one."""

    @property
    def no_status(self) -> bool:
        """Whether there are lines but none has a status, so that errors are not known."""
        return self.lines > 0 and not self.status

    @property
    def no_size(self) -> bool:
        """Whether there are lines but none has a size, so that bytes are not known."""
        return self.lines > 0 and not self.size

    @property
    def no_host(self) -> bool:
        """Whether there are lines but none has a host, so that clients are not known."""
        return self.lines > 0 and not self.host


@dataclass(frozen=True, slots=True)
class TimeSlots:
    """Hits over time."""

    length_us: int
    """Length of a slot; slots are aligned to the epoch."""
    hits: Sequence[tuple[int, int]] = ()
    """(start, hits) of each slot with hits, ascending."""


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
    """The breakdown of an alert's requests, as far as they are among the last that were kept."""

    hits: int
    """Number of the examined requests, those since the alert's `began_us`."""
    shares: tuple[Share, ...]
    """The most frequent key of each dimension."""
    is_whole: bool
    """No request since then is missing."""
