"""What is called beneath the methods of Arrow's arrays gives what the methods give, also where they are not found."""

import subprocess
import sys
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.arrow import (
    add_columns,
    are_among,
    are_null,
    arrow_of,
    encode,
    fill_nulls,
    groups_of,
    keep,
    place_of,
    search,
    take,
    with_text,
)
from tests.examples import examples
from tests.program import DEADLINE_S, ROOT, environment

TEXTS = st.lists(st.none() | st.sampled_from([b"", b"-", b"a", b"\xff\n", b"long" * 9]), min_size=1, max_size=40)
KINDS: list[Any] = [pa.int8(), pa.int16(), pa.int32(), pa.int64()]


@settings(max_examples=examples(100))
@given(TEXTS, st.data())
def test_functions_give_what_methods_give(texts: list[bytes | None], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(texts) - 1))
    values: Any = pa.array([b"before", *texts], pa.binary()).slice(1 + first)
    count = len(values)
    keys, batch = values.dictionary_encode(), pa.record_batch([values, values.dictionary_encode()], ["text", "key"])
    places = data.draw(st.lists(st.integers(0, count - 1), max_size=50))
    wanted = np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)), np.bool_)

    assert encode(values).equals(keys)
    assert are_null(values).tolist() == [value is None for value in values.to_pylist()]
    for some in (values, keys, batch, pa.Table.from_batches([batch, batch])):
        for kind in (np.uint8, np.int32, np.int64):
            assert take(some, np.array(places, kind)).equals(some.take(pa.array(places, pa.int64())))
    with_null = pa.array([None, *places], pa.int32())
    assert take(values, with_null).equals(values.take(with_null))
    assert keep(values, wanted).equals(values.filter(pa.array(wanted)))
    assert keep(batch, wanted).equals(batch.filter(pa.array(wanted)))
    plain = values.drop_null()
    for text in (b"a", b"-", b"unheard of"):
        assert place_of(text, plain) == (plain.to_pylist().index(text) if text in plain.to_pylist() else -1)
    wanted_texts = pa.array([b"-", b"a", b"unheard of"], pa.binary())
    assert are_among(values, wanted_texts).tolist() == [value in (b"-", b"a") for value in values.to_pylist()]
    assert with_text(values, b"none").equals(values.fill_null(b"none"))


def test_texts_are_searched_for_patterns_and_their_groups() -> None:
    values = pa.array([b"", None, b"/a?b", b"\xff?"], pa.binary())
    assert search(values, rb"\?").tolist() == [False, None, True, True]
    groups = groups_of(pa.array([b"/a?b", b"/a", None], pa.binary()), r"(?P<path>[^?]*)\?(?P<query>.*)")
    assert groups.to_pylist() == [{"path": b"/a", "query": b"b"}, None, None]


def test_numbers_are_added_where_both_are_there() -> None:
    assert add_columns(pa.array([1, None, 3]), pa.array([10, 20, None])).to_pylist() == [11, None, None]


@settings(max_examples=examples(50))
@given(st.lists(st.none() | st.integers(0, 100), min_size=1, max_size=40), st.data())
def test_numbers_come_and_go_with_their_nulls(numbers: list[int | None], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(numbers) - 1))
    for kind in KINDS:
        array = pa.array(numbers, kind)
        found = fill_nulls(array.slice(first), -1)
        assert found.tolist() == [-1 if number is None else number for number in numbers[first:]]
        assert found.dtype == np.dtype(str(kind))
        assert arrow_of(fill_nulls(array, -1), kind, are_null(array)).equals(array)
        assert arrow_of(fill_nulls(array, 7), kind).equals(array.fill_null(7))


def test_a_place_that_is_not_there_is_an_error() -> None:
    with pytest.raises(pa.ArrowIndexError):
        take(pa.array([b"a"], pa.binary()), np.array([1]))


def test_where_the_undocumented_module_is_gone_the_documented_one_serves() -> None:
    code = (
        "import sys, pyarrow as pa, pyarrow.compute\n"
        "sys.modules['pyarrow._compute'] = None\n"
        "from http_monitor.arrow import encode, place_of\n"
        "keys = encode(pa.array([b'a', b'b', b'a'], pa.binary()))\n"
        "print(keys.indices.to_pylist(), place_of(b'b', keys.dictionary))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment(), cwd=ROOT, timeout=DEADLINE_S, text=True
    )
    assert (done.stdout, done.stderr) == ("[0, 1, 0] 1\n", "")
