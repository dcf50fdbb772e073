"""Fourteen questions of a night on call: text answers each by one command, which docs/INCIDENT.md quotes."""

import re
import shlex
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from http_monitor.clock import WallClock
from tests.incident import TONIGHT, lines_of, write_all
from tests.incident_screens import SIZES, as_installed, golden_path, screen
from tests.program import ROOT, Program, run

PAGE = (ROOT / "docs" / "INCIDENT.md").read_text(encoding="utf-8")
LEFT_OUT = "…"
FLOOD = "Flood from 198.51.100.77 generated an alert - hits = 5.05, triggered at 2026-11-30 22:04:41 +0000"
ANSWERS = {
    "Which endpoint makes the 5xx?": [
        "  Errors                                               hits     first  most from",
        "  502 POST /api/invoices/pdf                            216  22:02:01  192.0.2.1",
    ],
    "Which host floods the site?": [FLOOD],
    "What does it ask for?": ["  ALERT  began about 22:03:00, of 606 requests: 100 % HEAD, 100 % /search,"],
    "With which agent?": ["         100 % without an agent, 100 % status 200"],
    "With which method?": ["  Methods  GET ×2,664  HEAD ×1,080  POST ×504"],
    "Since when?": [FLOOD, "  ALERT  began about 22:03:00, of 606 requests: 100 % HEAD, 100 % /search,"],
    "Is it still going on?": [
        "  3 alerts raised, 3 still active.",
        "  ddos 198.51.100.77   2026-11-30 22:04:41 – still active   peak 6.00 /s",
    ],
    "With which statuses does /api answer?": ["  Status  200 ×576 │ 502 ×216"],
    "What is the 95th percentile now, and where does the time go?": [
        "  Durations  p50 30 ms  p95 58 ms  p99 5.1 s",
        "  Slow                                                   hits  time spent    p95",
        "  /reports/monthly                                         19  1 min 38 s  5.9 s",
    ],
    "Which lines are these?": [
        '198.51.100.77 - - [30/Nov/2026:22:03:00 +0000] "HEAD /search HTTP/1.1" 200 312 "-" "-" 0.008'
    ],
    "And last night?": [
        "Flood from 198.51.100.77 generated an alert - hits = 5.05, triggered at 2026-11-29 23:04:41 +0000",
        "Flood from 198.51.100.77 alert recovered - hits = 4.95, recovered at 2026-11-29 23:07:21 +0000",
    ],
    "Are all servers affected?": [
        "  Servers                                                   hits   share     5xx",
        "  web1                                                     2,688  63.3 %       0",
        "  web2                                                     1,560  36.7 %     216",
    ],
    "Is anything wrong at /login, where far less is normal?": [
        "High traffic generated an alert - hits = 0.51, triggered at 2026-11-30 22:02:42 +0000",
        "  Status  401 ×180",
        "  203.0.113.0/24                                             180  100.0 %     32",
    ],
    "What should be blocked?": ["198.51.100.77"],
}
"""The exact lines that answer a question, in the output of the first command of its section."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the logs of the incident."""
    made = tmp_path_factory.mktemp("incident")
    write_all(made)
    return made


def sections() -> dict[str, list[tuple[str, str]]]:
    """Return each question of the page with its commands and what they print."""
    found: dict[str, list[tuple[str, str]]] = {}
    for part in re.split(r"^### [0-9]+\. ", PAGE, flags=re.MULTILINE)[1:]:
        question, _, text = part.partition("\n")
        for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
            for shown in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = shown.partition("\n")
                found.setdefault(question, []).append((command, output))
    return found


SECTIONS = sections()
COMMANDS = [shown for section in SECTIONS.values() for shown in section]


@cache
def printed(command: str, folder: Path) -> str:
    """Return what a command prints on standard output beside the logs of the incident."""
    first, *others = split_pipe(command)
    assert first[0] == "http-monitor"
    outcome = run(*first[1:], cwd=folder)
    assert outcome.code == 0, outcome.err
    if not others:
        return as_installed(outcome.out.decode())
    data = outcome.out
    for words in others:
        if shutil.which(words[0]) is None:
            pytest.skip(f"{words[0]} is not installed")
        data = subprocess.run(words, input=data, capture_output=True, check=True, env={"LC_ALL": "C"}).stdout
    return data.decode()


def split_pipe(command: str) -> list[list[str]]:
    """Return the words of each command of a pipe."""
    words = shlex.split(command)
    ends = [at for at, word in enumerate(words) if word == "|"]
    return [words[start:end] for start, end in zip([0, *(at + 1 for at in ends)], [*ends, len(words)], strict=True)]


