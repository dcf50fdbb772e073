"""The protocol of views: who asks what of the rows that are held."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from http_monitor.records import LogFile

Order = Literal["hits", "bytes", "errors", "p50", "p95", "key"]
STATUS_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx", "none")
"""The classes of a series; ``none`` has the hits without a status of these."""
DIMENSIONS = (
    *("endpoint", "section", "host", "network", "status", "method", "user", "agent", "agent_family"),
    *("referer", "referer_host", "vhost", "cache", "tls", "source", "server"),
)
"""What a table can be asked by."""


@dataclass(frozen=True, slots=True)
class ViewSpan:
    """The times [start, end), in microseconds since the epoch."""

    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Held:
    """What is held: every accepted row from `since_us` on, and none before."""

    since_us: int | None
    """No view has rows before this time; None: nothing is held."""
    upto_us: int | None
    """The greatest time of all rows; None: there was none."""
    rows: int
    """Rows held, some of which may be before `since_us`."""
    left_out: int
    """Rows that were given up for lack of memory, of the time that is to be held."""
    nbytes: int
    """Bytes of memory that they take."""


@dataclass(frozen=True, slots=True)
class TableQuery:
    """A table to be counted."""

    dimension: str
    """One of `DIMENSIONS`."""
    span: ViewSpan
    filter: str | None = None
    """An expression in the language of ``--filter``; None: all rows."""
    order: Order = "hits"
    """Descending, and by key ascending where equal; ``key`` ascending. Keys without durations come last."""
    reverse: bool = False
    """The order turned round, equal ones too."""
    limit: int | None = 100
    """The most rows; None: all."""
    keys: frozenset[bytes] | None = None
    """Only rows of these keys, those of them that there are; None: of any."""


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """Hits over time to be counted."""

    span: ViewSpan
    step_us: int
    """Length of a point, which is aligned to the epoch."""
    filter: str | None = None


@dataclass(frozen=True, slots=True)
class LinesQuery:
    """Lines to be found."""

    span: ViewSpan
    filter: str | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of all rows of a view."""

    hits: int = 0
    size_bytes: int = 0
    errors: int = 0
    """Hits with status 500–599."""
    with_status: int = 0
    """Hits that have a status; without any, nothing is known of errors."""
    with_size: int = 0
    """Hits whose line says a size, be it ``-``; without any, nothing is known of bytes."""
    p50_us: int | None = None
    """Within 0.8 percent; None: no row has a duration."""
    p95_us: int | None = None


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A row of a table."""

    key: bytes
    hits: int
    size_bytes: int
    errors: int
    p50_us: int | None
    """Within 0.8 percent; None: no hit has a duration."""
    p95_us: int | None


@dataclass(frozen=True, slots=True)
class TableView:
    """The answer to a `TableQuery`."""

    held: Held
    is_whole: bool
    """All rows of the span are held, as far as there are any yet."""
    total: Totals
    rows: tuple[ViewRow, ...]
    keys: int
    """Number of distinct keys, shown or not."""


@dataclass(frozen=True, slots=True)
class Point:
    """The sums of one step."""

    start_us: int
    hits: int
    size_bytes: int
    errors: int
    status: Mapping[str, int]
    """Hits by those of `STATUS_CLASSES` that have any."""


@dataclass(frozen=True, slots=True)
class SeriesView:
    """The answer to a `SeriesQuery`."""

    held: Held
    is_whole: bool
    points: tuple[Point, ...]
    """Those with hits, ascending."""


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A row, and where its line stands."""

    time_us: int
    file: LogFile | None
    """None: not known."""
    offset: int
    text: bytes | None
    """The line, if it was kept because it cannot be read again; not sanitised."""
    values: Mapping[str, bytes | int | None]
    """The columns of `records.SCHEMA` but the time."""


@dataclass(frozen=True, slots=True)
class LinesView:
    """The answer to a `LinesQuery`."""

    held: Held
    is_whole: bool
    lines: tuple[FoundLine, ...]
    """By time descending, of equal ones the last accepted first."""
    skipped: int
    """Number of matching rows beyond the limit."""


class Views(Protocol):
    """Answers views exactly. May be called in any thread; raises UsageError for what it does not understand."""

    def held(self) -> Held:
        """Return what is held."""
        ...

    def dimensions(self) -> frozenset[str]:
        """Return those of `DIMENSIONS` for which rows that are held may have a key."""
        ...

    def table(self, query: TableQuery) -> TableView:
        """Count by key."""
        ...

    def series(self, query: SeriesQuery) -> SeriesView:
        """Count by time."""
        ...

    def lines(self, query: LinesQuery) -> LinesView:
        """Find the newest lines."""
        ...
