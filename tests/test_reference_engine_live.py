"""The slow engine gives the figures that were worked out by hand from the design, in live runs."""

import random
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from tests import engine_strategies
from tests.engine_rows import US_PER_S, Bad, alerts, at, health, log, of_type, spans
from tests.examples import examples
from tests.reference.clf import Parsed, Row, parse_log
from tests.reference.engine import Json, Look, Options, Turn, live, replay

QUIET = Options(window_s=20, alert_threshold=1e9, alert_error_rate=1e9, ddos_threshold=1e9)
TEN = Options(window_s=10, alert_threshold=0.5, alert_error_rate=1e9, ddos_threshold=1e9)
"""A window of 10 s, and an alert above 5 hits in it."""


def turn(wall_s: float, *lines: Row | Bad | float, at_end: bool = True) -> Turn:
    """Return a turn of a run with one input."""
    return Turn(round(wall_s * US_PER_S), [Look(log(*lines), at_end)])


def both(wall_s: float, first: Parsed, second: Parsed, at_end: tuple[bool, bool] = (True, True)) -> Turn:
    """Return a turn of a run with two inputs."""
    return Turn(round(wall_s * US_PER_S), [Look(first, at_end[0]), Look(second, at_end[1])])


def ticks(first_s: int, last_s: int) -> list[Turn]:
    """Return a turn without lines at every second from the first to the last."""
    return [turn(wall_s) for wall_s in range(first_s, last_s + 1)]


def follow(turns: Iterable[Turn], options: Options = QUIET, start_s: int = 100, from_start: bool = False) -> list[Json]:
    inputs = 1
    script = list(turns)
    if script:
        inputs = len(script[0].looks)
    return live(script, options, start_us=start_s * US_PER_S, inputs=inputs, from_start=from_start)


def partial(out: list[Json]) -> list[bool]:
    return [thing.get("partial", False) for thing in of_type("report", out)]


# Following


def test_every_interval_is_reported_also_an_empty_one_and_the_open_one_is_partial_at_the_stop() -> None:
    out = follow([turn(101, 100, 101), *ticks(102, 125)])
    assert spans(out) == [(at(100), 2, 0), (at(110), 0, 0), (at(120), 0, 0)]
    assert partial(out) == [False, False, True]
    assert [thing["mode"] for thing in out] == ["live"] * 4
    assert out[-1]["health"] == health(2)
    assert [thing["seq"] for thing in of_type("report", out)] == [1, 2, 3]


def test_an_interval_is_reported_when_its_last_bucket_closes() -> None:
    # The bucket 109 closes when now is 111.
    assert len(of_type("report", follow(ticks(101, 110)))) == 2
    assert partial(follow(ticks(101, 110))) == [True, True]
    assert partial(follow(ticks(101, 111))) == [False, True]


def test_a_recovery_comes_without_any_further_line() -> None:
    out = follow([turn(101, *[100] * 6), *ticks(102, 112)], TEN)
    assert [thing["type"] for thing in out] == ["alert", "report", "alert", "report", "summary"]
    assert alerts(out) == [("traffic", "raised", None, at(101)), ("traffic", "recovered", None, at(111))]
    assert out[1]["active"] == [{"name": "traffic", "subject": None, "since": at(101)}]
    assert out[3]["active"] == []
    assert len(alerts(follow([turn(101, *[100] * 6), *ticks(102, 111)], TEN))) == 1


def test_the_time_of_an_alert_is_the_one_of_the_log() -> None:
    # Written late, within the lateness; read at once by a reader that looks every two seconds.
    out = follow([turn(102), turn(104.5, *[103] * 6), turn(106.5)], TEN)
    assert alerts(out) == [("traffic", "raised", None, at(104))]


def test_buckets_before_the_start_count_as_closed() -> None:
    # Start in the middle of an interval: its own late lines are in its tables, those of the one before are late hits.
    out = follow([turn(106, 105, 104, 99, 85, 84), *ticks(107, 111)], start_s=105)
    assert spans(out) == [(at(100), 2, 3), (at(110), 0, 0)]
    assert out[-1]["health"] == health(5, late=4, too_late=1)
    assert out[0]["window"]["hits"] == 3


