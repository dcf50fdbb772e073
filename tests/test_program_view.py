"""``--view NAME`` applies a saved filter in every mode, by the real program."""

import signal
from pathlib import Path

import pytest

from http_monitor.dashboard.named_views import NamedViews
from http_monitor.filtering.reading import read_expression
from tests.program import ROOT, Outcome, Program, append, lines_now, run
from tests.terminal import Terminal, without_colour
from tests.test_program_selection import LINES

VIEWS = b"""\
[views]
of-net = "network == 192.0.2.0/24"
"web.users" = 'user != none or host == 198.51.100.3'
broken = "status = 500"
pattern = 'path ~ "(a"'
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(b"\n".join(LINES) + b"\n")
    return path


@pytest.fixture
def config(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "config" / "http_monitor"
    folder.mkdir(parents=True)
    (folder / "views.toml").write_bytes(VIEWS)
    return {"XDG_CONFIG_HOME": str(tmp_path / "config")}


def told(outcome: Outcome) -> tuple[int, bytes, bytes]:
    return outcome.code, outcome.out, outcome.err


@pytest.mark.parametrize(
    ("view", "expression"),
    [("of-net", "network == 192.0.2.0/24"), ("web.users", "user != none or host == 198.51.100.3")],
)
@pytest.mark.parametrize(
    "mode",
    [
        ["--replay"],
        ["--replay", "--output", "ndjson"],
        ["--replay", "--output", "lines"],
        ["--replay", "--output", "alerts", "--alert-threshold", "0.001"],
        ["--explain"],
        ["--explain", "--output", "ndjson"],
    ],
)
def test_a_view_is_the_filter_it_was_saved_as(
    log: Path, config: dict[str, str], mode: list[str], view: str, expression: str
) -> None:
    by_name = run(*mode, "--view", view, log, env=config)
    assert told(by_name) == told(run(*mode, "--filter", expression, log))
    assert by_name.code == 0
    assert by_name.out != run(*mode, log).out


def test_on_the_dashboard_a_view_is_a_filter_of_the_screen_that_backspace_takes_off(
    log: Path, config: dict[str, str]
) -> None:
    arguments = ("--dashboard", "--replay", "--refresh", "10", "--view", "of-net", log)
    with Terminal(120, *arguments, lines=40, env=config) as terminal:
        terminal.having(r"\[network == 192\.0\.2\.0/24\]")
        terminal.type(">>")
        terminal.having("finished")
        terminal.type("\x7f")
        terminal.type("f")
        terminal.having(r"filter \(Enter applies")
        # An empty one, which changes nothing.
        terminal.type("\r")
        terminal.type("q")
        assert terminal.wait() == 0
    printed = without_colour(terminal.raw)
    # All lines count, as without the view.
    (read,) = (line for line in run("--replay", log).out.decode().splitlines() if " read, " in line)
    assert read.strip() in printed


def test_a_view_of_the_dashboard_must_be_there(log: Path, config: dict[str, str]) -> None:
    with Terminal(120, "--dashboard", "--view", "of-nets", log, env=config) as terminal:
        assert terminal.wait() == 2
    assert "--view: got 'of-nets', did you mean of-net?" in terminal.raw
    assert "\x1b[?1049h" not in terminal.raw


def test_a_view_and_filters_must_all_be_true(log: Path, config: dict[str, str]) -> None:
    replay = ("--replay", "--output", "lines", "--view", "web.users")
    assert run(*replay, "--filter", "status == 200", log, env=config).out == LINES[4] + b"\n"
    assert run(*replay, "--filter", "status == 404", log, env=config).out == b""


@pytest.mark.parametrize("output", ["text", "ndjson"])
def test_a_live_run_counts_what_the_view_keeps(tmp_path: Path, config: dict[str, str], output: str) -> None:
    log = tmp_path / "live.log"
    log.write_bytes(b"")
    options = ("--interval", "1s", "--no-state", "--from-start", "--output", output, "--view", "of-net", "--file", log)
    append(log, lines_now(3, host=b"192.0.2.9") + lines_now(4, host=b"203.0.113.9"))
    with Program(*options, env=config) as program:
        if output == "ndjson":
            program.until_hits(3)
        else:
            program.err.line(lambda line: b"network == 192.0.2.0/24" in line)
            program.out.line(lambda line: b"192.0.2.9" in line)
        outcome = program.stop(signal.SIGTERM)
    assert outcome.code == 0
    assert b"203.0.113.9" not in outcome.out
    if output == "ndjson":
        assert (outcome.objects[-1]["hits"], outcome.objects[-1]["health"]["filtered"]) == (3, 4)
    else:
        assert b"4 lines are filtered out." in outcome.out


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("of_net", "got 'of_net', did you mean of-net?"),
        ("zzz", "got 'zzz', takes one of of-net, web.users, broken, pattern"),
        ("\x1b[2J", r"got '\x1b[2J', takes one of of-net, web.users, broken, pattern"),
        ("broken", "broken in {path}: column 8: got '=', expected == for a comparison"),
        (
            "pattern",
            'pattern in {path}: column 8: got "(a", expected a regular expression of RE2'
            " (Invalid regular expression: missing ): (a)",
        ),
    ],
)
@pytest.mark.parametrize("mode", [["--replay"], ["--explain"], []])
def test_what_is_wrong_with_a_view_is_told_in_one_line(
    log: Path, config: dict[str, str], mode: list[str], view: str, words: str
) -> None:
    outcome = run(*mode, "--view", view, "--file", log, env=config)
    path = Path(config["XDG_CONFIG_HOME"]) / "http_monitor" / "views.toml"
    assert told(outcome) == (2, b"", f"http_monitor: --view: {words.format(path=path)}\n".encode())


def test_a_user_without_views_is_told_where_they_would_be(log: Path, tmp_path: Path) -> None:
    outcome = run("--replay", "--view", "x", log, env={"XDG_CONFIG_HOME": "", "HOME": str(tmp_path)})
    path = tmp_path / ".config" / "http_monitor" / "views.toml"
    assert told(outcome) == (2, b"", f"http_monitor: --view: got 'x', but no view is saved in {path}\n".encode())
    outcome = run("--replay", "--view", "x", log, env={"XDG_CONFIG_HOME": "relative", "HOME": ""})
    assert told(outcome) == (2, b"", b"http_monitor: --view: got 'x', but no view is saved\n")


def test_the_views_of_the_page_are_views(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "FORMATS.md").read_text(encoding="utf-8")
    path = tmp_path / "views.toml"
    path.write_text(
        page.partition("```toml\n[views]")[1][8:] + page.partition("```toml\n[views]")[2].partition("```")[0]
    )
    views = NamedViews(str(path)).read()
    assert list(views) == ["errors", "web.login"]
    for expression in views.values():
        read_expression(expression)


def test_a_broken_file_of_views_is_told_and_left_alone(log: Path, config: dict[str, str]) -> None:
    path = Path(config["XDG_CONFIG_HOME"]) / "http_monitor" / "views.toml"
    path.write_bytes(VIEWS + b"more\n")
    outcome = run("--replay", "--view", "of-net", log, env=config)
    words = f"http_monitor: --view: {path}: line 6, column 5: Expected '=' after a key in a key/value pair\n"
    assert told(outcome) == (2, b"", words.encode())
    assert path.read_bytes() == VIEWS + b"more\n"
    assert run("--replay", log, env=config).code == 0