def test_the_page_has_the_fourteen_questions_in_their_order() -> None:
    assert list(ANSWERS) == re.findall(r"^### [0-9]+\. (.*)$", PAGE, re.MULTILINE)
    assert re.findall(r"^### ([0-9]+)\. ", PAGE, re.MULTILINE) == [str(number) for number in range(1, 15)]
    assert len(COMMANDS) == 16


@pytest.mark.parametrize("question", ANSWERS)
def test_one_command_answers(question: str, folder: Path) -> None:
    command, quoted = SECTIONS[question][0]
    lines = printed(command, folder).splitlines()
    assert [line for line in ANSWERS[question] if line not in lines] == []
    assert [line for line in ANSWERS[question] if line not in quoted.splitlines()] == []


@pytest.mark.parametrize(("command", "quoted"), COMMANDS, ids=lambda text: text[:60])
def test_a_command_prints_what_the_page_says(command: str, quoted: str, folder: Path) -> None:
    check_quoted(quoted, printed(command, folder))


def check_quoted(quoted: str, output: str) -> None:
    """Check that an output is what is quoted, in this order, where nothing is left out unsaid."""
    first, *others = re.split(rf"^{LEFT_OUT}\n", quoted, flags=re.MULTILINE)
    assert output.startswith(first)
    at = len(first)
    for piece in others:
        found = ("\n" + output).find("\n" + piece, at)
        assert found >= 0, piece
        at = found + len(piece)
    assert quoted.endswith(f"{LEFT_OUT}\n") or at == len(output)


@pytest.mark.parametrize(
    "quoted", ["b\n…\n", "…\nb\n", "…\nc\n…\nb\n…\n", "a\n", "…\nb\nd\n…\n", "a\n…\nd\n", "…\nx\n…\n"]
)
def test_what_is_left_out_without_being_said_is_noticed(quoted: str) -> None:
    check_quoted("a\n…\nc\nda\n", "a\nb\nc\nda\n")
    with pytest.raises(AssertionError):
        check_quoted(quoted, "a\nb\nc\nda\n")


def test_an_incident_under_way_is_seen_as_soon_as_a_live_run_starts(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    now_s = WallClock().now_us() // 1_000_000
    log.write_bytes(b"".join(line for _, line in lines_of(TONIGHT, now_s - 360, range(360))))
    # Low enough that no start is too slow for them.
    levels = ("--alert-threshold", "2", "--ddos-threshold", "1", "--alert-error-rate", "2")
    with Program(log, *levels, "--interval", "1", "--lateness", "0") as program:
        program.out.having("Flood from 198.51.100.77 generated an alert - hits = ")
        assert "100 % HEAD, 100 % /search" in program.out.having("ALERT")
        program.out.having("  3 alerts active  traffic since ")
        program.stop()


@pytest.mark.parametrize(("columns", "lines"), SIZES)
def test_an_incident_looks_as_it_did_on_a_terminal_of_this_size(columns: int, lines: int) -> None:
    shown = screen(columns, lines)
    assert shown == golden_path(columns, lines).read_text(encoding="utf-8")
    block = shown[shown.index("── ") :].splitlines()
    # One line is left for the status of a live run.
    assert len(block) < lines
    assert max(map(len, block)) == columns


def test_the_picture_of_the_page_is_one_of_them() -> None:
    picture, *_ = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    shown = golden_path(80, 24).read_text(encoding="utf-8")
    assert picture == shown[shown.index("Flood from ") :]


@pytest.mark.parametrize(("columns", "lines"), SIZES)
def test_each_of_them_answers(columns: int, lines: int) -> None:
    shown = golden_path(columns, lines).read_text(encoding="utf-8")
    words = " ".join(shown.split())
    for answer in (
        "502 POST /api/invoices/pdf 9 22:02:01 192.0.2.21",
        "Flood from 198.51.100.77 generated an alert - hits = 5.05, triggered at 2026-11-30 22:04:41 +0000",
        "began about 22:03:00, of 606 requests: 100 % HEAD, 100 % /search, 100 % without an agent, 100 % status 200",
        "HEAD ×60",
        "3 alerts active traffic since 22:03:23 error-rate since 22:03:00 ddos 198.51.100.77 since 22:04:41",
        "Durations p50 30 ms p95 58 ms p99 4.5 s",
        "/reports/monthly 3 14 s 4.6 s",
        "--since '2026-11-30 22:03:00' --filter 'host == \"198.51.100.77\"' --output lines",
        "- 60 40.3 % 0",
    ):
        assert answer in words


def test_nothing_of_it_changes_where_python_does_not_buffer() -> None:
    columns, lines = SIZES[2]
    shown = screen(columns, lines, {"PYTHONUNBUFFERED": "1"})
    assert shown == golden_path(columns, lines).read_text(encoding="utf-8")
