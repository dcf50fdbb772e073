"""The estimate of distinct keys: near to the truth, and a function of the set of keys alone."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.counting.tables.distinct import ERROR_RATIO, REGISTERS, DistinctKeys, estimate_of, hashes_of
from http_monitor.counting.tables.table import KeyTable
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import ndjson, replay
from tests.reference import distinct as reference
from tests.test_law_buckets import Line, groups_of

_keys = st.one_of(
    st.binary(max_size=20),
    st.binary(min_size=36, max_size=44),
    st.ip_addresses().map(lambda address: str(address).encode()),
    st.integers(0, 30).map(lambda zeros: b"a" + b"\0" * zeros + b"b"),
)


def sketch_of(keys: list[bytes]) -> DistinctKeys:
    sketch = DistinctKeys()
    sketch.add(keys)
    return sketch


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(_keys, max_size=60))
def test_hashes_and_estimate_are_those_of_the_slow_way(keys: list[bytes]) -> None:
    assert hashes_of(keys).tolist() == [reference.hash_of(key) for key in keys]
    assert sketch_of(keys).estimate() == reference.estimate(keys)


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(_keys, min_size=1, max_size=60), st.randoms())
def test_order_cuts_and_repeats_of_keys_mean_nothing(keys: list[bytes], chance: random.Random) -> None:
    others = [*keys, *chance.choices(keys, k=5)]
    chance.shuffle(others)
    cut = chance.randrange(len(others))
    in_parts = DistinctKeys()
    in_parts.add(others[:cut])
    in_parts.add(others[cut:])
    assert in_parts.save() == sketch_of(keys).save()


@pytest.mark.parametrize("count", [1, 10, 1_000, 20_000, 100_000, 1_000_000])
@pytest.mark.parametrize("prefix", [b"10.", b"2001:db8::", b"host-"])
def test_an_estimate_is_within_its_error(count: int, prefix: bytes) -> None:
    # Fixed keys, so this cannot fail by chance; of three times six estimates all are within two standard errors.
    found = sketch_of([prefix + b"%d.%d" % divmod(number, 251) for number in range(count)]).estimate()
    assert abs(found - count) <= ERROR_RATIO * count


def test_the_error_over_many_sets_is_that_of_the_method() -> None:
    errors = []
    for trial in range(50):
        found = sketch_of([b"%d-%d" % (trial, number) for number in range(150_000)]).estimate()
        errors.append((found - 150_000) / 150_000)
    # The standard error is ERROR_RATIO / 2; nearly all are within twice that, and there is no bias.
    assert 0.7 * ERROR_RATIO / 2 < float(np.std(errors)) < 1.3 * ERROR_RATIO / 2
    assert abs(float(np.mean(errors))) < 0.003
    assert sum(abs(error) <= ERROR_RATIO for error in errors) >= 44


@pytest.mark.parametrize(
    ("counts", "least", "most"),
    [
        ([REGISTERS, *[0] * 51], 0, 0),
        ([REGISTERS - 1, 1, *[0] * 50], 0.99, 1.01),
        ([*[0] * 51, REGISTERS], 1e300, float("inf")),
    ],
)
def test_no_and_all_registers_that_are_full_have_an_estimate(counts: list[int], least: float, most: float) -> None:
    try:
        found = estimate_of(counts)
    except ZeroDivisionError:
        found = float("inf")
    assert least <= found <= most


@pytest.mark.parametrize("given_text", ["", "AAAA", None, 3, "é", "/" * 21848])
def test_what_is_no_sketch_is_refused(given_text: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        DistinctKeys.load(given_text)


def test_a_saved_sketch_continues() -> None:
    keys = [b"%d" % number for number in range(5_000)]
    half = DistinctKeys.load(sketch_of(keys[:2_500]).save())
    half.add(keys[2_500:])
    assert half.save() == sketch_of(keys).save()


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=20), min_size=1, max_size=6), st.integers(0, 6))
def test_a_table_that_was_cut_knows_of_every_key_it_ever_had(batches: list[list[int]], saved_after: int) -> None:
    table, every = KeyTable(5, counts_distinct=True), []
    for number, batch in enumerate(batches):
        names = [b"h%d" % key for key in batch]
        every += names
        table.add(groups_of([Line(name, b"/", None, 200, 0) for name in names]), "hosts", 0)
        if number == saved_after:
            table = KeyTable.load(table.save(), 5, counts_distinct=True)
    if len(set(every)) <= 10:
        assert "distinct" not in table.save()
        assert table.distinct == len(set(every))
    else:
        assert table.save()["distinct"] == sketch_of(every).save()


def test_distinct_hosts_are_exact_up_to_the_cut_and_say_how_exact_they_are_beyond() -> None:
    lines = [log_line(START_S + number // 100, b"h%d" % (number % 40)) for number in range(1_000)]
    exact, beyond = (
        replay([[b"\n".join(lines[:count]) + b"\n"]], Settings(replay=True, max_keys=1)) for count in (20, 1_000)
    )
    assert (exact.reports[0].distinct_hosts, exact.reports[0].hosts.distinct_error) == (20, 0)
    assert "distinct_hosts_error" not in ndjson(exact.messages)
    assert (beyond.reports[0].distinct_hosts, beyond.reports[0].hosts.distinct_error) == (40, 1)
    assert '"distinct_hosts":40' in ndjson(beyond.messages)
    assert ndjson(beyond.messages).count('"distinct_hosts_error":1') == 1
    assert (beyond.summary.hosts.distinct, beyond.summary.hosts.distinct_error) == (40, 1)
