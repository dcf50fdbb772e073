"""Files that cannot be opened because too many are open, and are gone before they can: lost, and said so."""

import gzip
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from http_monitor.sources.files.access import LocalFiles
from tests.following import Follow, Following, append, line, lines, rotate

Crowd = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def way() -> str:
    """Return the one reader that keeps descriptors."""
    return "direct"


@contextmanager
def crowded(left: int = 5) -> Iterator[None]:
    """Leave so many descriptors that a directory can be listed, but no other file is followed."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + left, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def _lag(tail: Following) -> int:
    return tail.tail.health().lag_bytes


def test_a_file_that_was_announced_and_never_opened_is_lost_when_it_is_gone(log: Path, follow: Follow) -> None:
    tail = follow(log, seen=True)
    with crowded():
        assert tail.read() == b""
        assert (tail.counters, _lag(tail)) == ((0, False, 0, 0), 300)
        log.unlink()
        assert tail.read() == b""
        assert (tail.counters, _lag(tail)) == ((300, True, 0, 0), 0)
    append(log, line(4))
    assert tail.read() == line(4)
    assert tail.counters[:2] == (300, True)
    assert tail.notices == [
        "too many files are open, waiting to open it",
        f"{log} is gone, and so are its unread lines",
        "missing, waiting for it",
        "readable again",
    ]


def test_what_was_there_before_it_was_announced_is_not_lost(log: Path, follow: Follow) -> None:
    tail = follow(log, seen=True, from_start=False)
    with crowded():
        tail.read()
        append(log, line(4))
        tail.read()
        log.unlink()
        tail.read()
        assert tail.counters == (100, True, 0, 0)


@pytest.mark.parametrize("replaced", [False, True])
def test_a_successor_that_was_never_opened_is_lost_when_it_is_gone(log: Path, follow: Follow, replaced: bool) -> None:
    tail = follow(log)
    tail.read()
    rotate(log)
    append(log, line(4))
    with crowded():
        assert tail.read() == b""
        assert (tail.counters[:2], _lag(tail)) == ((0, False), 100)
        # The inode is not used again.
        kept = log.with_name("other")
        kept.write_bytes(lines(5, 6))
        if replaced:
            kept.replace(log)
        else:
            log.unlink()
        assert tail.read() == b""
        assert (tail.counters[:2], _lag(tail)) == ((100, True), 200 if replaced else 0)
    if not replaced:
        kept.replace(log)
    assert tail.read_to_end() == lines(5, 6)
    assert tail.counters[:2] == (100, True)
    assert "a file of 100 bytes was gone before it could be opened, and its lines are lost" in tail.notices


def test_a_file_that_was_renamed_or_compressed_is_read_later(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    rotate(log)
    append(log, line(4))
    with crowded():
        tail.read()
        rotate(log)
        append(log, line(5))
        tail.read()
        second = log.with_name("access.log.1")
        log.with_name("access.log.1.gz").write_bytes(gzip.compress(second.read_bytes()))
        second.unlink()
        tail.read()
        assert tail.counters[:2] == (0, False)
    assert tail.read_to_end() == lines(4, 5)
    assert tail.counters[:2] == (0, False)


def test_nothing_is_concluded_where_the_directory_cannot_be_listed(log: Path, follow: Follow) -> None:
    tail = follow(log, seen=True)
    with crowded(0):
        tail.read()
        log.unlink()
        assert tail.read() == b""
        assert not LocalFiles().listing(str(log.parent)).is_complete
        assert tail.counters == (0, False, 0, 0)
    with crowded():
        tail.read()
        assert tail.counters == (300, True, 0, 0)


def test_a_directory_that_is_gone_has_no_files(tmp_path: Path) -> None:
    assert LocalFiles().listing(str(tmp_path / "gone")).is_complete
