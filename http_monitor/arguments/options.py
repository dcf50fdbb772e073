"""The table of all options, with their names, fields and help texts."""

from typing import get_args

from http_monitor import choices
from http_monitor.arguments import values
from http_monitor.arguments.dashboard_options import DASHBOARD, VIEW
from http_monitor.arguments.option import Group, Option, choice, count, duration, group, moment, switch, text, threshold
from http_monitor.choices import UNWRAPS
from http_monitor.settings import Settings

_DEFAULTS = Settings()

GROUPS: tuple[Group, ...] = (
    group(
        "input",
        text(
            "--file",
            "files",
            "the access log to read: a path, a quoted glob, - for standard input, or NAME=PATH with the name of the"
            " server; may be repeated, and the word --file may be omitted",
            "PATH",
            "a path, a glob or - for standard input",
            _DEFAULTS.files[0],
            repeatable=True,
        ),
        switch("--from-start", "from_start", "read the existing lines first, then follow, as tail -n +1 -f"),
        switch(
            "--replay",
            "replay",
            "read the files to their end as fast as possible, counting by the time of the log, then print the"
            " summary; .gz too; several files are merged by time",
        ),
        moment(
            "--since",
            "since",
            "count lines from then on: 14:05, 2026-11-30 14:05, or 30m back from now (in a replay, from the end of"
            " the log); the place is found by seeking",
        ),
        moment("--until", "until", "count lines before then; a live run ends then"),
        Option(
            ("--threads",),
            "threads",
            "in a replay, read and parse in turn with counting (1) or in parallel (2); the results are the same",
            values.whole,
            "N",
            choices.whole_numbers(1, choices.MAX_THREADS),
            "2, or 1 on one core",
        ),
        duration(("--duration",), "duration_s", "stop this long after the start, as on SIGTERM"),
    ),
    group(
        "following",
        text(
            "--state-dir",
            "state_dir",
            "keep checkpoints there, so that a restart resumes where the last run stopped",
            "DIR",
            "a directory",
            "that of the user",
        ),
        switch("--no-state", "no_state", "neither keep nor read a checkpoint: begin at the end of the file"),
        switch("--no-backfill", "no_backfill", "begin with an empty window; do not fill it from the end of the log"),
        duration(
            ("--rotate-grace",),
            "rotate_grace_s",
            "follow a renamed file until it was idle for this long and the new one has data",
            least_s=0,
        ),
        Option(
            ("--max-line",),
            "max_line_bytes",
            "a longer line is skipped, and counted as malformed and oversized",
            values.size,
            "SIZE",
            choices.SIZES,
            "1M",
        ),
        choice(
            "--reader",
            "reader",
            "read the file in this process, or through the commands wc, tail, ls and head",
            get_args(choices.Reader),
        ),
        text(
            "--via",
            "given",
            "run these commands through another one, such as 'ssh web1', 'docker exec nginx' or sudo; may be repeated,"
            " each time before the files it is for",
            "COMMAND",
            "a command such as 'ssh web1'",
            "none",
            repeatable=True,
        ),
    ),
    group(
        "format",
        text(
            "--format",
            "format",
            "auto, a name that --list-formats shows, json: with keys, an Apache LogFormat or an nginx log_format"
            " string; auto decides from the lines",
            "FORMAT",
            "auto, a name that --list-formats shows, json: with keys, or a LogFormat or log_format string",
            _DEFAULTS.format,
        ),
        text(
            "--unwrap",
            "unwrap",
            "the wrapper to remove from each line: auto (detected from the lines), none, or one of "
            + ", ".join(sorted(UNWRAPS)),
            "NAME",
            "auto, none or the name of a wrapper",
            _DEFAULTS.unwrap,
        ),
        text(
            "--format-from",
            "format_from",
            "use the format that the server's own configuration (nginx or Apache) has for --file",
            "PATH",
            "the path of a configuration of nginx or Apache",
            "none",
        ),
        Option(
            ("--explain",),
            "explain",
            "explain field by field how a line, or every line of --file, is read, and where it stops fitting;"
            " with --output ndjson one object per line",
            values.line,
            "LINE",
            "a line of a log, or nothing",
            "none",
            alone="",
        ),
        text(
            "--log-time",
            "log_time",
            "the variable of a format string that is the time: NAME, or NAME=PATTERN with a strftime pattern",
            "NAME",
            "the name of a variable, or NAME=PATTERN",
            "that of the server",
        ),
        text(
            "--log-timezone",
            "log_timezone",
            "the zone of times without one (HAProxy, IIS, …): an IANA name such as Europe/Berlin, UTC, or local",
            "NAME",
            "an IANA name such as Europe/Berlin, UTC or local",
            "local, UTC for IIS and CloudFront",
        ),
        switch("--list-formats", "list_formats", "list the named formats with examples, and stop"),
    ),
    group(
        "selection",
        text(
            "--filter",
            "filters",
            "count only lines for which this is true, such as 'status >= 500 and path ~ \"^/api\"'; may be repeated,"
            " then all must be true",
            "EXPR",
            "an expression",
            "none",
            repeatable=True,
        ),
        VIEW,
        text(
            "--exclude-host",
            "exclude_hosts",
            "do not count lines of these hosts: a network, an address or a name; may be repeated",
            "CIDR",
            "a network such as 10.0.0.0/8, an address or a name",
            "none",
            repeatable=True,
        ),
        switch("--ignore-bots", "ignore_bots", "do not count lines of user agents that identify themselves as bots"),
        text(
            "--trust-proxy",
            "trusted_proxies",
            "take the client from X-Forwarded-For if the host is in this network; may be repeated",
            "CIDR",
            "a network such as 10.0.0.0/8",
            "none",
            repeatable=True,
        ),
    ),
    group(
        "time",
        duration(
            ("--interval",), "interval_s", "report each interval of this length; in a replay's text only if given"
        ),
        duration(("--window", "--reporting-window"), "window_s", "alerts look at the average over this sliding window"),
        duration(
            ("--bucket-size",), "bucket_size_s", "step of the window; --interval and --window are multiples of it"
        ),
        duration(
            ("--lateness",),
            "lateness_s",
            "wait this long for lines out of order before a bucket closes",
            least_s=0,
            default="1 s, 60 s in a replay",
        ),
        duration(
            ("--max-ahead",), "max_ahead_s", "do not believe a line whose time is further ahead than this", least_s=0
        ),
        choice(
            "--time", "time", "count by the time in the line, or by that of its arrival", get_args(choices.TimeBase)
        ),
    ),
    group(
        "alerts",
        threshold(
            "--alert-threshold", "alert_threshold", "raise above this many hits per second over the window", "hits/s"
        ),
        threshold(
            "--alert-error-rate",
            "alert_error_rate",
            "raise above this share of status 5xx in the window, 5 or 5%%",
            "%",
            values.percent,
            choices.MAX_PERCENT,
        ),
        threshold(
            "--ddos-threshold",
            "ddos_threshold",
            "raise above this many hits per second from one host over the window",
            "hits/s",
        ),
        Option(
            ("--alert-malformed",),
            "alert_malformed",
            "raise above this share of lines in the window that fit no format",
            values.percent,
            "PERCENT",
            choices.thresholds("%", choices.MAX_PERCENT),
        ),
        count(
            "--alert-min-hits",
            "alert_min_hits",
            "with fewer hits in the window the error rate counts as 0; likewise the share of malformed lines",
            0,
            choices.MAX_COUNT,
            "hits",
        ),
        Option(
            ("--alert-recover-at",),
            "alert_recover_at",
            "an alert recovers at or below this share of its threshold; at 100, below it",
            values.share,
            "PERCENT",
            choices.SHARES,
            f"{_DEFAULTS.alert_recover_at:g} %",
        ),
        duration(("--alert-for",), "alert_for_s", "raise only after this long above the threshold", least_s=0),
    ),
    group(
        "output",
        count("--top", "top", "rows in each table", 1, choices.MAX_TOP, "rows"),
        choice(
            "--output",
            "output",
            "reports for people, one JSON object per line, the lines that count as they were logged, or alerts only",
            get_args(choices.Output),
        ),
        choice(
            "--color", "color", "colour the text; auto: on a terminal, unless NO_COLOR is set", get_args(choices.Color)
        ),
        count("--max-keys", "max_keys", "limit of keys in each table of a bucket", 1, choices.MAX_KEYS, "keys"),
    ),
    DASHBOARD,
    group(
        "demonstration",
        switch("--give-me-traffic", "give_me_traffic", "simulate traffic into the file, and watch it"),
        count(
            "--traffic-rate",
            "traffic_rate",
            "simulate up to this many lines per second",
            1,
            choices.MAX_TRAFFIC_PER_S,
            "lines/s",
        ),
        choice(
            "--traffic-scenario",
            "traffic_scenario",
            "the course of the traffic; the last three each make one alert raise and recover",
            get_args(choices.Scenario),
        ),
        switch(
            "--traffic-append",
            "traffic_append",
            "write into the file even when others have written to it (it may be a real log!)",
        ),
        count("--seed", "seed", "simulate the same traffic again", 0, choices.MAX_SEED),
    ),
)

OPTIONS: tuple[Option, ...] = tuple(option for group in GROUPS for option in group.options)
