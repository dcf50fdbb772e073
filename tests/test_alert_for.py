"""--alert-for: an alert is raised when its value was beyond the threshold for that long; and when it began."""

from dataclasses import replace

import pytest

from tests.engine_rows import TEN, alerts, at, log, of_type, row
from tests.engine_strategies import START_S, log_line
from tests.harness import run_replay
from tests.reference.clf import parse_log
from tests.reference.engine import Options, replay

WAITING = replace(TEN, alert_for_s=4)


def test_it_is_raised_at_the_first_close_that_long_after_the_value_was_first_beyond() -> None:
    # Six hits at 100 are beyond 5 from the close at 101 to that at 110: pending since 101, raised at 105.
    out = replay([log(95, *[100] * 6, 130)], WAITING)
    assert alerts(out) == [("traffic", "raised", None, at(105)), ("traffic", "recovered", None, at(111))]
    assert of_type("alert", out)[0]["value"] == 0.7


def test_a_close_at_the_threshold_ends_the_wait() -> None:
    # Beyond at 101 and 102; at 103 the hits of 93 have left, and 5 remain: equality. One more at 104 begins anew.
    lines = [92, *[100] * 5, 104, *[105], 130]
    out = replay([log(*lines)], WAITING)
    assert alerts(out)[0] == ("traffic", "raised", None, at(109))


def test_a_wait_that_is_too_short_raises_nothing() -> None:
    assert alerts(replay([log(95, *[100] * 6, 130)], replace(TEN, alert_for_s=11))) == []


def test_each_host_waits_for_itself() -> None:
    options = Options(window_s=10, alert_threshold=1e9, alert_error_rate=1e9, ddos_threshold=0.3, alert_for_s=2)
    first = [row(100, b"a")] * 4
    second = [row(103, b"b")] * 4
    out = replay([log(*first, *second, 130)], options)
    raised = [(name, state, subject, when) for name, state, subject, when in alerts(out) if state == "raised"]
    assert raised == [("ddos", "raised", "a", at(103)), ("ddos", "raised", "b", at(106))]


@pytest.mark.parametrize("gap_s", [3, 40, 4_000])
def test_a_wait_ends_in_a_gap_at_its_second(gap_s: int) -> None:
    data = (log_line(START_S) + b"\n") * 8
    data += log_line(START_S + gap_s) + b"\n"
    options = replace(WAITING, alert_for_s=2, alert_error_rate=100.0)
    out = run_replay([data], options)
    told = [(thing["state"], thing["at"]) for thing in of_type("alert", out)]
    assert told[0] == ("raised", at(START_S + 3))
    assert out == replay([parse_log(data)], options)


def test_began_is_where_the_rise_begins_in_the_window() -> None:
    quiet = [second for second in range(1000, 1060)]
    rise = [second for second in range(1060, 1090) for _ in range(50)]
    out = replay([log(*quiet, *rise)], Options(ddos_threshold=1e9))
    (raised,) = of_type("alert", out)
    assert (raised["name"], raised["began"]) == ("traffic", at(1060))


def test_began_is_unknown_where_all_that_is_known_of_the_window_is_alike() -> None:
    options = Options(window_s=10, alert_threshold=1e9, alert_error_rate=1e9, ddos_threshold=1.5)
    lines = [row(1000 + second, b"a") for second in range(40) for _ in range(2)]
    (raised,) = of_type("alert", replay([log(*lines)], options))
    # The log begins within the window: what came before its first line nobody knows.
    assert raised["began"] is None
    recovered = of_type("alert", replay([log(*lines, 1100)], options))[1]
    assert recovered["began"] is None


@pytest.mark.parametrize(
    ("quiet", "began"), [([1], None), ([1, 0], None), ([1, 0, 0], 1003), ([1] * 5, None), ([1] * 10, 1010)]
)
def test_what_came_before_the_log_began_is_no_quiet(quiet: list[int], began: int | None) -> None:
    # A window of a minute has room for much more in front of these seconds.
    options = Options(window_s=60, alert_threshold=2.0, alert_error_rate=1e9, ddos_threshold=1e9)
    lines = [1000 + second for second, count in enumerate([*quiet, *[9] * 30]) for _ in range(count)]
    (raised,) = of_type("alert", replay([log(*lines)], options))
    assert raised["began"] == (None if began is None else at(began))


# A steady flood has dips, in which no more than the usual comes, and less than its average in front of them.
_NOISE = [16, 14, 18, 12, 15, 11, 13, 10, 30, 25]


def test_a_dip_of_a_flood_that_fills_the_window_is_not_its_beginning() -> None:
    options = Options(window_s=10, alert_threshold=11.0, alert_error_rate=1e9, ddos_threshold=1e9, alert_for_s=10)
    lines = [1000 + second for second in range(20) for _ in range(_NOISE[second % 10])]
    (raised,) = of_type("alert", replay([log(*lines)], options))
    assert (raised["at"], raised["value"], raised["began"]) == (at(1019), 16.4, None)


def test_a_rise_in_two_steps_began_with_the_first() -> None:
    hits = [1] * 5 + [12] * 5 + [40] * 5
    options = Options(window_s=15, alert_threshold=10.0, alert_error_rate=1e9, ddos_threshold=1e9, alert_for_s=2)
    lines = [1000 + second for second, count in enumerate(hits) for _ in range(count)]
    (raised,) = of_type("alert", replay([log(*lines)], options))
    assert (raised["at"], raised["began"]) == (at(1015), at(1005))


@pytest.mark.parametrize(
    ("quiet", "began"),
    [([9], None), ([5], None), ([4], 1019), ([8] * 5, None), ([7] * 5, 1023), ([9] * 10, None), ([8] * 10, 1028)],
)
def test_what_chance_may_make_before_a_rise_is_no_quiet(quiet: list[int], began: int | None) -> None:
    # Where 10 a second are allowed, 10 ± 5.5 come in one, 50 ± 12.2 in five and 100 ± 17.3 in ten.
    hits = [20] * 18 + quiet + [20] * (20 - len(quiet))
    options = Options(window_s=20, alert_threshold=10.0, alert_error_rate=1e9, ddos_threshold=1e9, alert_for_s=27)
    lines = [1000 + second for second, count in enumerate(hits) for _ in range(count)]
    (raised,) = of_type("alert", replay([log(*lines)], options))
    assert (raised["at"], raised["began"]) == (at(1038), None if began is None else at(began))
