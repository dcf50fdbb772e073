"""The figures of some traffic as reports hold them: tables of keys, durations, kinds of agents, coverage."""

from collections.abc import Sequence
from dataclasses import dataclass


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
class NetworkCount(KeyCount):
    """A network, with its hosts."""

    hosts: int
    most_host_hits: int
    """Hits of the host that has most of them."""


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
    """The endpoints of which 5 % of the requests take a millisecond or more."""

    by_time: Sequence[SlowRow] = ()
    """Most time spent first, ties by key."""
    by_p95: Sequence[SlowRow] = ()
    """Greatest percentile first, likewise."""

    def first(self, count: int | None) -> tuple[SlowRow, ...]:
        """Return the first rows by time spent, then those of the first by percentile that are not among them."""
        by_time, by_p95 = self.by_time[:count], self.by_p95[:count]
        return (*by_time, *(row for row in by_p95 if row not in by_time))


@dataclass(frozen=True, slots=True)
class FailingEndpoint:
    """An endpoint whose requests had a status 500–599."""

    key: bytes | None
    """None: the requests have none, as the method may be."""
    method: bytes | None
    status: int
    hits: int
    first_us: int
    """Since when it fails, without a pause as long as the window."""
    host: bytes
    """Whose requests fail most."""


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
    without_agent: KeyCount | None = None
    """Requests that sent no agent, in a log that has agents; None: there are none."""
    servers: Table = Table()
    """Of inputs that the user gave a name."""
    networks: Sequence[NetworkCount] = ()
    """The networks of the hosts, /24 and /48: hits down, then key up. Hosts that were cut are in none of them."""
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
