"""The command line becomes Settings, or one clear line."""

import re
from dataclasses import fields
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor import __version__
from http_monitor.arguments import parse_arguments, values
from http_monitor.arguments.option import Option
from http_monitor.arguments.options import OPTIONS
from http_monitor.errors import UsageError
from http_monitor.moments import TAKES, Moment
from http_monitor.settings import Settings
from http_monitor.units import local_time, visible_text
from tests.examples import examples

DEFAULTS_IN_HELP = {
    "--file": "/tmp/access.log",
    "--from-start": "off",
    "--replay": "off",
    "--since": "none",
    "--until": "none",
    "--threads": "2, or 1 on one core",
    "--duration": "none",
    "--state-dir": "that of the user",
    "--no-state": "off",
    "--no-backfill": "off",
    "--rotate-grace": "10 s",
    "--max-line": "1M",
    "--reader": "direct",
    "--via": "none",
    "--format": "auto",
    "--format-from": "none",
    "--log-time": "that of the server",
    "--unwrap": "auto",
    "--log-timezone": "local, UTC for IIS and CloudFront",
    "--filter": "none",
    "--exclude-host": "none",
    "--ignore-bots": "off",
    "--trust-proxy": "none",
    "--explain": "none",
    "--list-formats": "off",
    "--view": "none",
    "--interval": "10 s",
    "--window": "120 s",
    "--reporting-window": "120 s",
    "--bucket-size": "1 s",
    "--lateness": "1 s, 60 s in a replay",
    "--max-ahead": "60 s",
    "--time": "event",
    "--alert-threshold": "10 hits/s",
    "--alert-error-rate": "5 %",
    "--ddos-threshold": "5 hits/s",
    "--alert-malformed": "off",
    "--alert-min-hits": "20 hits",
    "--alert-recover-at": "100 %",
    "--alert-for": "0 s",
    "--top": "5 rows",
    "--output": "text",
    "--color": "auto",
    "--max-keys": "1000 keys",
    "--dashboard": "off",
    "--recent": "900 s",
    "--recent-memory": "64M",
    "--refresh": "1 per second",
    "--give-me-traffic": "off",
    "--traffic-rate": "20 lines/s",
    "--traffic-scenario": "random",
    "--traffic-append": "off",
    "--seed": "none",
}


def help_text(capsys: pytest.CaptureFixture[str], flag: str = "-h") -> str:
    with pytest.raises(SystemExit) as stop:
        parse_arguments([flag])
    assert stop.value.code == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def message_of(*argv: str) -> str:
    """Return the one line that the arguments are refused with."""
    with pytest.raises(UsageError) as refusal:
        parse_arguments(argv)
    message = str(refusal.value)
    assert refusal.value.exit_code == 2
    assert message.isprintable(), "a control or a line break reached the terminal"
    assert message
    assert len(message) < 300
    return message


def test_no_arguments_give_the_defaults() -> None:
    assert parse_arguments([]) == Settings()


def test_every_field_of_settings_has_an_option_and_only_one() -> None:
    # `every_interval` says whether --interval was given.
    names = {field.name for field in fields(Settings)} - {"every_interval"}
    assert sorted(option.field for option in OPTIONS) == sorted(names)


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_shows_every_option_with_its_default_and_fits_80_columns(
    capsys: pytest.CaptureFixture[str], flag: str
) -> None:
    shown = help_text(capsys, flag)
    assert max(len(line) for line in shown.splitlines()) < 80
    assert {flag for option in OPTIONS for flag in option.flags} == set(DEFAULTS_IN_HELP)
    entries = re.split(r"\n(?=  -|\S)", shown)
    for flag, default in DEFAULTS_IN_HELP.items():
        (entry,) = (" ".join(entry.split()) for entry in entries if re.search(rf"(?m)^  (-.*, )?{flag}\b(?!-)", entry))
        assert entry.endswith(f"(default {default})"), entry


def test_help_does_not_depend_on_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    narrow = help_text(capsys)
    monkeypatch.setenv("COLUMNS", "200")
    assert help_text(capsys) == narrow


def test_help_groups_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    headings = re.findall(r"(?m)^([a-z]+):$", help_text(capsys))
    assert headings == [
        "input",
        "following",
        "format",
        "selection",
        "time",
        "alerts",
        "output",
        "dashboard",
        "demonstration",
        "other",
    ]


