"""Rows that were written down come back as they were, and what was damaged does not come back at all."""

import contextlib
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.codec import decode_file
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.eventtime.row_codec import decode_rows, encode_rows
from http_monitor.eventtime.rows import FATES, Rows
from http_monitor.parser.formats import get_format
from http_monitor.records import FileOffsets, LogFile
from tests.engine_strategies import START_S, held_logs, log_line, logs, many_key_logs
from tests.examples import examples

_US_PER_S = 1_000_000
_FILES = (LogFile("a.log", "a.log.1", (1, (1 << 64) - 1)), LogFile("-", "\udcff", None))


def _rows(data: bytes) -> list[Rows]:
    """Return what a gate lets through of a log that is read at once."""
    parsed = get_format("auto").parse(data)
    times = parsed.rows.column("time").to_numpy(zero_copy_only=False).view(np.int64)
    ahead_filter = AheadFilter(60 * _US_PER_S)
    return [*ahead_filter.admit(parsed, times, None), *ahead_filter.release(None)]


def _caught_up(data: bytes) -> Rows:
    """Return what a gate lets through of lines that were read as they were written."""
    parsed = get_format("auto").parse(data)
    times = parsed.rows.column("time").to_numpy(zero_copy_only=False).view(np.int64)
    (rows,) = AheadFilter(60 * _US_PER_S).admit(parsed, times, START_S * _US_PER_S)
    return rows


@settings(max_examples=examples(80), deadline=None)
@given(st.one_of(logs(), held_logs(), many_key_logs()), st.integers(0, 300), st.integers(0, 300))
def test_rows_come_back_as_they_were(data: bytes, one: int, other: int) -> None:
    for rows in _rows(data):
        some = rows.part(min(one, other, len(rows)), min(max(one, other), len(rows)))
        for given_rows in (rows, some):
            back = decode_rows(encode_rows(given_rows))
            assert back.batch.schema == given_rows.batch.schema
            assert back.batch.to_pylist() == given_rows.batch.to_pylist()
            assert back.time_us.tolist() == given_rows.time_us.tolist()
            assert back.time_us.dtype == given_rows.time_us.dtype
            for there, before in ((back.after, given_rows.after), (back.looks, given_rows.looks)):
                lacks = before is None or not before.any()
                assert (there is None) == lacks
                if there is not None and before is not None:
                    assert there.tolist() == before.tolist()
                    assert there.dtype == before.dtype
            assert back.lead == given_rows.lead


def test_of_a_large_dictionary_only_the_keys_in_use_are_written() -> None:
    (rows,) = _rows(b"".join(log_line(START_S, b"host%06d" % number) + b"\n" for number in range(10_000)))
    assert len(rows) == 10_000
    assert len(encode_rows(rows.part(5, 8))) < 7_000


@pytest.mark.parametrize("good", [0, 1, 2])
def test_malformed_lines_before_between_and_after_rows_come_back(good: int) -> None:
    bad = b"junk\n"
    rows = _caught_up(3 * bad + good * (log_line(START_S) + b"\n" + 2 * bad))
    back = decode_rows(encode_rows(replace(rows, lead=(3, 1, 0, 0, 7, -2))))
    assert (len(back), back.lead) == (good, (3, 1, 0, 0, 7, -2))
    assert good == 0 or (back.after is not None and back.after.tolist() == [[2] * good, *[[0] * good] * 5])


def _two_lines() -> Rows:
    """Return rows with a column for whatever is not the same in most logs."""
    rows = _caught_up(log_line(START_S, b"a") + b"\n" + log_line(START_S, b"b") + b"\n")
    some = np.array([0, 1])
    offsets = FileOffsets(_FILES, np.array([1, -1], np.int32), np.array([1 << 40, -1]))
    return Rows(rows.batch, rows.time_us + 1, np.array([some] * len(FATES)), looks=some, offsets=offsets)


def test_where_lines_stand_comes_back() -> None:
    back = decode_rows(encode_rows(_two_lines().part(0, 2))).offsets
    assert isinstance(back, FileOffsets)
    assert (back.files, back.file.tolist(), back.offset.tolist()) == (_FILES, [1, -1], [1 << 40, -1])
    assert (str(back.file.dtype), str(back.offset.dtype)) == ("int32", "int64")
    assert decode_rows(encode_rows(_caught_up(log_line(START_S) + b"\n"))).offsets is None


@pytest.mark.parametrize(("file", "offset"), [(2, 0), (-2, 0), (0, -2)])
def test_a_place_that_there_is_not_is_refused(file: int, offset: int) -> None:
    offsets = FileOffsets(_FILES, np.array([0, file], np.int32), np.array([0, offset]))
    with pytest.raises(ValueError, match="a place in a file that there is not"):
        decode_rows(encode_rows(replace(_two_lines(), offsets=offsets)))


@pytest.mark.parametrize(
    "given",
    [
        {"source": "a", "path": 1, "identity": None},
        {"source": "a", "path": "a", "identity": [1]},
        {"source": "a", "path": "a", "identity": [-1, 1]},
        {"source": "a", "path": "a"},
        None,
    ],
)
def test_what_is_no_file_is_refused(given: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        decode_file(given)


@settings(max_examples=examples(150), deadline=None)
@given(st.integers(0, 1 << 30), st.binary(min_size=1, max_size=4))
def test_damaged_rows_are_refused_or_still_rows(seed: int, junk: bytes) -> None:
    chance = random.Random(seed)
    data = bytearray(encode_rows(_two_lines()))
    place = chance.randrange(len(data))
    data[place : place + len(junk)] = junk
    if chance.random() < 0.3:
        del data[chance.randrange(len(data)) :]
    with contextlib.suppress(ValueError):
        back = decode_rows(bytes(data))
        assert len(back.batch) == len(back.time_us)
        assert back.after is None or back.after.shape == (len(FATES), len(back.time_us))
        assert back.looks is None or len(back.looks) == len(back.time_us)


@pytest.mark.parametrize("column", ["host", "status", "#time", "#look", "#file", "#offset", "#malformed_after"])
def test_a_row_that_lacks_what_each_row_has_is_refused(column: str) -> None:
    with pa.ipc.open_stream(encode_rows(_two_lines())) as reader:
        (batch,) = list(reader)
    columns = batch.columns
    place = batch.schema.get_field_index(column)
    columns[place] = pa.array([None, None], batch.schema.field(place).type)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(pa.record_batch(columns, schema=batch.schema))
    with pytest.raises(ValueError, match="without what each row has"):
        decode_rows(sink.getvalue().to_pybytes())


@pytest.mark.parametrize("data", [b"", b"\xff" * 40, b"{}"])
def test_what_are_no_rows_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        decode_rows(data)


def test_columns_that_say_nothing_are_left_out() -> None:
    line = b'192.0.2.1 - - [01/Jan/2024:00:00:00 +0000] "GET /a HTTP/1.1" 200 5\n'
    with pa.ipc.open_stream(encode_rows(_caught_up(2 * line))) as reader:
        assert reader.schema.names == ["time", "host", "section", "path", "method", "status", "size_bytes", "lacks"]
    nobody = encode_rows(_two_lines().part(0, 0))
    with pa.ipc.open_stream(nobody) as reader:
        assert reader.schema.names == []
    assert len(decode_rows(nobody)) == 0
