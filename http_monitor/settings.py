"""The settings of a run: defaults, units and checks."""

import math
import shlex
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from http_monitor.errors import UsageError
from http_monitor.moments import Moment, check_order
from http_monitor.units import visible_text

MAX_LINE_BYTES = 1 << 20
"""Default of --max-line; longer lines are malformed and oversized."""
LINE_BYTES_LIMIT = 1 << 30
"""Greatest value of --max-line: a line is held in memory as a whole."""
FORMAT_LINES = 1_000
"""Number of first lines that decide whether a replayed file has a known format."""
READ_BYTES = 4 << 20
"""Maximum that a source reads in one turn of a replay; a live source reads a quarter of it."""
MAX_DURATION_S = 3_650 * 86_400
"""Greatest duration: sums of times still fit ten years beyond the last year of a log."""
MAX_BUCKETS = 1_000_000
"""Greatest number of buckets of a window; all are in memory at once."""
MAX_KEYS = 1_000_000
"""Greatest number of keys in a table."""
MAX_TOP = 1_000_000
"""Greatest number of rows shown of a table."""
MAX_COUNT = 1_000_000_000
MAX_PERCENT = 100
"""Greatest threshold in percent; `MAX_COUNT` is that of thresholds in hits or hits per second."""
MAX_TRAFFIC_PER_S = 100_000
"""Greatest rate that the simulator can keep up with, in lines per second."""
MAX_THREADS = 2
"""One thread reads and parses, the other counts."""
MAX_SEED = (1 << 63) - 1

UNWRAPS = (
    *("cri", "docker_json", "journald_json", "loki", "otlp", "filebeat", "gcloud", "fluentd", "kubectl", "compose"),
    *("fly", "heroku", "fastly", "logentries", "syslog", "journald", "logcli", "awslogs", "docker", "digitalocean"),
    *("stern_namespaces", "stern"),
)
"""Names of the wrappers around log lines, the most distinctive first."""

TimeBase = Literal["event", "arrival"]
Output = Literal["text", "ndjson"]
Color = Literal["auto", "always", "never"]
Reader = Literal["direct", "wc-tail"]
Scenario = Literal["random", "spike", "errors", "ddos"]


_AFFECTS_ALERTS = {"kept": True}
"""Metadata of a setting that alerts or closes depend on: a checkpoint's journal is replayed with its old value."""


