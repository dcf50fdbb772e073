"""The chart's cursor: by columns, to spikes, never to where nothing is held."""

from dataclasses import replace

from http_monitor.dashboard.state.answers import Answers
from http_monitor.dashboard.state.chart_cursor import move_cursor, move_to_column, move_to_peak
from http_monitor.dashboard.state.peaks import find_peak
from http_monitor.dashboard.state.scene import Scene
from http_monitor.ports.views import Held, Point, ViewSpan

S = 1_000_000
START_US = 1_700_000_000 * S
SPAN = ViewSpan(START_US, START_US + 100 * 10 * S)


def points_of(hits: dict[int, int]) -> dict[int, Point]:
    starts = {START_US + column * 10 * S: count for column, count in hits.items()}
    return {start_us: Point(start_us, count, 0, 0, {"2xx": count}) for start_us, count in starts.items()}


HITS = {column: 10 for column in range(100)} | {30: 15, 31: 40, 32: 20, 60: 90, 61: 80}
ANSWERS = Answers(
    held=Held(START_US + 55 * S, SPAN.end_us - 3 * S, 1, 0, 0),
    chart_span=SPAN,
    step_us=10 * S,
    points=points_of(HITS),
)


def column_of(scene: Scene | None) -> int | None:
    if scene is None or scene.cursor_us is None:
        return None
    return (scene.cursor_us - START_US) // (10 * S)


def test_the_first_press_starts_at_now() -> None:
    assert column_of(move_cursor(Scene(), ANSWERS, -1)) == 98
    assert column_of(move_cursor(Scene(), ANSWERS, -10)) == 89
    assert column_of(move_cursor(Scene(), ANSWERS, 1)) == 99


def test_the_cursor_has_the_length_of_a_column_and_ends_a_selection() -> None:
    scene = move_cursor(Scene(span=ViewSpan(START_US + 100 * S, START_US + 200 * S)), ANSWERS, -1)
    assert scene is not None
    assert (column_of(scene), scene.column_us, scene.span) == (18, 10 * S, None)


def test_the_cursor_stays_where_rows_are_held() -> None:
    assert column_of(move_cursor(replace(Scene(), cursor_us=START_US + 60 * S), ANSWERS, -10)) == 5
    assert column_of(move_cursor(replace(Scene(), cursor_us=START_US + 980 * S), ANSWERS, 10)) == 99


def test_the_cursor_goes_to_columns_of_after_the_last_row_too() -> None:
    quiet = replace(ANSWERS, held=Held(START_US, START_US + 400 * S, 1, 0, 0))
    assert column_of(move_cursor(Scene(), quiet, -1)) == 98
    assert column_of(move_cursor(replace(Scene(), cursor_us=START_US + 980 * S), quiet, 10)) == 99


def test_nothing_moves_while_nothing_is_held() -> None:
    assert move_cursor(Scene(), Answers(), -1) is None
    assert move_to_peak(Scene(), Answers(), -1) is None
    assert move_to_column(Scene(), Answers(), 3) is None


def test_a_column_can_be_clicked() -> None:
    assert column_of(move_to_column(Scene(), ANSWERS, 42)) == 42


def test_the_spike_before_is_found_at_its_highest_column_and_then_the_one_before_it() -> None:
    first = move_to_peak(Scene(), ANSWERS, -1)
    assert column_of(first) == 60
    assert first is not None
    second = move_to_peak(first, ANSWERS, -1)
    assert column_of(second) == 31
    assert second is not None
    assert move_to_peak(second, ANSWERS, -1) is None
    assert column_of(move_to_peak(second, ANSWERS, 1)) == 60


def test_even_traffic_has_no_spike() -> None:
    even = points_of({column: 10 for column in range(100)})
    assert find_peak(even, SPAN, 10 * S, SPAN.end_us, -1) is None
    assert find_peak({}, SPAN, 10 * S, SPAN.end_us, -1) is None