def test_a_start_on_the_edge_of_an_interval_does_not_report_the_one_before() -> None:
    assert spans(follow([turn(101, 99), *ticks(102, 111)])) == [(at(100), 0, 1), (at(110), 0, 0)]


def test_a_row_sees_the_now_that_the_rows_before_it_made() -> None:
    # At the wall 110 the row of 108 closes 106; then 106 is late, 107 is not.
    assert follow([turn(110, 101, 108, 106, 107)])[-1]["health"] == health(4, late=1)
    # After the turn 110 everything to 108 is closed.
    out = follow([turn(109, 101, 108), turn(110), turn(111, 108, 109)])
    assert out[-1]["health"] == health(4, late=1)


def test_lines_beyond_the_wall_clock_do_not_move_now_beyond_it() -> None:
    # 150 is within max_ahead; now is 105 at the most, and 104 is open.
    assert follow([turn(105, 150, 104)])[-1]["health"] == health(2)
    out = follow([turn(105, 150, 104, 103)])
    assert out[-1]["health"] == health(3, late=1)
    assert spans(out) == [(at(100), 2, 0), (at(150), 1, 0)]
    assert partial(out) == [True, True]


def test_caught_up_a_line_more_than_max_ahead_beyond_the_wall_is_ahead() -> None:
    assert follow([turn(101, 161)])[-1]["health"] == health(1)
    assert follow([turn(101, 162)])[-1]["health"] == health(1, ahead=1)
    # However many agree.
    assert follow([turn(101, 500, 501, 100)])[-1]["health"] == health(3, ahead=2)


# Catching up


def test_in_catch_up_only_intervals_with_something_are_reported() -> None:
    out = follow([turn(500, 100, 135, at_end=False), turn(501, 160), *ticks(502, 511)], start_s=499, from_start=True)
    assert spans(out)[:3] == [(at(100), 1, 0), (at(130), 1, 0), (at(160), 1, 0)]
    # Caught up since the turn 502: the interval that contains it is the next one.
    assert spans(out)[3:] == [(at(500), 0, 0), (at(510), 0, 0)]
    assert partial(out) == [False, False, False, False, True]


def test_a_turn_that_begins_or_ends_with_unread_lines_is_catch_up() -> None:
    # Every turn is soon after the one before; the interval from 100 passes in the second and is empty.
    out = follow([turn(105, at_end=False), turn(112), turn(121)])
    assert spans(out) == [(at(110), 0, 0), (at(120), 0, 0)]
    assert partial(out) == [False, True]
    # The interval from 110 passes in the third, which begins with unread lines.
    out = follow([turn(109), turn(118, 109, at_end=False), turn(127), turn(128)])
    assert spans(out) == [(at(100), 1, 0), (at(120), 0, 0)]
    assert partial(out) == [False, True]


def test_a_turn_an_interval_after_the_one_before_is_catch_up() -> None:
    assert partial(follow([turn(105), turn(115)])) == [True]
    assert spans(follow([turn(105), turn(115)])) == [(at(110), 0, 0)]
    assert spans(follow([turn(105), turn(114)])) == [(at(100), 0, 0), (at(110), 0, 0)]


def test_a_stalled_reader_that_is_let_go_finds_the_alerts_of_the_log() -> None:
    seconds = [*range(102, 150), *[150] * 20, *range(151, 400)]
    stalled = follow([turn(101), turn(401, *seconds)], TEN)
    # One hit a second is above the threshold; what a wall clock alone would say is one flood at 401.
    assert alerts(stalled) == alerts(replay([log(*seconds)], TEN)) != []
    options = Options(**{**vars(TEN), "alert_threshold": 1.5})
    events = [("traffic", "raised", None, at(151)), ("traffic", "recovered", None, at(161))]
    assert alerts(follow([turn(101), turn(401, *seconds)], options)) == events


def test_in_catch_up_a_line_alone_beyond_max_ahead_is_not_believed() -> None:
    out = follow([turn(1000, 100, 101, 900, *[102] * 10, at_end=False)], start_s=999, from_start=True)
    assert out[-1]["health"] == health(13, ahead=1)
    out = follow([turn(1000, 100, 101, 900, 901, at_end=False)], start_s=999, from_start=True)
    assert out[-1]["health"] == health(4)
    assert spans(out) == [(at(100), 2, 0), (at(900), 2, 0)]