def _affects_counts(option: str) -> dict[str, Any]:
    """Return the metadata of a setting that counts depend on: if it has changed, a resumed window starts empty."""
    return {"kept": True, "option": option}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run, checked on construction.

    Raises:
        UsageError: a value is invalid; the text names the option.
    """

    files: tuple[str, ...] = ("/tmp/access.log",)
    """Paths, globs or ``-``."""
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
    """Lines of before that do not count, and are not read as far as they can be skipped."""
    until: Moment | None = None
    """Lines of then and later do not count; a live run ends then."""
    no_backfill: bool = False
    """Begin with an empty window."""
    interval_s: int = field(default=10, metadata=_affects_counts("--interval"))
    window_s: int = field(default=120, metadata=_affects_counts("--window"))
    bucket_size_s: int = field(default=1, metadata=_affects_counts("--bucket-size"))
    lateness_s: int | None = field(default=None, metadata=_AFFECTS_ALERTS)
    """None: 1 live; 60 in a replay, where nobody waits. See `bucket_waits_s`."""
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
    via: str | None = None
    """Words put before the commands of the reader ``wc-tail``, split as by a shell; implies that reader."""
    rotate_grace_s: int = 10
    """A renamed file is released after this idle time, once its successor has data."""
    max_line_bytes: int = MAX_LINE_BYTES
    threads: int | None = None
    """Threads of a replay; None: one per available core, at most two."""
    filter: str | None = field(default=None, metadata=_affects_counts("--filter"))
    """Expression that selects the lines to count; None: all lines. Parsed by `filtering`."""
    exclude_hosts: tuple[str, ...] = field(default=(), metadata=_affects_counts("--exclude-host"))
    """Networks, addresses and names whose lines are not counted."""
    ignore_bots: bool = field(default=False, metadata=_affects_counts("--ignore-bots"))
    trusted_proxies: tuple[str, ...] = field(default=(), metadata=_affects_counts("--trust-proxy"))
    """Networks whose X-Forwarded-For is trusted."""

    @property
    def bucket_waits_s(self) -> int:
        """Seconds that a bucket waits for lines out of order before it closes."""
        if self.lateness_s is not None:
            return self.lateness_s
        return 60 if self.replay else 1

    def __post_init__(self) -> None:
        """Check each value, and the combinations of values."""
        self._check_words()
        self._check_times()
        self._check_numbers()
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
        _one_of("--time", self.time, get_args(TimeBase))
        _one_of("--output", self.output, get_args(Output))
        _one_of("--color", self.color, get_args(Color))
        _one_of("--traffic-scenario", self.traffic_scenario, get_args(Scenario))
        _one_of("--reader", self.reader, get_args(Reader))
        if self.filter is not None and not self.filter.strip():
            raise UsageError("--filter: got an empty text, takes an expression such as 'status >= 500'")
        if self.state_dir is not None and (not self.state_dir or "\0" in self.state_dir):
            raise UsageError(f"--state-dir: got '{visible_text(self.state_dir)}', takes a directory")
        if self.via is not None:
            try:
                words = shlex.split(self.via)
            except ValueError:
                words = []
            if not words or not words[0] or "\0" in self.via:
                raise UsageError(f"--via: got '{visible_text(self.via)}', takes a command such as 'ssh web1'")

    def _check_times(self) -> None:
        for option, value, least in (
            ("--interval", self.interval_s, 1),
            ("--window", self.window_s, 1),
            ("--bucket-size", self.bucket_size_s, 1),
            ("--lateness", self.bucket_waits_s, 0),
            ("--max-ahead", self.max_ahead_s, 0),
            ("--rotate-grace", self.rotate_grace_s, 0),
            ("--duration", 1 if self.duration_s is None else self.duration_s, 1),
        ):
            _within(option, value, least, MAX_DURATION_S, " s")
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
        for option, threshold, most in (
            ("--alert-threshold", self.alert_threshold, MAX_COUNT),
            ("--alert-error-rate", self.alert_error_rate, MAX_PERCENT),
            ("--ddos-threshold", self.ddos_threshold, MAX_COUNT),
            ("--alert-malformed", MAX_PERCENT if self.alert_malformed is None else self.alert_malformed, MAX_PERCENT),
        ):
            if not (math.isfinite(threshold) and 0 < threshold <= most):
                raise UsageError(f"{option}: got {threshold:g}, takes a number greater than 0, at most {most}")
        if not 0 <= self.alert_recover_at <= MAX_PERCENT:
            raise UsageError(
                f"--alert-recover-at: got {self.alert_recover_at:g}, takes a number from 0 to {MAX_PERCENT:g}"
            )
        _within("--alert-min-hits", self.alert_min_hits, 0, MAX_COUNT, "")
        _within("--top", self.top, 1, MAX_TOP, "")
        _within("--max-keys", self.max_keys, 1, MAX_KEYS, "")
        _within("--max-line", self.max_line_bytes, 1, LINE_BYTES_LIMIT, " bytes")
        _within("--traffic-rate", self.traffic_rate, 1, MAX_TRAFFIC_PER_S, "")
        _within("--threads", 1 if self.threads is None else self.threads, 1, MAX_THREADS, "")
        _within("--seed", self.seed or 0, 0, MAX_SEED, "")

    def _check_combinations(self) -> None:
        self._check_format_options()
        if self.files.count("-") > 1:
            raise UsageError("--file: got - more than once, takes standard input once")
        if self.replay and self.duration_s is not None:
            raise UsageError("--duration: got a duration together with --replay, which ends by itself")
        if self.replay and (self.via or self.reader != "direct"):
            option = "--via" if self.via else "--reader"
            raise UsageError(f"{option}: got it together with --replay, which reads files of this machine itself")
        if self.give_me_traffic and self.via:
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
        if self.format_from is not None and self.via:
            raise UsageError("--format-from: got it together with --via, which reads another machine's files")
        if self.explain is None:
            return
        for option, given in (
            ("--give-me-traffic", self.give_me_traffic),
            ("--duration", self.duration_s is not None),
            ("--via", bool(self.via)),
            ("--reader", self.reader != "direct"),
        ):
            if given:
                raise UsageError(
                    f"--explain: got {option} too, takes lines that are there already, and ends after them"
                )


def _within(option: str, value: int, least: int, most: int, unit: str) -> None:
    if not least <= value <= most:
        raise UsageError(f"{option}: got {value}{unit}, takes {least}{unit} to {most}{unit}")


def _one_of(option: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise UsageError(f"{option}: got '{visible_text(value)}', takes {' or '.join(choices)}")


HARMLESS = frozenset(
    {
        *("files", "log_time", "log_timezone", "unwrap", "format_from", "explain", "list_formats", "from_start"),
        *("replay", "top", "output", "color", "duration_s", "give_me_traffic", "traffic_rate", "traffic_scenario"),
        *("traffic_append", "seed", "state_dir", "no_state", "reader", "via", "rotate_grace_s", "max_line_bytes"),
        *("threads", "since", "until", "no_backfill"),
    }
)
"""Settings that a checkpoint does not keep: a run may resume with any value of them."""
KEPT = tuple(f.name for f in fields(Settings) if f.metadata.get("kept"))
"""Settings that a checkpoint keeps, in the order of their declaration."""
OPTIONS_OF_COUNTS = {f.name: f.metadata["option"] for f in fields(Settings) if "option" in f.metadata}
"""The options of settings with which a resumed window starts empty if they have changed, by field."""