def test_the_examples_in_the_help_are_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    examples = re.findall(r"(?m)^  .*?http-monitor (--.*)$", help_text(capsys))
    assert len(examples) == 6
    for example in examples:
        parse_arguments(example.replace("'", "").split())


def test_version_says_name_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert help_text(capsys, "--version") == f"http-monitor {__version__}\n"
    assert __version__ == "0.1.0"


@pytest.mark.parametrize(
    ("argv", "field", "value"),
    [
        ("--file a.log", "files", ("a.log",)),
        ("--file a.log --file b*.log --file -", "files", ("a.log", "b*.log", "-")),
        ("--file -x.log", "files", ("-x.log",)),
        ("--file=--", "files", ("--",)),
        ("--from-start", "from_start", True),
        ("--replay", "replay", True),
        ("--format vhost_combined", "format", "vhost_combined"),
        ("--format %h", "format", "%h"),
        ("--interval 90", "interval_s", 90),
        ("--interval 90s", "interval_s", 90),
        ("--interval=2m", "interval_s", 120),
        ("--interval 1h", "interval_s", 3600),
        ("--interval 5 --interval 20", "interval_s", 20),
        ("--window 5m", "window_s", 300),
        ("--reporting-window 5m", "window_s", 300),
        ("--bucket-size 5", "bucket_size_s", 5),
        ("--lateness 0", "lateness_s", 0),
        ("--max-ahead 0s", "max_ahead_s", 0),
        ("--time arrival", "time", "arrival"),
        ("--alert-threshold 0.5", "alert_threshold", 0.5),
        ("--alert-threshold 1e3", "alert_threshold", 1000.0),
        ("--alert-error-rate 7.5", "alert_error_rate", 7.5),
        ("--alert-error-rate 5%", "alert_error_rate", 5.0),
        ("--ddos-threshold 100", "ddos_threshold", 100.0),
        ("--alert-malformed 0.5%", "alert_malformed", 0.5),
        ("--alert-min-hits 0", "alert_min_hits", 0),
        ("--top 12", "top", 12),
        ("--output ndjson", "output", "ndjson"),
        ("--color never", "color", "never"),
        ("--duration 1h", "duration_s", 3600),
        ("--max-keys 1000000", "max_keys", 1_000_000),
        ("--give-me-traffic", "give_me_traffic", True),
        ("--give-me-traffic --traffic-rate 100000", "traffic_rate", 100_000),
        ("--give-me-traffic --traffic-scenario ddos", "traffic_scenario", "ddos"),
        ("--give-me-traffic --traffic-append", "traffic_append", True),
        ("--give-me-traffic --seed 0", "seed", 0),
        ("--give-me-traffic --seed 9223372036854775807", "seed", 9_223_372_036_854_775_807),
        ("--replay --threads 2", "threads", 2),
        ("--no-state", "no_state", True),
        ("--since 14:05", "since", Moment("14:05", clock=time(14, 5))),
        ("--since 30m", "since", Moment("30m", ago_s=1800)),
        ("--until 2026-11-30", "until", Moment("2026-11-30", day=date(2026, 11, 30))),
        ("--no-backfill", "no_backfill", True),
        ("--state-dir state", "state_dir", "state"),
        ("--rotate-grace 1m", "rotate_grace_s", 60),
    ],
)
def test_an_option_sets_its_field_and_no_other(argv: str, field: str, value: object) -> None:
    parsed = parse_arguments(argv.split())
    assert getattr(parsed, field) == value
    # The one that it does nothing without is there too.
    needed = {name for name in ("replay", "give_me_traffic") if "--" + name.replace("_", "-") in argv}
    needed |= {"every_interval"} if "--replay" in argv else set()
    assert {
        f.name for f in fields(Settings) if f.name != field and getattr(parsed, f.name) != getattr(Settings(), f.name)
    } == needed - {field}


