"""Malformed lines of sparse logs: no close is passed over at which their share crosses its threshold."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import run_replay
from tests.reference.clf import parse_log
from tests.reference.engine import replay
from tests.reference.shapes import Options

_BAD = b"junk\n"

# Gaps so long that many closes are examined at once; bad lines at the beginning, behind late lines and behind lines
# that are held or too far ahead, and alone in whatever second they count in.
_step = st.one_of(
    st.tuples(st.just("line"), st.sampled_from((0, 1, 2, 7, 19, 45))),
    st.tuples(st.just("late"), st.sampled_from((1, 3, 8, 30))),
    st.tuples(st.just("ahead"), st.just(7_200)),
    st.tuples(st.just("bad"), st.sampled_from((1, 2, 9))),
)
_logs = st.lists(st.lists(_step, min_size=4, max_size=40), min_size=1, max_size=2)


def _log(steps: list[tuple[str, int]]) -> bytes:
    at_s, data = START_S, log_line(START_S) + b"\n"  # a log in which nothing fits is refused
    for kind, number in steps:
        if kind == "bad":
            data += _BAD * number
            continue
        at_s += number if kind == "line" else 0
        shift_s = {"line": 0, "late": -number, "ahead": number}[kind]
        data += log_line(at_s + shift_s) + b"\n"
    return data


@settings(max_examples=examples(60), deadline=None)
@given(
    _logs,
    st.sampled_from((0, 2, 60)),
    st.sampled_from((10, 30)),
    st.sampled_from((1, 5)),
    st.sampled_from((10.0, 50.0, 90.0)),
    st.sampled_from((0, 3)),
)
def test_the_share_of_malformed_lines_is_judged_as_by_the_reference(
    logs: list[list[tuple[str, int]]], lateness_s: int, window_s: int, bucket_s: int, percent: float, least: int
) -> None:
    options = Options(
        interval_s=10,
        window_s=window_s,
        bucket_size_s=bucket_s,
        lateness_s=lateness_s,
        alert_threshold=0.3,
        alert_error_rate=50.0,
        ddos_threshold=0.5,
        alert_malformed=percent,
        alert_min_hits=least,
    )
    files = [_log(steps) for steps in logs]
    assert run_replay(files, options) == replay([parse_log(data) for data in files], options)