def test_a_held_line_waits_over_turns_and_is_in_the_health() -> None:
    turns = [turn(1000, 100, 101, 900, Bad(), at_end=False)]
    out = follow(turns, start_s=999, from_start=True)
    assert out[-1]["health"] == health(4, held=1, malformed=1)
    out = follow([*turns, turn(1001, 901, at_end=False)], start_s=999, from_start=True)
    assert out[-1]["health"] == health(5, malformed=1)
    # The report of the interval from 100 was closed by the held line.
    assert of_type("report", out)[0]["health"] == health(4, held=1, malformed=1)
    out = follow([*turns, turn(1001, *[102] * 10, at_end=False)], start_s=999, from_start=True)
    assert out[-1]["health"] == health(14, ahead=1, malformed=1)


def test_a_held_line_is_released_at_the_end_of_the_backlog_unless_it_is_far_beyond_the_wall() -> None:
    assert follow([turn(1000, 1060)], start_s=999, from_start=True)[-1]["health"] == health(1)
    assert follow([turn(1000, 1061)], start_s=999, from_start=True)[-1]["health"] == health(1, ahead=1)


def test_in_catch_up_two_lines_beyond_the_wall_are_believed_but_move_now_to_the_wall_only() -> None:
    out = follow([turn(200, 190, 5000, 5001, 199, at_end=False)], start_s=199, from_start=True)
    assert out[-1]["health"] == health(4)
    assert spans(out) == [(at(190), 2, 0), (at(200), 0, 0), (at(5000), 2, 0)]
    assert partial(out) == [True, True, True]


def test_the_first_close_of_a_run_from_the_start_is_the_earliest_bucket_with_a_row() -> None:
    out = follow([turn(500, 100), *ticks(501, 502)], start_s=499, from_start=True)
    # The turn 501 is caught up when it closes the bucket 499.
    assert spans(out) == [(at(100), 1, 0), (at(490), 0, 0), (at(500), 0, 0)]
    assert partial(out) == [False, False, True]


# Stopping


def test_a_stop_closes_no_bucket_and_judges_nothing() -> None:
    # The bucket 101 is not closed at 102: six hits, and no alert.
    out = follow([turn(102, *[101] * 6)], TEN)
    assert [thing["type"] for thing in out] == ["report", "summary"]
    assert (out[0]["start"], out[0]["end"], out[0]["hits"], out[0]["hits_per_s"]) == (at(100), at(110), 6, 0.6)
    assert out[0]["window"]["hits"] == 0


def test_a_stop_reports_every_open_interval_through_the_one_of_now() -> None:
    # At 110 the bucket 109 is still open; 131 is ahead of now, and the interval from 120 has nothing.
    out = follow([turn(109, 109, 131), turn(110)])
    assert spans(out) == [(at(100), 1, 0), (at(110), 0, 0), (at(130), 1, 0)]
    assert partial(out) == [True, True, True]


def test_pending_late_hits_are_in_the_first_partial_report() -> None:
    out = follow([*ticks(101, 112), turn(113, 105)])
    assert spans(out) == [(at(100), 0, 0), (at(110), 0, 1)]
    assert partial(out) == [False, True]
    # The late line is in its bucket, and so in the window of the last close.
    assert of_type("report", out)[-1]["window"]["hits"] == 1


def test_a_run_without_a_turn_ends_with_the_interval_of_its_start() -> None:
    assert spans(follow([], start_s=105)) == [(at(100), 0, 0)]
    assert spans(follow([], from_start=True)) == []


# Several inputs


def test_now_is_the_smallest_position() -> None:
    behind = both(110, log(101, 102), log(109), at_end=(False, True))
    # The first input stands at 102: only 100 has closed, and 101 is open for the second one.
    out = follow([behind, both(111, log(), log(101), at_end=(False, True))])
    assert out[-1]["health"] == health(4)
    # The row of 103 closes 101.
    out = follow([behind, both(111, log(103), log(101), at_end=(False, True))])
    assert out[-1]["health"] == health(5, late=1)
    # When the first reaches its end now is the wall.
    out = follow([behind, both(111, log(103), log()), both(111.5, log(), log(101))])
    assert out[-1]["health"] == health(5, late=1)