SECONDS = "takes whole seconds from 1 s to 3650 days, written as 90, 90s, 2m, 1h or 1d"
SECONDS_OR_NONE = "takes whole seconds from 0 s to 3650 days, written as 90, 90s, 2m, 1h or 1d"
PER_S = "takes a number (hits/s) greater than 0, at most 1000000000"
FRAMES = "takes a number (frames per second) from 0.2 to 10"
MEMORY = "takes a number of bytes from 1M to 64G, written as 64M or 1G"
PERCENT = "takes a number (%) greater than 0, at most 100"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--interval", "abc"], f"--interval: got 'abc', {SECONDS}"),
        (["--interval", ""], f"--interval: got '', {SECONDS}"),
        (["--interval="], f"--interval: got '', {SECONDS}"),
        (["--interval", "1.5"], f"--interval: got '1.5', {SECONDS}"),
        (["--interval", "0.5s"], f"--interval: got '0.5s', {SECONDS}"),
        (["--interval", "1,5"], f"--interval: got '1,5', {SECONDS}"),
        (["--interval", "-5"], f"--interval: got '-5', {SECONDS}"),
        (["--interval", "-5s"], f"--interval: got '-5s', {SECONDS}"),
        (["--interval", "1m30s"], f"--interval: got '1m30s', {SECONDS}"),
        (["--interval", "90 s"], f"--interval: got '90 s', {SECONDS}"),
        (["--interval", "٣"], f"--interval: got '٣', {SECONDS}"),
        (["--interval", "1_0"], f"--interval: got '1_0', {SECONDS}"),
        (["--interval", "9" * 5000], f"--interval: got '{'9' * 60}…' (5000 characters), {SECONDS}"),
        (["--interval", "\x1b[31m\n"], rf"--interval: got '\x1b[31m\x0a', {SECONDS}"),
        (["--interval"], f"--interval: got no value, {SECONDS}"),
        (["--interval", "--replay"], f"--interval: got no value, {SECONDS}"),
        (["--interval", "0"], f"--interval: got 0 s, {SECONDS}"),
        (["--interval", "315360001"], f"--interval: got 315360001 s, {SECONDS}"),
        (["--interval", "999999999999d"], f"--interval: got 86399999999913600 s, {SECONDS}"),
        (["--interval", "3", "--bucket-size", "2"], "--interval: got 3 s, takes a multiple of --bucket-size (2 s)"),
        (["--window", "nan"], f"--window: got 'nan', {SECONDS}"),
        (["--reporting-window", "nan"], f"--window: got 'nan', {SECONDS}"),
        (["--window", "0m"], f"--window: got 0 s, {SECONDS}"),
        (["--window", "125", "--bucket-size", "10"], "--window: got 125 s, takes a multiple of --bucket-size (10 s)"),
        (["--window", "1000001"], "--window: got 1000001 s, takes at most 1000000 times --bucket-size (1 s)"),
        (["--bucket-size", "0"], f"--bucket-size: got 0 s, {SECONDS}"),
        (["--bucket-size", "inf"], f"--bucket-size: got 'inf', {SECONDS}"),
        (["--lateness", "-1"], f"--lateness: got '-1', {SECONDS_OR_NONE}"),
        (["--lateness", "11y"], f"--lateness: got '11y', {SECONDS_OR_NONE}"),
        (["--lateness", "3651d"], f"--lateness: got 315446400 s, {SECONDS_OR_NONE}"),
        (["--max-ahead", "?"], f"--max-ahead: got '?', {SECONDS_OR_NONE}"),
        (["--max-ahead", "99999h"], f"--max-ahead: got 359996400 s, {SECONDS_OR_NONE}"),
        (["--since", "14:5"], f"--since: got '14:5', takes {TAKES}"),
        (["--since", "-30m"], f"--since: got '-30m', takes {TAKES}"),
        (["--until", ""], f"--until: got '', takes {TAKES}"),
        (["--until"], f"--until: got no value, takes {TAKES}"),
        (
            ["--since", "2026-11-30T14:00:00Z", "--until", "2026-11-30T14:00:00Z"],
            f"--until: got '2026-11-30T14:00:00Z' ({local_time(1_796_047_200_000_000)}), takes a time after"
            f" --since '2026-11-30T14:00:00Z' ({local_time(1_796_047_200_000_000)})",
        ),
        (
            ["--since", "5m", "--time", "arrival"],
            "--since: got it for lines that count as they come (--time arrival), and none came before the start",
        ),
        (["--duration", "0"], f"--duration: got 0 s, {SECONDS}"),
        (["--duration", "0.1"], f"--duration: got '0.1', {SECONDS}"),
        (["--duration", "5", "--replay"], "--duration: got a duration together with --replay, which ends by itself"),
        (
            ["--time", "arrival", "--replay"],
            "--time: got arrival together with --replay, which takes only event",
        ),
        (["--time", "wall"], "--time: got 'wall', takes event or arrival"),
        (["--time", ""], "--time: got '', takes event or arrival"),
        (["--alert-threshold", "0"], f"--alert-threshold: got '0', {PER_S}"),
        (["--alert-threshold", "-3"], f"--alert-threshold: got '-3', {PER_S}"),
        (["--alert-threshold", "nan"], f"--alert-threshold: got 'nan', {PER_S}"),
        (["--alert-threshold", "inf"], f"--alert-threshold: got 'inf', {PER_S}"),
        (["--alert-threshold", "-inf"], f"--alert-threshold: got '-inf', {PER_S}"),
        (["--alert-threshold", "1e999"], f"--alert-threshold: got '1e999', {PER_S}"),
        (["--alert-threshold", "1e-999"], f"--alert-threshold: got '1e-999', {PER_S}"),
        (["--alert-threshold", "."], f"--alert-threshold: got '.', {PER_S}"),
        (["--alert-threshold", "10/s"], f"--alert-threshold: got '10/s', {PER_S}"),
        (
            ["--alert-threshold", "1e10"],
            f"--alert-threshold: got 1e+10, {PER_S}",
        ),
        (
            ["--alert-error-rate", "101"],
            f"--alert-error-rate: got 101, {PERCENT}",
        ),
        (["--alert-error-rate", "0%"], f"--alert-error-rate: got '0%', {PERCENT}"),
        (["--alert-error-rate", "%"], f"--alert-error-rate: got '%', {PERCENT}"),
        (["--alert-error-rate", "5%%"], f"--alert-error-rate: got '5%%', {PERCENT}"),
        (["--alert-error-rate", ""], f"--alert-error-rate: got '', {PERCENT}"),
        (["--ddos-threshold", "many"], f"--ddos-threshold: got 'many', {PER_S}"),
        (["--ddos-threshold", "5%"], f"--ddos-threshold: got '5%', {PER_S}"),
        (["--alert-malformed", "0"], f"--alert-malformed: got '0', {PERCENT}"),
        (["--alert-malformed", "few"], f"--alert-malformed: got 'few', {PERCENT}"),
        (["--alert-malformed", "101"], f"--alert-malformed: got 101, {PERCENT}"),
        (["--alert-min-hits", "2.5"], "--alert-min-hits: got '2.5', takes a whole number from 0 to 1000000000"),
        (["--alert-min-hits", "-1"], "--alert-min-hits: got -1, takes a whole number from 0 to 1000000000"),
        (["--top", "0"], "--top: got 0, takes a whole number from 1 to 1000000"),
        (["--top", "-5"], "--top: got -5, takes a whole number from 1 to 1000000"),
        (["--top", "1000001"], "--top: got 1000001, takes a whole number from 1 to 1000000"),
        (["--top", "five"], "--top: got 'five', takes a whole number from 1 to 1000000"),
        (
            ["--top", "1" + "0" * 4999],
            f"--top: got '1{'0' * 59}…' (5000 characters), takes a whole number from 1 to 1000000",
        ),
        (["--max-keys", "0"], "--max-keys: got 0, takes a whole number from 1 to 1000000"),
        (["--max-keys", "1e3"], "--max-keys: got '1e3', takes a whole number from 1 to 1000000"),
        (["--output", "xml"], "--output: got 'xml', takes text, ndjson, lines or alerts"),
        (["--output", "TEXT"], "--output: got 'TEXT', takes text, ndjson, lines or alerts"),
        (["--color", "yes"], "--color: got 'yes', takes auto, always or never"),
        (["--color", "‮"], r"--color: got '\u202e', takes auto, always or never"),
        (["--file", ""], "--file: got an empty path, takes a path, a glob or - for standard input"),
        (["--file", "a", "--file="], "--file: got an empty path, takes a path, a glob or - for standard input"),
        (["--file"], "--file: got no value, takes a path, a glob or - for standard input"),
        (["--file", "a\0b"], "--file: got a path with a NUL byte, takes a path, a glob or - for standard input"),
        ([""], "--file: got an empty path, takes a path, a glob or - for standard input"),
        (["-", "-"], "--file: got - more than once, takes standard input once"),
        (["--file", "-", "--file", "-"], "--file: got - more than once, takes standard input once"),
        (["--format", ""], "--format: got an empty text, takes the name of a format or a LogFormat string"),
        (["--format", " \t"], "--format: got an empty text, takes the name of a format or a LogFormat string"),
        (["--traffic-rate", "0"], "--traffic-rate: got 0, takes a whole number from 1 to 100000"),
        (["--traffic-rate", "100001"], "--traffic-rate: got 100001, takes a whole number from 1 to 100000"),
        (["--traffic-scenario", "calm"], "--traffic-scenario: got 'calm', takes random, spike, errors or ddos"),
        (["--seed", "-1"], "--seed: got -1, takes a whole number from 0 to 9223372036854775807"),
        (["--seed", "x"], "--seed: got 'x', takes a whole number from 0 to 9223372036854775807"),
        (
            ["--give-me-traffic", "--replay"],
            "--give-me-traffic: got --replay too, which reads what is there already",
        ),
        (
            ["--give-me-traffic", "--file", "a", "--file", "b"],
            "--give-me-traffic: got --file a and b, takes exactly one, a plain path to write to",
        ),
        (
            ["--give-me-traffic", "--file", "*.log"],
            "--give-me-traffic: got --file *.log, takes exactly one, a plain path to write to",
        ),
        (
            ["--give-me-traffic", "--file", "-"],
            "--give-me-traffic: got --file -, takes exactly one, a plain path to write to",
        ),
        (["--replay=yes"], "--replay: got '--replay=yes', takes no value"),
        (["--traffic-append="], "--traffic-append: got '--traffic-append=', takes no value"),
        (["-hx"], "--help: got '-hx', takes no value"),
        (["--intervall", "5"], "'--intervall' is not an option, did you mean --interval?"),
        (["--intervall=5"], "'--intervall' is not an option, did you mean --interval?"),
        (["-interval", "5"], "'-interval' is not an option, did you mean --interval?"),
        (["--interv", "5"], "'--interv' is not an option, did you mean --interval?"),
        (["--colour", "never"], "'--colour' is not an option, did you mean --color?"),
        (["--xyzzy"], "'--xyzzy' is not an option, -h shows all options"),
        (["--x y\n"], r"'--x y\x0a' is not an option, -h shows all options"),
        (["-f", "a.log"], "'-f' is not an option, -h shows all options"),
        (["--refresh", "0.1"], f"--refresh: got 0.1, {FRAMES}"),
        (["--refresh", "10.5"], f"--refresh: got 10.5, {FRAMES}"),
        (["--refresh", "0"], f"--refresh: got '0', {FRAMES}"),
        (["--recent", "0"], f"--recent: got 0 s, {SECONDS}"),
        (["--recent-memory", "1023K"], f"--recent-memory: got 1047552 bytes, {MEMORY}"),
        (["--recent-memory", "65G"], f"--recent-memory: got 69793218560 bytes, {MEMORY}"),
        (["--recent-memory", "1T"], f"--recent-memory: got '1T', {MEMORY}"),
        (["--view", " "], "--view: got an empty text, takes the name of a view"),
        (["--dashboard=1"], "--dashboard: got '--dashboard=1', takes no value"),
        *(
            (
                ["--dashboard", "--output", output],
                f"--dashboard: got --output {output} too, takes a terminal and --output text",
            )
            for output in ("ndjson", "lines", "alerts")
        ),
        (
            ["--dashboard", "--explain"],
            "--explain: got --dashboard too, takes lines that are there already, and ends after them",
        ),
        (["-5"], "'-5' is not an option, -h shows all options"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_it(argv: list[str], message: str) -> None:
    assert message_of(*argv) == message


SIMULATES = "got it without --give-me-traffic, the only option that simulates"
NO_CHECKPOINT = "which keeps no checkpoint"
EXPLAINS_ALL = "got it together with --explain, which also explains lines that do not count"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ("--threads 2", "--threads: got it without --replay, the only option that reads ahead"),
        ("--recent 5m", "--recent: got it without --dashboard, the only option that holds rows for views"),
        (
            "--recent-memory 5M",
            "--recent-memory: got it without --dashboard, the only option that holds rows for views",
        ),
        ("--refresh 5", "--refresh: got it without --dashboard, the only option that draws a screen"),
        (
            "--dashboard --replay --threads 1",
            "--threads: got it together with --dashboard, which reads and counts in turn",
        ),
        (
            "--dashboard --list-formats",
            "--dashboard: got it together with --list-formats, which lists the formats, and stops",
        ),
        ("--threads 1", "--threads: got it without --replay, the only option that reads ahead"),
        ("--traffic-rate 20", f"--traffic-rate: {SIMULATES}"),
        ("--replay --traffic-rate 5", f"--traffic-rate: {SIMULATES}"),
        ("--traffic-scenario random", f"--traffic-scenario: {SIMULATES}"),
        ("--traffic-append", f"--traffic-append: {SIMULATES}"),
        ("--seed 5", f"--seed: {SIMULATES}"),
        (
            "--replay --from-start",
            "--from-start: got it together with --replay, which reads everything, and does not follow",
        ),
        ("--replay --rotate-grace 10", "--rotate-grace: got it together with --replay, which does not follow"),
        ("--replay --state-dir x", f"--state-dir: got it together with --replay, {NO_CHECKPOINT}"),
        (
            "--from-start --since 5m",
            "--from-start: got it together with --since, which says where reading begins",
        ),
        ("--explain --since 5m", "--since: got it together with --explain, which explains lines of any time"),
        ("--explain --until 5m", "--until: got it together with --explain, which explains lines of any time"),
        ("--replay --no-backfill", "--no-backfill: got it together with --replay, which does not follow"),
        ("--via sudo --no-backfill", "--no-backfill: got it together with --via, which fills no window"),
        (
            "--since 5m --no-backfill",
            "--no-backfill: got it together with --since, which reads the lines that fill the window",
        ),
        ("--file - --via sudo", "--via: got it together with --file -, which is no file"),
        ("--file - --from-start", "--from-start: got it together with --file -, which is no file"),
        (
            "--via sudo --reader direct",
            "--via: got it together with --reader direct, which reads files of this machine itself",
        ),
        ("--no-state --state-dir x", f"--state-dir: got it together with --no-state, {NO_CHECKPOINT}"),
        ("--give-me-traffic --state-dir x", f"--state-dir: got it together with --give-me-traffic, {NO_CHECKPOINT}"),
        ("--explain --exclude-host x", f"--exclude-host: {EXPLAINS_ALL}"),
        ("--explain --ignore-bots", f"--ignore-bots: {EXPLAINS_ALL}"),
        (
            "--explain --trust-proxy ::1",
            "--trust-proxy: got it together with --explain, which shows the host as logged",
        ),
    ],
)
def test_an_option_that_would_do_nothing_is_refused_and_the_reason_said(argv: str, message: str) -> None:
    assert message_of(*argv.split()) == message


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.flags[0])
def test_no_option_may_be_abbreviated(option: Option) -> None:
    for flag in option.flags:
        assert message_of(flag[:-1], "1").startswith(f"'{flag[:-1]}' is not an option, did you mean --")


