"""The table of all options: the one place where an option gets its name, its field and its words."""

from dataclasses import dataclass
from typing import get_args

from http_monitor import settings
from http_monitor.arguments import values
from http_monitor.settings import UNWRAPS, Settings

_DEFAULTS = Settings()
_MOST_S = f"{settings.MAX_DURATION_S // 86_400} days"


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the command line."""

    flags: tuple[str, ...]
    """Its names, the one that messages use first."""
    field: str
    """The field of `Settings` that it sets."""
    help: str
    """One line for ``-h``, without its default."""
    read: values.Reader | None = None
    """Makes the value of its text; None where the option takes none and means True."""
    metavar: str = ""
    takes: str = ""
    """What it takes, as an error says it."""
    default: str = "off"
    """Its default with its unit, for ``-h``."""
    repeatable: bool = False
    alone: str | None = None
    """The text it stands for without a value; None: it takes one always, or never."""

    @property
    def shown(self) -> str:
        """Its value as the README writes it behind a flag, with a space; empty where it takes none."""
        if self.read is None:
            return ""
        return f" {self.metavar}" if self.alone is None else f" [{self.metavar}]"


@dataclass(frozen=True, slots=True)
class Group:
    """Options that ``-h`` shows together."""

    title: str
    options: tuple[Option, ...]


def _switch(flag: str, field: str, text: str) -> Option:
    return Option((flag,), field, text)


def _text(flag: str, field: str, text: str, metavar: str, takes: str, default: str, repeatable: bool = False) -> Option:
    return Option((flag,), field, text, values.text, metavar, takes, default, repeatable)


def _duration(flags: tuple[str, ...], field: str, text: str, least_s: int = 1, default: str | None = None) -> Option:
    default_s = getattr(_DEFAULTS, field)
    takes = f"whole seconds from {least_s} s to {_MOST_S}, written as 90, 90s, 2m, 1h or 1d"
    default = default or ("none" if default_s is None else f"{default_s} s")
    return Option(flags, field, text, values.duration, "TIME", takes, default)


def _threshold(
    flag: str, field: str, text: str, unit: str, read: values.Reader = values.number, most: int = settings.MAX_COUNT
) -> Option:
    takes = f"a number ({unit}) greater than 0, at most {most}"
    return Option((flag,), field, text, read, "NUMBER", takes, f"{getattr(_DEFAULTS, field):g} {unit}")


def _count(flag: str, field: str, text: str, least: int, most: int, unit: str = "") -> Option:
    default = getattr(_DEFAULTS, field)
    takes = f"a whole number from {least} to {most}"
    return Option(
        (flag,), field, text, values.whole, "N", takes, "none" if default is None else f"{default} {unit}".strip()
    )


def _choice(flag: str, field: str, text: str, choices: tuple[str, ...]) -> Option:
    takes = f"{', '.join(choices[:-1])} or {choices[-1]}"
    return Option(
        (flag,), field, text, values.one_of(choices), "|".join(choices), takes, str(getattr(_DEFAULTS, field))
    )


GROUPS: tuple[Group, ...] = (
    Group(
        "input",
        (
            _text(
                "--file",
                "files",
                "the access log to read: a path, a quoted glob, or - for standard input; may be repeated",
                "PATH",
                "a path, a glob or - for standard input",
                _DEFAULTS.files[0],
                repeatable=True,
            ),
            _switch("--from-start", "from_start", "read what is already there first, then follow, as tail -n +1 -f"),
            _switch(
                "--replay",
                "replay",
                "read everything to its end in the time of the log, as fast as possible, then print the summary;"
                " .gz too, several files merged by time",
            ),
            Option(
                ("--threads",),
                "threads",
                "in a replay, read and parse in turn with the counting (1) or beside it (2); the results are the same",
                values.whole,
                "N",
                f"a whole number from 1 to {settings.MAX_THREADS}",
                "2, or 1 on one core",
            ),
            _duration(("--duration",), "duration_s", "stop by itself that long after the start, as on SIGTERM"),
        ),
    ),
    Group(
        "following",
        (
            _text(
                "--state-dir",
                "state_dir",
                "keep checkpoints there, so that a restart goes on where the last run stopped",
                "DIR",
                "a directory",
                "that of the user",
            ),
            _switch("--no-state", "no_state", "keep no checkpoint and look for none: begin at the end of the file"),
            _duration(
                ("--rotate-grace",),
                "rotate_grace_s",
                "follow a renamed file until nothing came for that long and the new one has data",
                least_s=0,
            ),
            Option(
                ("--max-line",),
                "max_line_bytes",
                "a longer line is skipped, and counted as malformed and oversized",
                values.size,
                "SIZE",
                "a number of bytes from 1 to 1G, written as 65536, 64K or 1M",
                "1M",
            ),
            _choice(
                "--reader",
                "reader",
                "read the file in this process, or through the commands wc, tail, ls and head",
                get_args(settings.Reader),
            ),
            _text(
                "--via",
                "via",
                "run these commands through another one, such as 'ssh web1', 'docker exec nginx' or sudo",
                "COMMAND",
                "a command such as 'ssh web1'",
                "none",
            ),
        ),
    ),
    Group(
        "format",
        (
            _text(
                "--format",
                "format",
                "auto, a name that --list-formats shows, json: with keys, an Apache LogFormat or an nginx log_format"
                " string; auto decides from the lines",
                "FORMAT",
                "auto, a name that --list-formats shows, json: with keys, or a LogFormat or log_format string",
                _DEFAULTS.format,
            ),
            _text(
                "--unwrap",
                "unwrap",
                "what stands around each line and is taken off first: auto (the lines show it), none, or one of "
                + ", ".join(sorted(UNWRAPS)),
                "NAME",
                "auto, none or the name of a wrapper",
                _DEFAULTS.unwrap,
            ),
            _text(
                "--format-from",
                "format_from",
                "take the format from the server's own configuration (nginx or Apache), the one it writes --file with",
                "PATH",
                "the path of a configuration of nginx or Apache",
                "none",
            ),
            Option(
                ("--explain",),
                "explain",
                "say field by field how a line is read, or every line of --file, and where one stops to fit;"
                " with --output ndjson one object a line",
                values.line,
                "LINE",
                "a line of a log, or nothing",
                "none",
                alone="",
            ),
            _text(
                "--log-time",
                "log_time",
                "which variable of a format string is the time: NAME, or NAME=PATTERN as strftime writes it",
                "NAME",
                "the name of a variable, or NAME=PATTERN",
                "that of the server",
            ),
            _text(
                "--log-timezone",
                "log_timezone",
                "the zone of times that name none (HAProxy, IIS, …): an IANA name such as Europe/Berlin, UTC, or local",
                "NAME",
                "an IANA name such as Europe/Berlin, UTC or local",
                "local, UTC for IIS and CloudFront",
            ),
            _switch("--list-formats", "list_formats", "say which formats have a name, each with an example, and stop"),
        ),
    ),
    Group(
        "selection",
        (
            _text(
                "--filter",
                "filter",
                "count only the lines of which this is true, such as 'status >= 500 and path ~ \"^/api\"'",
                "EXPR",
                "an expression",
                "none",
            ),
            _text(
                "--exclude-host",
                "exclude_hosts",
                "do not count lines of these hosts: a network, an address or a name; may be repeated",
                "CIDR",
                "a network such as 10.0.0.0/8, an address or a name",
                "none",
                repeatable=True,
            ),
            _switch("--ignore-bots", "ignore_bots", "do not count lines whose user agent says that it is a bot"),
            _text(
                "--trust-proxy",
                "trusted_proxies",
                "take the client from X-Forwarded-For where the host is in this network; may be repeated",
                "CIDR",
                "a network such as 10.0.0.0/8",
                "none",
                repeatable=True,
            ),
        ),
    ),
    Group(
        "time",
        (
            _duration(("--interval",), "interval_s", "report the traffic of each such interval"),
            _duration(
                ("--window", "--reporting-window"), "window_s", "alerts look at the average over this sliding window"
            ),
            _duration(
                ("--bucket-size",),
                "bucket_size_s",
                "step of the window; --interval and --window are multiples of it",
            ),
            _duration(
                ("--lateness",),
                "lateness_s",
                "wait that long for lines out of order before a bucket closes",
                least_s=0,
                default="1 s, 60 s in a replay",
            ),
            _duration(
                ("--max-ahead",),
                "max_ahead_s",
                "do not believe a line whose time is further ahead than this",
                least_s=0,
            ),
            _choice(
                "--time",
                "time",
                "count by the time in the line, or by that of its arrival",
                get_args(settings.TimeBase),
            ),
        ),
    ),
    Group(
        "alerts",
        (
            _threshold(
                "--alert-threshold", "alert_threshold", "raise above so many hits a second over the window", "hits/s"
            ),
            _threshold(
                "--alert-error-rate",
                "alert_error_rate",
                "raise above this share of status 5xx in the window, 5 or 5%%",
                "%",
                values.percent,
                settings.MAX_PERCENT,
            ),
            _threshold(
                "--ddos-threshold",
                "ddos_threshold",
                "raise above so many hits a second of one host over the window",
                "hits/s",
            ),
            Option(
                ("--alert-malformed",),
                "alert_malformed",
                "raise above this share of lines in the window that fit no format",
                values.percent,
                "PERCENT",
                f"a number (%) greater than 0, at most {settings.MAX_PERCENT}",
            ),
            _count(
                "--alert-min-hits",
                "alert_min_hits",
                "with fewer hits in the window the error rate counts as 0; likewise the share of malformed lines",
                0,
                settings.MAX_COUNT,
                "hits",
            ),
            Option(
                ("--alert-recover-at",),
                "alert_recover_at",
                "an alert recovers at or below this share of its threshold; at 100 below it",
                values.share,
                "PERCENT",
                f"a number from 0 to {settings.MAX_PERCENT:g}",
                f"{_DEFAULTS.alert_recover_at:g} %",
            ),
        ),
    ),
    Group(
        "output",
        (
            _count("--top", "top", "rows in each table", 1, settings.MAX_TOP, "rows"),
            _choice("--output", "output", "reports for people, or one JSON object a line", get_args(settings.Output)),
            _choice(
                "--color",
                "color",
                "colour the text; auto: on a terminal, unless NO_COLOR is set",
                get_args(settings.Color),
            ),
            _count(
                "--max-keys",
                "max_keys",
                "keys that each table of a bucket of the window holds; bounds the memory",
                1,
                settings.MAX_KEYS,
                "keys",
            ),
        ),
    ),
    Group(
        "demonstration",
        (
            _switch("--give-me-traffic", "give_me_traffic", "simulate traffic into the file, and watch it"),
            _count(
                "--traffic-rate",
                "traffic_rate",
                "simulate 0 to so many lines every second",
                1,
                settings.MAX_TRAFFIC_PER_S,
                "lines/s",
            ),
            _choice(
                "--traffic-scenario",
                "traffic_scenario",
                "what happens in it; the last three each make one alert raise and recover",
                get_args(settings.Scenario),
            ),
            _switch(
                "--traffic-append",
                "traffic_append",
                "write into the file even when others have written to it (it may be a real log!)",
            ),
            _count("--seed", "seed", "simulate the same traffic again", 0, settings.MAX_SEED),
        ),
    ),
)

OPTIONS: tuple[Option, ...] = tuple(option for group in GROUPS for option in group.options)
