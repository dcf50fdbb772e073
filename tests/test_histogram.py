"""The buckets of durations: near enough to the numbers in them, whatever these are."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.counting.histogram import BUCKETS, bucket_of, middle_of, quantiles
from tests.examples import examples
from tests.reference.details import middle_of_bucket, nearest_rank

GREATEST = (1 << 63) - 1
_near_powers = st.tuples(st.integers(0, 62), st.integers(-2, 2)).map(lambda at: max(0, (1 << at[0]) + at[1]))
_numbers = st.one_of(
    st.integers(0, 300),
    st.integers(0, 10**8),
    _near_powers,
    st.integers(GREATEST - 2_000, GREATEST),
    st.integers(0, GREATEST),
)


def buckets_of(numbers: list[int]) -> list[int]:
    buckets: list[int] = bucket_of(np.array(numbers, np.int64)).tolist()
    return buckets


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(_numbers, min_size=1, max_size=40))
def test_the_middle_of_a_bucket_is_within_one_128th_of_each_number_in_it(numbers: list[int]) -> None:
    for number, bucket in zip(numbers, buckets_of(numbers), strict=True):
        assert 0 <= bucket < BUCKETS
        assert abs(middle_of(bucket) - number) * 128 <= number
        assert middle_of(bucket) == middle_of_bucket(number)


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(_numbers, min_size=1, max_size=60), st.integers(1, 100))
def test_a_quantile_is_within_one_128th_of_the_one_by_brute_force(numbers: list[int], percent: int) -> None:
    buckets = buckets_of(numbers)
    counts = [(bucket, buckets.count(bucket)) for bucket in set(buckets)]
    exact = nearest_rank(numbers, percent)

    (found,) = quantiles(counts, [percent])

    assert abs(found - exact) * 128 <= exact


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(_numbers, min_size=2, max_size=60))
def test_greater_numbers_are_in_no_lesser_bucket(numbers: list[int]) -> None:
    assert buckets_of(sorted(numbers)) == sorted(buckets_of(numbers))


def test_every_bucket_but_none_beyond_is_reached() -> None:
    middles = [middle_of(bucket) for bucket in range(BUCKETS)]

    assert buckets_of(middles) == list(range(BUCKETS))
    assert buckets_of([0, 127, 128, 129, 130, GREATEST]) == [0, 127, 128, 128, 129, BUCKETS - 1]


def test_nearest_ranks_are_numbers_that_are_there() -> None:
    assert quantiles([(number, 1) for number in range(1, 101)], (50, 95, 99, 100, 1)) == [50, 95, 99, 100, 1]
    assert quantiles([(7, 1)], (50, 95, 99)) == [7, 7, 7]
    assert quantiles([(3, 1), (9, 1)], (50, 51)) == [3, 9]