def test_an_option_of_ten_thousand_characters_is_quoted_shortened() -> None:
    assert "(10002 characters)" in message_of("--" + "q" * 10_000)


_WORDS = st.sampled_from([flag for option in OPTIONS for flag in option.flags] + ["--", "-", "=", "0", "5%", "1e9"])


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(_WORDS | st.text(max_size=8), max_size=6))
def test_any_arguments_give_settings_or_one_line(argv: list[str]) -> None:
    try:
        parse_arguments(argv)
    except UsageError as refusal:
        # Nothing in it moves a cursor, breaks the line or hides.
        assert visible_text(str(refusal)) == str(refusal)
    except SystemExit as stop:
        assert stop.code == 0


@pytest.mark.parametrize("written", ["0", "0%", "0.0"])
def test_an_alert_may_recover_only_when_nothing_is_left(written: str) -> None:
    # The message of a refusal says "from 0", and the settings take it.
    assert parse_arguments(["--alert-recover-at", written]).alert_recover_at == 0.0


@pytest.mark.parametrize(
    ("flag", "read"),
    [(o.flags[0], o.read) for o in OPTIONS if o.read in (values.duration, values.whole, values.size)],
)
def test_a_value_out_of_its_bounds_is_told_the_same_values_as_a_word(flag: str, read: values.Reader) -> None:
    beyond = "0" if flag == "--max-line" else "-1" if read is values.whole else "9" * 12
    word, number = message_of(flag, "word"), message_of(flag, beyond)
    assert word.startswith(f"{flag}: got 'word', takes ")
    assert number.startswith(f"{flag}: got {beyond}")
    assert number.partition(", takes ")[2] == word.partition(", takes ")[2]


@pytest.mark.parametrize("flag", ["--alert-threshold", "--alert-error-rate", "--ddos-threshold", "--alert-malformed"])
def test_a_threshold_out_of_its_bounds_is_told_the_same_values_as_a_word(flag: str) -> None:
    assert len({message_of(flag, value).partition(", takes ")[2] for value in ("word", "0", "1e12")}) == 1


def test_a_length_out_of_its_bounds_is_said_in_bytes() -> None:
    assert (
        message_of("--max-line", "0")
        == "--max-line: got 0 bytes, takes a number of bytes from 1 to 1G, written as 65536, 64K or 1M"
    )
