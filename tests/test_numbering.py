"""Keys that many batches share are numbered, within a bound, without any effect on the output."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings

from http_monitor.counting import keys
from http_monitor.counting import window_hosts as hosts
from http_monitor.counting.keys import _PASSED_KEYS, MAX_NUMBERED, Codes, Keys, Numbering, Numberings
from http_monitor.counting.tables import batches as pieces
from tests.examples import examples
from tests.harness import replay, settings_of
from tests.reference.engine import Options
from tests.test_law_cuts import cut_logs


def test_a_key_has_the_same_number_in_every_batch() -> None:
    numbering = Numbering()
    assert numbering.numbers_of([b"a", b"b"]).tolist() == [0, 1]
    assert numbering.numbers_of([b"c", b"b", b""]).tolist() == [2, 1, 3]
    assert numbering.keys.values() == [b"a", b"b", b"c", b""]


def test_codes_of_two_batches_become_numbers_of_the_same_keys() -> None:
    numbering = Numbering()
    first, second = Keys([b"a", b"b"], None, numbering), Keys([b"b", b"c"], None, numbering)
    shared, numbers = first.to_shared(numbering.numbers_of([]))
    assert (shared, numbers.tolist()) == (numbering.keys, [])
    codes = numbering.numbers_of([b"b", b"a"])
    assert [shared.values()[number] for number in second.to_shared(codes)[1].tolist()] == [b"c", b"b"]
    alone = Keys([b"a"])
    assert alone.to_shared(codes)[0] is alone


@pytest.mark.parametrize("codes", [[2, 0], [0, 1, 2], [2, 1, 0, 1], []])
def test_keys_behind_codes_are_the_same_however_the_keys_are_kept(codes: list[int]) -> None:
    names = [b"a", b"\xff b", b""]
    packed, released = Keys.pack(names), Keys(None, pa.array(names, pa.binary()).slice(0))
    released.release()
    for kind in (np.int8, np.int32, np.int64):
        some: Codes = np.array(codes, kind)
        for kept in (Keys(names), Keys(None, pa.array([b"-", *names], pa.binary()).slice(1)), packed, released):
            assert kept.at(some) == [names[code] for code in codes]


def test_a_numbering_that_has_got_long_is_followed_by_another() -> None:
    numberings = Numberings()
    numbering = numberings.choose("hosts", 10, 10)
    assert numbering is not None
    numbering.numbers_of(b"%d" % number for number in range(MAX_NUMBERED))
    assert numberings.choose("hosts", 10, 10) is numbering
    numbering.numbers_of([b"one more"])
    following = numberings.choose("hosts", 10, 10)
    assert following is not None
    assert (following is numbering, len(following.keys)) == (False, 0)
    assert numberings.choose("endpoints", 10, 10) is not following


def test_keys_that_do_not_come_again_are_numbered_for_a_while_only() -> None:
    numberings = Numberings()
    tried = numberings.choose("hosts", 15_000, 15_000)
    assert tried is not None
    tried.numbers_of(b"%d" % number for number in range(15_000))
    assert numberings.choose("hosts", 15_000, 15_000) is tried
    tried.numbers_of(b"%d" % number for number in range(15_000, 20_001))
    assert tried.is_useless
    for _ in range(_PASSED_KEYS // 20_000):
        assert numberings.choose("hosts", 20_000, 20_000) is None
        # Where each key comes often in a batch, and of other dimensions, they are numbered all the same.
        assert numberings.choose("hosts", 5_000, 20_000) is not None
        assert numberings.choose("endpoints", 20_000, 20_000) is not None
    assert numberings.choose("hosts", 20_000, 20_000) is not None


def test_keys_that_come_again_in_later_batches_are_numbered_however_few_rows_they_have_in_each() -> None:
    numberings = Numberings()
    for _ in range(100):
        numbering = numberings.choose("hosts", 1_000, 1_000)
        assert numbering is not None
        assert not numbering.is_useless
        numbering.numbers_of(b"%d" % number for number in range(1_000))


@pytest.mark.parametrize(("most_numbered", "few_keys", "rows_per_key"), [(0, 0, 0), (3, 0, 0), (20_000, 0, 1_000)])
@settings(max_examples=examples(10), deadline=None)
@given(cut_logs())
def test_no_message_depends_on_what_is_numbered(
    most_numbered: int, few_keys: int, rows_per_key: int, case: tuple[list[bytes], list[list[bytes]], Options]
) -> None:
    _, batches, options = case
    chosen = settings_of(options, replay=True)
    expected = replay(batches, chosen).messages
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "MAX_NUMBERED", most_numbered)
        patch.setattr(keys, "_FEW_KEYS", few_keys)
        patch.setattr(keys, "_ROWS_PER_KEY", rows_per_key)
        patch.setattr(hosts, "_FEW_KEYS", 0)
        patch.setattr(pieces, "_MAX_WAITING", 1)
        assert replay(batches, chosen).messages == expected
