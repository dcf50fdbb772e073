import errno
import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.ports.source import Chunk, Source
from http_monitor.sources.files.gzip_stream import Inflater
from http_monitor.sources.replay import ReplayFile
from tests.examples import examples

_LINES = b"".join(b"line %d of a log that compresses\n" % number for number in range(5_000))


def _all(source: ReplayFile) -> bytes:
    data = b""
    while True:
        chunk = source.read()
        data += chunk.data
        assert chunk.at_end == chunk.finished
        if chunk.finished:
            return data


def test_a_replayed_file_is_a_source(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\n")
    source: Source = ReplayFile(str(path))
    assert source.name == str(path)
    assert source.wants_poll_s() == 0.0
    source.close()


def test_a_plain_file_is_read_in_pieces_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"12345\n" * 5)
    source = ReplayFile(str(path), read_bytes=14)
    assert source.read() == Chunk(data=b"12345\n12345\n", at_end=False)
    assert source.health().lag_bytes == 16
    assert _all(source) == b"12345\n" * 3
    assert source.health().lag_bytes == 0
    assert source.failure is None


def test_a_last_line_without_newline_is_handed_on(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\ntwo")
    assert _all(ReplayFile(str(path))) == b"one\ntwo\n"


def test_an_empty_file_is_finished_at_once(tmp_path: Path) -> None:
    for name in ("a.log", "a.log.gz"):
        (tmp_path / name).touch()
        source = ReplayFile(str(tmp_path / name))
        assert source.read() == Chunk(data=b"", at_end=True, finished=True)
        assert source.read() == Chunk(data=b"", at_end=True, finished=True)
        assert source.failure is None


def test_a_line_longer_than_the_limit_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"x" * 50 + b"\nshort\n" + b"y" * 50)
    assert _all(ReplayFile(str(path), limit=10, read_bytes=7)) == b"x" * 11 + b"\nshort\n" + b"y" * 11 + b"\n"


@pytest.mark.parametrize("name", ["a.log.gz", "rotated"])
def test_an_archive_is_known_by_its_first_bytes(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(_LINES))
    source = ReplayFile(str(path), read_bytes=1_000)
    assert _all(source) == _LINES
    assert source.failure is None


def test_an_archive_of_several_members_with_padding_is_one_log(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"one\ntw") + gzip.compress(b"o\n") + b"\0" * 600 + gzip.compress(b"three"))
    assert _all(ReplayFile(str(path))) == b"one\ntwo\nthree\n"


def test_what_a_truncated_archive_holds_is_handed_on_before_the_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    archive = gzip.compress(_LINES)
    path.write_bytes(archive[: len(archive) // 2])
    source = ReplayFile(str(path), read_bytes=10_000)
    data = _all(source)
    assert 10_000 < len(data) < len(_LINES)
    assert _LINES.startswith(data[:-1])
    assert str(source.failure) == f"{path} is a broken gzip archive (ends in the middle)"


def test_what_stands_before_the_flaw_of_a_corrupt_archive_is_handed_on(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    archive = bytearray(gzip.compress(_LINES))
    archive[-8] ^= 0xFF  # the checksum, so that every byte before it is good
    path.write_bytes(archive)
    source = ReplayFile(str(path))
    assert _all(source) == _LINES
    assert str(source.failure) == f"{path} is a broken gzip archive (incorrect data check)"


def test_a_file_that_only_calls_itself_an_archive_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(b"a plain line\n")
    source = ReplayFile(str(path))
    assert _all(source) == b""
    assert str(source.failure) == f"{path} is a broken gzip archive (incorrect header check)"


def test_a_file_that_went_away_after_the_check_is_a_failure(tmp_path: Path) -> None:
    source = ReplayFile(str(tmp_path / "gone\n.log"))
    assert source.read() == Chunk(data=b"", at_end=True, finished=True)
    assert str(source.failure) == f"{tmp_path}/gone\\x0a.log is missing"


def test_a_file_that_cannot_be_read_on_ends_with_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\ntwo\n")
    source = ReplayFile(str(path), read_bytes=6)
    assert source.read().data == b"one\n"
    assert source._descriptor is not None
    writer = os.open(path, os.O_WRONLY)
    os.dup2(writer, source._descriptor)  # its bytes cannot be read
    os.close(writer)
    assert source.read() == Chunk(data=b"tw\n", at_end=True, finished=True)
    assert str(source.failure) == f"{path} cannot be read (Bad file descriptor)"


@settings(max_examples=examples(60))
@given(
    st.lists(st.binary(max_size=60), min_size=1, max_size=4),
    st.integers(1, 40),
    st.one_of(st.none(), st.tuples(st.integers(0, 400), st.integers(1, 255))),
)
def test_an_archive_gives_the_same_however_it_is_cut(
    members: list[bytes], step: int, damage: tuple[int, int] | None
) -> None:
    archive = bytearray(b"".join(gzip.compress(member, mtime=0) for member in members))
    if damage is not None:
        archive[damage[0] % len(archive)] ^= damage[1]
    whole, pieces = Inflater(), Inflater()
    expected = whole.feed(bytes(archive))
    whole.finish()
    data = b"".join(pieces.feed(bytes(archive[at : at + step])) for at in range(0, len(archive), step))
    pieces.finish()
    assert (data, pieces.flaw) == (expected, whole.flaw)
    if damage is None:
        assert (data, pieces.flaw) == (b"".join(members), "")


@pytest.mark.parametrize("has_tail", [True, False])
def test_a_read_of_a_large_file_ends_with_a_line_if_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_tail: bool
) -> None:
    def no_device(descriptor: int, count: int, offset: int) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    if not has_tail:
        monkeypatch.setattr(os, "pread", no_device)
    path = tmp_path / "a.log"
    lines = [b"%d\n" % number * 50 for number in range(10_000, 15_000)]
    lines[2_000] = b"x" * 200_000 + b"\n"
    content = b"".join(lines)
    path.write_bytes(content)
    source = ReplayFile(str(path), limit=1 << 20, read_bytes=300_000)
    data, held, finished = b"", [], False
    while not finished:
        chunk = source.read()
        data, finished = data + chunk.data, chunk.finished
        position = source.position()
        assert position is not None
        assert position["files"][0]["offset"] == len(data)
        held.append(len(content) - len(data) - source.health().lag_bytes)
    assert data == content
    # Bytes taken that belong to a line which the next read completes.
    assert (max(held) > 0) == (not has_tail)
