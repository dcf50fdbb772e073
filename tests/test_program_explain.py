"""The real program explains lines, converts logs, and finds formats."""

import gzip
import re
import subprocess
from pathlib import Path

import pytest

from http_monitor.parser.presets import PRESETS
from tests.program import DEADLINE_S, ROOT, command, environment, run
from tests.terminal import Terminal
from tests.toy_formats import COMMON

BAD = b"what is this\x1b[2J"


def test_a_line_is_explained_field_by_field() -> None:
    outcome = run("--explain", COMMON.decode())
    assert (outcome.code, outcome.err) == (0, b"")
    lines = outcome.out.decode().splitlines()
    assert [line for line in lines if " fit" in line] == ["line 1 fits common"]
    assert {"time        2025-10-10T11:55:36Z", "host        192.0.2.7", "status      200"} <= set(
        map(str.strip, lines)
    )


def test_a_line_that_fits_nothing_is_shown_with_a_caret_and_ends_with_4() -> None:
    outcome = run("--explain", "what is this\x1b[2J", "--color", "never")
    assert outcome.code == 4
    assert outcome.err == (
        b"http_monitor: the line does not fit any format with a name "
        b"(--format takes a LogFormat or log_format string, --format-from the server's configuration)\n"
    )
    text = outcome.out.decode()
    assert "\x1b" not in text
    assert "^" in text


def test_a_log_is_converted_line_by_line(tmp_path: Path) -> None:
    log = tmp_path / "access.log.gz"
    log.write_bytes(gzip.compress(b"\n".join((COMMON, b"", BAD, COMMON))))
    outcome = run("--explain", "--output", "ndjson", "--file", log)
    assert (outcome.code, outcome.err) == (0, b"")
    objects = outcome.objects
    assert [(thing["line"], thing["valid"]) for thing in objects] == [(1, True), (3, False), (4, True)]
    assert objects[0]["fields"]["time"] == "2025-10-10T11:55:36Z"
    assert objects[0] | {"line": 4} == objects[2]
    assert objects[1]["fields"] is None
    assert objects[1]["column"] >= 1
    assert run("--explain", "--output", "ndjson", "--file", "-", stdin=log.read_bytes()).out == outcome.out


def test_lines_are_in_colour_where_that_is_wanted_only_and_always_without_the_bytes_of_the_log(tmp_path: Path) -> None:
    logs = [tmp_path / "a.log", tmp_path / "b.log"]
    for log in logs:
        log.write_bytes(COMMON + b"\n" + BAD + b"\xff\xe2\x80\xae\n")
    arguments = ("--explain", "--file", logs[0], "--file", logs[1])
    plain = run(*arguments)
    assert plain.code == 0
    assert b"\x1b" not in plain.out
    heads = [line for line in plain.out.decode().splitlines() if " fit" in line]
    assert max(map(len, heads)) <= 80
    assert [line.rpartition("/")[2] for line in heads] == [
        f"{log.name}, line {number}: {verdict} common"
        for log in logs
        for number, verdict in ((1, "fits"), (2, "does not fit"))
    ]
    assert r"what is this\x1b[2J\xff\u202e" in plain.out.decode()
    assert run(*arguments, env={"NO_COLOR": "1"}).out == plain.out
    coloured = run(*arguments, "--color", "always", env={"NO_COLOR": "1"}).out
    assert re.sub(rb"\x1b\[[0-9;]*m", b"", coloured) == plain.out
    assert coloured.count(b"\x1b[") > 20


def test_on_a_terminal_lines_are_in_colour_unless_that_is_not_wanted() -> None:
    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        with Terminal(80, "--explain", COMMON.decode(), env=env) as terminal:
            assert terminal.wait() == 0
        assert ("\x1b[" in terminal.raw) is coloured


def test_a_file_in_which_nothing_fits_ends_with_4_as_a_replay_does(tmp_path: Path) -> None:
    log = tmp_path / "other.log"
    log.write_bytes(BAD + b"\n" * 3 + BAD * 2)
    outcome = run("--explain", "--output", "ndjson", "--file", log)
    assert outcome.code == 4
    assert [thing["line"] for thing in outcome.objects] == [1, 4]
    log.write_bytes(b"\n")
    assert run("--explain", "--file", log).code == 0


def test_several_files_are_told_apart_and_one_that_is_missing_ends_the_run_before_any(tmp_path: Path) -> None:
    logs = [tmp_path / "a.log", tmp_path / "b.log"]
    for log in logs:
        log.write_bytes(COMMON)
    files = [argument for log in logs for argument in ("--file", str(log))]
    outcome = run("--explain", "--output", "ndjson", *files)
    assert [(thing["file"], thing["line"]) for thing in outcome.objects] == [(str(log), 1) for log in logs]
    missing = run("--explain", *files, "--file", tmp_path / "none.log")
    assert (missing.code, missing.out) == (3, b"")


