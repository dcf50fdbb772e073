"""The settings of a run: defaults, units and checks."""

from dataclasses import dataclass, field, fields
from typing import Any, get_args

from http_monitor import choices
from http_monitor.choices import (
    DEFAULT_LINE_BYTES,
    MAX_BUCKETS,
    MAX_COUNT,
    MAX_DURATION_S,
    MAX_KEYS,
    MAX_LINE_BYTES,
    MAX_PERCENT,
    MAX_TRAFFIC_PER_S,
    UNWRAPS,
    Color,
    GivenFile,
    Output,
    Reader,
    Scenario,
    TimeBase,
    ViewSettings,
    above_zero,
    all_of,
    check_command,
    names_field,
    one_of,
    server_of,
    within,
)
from http_monitor.errors import UsageError
from http_monitor.moments import Moment, check_order
from http_monitor.units import visible_text

_AFFECTS_ALERTS = {"kept": True}
"""Metadata of a setting that alerts or closes depend on: a checkpoint's journal is replayed with its old value."""


def _affects_counts(option: str) -> dict[str, Any]:
    """Return the metadata of a setting that counts depend on: if it has changed, a resumed window starts empty."""
    return {"kept": True, "option": option}


@dataclass(frozen=True, slots=True)
class Settings(ViewSettings):
    """The settings of a run, checked on construction.

    Raises:
        UsageError: a value is invalid; the text names the option.
    """

    files: tuple[str, ...] = ("/tmp/access.log",)
    """Paths, globs or ``-``; for one of `given` its key."""
    given: tuple[GivenFile, ...] = ()
    """The names and commands of some of the files."""
    format: str = field(default="auto", metadata=_affects_counts("--format"))
    log_time: str | None = None
    """The variable of a format string that is the time of a line, optionally with ``=`` and a strftime pattern."""
    log_timezone: str | None = None
    """Zone of times without one: an IANA name, ``UTC`` or ``local``; None: the usual zone of each format."""
    unwrap: str = "auto"
    """The wrapper around each line: ``auto``, ``none`` or one of `UNWRAPS`."""
    format_from: str | None = None
    """The configuration of the server that writes the files; if given, it determines their format."""
    explain: str | None = None
    """A line to explain; empty: explain every line of the files; None: monitor."""
    list_formats: bool = False
    """List the named formats, and do nothing else."""
    from_start: bool = False
    replay: bool = False
    since: Moment | None = None
    """Earlier lines do not count, and are skipped unread as far as possible."""
    until: Moment | None = None
    """Lines at that time and later do not count; a live run ends then."""
    no_backfill: bool = False
    """Begin with an empty window."""
    interval_s: int = field(default=10, metadata=_affects_counts("--interval"))
    every_interval: bool = True
    """A replay reports every interval, not only those in which an alert was raised or recovered."""
    window_s: int = field(default=120, metadata=_affects_counts("--window"))
    bucket_size_s: int = field(default=1, metadata=_affects_counts("--bucket-size"))
    lateness_s: int | None = field(default=None, metadata=_AFFECTS_ALERTS)
    """None: 1 in a live run; 60 in a replay, which does not delay a user. See `bucket_waits_s`."""
    max_ahead_s: int = field(default=60, metadata=_AFFECTS_ALERTS)
    time: TimeBase = field(default="event", metadata=_affects_counts("--time"))
    alert_threshold: float = field(default=10.0, metadata=_AFFECTS_ALERTS)
    """Hits per second over the window."""
    alert_error_rate: float = field(default=5.0, metadata=_AFFECTS_ALERTS)
    """Percent of the window's hits."""
    ddos_threshold: float = field(default=5.0, metadata=_AFFECTS_ALERTS)
    """Hits per second of one host over the window."""
    alert_malformed: float | None = field(default=None, metadata=_AFFECTS_ALERTS)
    """Percent of the window's lines that fit no format; None: no such alert."""
    alert_min_hits: int = field(default=20, metadata=_AFFECTS_ALERTS)
    """With fewer hits in the window the error rate counts as 0; with fewer lines, the share of malformed ones."""
    alert_recover_at: float = field(default=100.0, metadata=_AFFECTS_ALERTS)
    """Percent of an alert's threshold at or below which it recovers; at 100, below it."""
    alert_for_s: int = field(default=0, metadata=_AFFECTS_ALERTS)
    """How long a value must have been above its threshold before the alert is raised."""
    top: int = 5
    output: Output = "text"
    color: Color = "auto"
    duration_s: int | None = None
    max_keys: int = field(default=1_000, metadata=_affects_counts("--max-keys"))
    give_me_traffic: bool = False
    traffic_rate: int = 20
    """Maximum number of lines per second."""
    traffic_scenario: Scenario = "random"
    traffic_append: bool = False
    seed: int | None = None
    state_dir: str | None = None
    """Directory of checkpoints; None: the user's state directory."""
    no_state: bool = False
    reader: Reader = "direct"
    rotate_grace_s: int = 10
    """A renamed file is released after this idle time, once its successor has data."""
    max_line_bytes: int = DEFAULT_LINE_BYTES
    threads: int | None = None
    """Threads of a replay; None: one per available core, at most two."""
    filters: tuple[str, ...] = field(default=(), metadata=_affects_counts("--filter"))
    """Expressions that select the lines that count; all must be true."""
    exclude_hosts: tuple[str, ...] = field(default=(), metadata=_affects_counts("--exclude-host"))
    """Networks, addresses and names whose lines are not counted."""
    ignore_bots: bool = field(default=False, metadata=_affects_counts("--ignore-bots"))
    trusted_proxies: tuple[str, ...] = field(default=(), metadata=_affects_counts("--trust-proxy"))
    """Networks whose X-Forwarded-For is trusted."""

    @property
    def filter(self) -> str:
        """One expression that is equivalent to all filters together; empty: every line counts."""
        return all_of(self.filters)

    @property
    def filters_status(self) -> bool:
        """Whether a filter compares the status: the share of errors then follows from the filter and means nothing."""
        return any(names_field(expression, "status") for expression in self.filters)

    @property
    def bucket_waits_s(self) -> int:
        """Seconds that a bucket waits for lines out of order before it closes."""
        if self.lateness_s is not None:
            return self.lateness_s
        return 60 if self.replay else 1

    def given_file(self, key: str) -> GivenFile | None:
        """Return the name and the command of a file; None for one that is just a path."""
        return next((file for file in self.given if file.key == key), None)

    def server_of(self, path: str) -> str | None:
        """Return the name of the server that writes a file: that of its path, or of the first glob that leads to it."""
        return server_of(self.given, path)

    def is_remote(self, key: str) -> bool:
        """Return whether a file is reached through a command."""
        file = self.given_file(key)
        return file is not None and file.via is not None

    @property
    def _vias(self) -> tuple[str, ...]:
        return tuple(file.via for file in self.given if file.via is not None)

    def __post_init__(self) -> None:
        """Check each value, and the combinations of values."""
        self._check_words()
        self._check_times()
        self._check_numbers()
        self.check_views(self.output)
        self._check_combinations()

    def _check_words(self) -> None:
        if not self.files or not all(self.files):
            raise UsageError("--file: got an empty path, takes a path, a glob or - for standard input")
        if any("\0" in path for path in self.files):
            raise UsageError("--file: got a path with a NUL byte, takes a path, a glob or - for standard input")
        if not self.format.strip():
            raise UsageError("--format: got an empty text, takes the name of a format or a LogFormat string")
        if self.format_from is not None and (not self.format_from or "\0" in self.format_from):
            got = visible_text(self.format_from)
            raise UsageError(f"--format-from: got '{got}', takes the path of a configuration of nginx or Apache")
        one_of("--time", self.time, get_args(TimeBase))
        one_of("--output", self.output, get_args(Output))
        one_of("--color", self.color, get_args(Color))
        one_of("--traffic-scenario", self.traffic_scenario, get_args(Scenario))
        one_of("--reader", self.reader, get_args(Reader))
        if any(not expression.strip() for expression in self.filters):
            raise UsageError("--filter: got an empty text, takes an expression such as 'status >= 500'")
        if self.state_dir is not None and (not self.state_dir or "\0" in self.state_dir):
            raise UsageError(f"--state-dir: got '{visible_text(self.state_dir)}', takes a directory")
        for via in self._vias:
            check_command("--via", via)

    def _check_times(self) -> None:
        for option, value, least in (
            ("--interval", self.interval_s, 1),
            ("--window", self.window_s, 1),
            ("--bucket-size", self.bucket_size_s, 1),
            ("--lateness", self.bucket_waits_s, 0),
            ("--max-ahead", self.max_ahead_s, 0),
            ("--alert-for", self.alert_for_s, 0),
            ("--rotate-grace", self.rotate_grace_s, 0),
            ("--duration", 1 if self.duration_s is None else self.duration_s, 1),
        ):
            within(option, value, least, MAX_DURATION_S, choices.durations(least), " s")
        for option, value in (("--interval", self.interval_s), ("--window", self.window_s)):
            if value % self.bucket_size_s:
                raise UsageError(f"{option}: got {value} s, takes a multiple of --bucket-size ({self.bucket_size_s} s)")
        if self.since and self.until and not (self.since.is_relative or self.until.is_relative):
            check_order(self.since, self.since.resolve(0), self.until, self.until.resolve(0, is_end=True))
        if self.window_s > MAX_BUCKETS * self.bucket_size_s:
            raise UsageError(
                f"--window: got {self.window_s} s, takes at most {MAX_BUCKETS} times --bucket-size"
                f" ({self.bucket_size_s} s)"
            )

    def _check_numbers(self) -> None:
        malformed = MAX_PERCENT if self.alert_malformed is None else self.alert_malformed
        for option, threshold, unit, most in (
            ("--alert-threshold", self.alert_threshold, "hits/s", MAX_COUNT),
            ("--alert-error-rate", self.alert_error_rate, "%", MAX_PERCENT),
            ("--ddos-threshold", self.ddos_threshold, "hits/s", MAX_COUNT),
            ("--alert-malformed", malformed, "%", MAX_PERCENT),
        ):
            above_zero(option, threshold, unit, most)
        if not 0 <= self.alert_recover_at <= MAX_PERCENT:
            raise UsageError(f"--alert-recover-at: got {self.alert_recover_at:g}, takes {choices.SHARES}")
        for option, number, least, most in (
            ("--alert-min-hits", self.alert_min_hits, 0, MAX_COUNT),
            ("--top", self.top, 1, choices.MAX_TOP),
            ("--max-keys", self.max_keys, 1, MAX_KEYS),
            ("--traffic-rate", self.traffic_rate, 1, MAX_TRAFFIC_PER_S),
            ("--threads", 1 if self.threads is None else self.threads, 1, choices.MAX_THREADS),
            ("--seed", self.seed or 0, 0, choices.MAX_SEED),
        ):
            within(option, number, least, most, choices.whole_numbers(least, most))
        within("--max-line", self.max_line_bytes, 1, MAX_LINE_BYTES, choices.SIZES, " bytes")

    def _check_combinations(self) -> None:
        self._check_format_options()
        if self.files.count("-") > 1:
            raise UsageError("--file: got - more than once, takes standard input once")
        if self.replay and self.duration_s is not None:
            raise UsageError("--duration: got a duration together with --replay, which ends by itself")
        if self.replay and (self._vias or self.reader != "direct"):
            option = "--via" if self._vias else "--reader"
            raise UsageError(f"{option}: got it together with --replay, which reads files of this machine itself")
        if self.give_me_traffic and self._vias:
            raise UsageError("--via: got it together with --give-me-traffic, which writes a file of this machine")
        if self.replay and self.time == "arrival":
            raise UsageError("--time: got arrival together with --replay, which takes only event")
        if self.since is not None and self.time == "arrival":
            raise UsageError(
                "--since: got it for lines that count as they come (--time arrival), and none came before the start"
            )
        if self.give_me_traffic:
            if self.replay:
                raise UsageError("--give-me-traffic: got --replay too, which reads what is there already")
            if len(self.files) != 1 or self.files[0] == "-" or any(c in self.files[0] for c in "*?["):
                given = " and ".join(visible_text(path) for path in self.files[:3])
                raise UsageError(f"--give-me-traffic: got --file {given}, takes exactly one, a plain path to write to")

    def _check_format_options(self) -> None:
        if self.unwrap not in ("auto", "none", *UNWRAPS):
            names = ", ".join(sorted(UNWRAPS))
            raise UsageError(f"--unwrap: got {visible_text(self.unwrap)}, takes auto, none, {names}")
        if self.format_from is not None and self.format != "auto":
            raise UsageError("--format-from: got it together with --format, takes one of the two")
        if self.format_from is not None and self._vias:
            raise UsageError("--format-from: got it together with --via, which reads another machine's files")
        if self.explain is None:
            return
        for option, given in (
            (f"--output {self.output}", self.output not in ("text", "ndjson")),
            ("--dashboard", self.dashboard),
            ("--give-me-traffic", self.give_me_traffic),
            ("--duration", self.duration_s is not None),
            ("--via", bool(self._vias)),
            ("--reader", self.reader != "direct"),
        ):
            if given:
                raise UsageError(
                    f"--explain: got {option} too, takes lines that are there already, and ends after them"
                )


HARMLESS = frozenset(
    {
        *("files", "given", "log_time", "log_timezone", "unwrap", "format_from", "explain", "list_formats"),
        *("from_start", "replay", "top", "output", "color", "duration_s", "give_me_traffic", "traffic_rate"),
        *("traffic_scenario", "traffic_append", "seed", "state_dir", "no_state", "reader", "rotate_grace_s"),
        *("max_line_bytes", "threads", "since", "until", "no_backfill", "every_interval"),
        *(f.name for f in fields(ViewSettings)),
    }
)
"""Settings that a checkpoint does not keep: a run may resume with any value of them."""
KEPT = tuple(f.name for f in fields(Settings) if f.metadata.get("kept"))
"""Settings that a checkpoint keeps, in the order of their declaration."""
OPTIONS_OF_COUNTS = {f.name: f.metadata["option"] for f in fields(Settings) if "option" in f.metadata}
"""The options of settings with which a resumed window starts empty if they have changed, by field."""
