"""Open buckets that wait as arrays are the buckets that would have been made of their rows."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.counting import open_buckets as opened
from http_monitor.counting.bucket import MetricsBucket
from http_monitor.counting.frame import WINDOW_DIMENSIONS, Frame
from http_monitor.counting.groups import FrameGroups
from http_monitor.counting.open_buckets import OpenBuckets
from http_monitor.eventtime.rows import Rows
from http_monitor.records import SCHEMA
from tests import engine_strategies
from tests.examples import examples
from tests.harness import replay, settings_of
from tests.reference.engine import Options
from tests.test_law_cuts import cut_logs

_CAP = 1_000
_FAR = 1 << 40


@dataclass(frozen=True)
class Row:
    """One row of a batch."""

    start: int
    host: bytes
    status: int
    size_bytes: int


_rows = st.builds(
    Row, st.integers(0, 40), st.sampled_from((b"a", b"b", b"c")), st.sampled_from((200, 503)), st.integers(0, 9)
)
_batches = st.lists(_rows, min_size=1, max_size=30)
_closes = st.tuples(st.integers(-1, 41), st.integers(0, 12))


def grouped(rows: list[Row]) -> tuple[FrameGroups, "np.typing.NDArray[np.int64]"]:
    records = [
        {"time": 0, "host": row.host, "section": b"/", "status": row.status, "size_bytes": row.size_bytes}
        for row in rows
    ]
    batch = pa.RecordBatch.from_pylist(records, schema=SCHEMA)
    none = np.zeros(len(rows), np.int64)
    starts, group_of = np.unique(np.array([row.start for row in rows], np.int64), return_inverse=True)
    frame = Frame.of(Rows(batch, none)).only(WINDOW_DIMENSIONS)
    return FrameGroups(frame, group_of, len(starts)), starts


def _model_add(model: dict[int, MetricsBucket], rows: list[Row]) -> None:
    groups, starts = grouped(rows)
    for index, start in enumerate(starts.tolist()):
        model.setdefault(start, MetricsBucket(start, _CAP)).add(groups, index)


@pytest.mark.parametrize("few", [0, 3, 100])
@settings(max_examples=examples(35), deadline=None)
@given(steps=st.lists(st.one_of(_batches, _closes), max_size=8))
def test_they_close_as_buckets_that_were_made_at_once(few: int, steps: list[list[Row] | tuple[int, int]]) -> None:
    buckets, model = OpenBuckets(_CAP), dict[int, MetricsBucket]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opened, "MAX_MADE_AT_ONCE", few)
        for step in [*steps, (_FAR, _FAR)]:
            if isinstance(step, list):
                buckets.add(*grouped(step))
                _model_add(model, step)
            else:
                last, back = step
                going = sorted(start for start in model if start <= last)
                wanted = [model[start] for start in going if start >= last - back]
                for start in going:
                    del model[start]
                closed = buckets.close(last, last - back)
                assert [bucket.start_us for bucket in closed] == [bucket.start_us for bucket in wanted]
                assert closed == wanted
            assert (len(buckets), buckets.first_us, buckets.last_us) == (
                len(model),
                min(model, default=None),
                max(model, default=None),
            )
            totals = sorted(zip(*(column.tolist() for column in buckets.totals()), strict=True))
            assert totals == sorted((bucket.start_us, bucket.hits, bucket.errors) for bucket in model.values())


@settings(max_examples=examples(20), deadline=None)
@given(first=_batches, second=_batches, last=st.integers(0, 40))
def test_to_look_at_them_in_order_changes_none(first: list[Row], second: list[Row], last: int) -> None:
    looked_at, left_alone = OpenBuckets(_CAP), OpenBuckets(_CAP)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opened, "MAX_MADE_AT_ONCE", 0)
        for buckets in (looked_at, left_alone):
            buckets.add(*grouped(first))
            buckets.close(last, last)
            if buckets is looked_at:
                assert [bucket.start_us for bucket in buckets.iter_ascending()] == sorted(
                    {row.start for row in first if row.start > last}
                )
            buckets.add(*grouped(second))
        assert looked_at.close(_FAR, 0) == left_alone.close(_FAR, 0)


@settings(max_examples=examples(15), deadline=None)
@given(cut_logs())
def test_no_message_depends_on_which_of_them_are_made(
    case: tuple[list[bytes], list[list[bytes]], Options],
) -> None:
    _, pieces, options = case
    chosen = settings_of(options, replay=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opened, "MAX_MADE_AT_ONCE", 0)
        as_arrays = replay(pieces, chosen).messages
        patch.setattr(opened, "MAX_MADE_AT_ONCE", 1_000_000)
        assert replay(pieces, chosen).messages == as_arrays


def test_in_a_quiet_log_only_buckets_that_are_examined_are_made() -> None:
    seconds = np.arange(0, 30_000, 10)
    lines = [engine_strategies.log_line(engine_strategies.START_S + int(second)) for second in seconds]
    made = 0

    class Counted(MetricsBucket):
        def __init__(self, start_us: int, cap: int) -> None:
            nonlocal made
            made += 1
            super().__init__(start_us, cap)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opened, "MetricsBucket", Counted)
        recorder = replay([[b"\n".join(lines)]], settings_of(Options(interval_s=3_600), replay=True))
    assert recorder.summary.hits == 3_000
    # Those of the two windows of 120 s that a report tells of, at most, and the last ones.
    assert made <= 10 * 13