def test_a_line_that_is_too_long_says_so(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(COMMON + b"\n" + b"x" * 300)
    first, second = run("--explain", "--output", "ndjson", "--max-line", "200", "--file", log).objects
    assert first["valid"]
    assert (second["valid"], second["column"]) == (False, 201)
    assert second["expected"] == "the end of the line, which is longer than 200 bytes"


def test_a_reader_that_goes_ends_the_conversion_quietly(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes((COMMON + b"\n") * 5_000)
    process = subprocess.Popen(
        command("--explain", "--output", "ndjson", "--file", log),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=ROOT,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(DEADLINE_S) == 0


def test_all_formats_are_listed() -> None:
    outcome = run("--list-formats")
    names = [line.split()[0] for line in outcome.out.decode().splitlines() if line and not line.startswith(" ")]
    assert (outcome.code, outcome.err, names) == (0, b"", [preset.name for preset in PRESETS])


def test_all_formats_are_listed_as_objects_too() -> None:
    outcome = run("--list-formats", "--output", "ndjson")
    assert (outcome.code, outcome.err) == (0, b"")
    assert [list(found) for found in outcome.objects] == [
        ["format", "what", "source", "detected", "example"] for _ in PRESETS
    ]
    for preset, found in zip(PRESETS, outcome.objects, strict=True):
        assert (found["format"], found["detected"]) == (preset.name, preset.detected)
        assert found["example"].encode() == preset.examples[-1]


def test_the_format_of_a_configuration_is_used_and_its_place_said(tmp_path: Path) -> None:
    config = tmp_path / "httpd.conf"
    config.write_text('LogFormat "%h %l %u %t \\"%r\\" %>s %b" mine\nCustomLog access.log mine\n')
    log = tmp_path / "access.log"
    log.write_bytes(COMMON + b"\n")
    outcome = run("--replay", "--format-from", config, "--file", log)
    assert outcome.code == 0
    # A path may be longer than a line.
    assert f"Formatmine,from{config}line1" in "".join(outcome.err.decode().split())
    assert run("--explain", COMMON.decode(), "--format-from", config).code == 0
    gone = run("--format-from", tmp_path / "none.conf", "--replay", "--file", log)
    assert gone.code == 2
    assert gone.err.decode().startswith(f"http_monitor: --format-from: {tmp_path}/none.conf: cannot be read (")


def test_how_many_lines_fit_is_said_at_the_beginning(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes((COMMON + b"\n") * 3 + BAD + b"\n")
    outcome = run("--replay", "--file", log)
    assert "Format     auto, found common (3 of 4 lines fit)" in outcome.err.decode().splitlines()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["--explain", "--give-me-traffic"],
            "--explain: got --give-me-traffic too, takes lines that are there already",
        ),
        (["--explain", "--duration", "5"], "--explain: got --duration too, "),
        (["--explain", "--via", "sudo"], "--explain: got --via too, "),
        (["--explain", ""], "--explain: got '', takes a line of a log, or nothing"),
        (["--format-from", "x", "--format", "common"], "--format-from: got it together with --format, takes one"),
        (["--format-from", ""], "--format-from: got '', takes the path of a configuration of nginx or Apache"),
        (["--format-from", "x", "--via", "sudo"], "--format-from: got it together with --via"),
    ],
)
def test_what_cannot_be_together_is_refused(arguments: list[str], words: str) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert outcome.err.decode().startswith(f"http_monitor: {words}")


def test_of_files_of_different_formats_it_is_said_which_is_which(tmp_path: Path) -> None:
    for name, line in (("a.log", COMMON), ("b.log", COMMON), ("c.log", COMMON + b' "-" "curl/8" "-"')):
        (tmp_path / name).write_bytes((line + b"\n") * 2)
    files = [argument for name in "abc" for argument in ("--file", str(tmp_path / f"{name}.log"))]
    said = b" ".join(run("--replay", *files).err.split()).decode()
    assert "auto, found common (4 of 4 lines fit in 2 files) and nginx_main (2 of 2 lines fit in c.log)" in said
    said = b" ".join(run("--replay", *files[:4]).err.split()).decode()
    assert said.endswith("auto, found common (4 of 4 lines fit)")


def test_several_lines_may_be_given_at_once() -> None:
    outcome = run("--explain", f"{COMMON.decode()}\n\nwhat", "--output", "ndjson")
    assert [(thing["line"], thing["valid"]) for thing in outcome.objects] == [(1, True), (3, False)]
    outcome = run("--explain", "what\nis this")
    assert outcome.code == 4
    assert outcome.err.startswith(b"http_monitor: none of the first 2 lines fits any format with a name (")
