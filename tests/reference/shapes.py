"""The input of the reference engine: the lines of a log as they were read, and the options of a run."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

US_PER_S = 1_000_000


@dataclass(frozen=True)
class Options:
    """The settings that decide what is counted; the defaults are those of the program."""

    interval_s: int = 10
    window_s: int = 120
    bucket_size_s: int = 1
    lateness_s: int = 1
    max_ahead_s: int = 60
    alert_threshold: float = 10.0
    alert_error_rate: float = 5.0
    ddos_threshold: float = 5.0
    alert_malformed: float | None = None
    alert_min_hits: int = 20
    alert_recover_at: float = 100.0
    alert_for_s: int = 0
    top: int = 5
    max_keys: int = 1_000

    @property
    def interval_us(self) -> int:
        return self.interval_s * US_PER_S

    @property
    def window_us(self) -> int:
        return self.window_s * US_PER_S

    @property
    def bucket_us(self) -> int:
        return self.bucket_size_s * US_PER_S

    @property
    def lateness_us(self) -> int:
        return self.lateness_s * US_PER_S

    @property
    def max_ahead_us(self) -> int:
        return self.max_ahead_s * US_PER_S


class RowLike(Protocol):
    """A well-formed line."""

    @property
    def line_no(self) -> int:
        """Its number among the non-blank lines of its log, from 1."""
        ...

    @property
    def time_us(self) -> int: ...

    @property
    def host(self) -> bytes: ...

    @property
    def section(self) -> bytes: ...

    @property
    def path(self) -> bytes | None: ...

    @property
    def method(self) -> bytes | None: ...

    @property
    def user(self) -> bytes | None: ...

    @property
    def referer(self) -> bytes | None: ...

    @property
    def agent(self) -> bytes | None: ...

    @property
    def status(self) -> int:
        """0 where the line has none."""
        ...

    @property
    def size_bytes(self) -> int | None: ...

    @property
    def vhost(self) -> bytes | None: ...

    @property
    def source(self) -> bytes | None: ...

    @property
    def server(self) -> bytes | None: ...

    @property
    def lacks(self) -> int | None:
        """1 where there is no size, 2 where there is no agent, 3 where neither; not even a dash."""
        ...

    @property
    def duration_us(self) -> int | None:
        """How long it took; one below 0 is none."""
        ...

    @property
    def upstream_us(self) -> int | None: ...

    @property
    def bytes_in(self) -> int | None: ...

    @property
    def cache(self) -> bytes | None: ...

    @property
    def tls(self) -> bytes | None: ...


class ParsedLike(Protocol):
    """All lines of a log, or of a part of one."""

    @property
    def rows(self) -> Sequence[RowLike]: ...

    @property
    def lines(self) -> int:
        """Non-blank lines."""
        ...

    @property
    def malformed(self) -> Collection[int]:
        """Numbers of the lines that do not fit, the oversized ones among them."""
        ...

    @property
    def oversized(self) -> Collection[int]: ...

    @property
    def filtered(self) -> Collection[int]:
        """Numbers of the lines that fit, and are not to be counted; they are not among the rows."""
        ...

    @property
    def other(self) -> Collection[int]:
        """Numbers of the lines that fit, and record no finished request; they are not among the rows."""
        ...


@dataclass(frozen=True)
class BadLine:
    """A malformed line."""

    oversized: bool


@dataclass(frozen=True)
class FilteredLine:
    """A line that fits and is not to be counted."""


@dataclass(frozen=True)
class OtherLine:
    """A line that fits and records no finished request."""


def lines_of(parsed: ParsedLike) -> list[RowLike | BadLine | FilteredLine | OtherLine]:
    """Return every non-blank line, in file order.

    Raises:
        ValueError: a line that is not exactly one of row, malformed, filtered out and other.
    """
    rows = {row.line_no: row for row in parsed.rows}
    numbers = [*rows, *parsed.malformed, *parsed.filtered, *parsed.other]
    if sorted(numbers) != list(range(1, parsed.lines + 1)):
        raise ValueError("the line numbers do not add up")
    oversized = set(parsed.oversized)
    others: dict[int, BadLine | FilteredLine | OtherLine] = {no: BadLine(no in oversized) for no in parsed.malformed}
    others |= {no: FilteredLine() for no in parsed.filtered}
    others |= {no: OtherLine() for no in parsed.other}
    return [rows[no] if no in rows else others[no] for no in range(1, parsed.lines + 1)]
