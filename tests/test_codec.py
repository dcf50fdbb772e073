"""Columns of numbers and keys, as a checkpoint has them: what was saved comes back, and nothing else is believed."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from http_monitor.codec import counts, encode_integers, encode_keys, keys_of, sizes
from http_monitor.counting.groups import Piece
from http_monitor.counting.keys import Keys
from http_monitor.counting.tables.compact import PackedPiece
from http_monitor.sizes import Sizes

_COUNTS = st.lists(st.integers(0, 1 << 48) | st.integers(0, 300))


def _through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


@given(_COUNTS)
def test_counts_come_back(values: list[int]) -> None:
    assert counts(_through_json(encode_integers(np.array(values, np.int64))), len(values)).tolist() == values


@given(st.lists(st.integers(0, 1 << 100) | st.integers(0, 300)))
def test_sums_of_any_size_come_back(values: list[int]) -> None:
    fits = sum(values) < 1 << 62
    saved = encode_integers(np.array(values, np.int64 if fits else np.object_))
    assert sizes(_through_json(saved), len(values)).tolist() == values


@given(st.lists(st.binary(max_size=5)))
def test_keys_of_any_bytes_come_back(keys: list[bytes]) -> None:
    assert keys_of(_through_json(encode_keys(keys))) == keys


def test_numbers_take_as_many_bytes_as_the_greatest_needs() -> None:
    assert encode_integers(np.array([1, 255])) == "u1Af8="
    assert encode_integers(np.array([1, 256])) == "u2AQAAAQ=="
    assert encode_integers(np.array([], np.int64)) == "u1"
    assert encode_integers(np.array([1, 1 << 70], np.object_)) == [1, 1 << 70]


@pytest.mark.parametrize("wrong", ["", "u1", "u1Af8", "u1Af8=\n", "f8AAAAAAAAAAA=", "u2Af8AAA", "i1Af8=", [1, 2], None])
def test_what_are_no_two_counts_is_refused(wrong: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        counts(wrong, 2)


@pytest.mark.parametrize("wrong", ["u8" + "////" * 2 + "//8=", "u8AAAAAAAAAgA="])
def test_counts_beyond_all_reason_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"too great|surplus"):
        counts(wrong, 1)


def test_keys_whose_lengths_do_not_fit_are_refused() -> None:
    saved = encode_keys([b"ab", b"c"])
    with pytest.raises(ValueError, match="other lengths"):
        keys_of({**saved, "text": "abcd"})
    with pytest.raises(ValueError, match="other lengths"):
        keys_of({**saved, "text": "ab"})
    # Whose sum is 2, modulo 2 ** 64.
    with pytest.raises(ValueError, match="other lengths"):
        keys_of({"text": "ab", "lengths": encode_integers(np.array([1 << 62] * 4 + [2]))})


@given(st.lists(st.tuples(st.integers(1, 1 << 48), st.integers(0, 1 << 61) | st.integers(1 << 63, 1 << 90))))
def test_what_is_packed_is_the_same_and_leaves_the_arrays_it_came_from(rows: list[tuple[int, int]]) -> None:
    hits = np.array([hit for hit, _ in rows], np.int64)
    total = [size for _, size in rows]
    some: Sizes = np.array(total, np.object_)
    if sum(total) < 1 << 62:
        some = some.astype(np.int64)
    piece = Piece(Keys([b"k"] * len(rows)), np.arange(len(rows)), hits, some, hits // 2)
    packed_piece = PackedPiece.of(piece)
    for mine, theirs in ((packed_piece.hits, piece.hits), (packed_piece.sizes, piece.sizes)):
        assert not np.shares_memory(mine, theirs)
    again = packed_piece.piece()
    assert again.keys is piece.keys
    assert len(packed_piece) == len(again) == len(rows)
    for name in ("codes", "hits", "sizes", "errors"):
        assert getattr(again, name).tolist() == getattr(piece, name).tolist()
        assert getattr(again, name).dtype == getattr(piece, name).dtype
