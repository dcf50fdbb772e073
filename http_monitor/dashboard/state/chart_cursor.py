"""Moves the chart's cursor."""

from dataclasses import replace

from http_monitor.dashboard.state.answers import Answers
from http_monitor.dashboard.state.chart_time import zoom_steps
from http_monitor.dashboard.state.peaks import find_peak
from http_monitor.dashboard.state.scene import Scene
from http_monitor.ports.views import ViewSpan
from http_monitor.units import US_PER_S


def move_cursor(scene: Scene, answers: Answers, step: int) -> Scene | None:
    """Return the scene with the cursor moved by columns, from now at first; None: nothing is held yet."""
    span, column_us = answers.chart_span, answers.step_us
    if span is None:
        return None
    if scene.cursor_us is not None:
        from_us = scene.cursor_us
    elif scene.span is not None:
        from_us = scene.span.end_us - column_us
    else:
        from_us = span.end_us - column_us
    return put_cursor(scene, answers, from_us + step * column_us)


def move_to_peak(scene: Scene, answers: Answers, direction: int) -> Scene | None:
    """Return the scene with the cursor at the next spike in a direction; None: there is none."""
    if answers.chart_span is None:
        return None
    from_us = answers.chart_span.end_us if scene.cursor_us is None else scene.cursor_us
    found_us = find_peak(answers.points, answers.chart_span, answers.step_us, from_us, direction)
    return None if found_us is None else put_cursor(scene, answers, found_us)


def move_to_column(scene: Scene, answers: Answers, column: int) -> Scene | None:
    """Return the scene with the cursor at a column of the chart; None: nothing is held yet."""
    span = answers.chart_span
    return None if span is None else put_cursor(scene, answers, span.start_us + column * answers.step_us)


def put_cursor(scene: Scene, answers: Answers, at_us: int) -> Scene:
    """Return the scene with the cursor at the column of a time, moved to where rows are held."""
    step_us, held = answers.step_us, answers.held
    first_us = at_us if held.since_us is None else held.since_us
    # Where nothing comes, the chart goes on without rows.
    end_us = 0 if answers.chart_span is None else answers.chart_span.end_us - 1
    last_us = at_us if held.upto_us is None else max(held.upto_us, end_us)
    at_us = max(first_us, min(at_us, last_us))
    return replace(scene, cursor_us=at_us // step_us * step_us, column_us=step_us, span=None)


def end_selection(scene: Scene) -> Scene | None:
    """Return the scene with the span from where a selection began to the cursor; None: no selection is being made."""
    if scene.anchor_us is None or scene.cursor_us is None:
        return None
    start_us, end_us = sorted((scene.anchor_us, scene.cursor_us))
    return replace(scene, span=ViewSpan(start_us, end_us + scene.column_us), anchor_us=None, cursor_us=None)


def zoom(scene: Scene, answers: Answers, recent_s: int, step: int) -> Scene:
    """Return the scene with more time in the chart (1) or less (-1), as far as rows are held or will be.

    Zooms that would look alike are passed over.
    """
    held = answers.held
    held_us = 0 if held.since_us is None or held.upto_us is None else held.upto_us - held.since_us
    span = answers.chart_span
    columns = None if span is None else (span.end_us - span.start_us) // answers.step_us
    steps = zoom_steps(max(held_us // US_PER_S, recent_s), columns)
    at = min(range(len(steps)), key=lambda number: abs(steps[number] - scene.zoom_s))
    return replace(scene, zoom_s=steps[max(0, min(at + step, len(steps) - 1))], anchor_us=None)
