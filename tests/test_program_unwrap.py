"""The real program on lines inside others: live, over a restart, by commands, from standard input, in two processes."""

import signal
from pathlib import Path

import pytest

from http_monitor.parser.presets import BY_NAME
from tests.program import Program, append, lines_now, run
from tests.wrapped_lines import WAYS, wrapped

_TIME = b"2026-01-19T23:08:15.931087621Z stdout "


def _lines(hits: int, path: bytes = b"/a") -> list[bytes]:
    return [
        b'192.0.2.%d - - [19/Jan/2026:23:08:15 +0000] "GET %b HTTP/1.1" 200 1' % (no % 9, path) for no in range(hits)
    ]


def test_lines_of_containers_on_standard_input_are_filtered_by_source() -> None:
    web = [b"web-%d  | " % (no % 2) + line + b"\n" for no, line in enumerate(_lines(10))]
    data = b"".join(web) + b"db-1   | LOG: ready\n" + b"web-0  | broken\n"

    summary = run("--replay", "--file", "-", "--filter", 'source == "web-1"', "--output", "ndjson", stdin=data).objects[
        -1
    ]

    assert summary["hits"] == 5
    assert summary["sources"] == [{"key": "web-1", "hits": 5, "bytes": 5, "errors": 0}]
    health = summary["health"]
    assert [health[name] for name in ("lines", "accepted", "filtered", "malformed", "other")] == [12, 5, 5, 1, 1]


@pytest.mark.parametrize("reader", ["direct", "wc-tail"])
def test_a_line_in_parts_is_one_over_a_restart(tmp_path: Path, reader: str) -> None:
    log = tmp_path / "0.log"
    lines = [line.removesuffix(b"\n") for line in lines_now(5).splitlines()]
    whole = [_TIME + b"F " + line + b"\n" for line in lines]
    append(log, b"".join(whole[:4]) + _TIME + b"P " + lines[4][:20] + b"\n")
    options = ("--reader", reader, "--state-dir", tmp_path / "state", "--output", "ndjson", "--interval", "1s")
    with Program("--file", log, "--from-start", "--lateness", "3", *options) as program:
        program.until_hits(4)
        program.send(signal.SIGINT)
        first = program.wait().objects
    append(log, _TIME + b"F " + lines[4][20:] + b"\n")
    with Program("--file", log, "--from-start", "--lateness", "3", *options) as program:
        program.until_hits(1)
        second = program.stop().objects

    assert [each["message"].partition(": ")[2] for each in first if each.get("name") == "unwrap"] == [
        "a container runtime's prefix in front of each line, removed (--unwrap none keeps it)"
    ]
    health = second[-1]["health"]
    assert [health[name] for name in ("lines", "accepted", "malformed", "other")] == [5, 5, 0, 0]


def test_a_replay_is_the_same_in_one_thread_and_in_two_processes(tmp_path: Path) -> None:
    log = tmp_path / "0.log"
    log.write_bytes(
        b"".join(line + b"\n" for line in _lines(3_000, b"/plain"))
        + wrapped(WAYS["short"], _lines(3_000, b"/syslog"))
        + wrapped(WAYS["docker"], _lines(3_000, b"/docker"))
        + b'{"log":"rest","stream":"stdout","time":"2026-01-19T23:08:15Z"}\n'
    )

    one, two = (run("--replay", "--threads", n, "--file", log, "--output", "ndjson") for n in ("1", "2"))

    assert one.out == two.out
    summary = one.objects[-1]
    assert (summary["health"]["lines"], summary["health"]["malformed"]) == (9_001, 21)
    assert {row["key"]: row["hits"] for row in summary["sections"]} == {
        "/plain": 3_000,
        "/syslog": 3_000,
        "/docker": 2_980,
    }
    assert [each["at"] for each in one.objects if each.get("name") == "unwrap"] == ["2026-01-19T23:08:15Z"] * 2


@pytest.mark.parametrize("front", [b"", b"2026-01-19T23:08:15.000000000Z stdout F "])
def test_the_names_of_columns_record_no_request_wherever_they_stand(front: bytes) -> None:
    names, row = BY_NAME["gcs"].examples
    log = b"".join(front + line + b"\n" for line in (names, row, names, row))

    outcome = run("--replay", "--file", "-", "--output", "ndjson", stdin=log)
    shown = run("--replay", "--file", "-", "--output", "lines", stdin=log)

    health = outcome.objects[-1]["health"]
    assert (outcome.code, health["lines"], health["accepted"], health["other"]) == (0, 4, 2, 2)
    assert shown.out == (front + row + b"\n") * 2


def test_no_line_of_a_wrapped_log_that_fits_nothing_ends_with_4(tmp_path: Path) -> None:
    log = tmp_path / "0.log"
    log.write_bytes(b"Jan 19 23:08:15 web1 sshd[812]: Accepted publickey\n" * 3)

    outcome = run("--replay", "--unwrap", "syslog", "--file", log)

    assert (outcome.code, outcome.out) == (4, b"")
    assert b"none of its first 3 lines fits" in outcome.err


def test_an_unknown_wrapper_is_refused() -> None:
    outcome = run("--unwrap", "sysloq")

    assert outcome.code == 2
    assert outcome.err.startswith(b"http_monitor: --unwrap: got sysloq, takes auto, none, awslogs, compose, cri, ")
