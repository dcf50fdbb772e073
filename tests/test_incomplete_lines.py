"""Lines in parts that are given up for want of room are a count of health, live and in a replay, over restarts too."""

import json
from pathlib import Path

import pytest

from http_monitor.cli.formats import Formats
from http_monitor.clock import ManualClock
from http_monitor.inputs.input import Input
from http_monitor.monitor.input_healths import InputHealths
from http_monitor.parser.lines.explain import explain
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.harness import ScriptedSource, make_monitor
from tests.program import run

_BEGUN = 100


def _begun(stream: str) -> bytes:
    return b'{"log":"%s","stream":"%s","time":"2026-01-19T23:08:15Z"}\n' % (b"x" * 60, stream.encode())


def _lines() -> list[bytes]:
    """Return a whole line in docker's JSON, and the beginnings of lines of many streams."""
    text = json.dumps(log_line(START_S).decode() + "\n").encode()
    # Streams that differ in digits only are one.
    streams = ["".join(chr(ord("a") + int(digit)) for digit in str(number)) for number in range(_BEGUN)]
    whole = b'{"log":%s,"stream":"stdout","time":"2026-01-19T23:08:15Z"}\n' % text
    return [whole, *map(_begun, streams)]


def _given_up() -> int:
    """Return how many of them have no room beside the others, as the wrapper alone tells it."""
    made = Formats(Settings(unwrap="docker_json", max_line_bytes=1_000)).of("a.log")
    return len(made.parse(b"".join(_lines())).incomplete_nos)


@pytest.mark.parametrize("threads", ["1", "2"])
def test_a_replay_counts_them_and_says_so_in_words(tmp_path: Path, threads: str) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"".join(_lines()))
    options = ("--replay", "--unwrap", "docker_json", "--max-line", "1000", "--threads", threads, "--file", log)
    assert 0 < _given_up() < _BEGUN
    assert run(*options, "--output", "ndjson").objects[-1]["health"]["incomplete"] == _given_up()
    words = f"{_given_up()} lines in parts were given up before the last part, and count as they are (incomplete)."
    assert words in " ".join(run(*options).out.decode().split())


def _input(source: ScriptedSource, settings: Settings) -> Input:
    return Input(source, Formats(settings).of("a.log"), 0, explain)


def test_a_live_run_counts_them_and_goes_on_counting_after_a_restart() -> None:
    settings = Settings(unwrap="docker_json", max_line_bytes=1_000)
    entry = _input(ScriptedSource([], ends=False, name="a.log"), settings)
    entry.parse(b"".join(_lines()))
    assert entry.health().incomplete == _given_up()
    healths = InputHealths()
    healths.poll(entry)
    assert healths.total().incomplete == _given_up()
    again = _input(ScriptedSource([], ends=False, name="a.log"), settings)
    again.load(json.loads(json.dumps(entry.save())))
    assert again.health().incomplete == _given_up()
    again.parse(_begun("new"))
    assert again.health().incomplete == _given_up() + 1


def test_a_log_without_parts_has_no_such_counter() -> None:
    monitor, recorder = make_monitor(
        Settings(), [ScriptedSource([log_line(START_S) + b"\n"], ends=True)], ManualClock(0)
    )
    monitor.step()
    monitor.close(finished=True)
    assert recorder.summary.health.incomplete == 0
