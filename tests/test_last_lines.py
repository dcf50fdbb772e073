from pathlib import Path

import pytest

from http_monitor.sources.files.access import LocalFiles
from http_monitor.sources.files.last_lines import tail_sample


def _sample(path: Path, limit: int) -> list[bytes]:
    return tail_sample(LocalFiles(), str(path), limit)


def test_a_sample_is_the_last_whole_lines(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"old\ntwo\nthree\nhalf")
    assert _sample(log, 10) == [b"old\n", b"two\n", b"three\n"]
    assert _sample(log, 2) == [b"two\n", b"three\n"]
    assert _sample(log, 0) == []


@pytest.mark.parametrize("first", [b"x" * 200 + b"\n", b"x" * 201 + b"\n"])
def test_a_sample_never_begins_inside_a_line(tmp_path: Path, first: bytes) -> None:
    path = tmp_path / "big.log"
    lines = [b"%015d\n" % number for number in range(4_096)]  # 64 KiB exactly
    path.write_bytes(first + b"".join(lines))
    assert _sample(path, 10_000) == lines
    with path.open("ab") as file:
        file.write(b"more\n")
    assert _sample(path, 10_000) == [*lines[1:], b"more\n"]


def test_there_is_no_sample_of_what_cannot_be_read(tmp_path: Path) -> None:
    assert _sample(tmp_path, 5) == []
    assert _sample(tmp_path / "missing", 5) == []
    (tmp_path / "empty").touch()
    assert _sample(tmp_path / "empty", 5) == []
