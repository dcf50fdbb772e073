import gzip
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.sources.files.access import LocalFiles
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.rotation.gzip_archive import GzHandle
from tests.examples import examples


def _open(path: Path) -> GzHandle:
    opened = LocalFiles().open(str(path))
    assert not isinstance(opened, Obstacle)
    return GzHandle(opened[0])


@settings(max_examples=examples(40), deadline=None)
@given(
    st.integers(0, 400_000),
    st.lists(st.tuples(st.integers(0, 410_000), st.integers(0, 200_000)), max_size=8),
    st.integers(1, 3),
)
def test_any_part_is_what_the_content_has_there(
    tmp_path_factory: pytest.TempPathFactory, size: int, reads: list[tuple[int, int]], members: int
) -> None:
    content = random.Random(size).randbytes(size // 2) + bytes(size - size // 2)
    path = tmp_path_factory.mktemp("gz") / "log.gz"
    edges = [size * member // members for member in range(members + 1)]
    path.write_bytes(b"".join(gzip.compress(content[edges[n] : edges[n + 1]]) for n in range(members)))
    handle = _open(path)
    for offset, most in reads:
        assert handle.read(offset, most) == content[offset : offset + most]
    handle.read(0, size + 1)
    assert handle.status().size == size
    assert handle.flaw == ""
    handle.close()


def test_the_size_is_what_the_archive_says_until_its_end_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(b"x" * 100_000))
    handle = _open(path)
    assert handle.status().size == 100_000
    handle.close()


def test_no_more_than_a_little_of_a_large_archive_is_held(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(bytes(50 << 20)))
    handle = _open(path)
    assert handle.read(40 << 20, 10) == bytes(10)
    assert len(handle._buffer) < 20 << 20
    handle.close()


def test_a_broken_archive_holds_what_is_before_its_flaw(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    content = random.Random(1).randbytes(100_000)
    path.write_bytes(gzip.compress(content)[:60_000])
    handle = _open(path)
    held = handle.read(0, 200_000)
    assert content.startswith(held)
    assert len(held) > 50_000
    assert handle.flaw == "ends in the middle"
    assert handle.status().size == len(held)
    handle.close()
