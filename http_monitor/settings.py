"""Every default of the program, with its unit and its check."""

import math
from dataclasses import dataclass
from typing import Literal

from http_monitor.errors import UsageError

MAX_LINE_BYTES = 1 << 20
"""A longer line is malformed and oversized."""
FORMAT_LINES = 1_000
"""So many first lines decide whether a replayed file has a known format."""
READ_BYTES = 4 << 20
"""What a source reads in one turn, at the most, in a replay; a live one reads a quarter of it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose; construction checks it.

    Raises:
        UsageError: a value that no run can have; the text names the option.
    """

    files: tuple[str, ...] = ("/tmp/access.log",)
    """Paths, globs or ``-``."""
    format: str = "auto"
    from_start: bool = False
    replay: bool = False
    interval_s: int = 10
    window_s: int = 120
    bucket_size_s: int = 1
    lateness_s: int = 1
    max_ahead_s: int = 60
    time: Literal["event", "arrival"] = "event"
    alert_threshold: float = 10.0
    """Hits per second over the window."""
    alert_error_rate: float = 5.0
    """Percent of the window's hits."""
    ddos_threshold: float = 5.0
    """Hits per second of one host over the window."""
    alert_min_hits: int = 20
    """Below so many hits in the window the error rate counts as 0."""
    top: int = 5
    output: Literal["text", "ndjson"] = "text"
    color: Literal["auto", "always", "never"] = "auto"
    duration_s: int | None = None
    max_keys: int = 1_000
    give_me_traffic: bool = False
    traffic_rate: int = 20
    """Lines a second, at the most."""
    traffic_scenario: Literal["random", "spike", "errors", "ddos"] = "random"
    traffic_append: bool = False
    seed: int | None = None

    def __post_init__(self) -> None:
        """Check every value, and the values against each other."""
        for option, value in (
            ("--interval", self.interval_s),
            ("--window", self.window_s),
            ("--bucket-size", self.bucket_size_s),
        ):
            _at_least(option, value, 1, " s")
        for option, value in (("--interval", self.interval_s), ("--window", self.window_s)):
            if value % self.bucket_size_s:
                raise UsageError(f"{option}: got {value} s, takes a multiple of --bucket-size ({self.bucket_size_s} s)")
        _at_least("--lateness", self.lateness_s, 0, " s")
        _at_least("--max-ahead", self.max_ahead_s, 0, " s")
        for option, threshold in (
            ("--alert-threshold", self.alert_threshold),
            ("--alert-error-rate", self.alert_error_rate),
            ("--ddos-threshold", self.ddos_threshold),
        ):
            if not (math.isfinite(threshold) and threshold > 0):
                raise UsageError(f"{option}: got {threshold:g}, takes a number greater than 0")
        _at_least("--alert-min-hits", self.alert_min_hits, 0, "")
        _at_least("--top", self.top, 1, "")
        _at_least("--max-keys", self.max_keys, 1, "")
        _at_least("--traffic-rate", self.traffic_rate, 1, "")
        self._check_combinations()

    def _check_combinations(self) -> None:
        if not self.files or not all(self.files):
            raise UsageError("--file: got an empty path, takes a path, a glob or - for standard input")
        if self.files.count("-") > 1:
            raise UsageError("--file: got - more than once, takes standard input once")
        if self.replay and self.duration_s is not None:
            raise UsageError("--duration: got a duration together with --replay, which ends by itself")
        if self.replay and self.time == "arrival":
            raise UsageError("--time: got arrival together with --replay, which takes only event")
        if self.duration_s is not None:
            _at_least("--duration", self.duration_s, 1, " s")
        if self.give_me_traffic:
            if self.replay:
                raise UsageError("--give-me-traffic: got --replay too, which reads what is there already")
            if len(self.files) != 1 or self.files[0] == "-" or any(c in self.files[0] for c in "*?["):
                raise UsageError("--give-me-traffic: takes exactly one --file, a path, to write to")


def _at_least(option: str, value: int, least: int, unit: str) -> None:
    if value < least:
        raise UsageError(f"{option}: got {value}{unit}, takes {least}{unit} or more")