def test_an_input_that_has_accepted_nothing_keeps_everything_open() -> None:
    first = both(500, log(100, 101, 400, 401), log(), at_end=(True, False))
    out = follow([first], start_s=499, from_start=True)
    assert spans(out) == [(at(100), 2, 0), (at(400), 2, 0)]
    assert partial(out) == [True, True]


def test_one_caught_up_input_takes_lines_by_the_wall_while_another_catches_up() -> None:
    turns = [both(101, log(), log(50), at_end=(True, False)), both(102, log(500, 501), log(51), at_end=(True, False))]
    assert follow(turns)[-1]["health"] == health(4, ahead=2, held=0, late=2, too_late=2)


def test_a_held_line_of_another_input_is_in_the_health_of_a_report() -> None:
    options = Options(window_s=20, interval_s=1, lateness_s=0)
    turns = [both(1000, log(Bad(), 900), log(100, 102), at_end=(False, False)), both(1001, log(901), log(103))]
    out = follow(turns, options, start_s=999, from_start=True)
    first = of_type("report", out)[0]
    # Nothing closes before the first input has a position, which its held line has when 901 agrees.
    assert first["start"] == at(100)
    assert first["health"] == health(4, malformed=1, held=1)


# Laws


@st.composite
def scripts(draw: st.DrawFn) -> tuple[bytes, Options, list[bytes], int]:
    """Return a log, settings, the log cut at lines, and a wall clock that no line of it is beyond."""
    data, options = draw(engine_strategies.logs()), draw(engine_strategies.options())
    chance = random.Random(draw(st.integers(min_value=0, max_value=1 << 20)))
    pieces: list[bytes] = [b""]
    for line in data.splitlines(keepends=True):
        if chance.random() < 0.3:
            pieces.append(b"")
        pieces[-1] += line
    return data, options, pieces, engine_strategies.START_S + (1 << 32)


@settings(max_examples=examples(60), deadline=None)
@given(scripts())
def test_a_backlog_gives_the_alerts_of_its_replay_up_to_the_last_close(
    script: tuple[bytes, Options, list[bytes], int],
) -> None:
    data, options, pieces, wall_s = script
    turns = [
        Turn(wall_s * US_PER_S, [Look(parse_log(piece), at_end=no == len(pieces))])
        for no, piece in enumerate(pieces, start=1)
    ]
    out = live(turns, options, start_us=wall_s * US_PER_S, from_start=True)
    replayed = replay([parse_log(data)], options)
    events = of_type("alert", replayed)
    assert of_type("alert", out)[: len(events)] == events
    for name in ("first", "last", "hits", "bytes", "errors", "status", "hosts", "health"):
        assert out[-1][name] == replayed[-1][name]


@settings(max_examples=examples(60), deadline=None)
@given(scripts(), st.lists(st.sampled_from((0, 1, 1, 2, 5, 11, 40)), min_size=30, max_size=30), st.booleans())
def test_live_every_line_goes_to_one_counter_and_every_accepted_one_to_one_report(
    script: tuple[bytes, Options, list[bytes], int], steps: list[int], from_start: bool
) -> None:
    _, options, pieces, _ = script
    wall_s = engine_strategies.START_S
    turns = []
    for step, piece in zip(steps, pieces, strict=False):
        wall_s += step
        turns.append(Turn(wall_s * US_PER_S, [Look(parse_log(piece), at_end=step < 11)]))
    out = live(turns, options, start_us=engine_strategies.START_S * US_PER_S, from_start=from_start)
    for thing in [*of_type("report", out), out[-1]]:
        counts = thing["health"]
        others = counts["malformed"] + counts["other"] + counts["ahead"] + counts["held"]
        assert counts["lines"] == counts["accepted"] + others
    assert out[-1]["health"]["lines"] == sum(look.parsed.lines for script_turn in turns for look in script_turn.looks)
    reports = of_type("report", out)
    assert sum(thing["hits"] + thing["late_hits"] for thing in reports) == out[-1]["health"]["accepted"]
