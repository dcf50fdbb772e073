"""A log that came after the last checkpoint and was rotated before the next start may have had lines: it is said."""

import os
from pathlib import Path

import pytest

from http_monitor.sources.rotation.unknown_logs import find_rotated_unknown
from tests.program import lines_now, run

_S = 1_000_000_000
_WRITTEN_NS = 1_790_000_000 * _S


def _file(path: Path, after_s: int = 0, data: bytes = b"line\n") -> str:
    """Write a file whose time is so many seconds after that of the checkpoint."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    time_ns = _WRITTEN_NS + after_s * _S
    os.utime(path, ns=(time_ns, time_ns))
    return str(path)


@pytest.mark.parametrize(
    "name", ["svc.log.1", "svc.log.2.gz", "svc-20261201.log", "svc.log-20261201", "svc.1.log", "svc.log.old"]
)
@pytest.mark.parametrize("pattern", ["*.log", "svc.log", "s[v]c*", "*"])
def test_what_rotation_made_of_an_unknown_log_since_the_checkpoint_is_found(
    tmp_path: Path, name: str, pattern: str
) -> None:
    path = _file(tmp_path / name)
    patterns, log = [str(tmp_path / pattern)], str(tmp_path / "svc.log")
    assert find_rotated_unknown(patterns, set(), {log}, _WRITTEN_NS) == [path]
    assert find_rotated_unknown(patterns, {log}, {log}, _WRITTEN_NS) == []
    assert find_rotated_unknown(patterns, set(), {log, path}, _WRITTEN_NS) == []


@pytest.mark.parametrize("pattern", ["*/svc.log", "*/*.log", "**/svc.log", "**"])
def test_every_directory_of_a_pattern_is_looked_into(tmp_path: Path, pattern: str) -> None:
    paths = [_file(tmp_path / directory / "svc.log.1") for directory in ("a", "b")]
    assert find_rotated_unknown([str(tmp_path / pattern)], set(), (), _WRITTEN_NS) == paths


@pytest.mark.parametrize(
    ("name", "after_s", "data"),
    [("svc.log.1", -3, b"line\n"), ("svc.log.1", 1, b""), ("other.txt.1", 1, b"line\n"), (".svc.log.1", 1, b"line\n")],
    ids=["older than the checkpoint", "empty", "of no pattern", "hidden"],
)
def test_files_that_hold_no_lines_of_it_are_not(tmp_path: Path, name: str, after_s: int, data: bytes) -> None:
    _file(tmp_path / name, after_s, data)
    assert find_rotated_unknown([str(tmp_path / "*.log")], set(), (), _WRITTEN_NS) == []


@pytest.mark.parametrize("given", ["*.log", "svc.log"], ids=["pattern", "absent"])
def test_after_a_restart_it_is_told_once_and_kept_in_the_health(tmp_path: Path, given: str) -> None:
    options = ("--state-dir", "state", "--output", "ndjson", "--duration", "1", "--from-start", "--file", given)
    assert run(*options, cwd=tmp_path).objects[-1]["health"]["maybe_lost"] is False
    log = tmp_path / "svc.log"
    log.write_bytes(lines_now(5))
    rotated = log.rename(tmp_path / "svc.log.1")
    log.write_bytes(lines_now(3))
    second = run(*options, cwd=tmp_path).objects
    told = [message for message in second if message["type"] == "notice" and message["name"] == "lost"]
    assert [message["message"] for message in told] == [
        "svc.log.1: rotated before a checkpoint knew the log, its lines may be lost"
    ]
    assert (second[-1]["hits"], second[-1]["health"]["maybe_lost"]) == (3, True)
    before_ns = rotated.stat().st_mtime_ns - 60 * _S
    os.utime(rotated, ns=(before_ns, before_ns))
    third = run(*options, cwd=tmp_path).objects
    assert [message for message in third if message["type"] == "notice" and message["name"] == "lost"] == []
    assert third[-1]["health"]["maybe_lost"] is True
