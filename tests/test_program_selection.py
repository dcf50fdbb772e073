"""What users ask of some lines only: the lines themselves, alerts alone, explanations of those that match."""

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from http_monitor.arguments import parse_arguments
from http_monitor.cli.displays import command_of
from tests.program import run

LINES = [
    b'192.0.2.1 - - [30/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 10',
    b"junk",
    b'192.0.2.130 - bob [30/Nov/2026:10:00:01 +0000] "POST /b\x1b[2J HTTP/1.1" 500 10',
    b"",
    b'198.51.100.3 - - [30/Nov/2026:10:00:02 +0000] "GET /c HTTP/1.1" 200 10\r',
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(b"\n".join(LINES) + b"\n")
    return path


@pytest.mark.parametrize(
    ("expressions", "numbers"),
    [
        ([], [0, 2, 4]),
        (["network == 192.0.2.0/24"], [0, 2]),
        (["user == none", "status == 200"], [0, 4]),
        (["user != none or host == 198.51.100.3"], [2, 4]),
        (['server == "web1"', 'endpoint ~ "^/[ab]"'], [0, 2]),
        (["server == none"], []),
    ],
)
def test_the_lines_that_count_are_written_as_they_are(log: Path, expressions: list[str], numbers: list[int]) -> None:
    filters = [part for expression in expressions for part in ("--filter", expression)]
    outcome = run("--replay", "--output", "lines", *filters, f"web1={log}")
    assert (outcome.code, outcome.err) == (0, b"")
    assert outcome.out == b"".join(LINES[number] + b"\n" for number in numbers)


def test_a_bad_expression_among_several_is_named(log: Path) -> None:
    outcome = run("--replay", "--filter", "status > 1", "--filter", "status = 1", log)
    assert outcome.code == 2
    assert outcome.err == b"http_monitor: --filter: expression 2, column 8: got '=', expected == for a comparison\n"


def test_a_server_is_compared_only_where_one_is_named(log: Path) -> None:
    outcome = run("--replay", "--filter", 'server == "web1"', log)
    assert outcome.code == 2
    words = "http_monitor: --filter: server is compared, but no file has the name of one, takes --file NAME=PATH\n"
    assert outcome.err.decode() == words


def test_alerts_are_beside_the_lines_and_alone_where_that_is_asked(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"\n".join([LINES[0]] * 30) + b"\n")
    alert = b"High traffic generated an alert - hits = 30.00, triggered at 2026-11-30 10:00:01 +0000\n"
    alert += b"  ALERT  began by 10:00:00, of 30 requests: 100 % GET, 100 % /a,\n"
    alert += b"         100 % from 192.0.2.1, 100 % without an agent, 100 % status 200\n"
    options = ("--replay", "--window", "1s", "--interval", "1s", "--ddos-threshold", "100", log)
    lines = run("--output", "lines", *options)
    assert (lines.code, lines.out, lines.err) == (0, (LINES[0] + b"\n") * 30, alert)
    alone = run("--output", "alerts", *options)
    assert (alone.code, alone.err, alone.out.startswith(alert)) == (0, b"", True)
    (command,) = alone.out.removeprefix(alert).splitlines()
    assert command.endswith(f"--replay --file {log} --since '2026-11-30 10:00:00' --output lines".encode())


@pytest.mark.parametrize(
    "more", [["--format", "common"], ["--format-from", "/etc/nginx/nginx.conf", "--log-time", "t"]]
)
def test_the_command_under_an_alert_reads_and_counts_the_same_lines(
    monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["http-monitor"])
    options = ["--until", "14:05", "--exclude-host", "10.0.0.0/8", "--exclude-host", "a b", "--ignore-bots"]
    options += ["--unwrap", "syslog", "--log-timezone", "UTC", "--trust-proxy", "10.1.0.0/16", "--filter", "status > 1"]
    given = parse_arguments(["--replay", "--file", "a.log", "web1=b.log", *options, *more])
    name, *words = shlex.split(command_of(given))
    assert (name, parse_arguments(words)) == ("http-monitor", given)


@pytest.mark.parametrize(
    ("started", "words"),
    [
        ("/usr/bin/http-monitor", ["http-monitor"]),
        ("/opt/it's/bin/http-monitor", ["/opt/it's/bin/http-monitor"]),
        ("/opt/http_monitor/main.py", ["/opt/my env/bin/python3", "/opt/http_monitor/main.py"]),
        ("/opt/http_monitor/__main__.py", ["/opt/my env/bin/python3", "-m", "http_monitor"]),
    ],
)
def test_the_command_under_an_alert_starts_the_program_that_runs(
    monkeypatch: pytest.MonkeyPatch, started: str, words: list[str]
) -> None:
    monkeypatch.setenv("PATH", "/bin:/usr/bin")
    monkeypatch.setattr("sys.argv", [started])
    monkeypatch.setattr("sys.orig_argv", ["/opt/my env/bin/python3", "-X", "dev", started])
    said = shlex.split(command_of(parse_arguments(["--replay", "a.log"])))
    assert said == [*words, "--replay", "--file", "a.log"]


def test_the_command_works_in_a_shell_that_finds_no_python(tmp_path: Path) -> None:
    lines = (LINES[0] + b"\n") * 30
    (tmp_path / "access.log").write_bytes(lines)
    window = ("--window", "1s", "--interval", "1s", "--ddos-threshold", "100")
    outcome = run("--replay", "--output", "alerts", *window, "access.log", cwd=tmp_path, fresh=True)
    pasted = next(line for line in outcome.out.decode().splitlines() if line.endswith("--output lines"))
    again = subprocess.run(["/bin/sh", "-c", pasted], cwd=tmp_path, env={"PATH": ""}, capture_output=True, check=True)
    assert again.stdout == lines


def test_only_lines_that_match_are_explained(log: Path) -> None:
    outcome = run("--explain", "--output", "ndjson", "--filter", "status == 500", log)
    assert outcome.code == 0
    explained = [json.loads(line) for line in outcome.out.splitlines()]
    assert [(line["line"], line["fields"]["host"]) for line in explained] == [(3, "192.0.2.130")]
    named = run("--explain", "--output", "ndjson", f"web1={log}")
    assert [json.loads(line)["line"] for line in named.out.splitlines()] == [1, 2, 3, 5]


def test_banner_and_titles_say_which_lines_count(log: Path) -> None:
    outcome = run("--replay", "--interval", "10s", "--filter", "status == 500", "--trust-proxy", "10.0.0.0/8", log)
    assert "Filter     status == 500\n" in outcome.err.decode()
    assert "Clients    behind 10.0.0.0/8, by X-Forwarded-For\n" in outcome.err.decode()
    assert "Alerts     above 10 hits/s, 5 hits/s of a host, over 2 min\n" in outcome.err.decode()
    assert "5xx 100.00 %\n" in outcome.out.decode()
    titles = [line for line in outcome.out.decode().splitlines() if line.startswith("──")]
    assert [title.rstrip("─ ") for title in titles] == [
        "── 2026-11-30 10:00:00 – 10:00:10 +0000  only status == 500, behind 10.0.0.0/8",
        "── Summary  only status == 500, behind 10.0.0.0/8",
    ]


def test_a_mistyped_path_is_told_the_nearest_file(log: Path) -> None:
    outcome = run("--replay", log.parent / "acess.log")
    assert outcome.code == 3
    words = f"http_monitor: {log.parent}/acess.log is missing, did you mean {log}?\n"
    assert outcome.err.decode() == words
    live = run("--no-state", "--duration", "1s", log.parent / "access.lgo")
    assert live.code == 0
    assert f"{log.parent}/access.lgo is missing, did you mean {log}?\n" in live.err.decode()


def test_a_pattern_that_matches_nothing_yet_is_no_mistyped_path(log: Path) -> None:
    live = run("--no-state", "--duration", "1s", f"{log.parent}/acces?.lo*g.1")
    assert live.code == 0
    assert "did you mean" not in live.err.decode()
    assert "missing, waiting for it" in live.err.decode()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--explain", "access.log"], b"http_monitor: none of 4 lines matches the filter\n"),
        (["--explain", LINES[0].decode()], b"http_monitor: the line does not match the filter\n"),
    ],
)
def test_it_is_said_that_no_line_matches_which_is_to_be_explained(log: Path, arguments: list[str], said: bytes) -> None:
    outcome = run(*arguments, "--filter", "status == 599", cwd=log.parent)
    assert (outcome.code, outcome.out, outcome.err) == (0, b"", said)
