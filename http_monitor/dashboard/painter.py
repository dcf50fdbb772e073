"""Paints all regions for the size of the screen, and asks for what they show."""

from collections.abc import Sequence

from http_monitor.dashboard.drawing.cells import Cell, Row, fit
from http_monitor.dashboard.drawing.chart import paint_chart
from http_monitor.dashboard.drawing.footer import paint_footer
from http_monitor.dashboard.drawing.header import paint_header
from http_monitor.dashboard.drawing.help import help_count, paint_help
from http_monitor.dashboard.drawing.panel_bar import paint_panel_bar
from http_monitor.dashboard.drawing.panels import paint_panel
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.drawing.screen import join_columns, paint_too_small, stack
from http_monitor.dashboard.layout import MIN_HEIGHT, MIN_WIDTH, Layout, asides, divide
from http_monitor.dashboard.options import AppOptions
from http_monitor.dashboard.painted import Painted
from http_monitor.dashboard.prompts import Prompt
from http_monitor.dashboard.state.chart_time import columns_for
from http_monitor.dashboard.state.facts import Facts
from http_monitor.dashboard.state.panels import BY_NAME
from http_monitor.dashboard.state.question import AskedChart, AskedTable, Question
from http_monitor.dashboard.steering import Steering
from http_monitor.ports.views import ViewSpan
from http_monitor.units import US_PER_S

_PROMPT_ROWS = 2
_SPARE_ROWS = 100
"""Rows asked for beyond those that are shown, so that a few key presses need no other answer."""
_ALL_ROWS = 1 << 30
"""Where a text is searched for."""
_TITLES = 2


class Painter:
    """Owned by the screen's thread.

    Args:
        steering: What is shown.
        options: How the dashboard was started.
    """

    def __init__(self, steering: Steering, options: AppOptions) -> None:
        self._steering = steering
        self._options = options
        self._width, self._height = 80, 24
        self._layout = divide(80, 24, 2, 0)
        self._painted = Painted()
        self.help_top = 0

    @property
    def is_too_small(self) -> bool:
        """Whether there is no room for anything."""
        return self._width < MIN_WIDTH or self._height < MIN_HEIGHT

    def resize(self, width: int, height: int) -> None:
        """Paint for another size from now on."""
        self._width, self._height = width, height

    def paint(self, prompt: Prompt | None, fault: str, *, is_help_shown: bool) -> dict[str, Sequence[Row]]:
        """Return the rows of each region."""
        if self.is_too_small:
            words = paint_too_small(self._width, self._height, MIN_WIDTH, MIN_HEIGHT)
            return {"header": words, "chart": (), "bar": (), "panel": (), "footer": (), "question": ()}
        width, picture, message = self._width, self._steering.picture(), self._steering.message
        scene, facts, answers, known = picture.scene, picture.facts, picture.answers, _known(picture.facts)
        since_s = _seconds(answers.held.since_us)
        header = self._painted.rows(
            "header",
            (scene, answers.filter_fault, answers.step_us, known, width),
            lambda: paint_header(picture, width),
        )
        layout = self._layout = divide(width, self._height, len(header), _PROMPT_ROWS if prompt else 0)
        self._steering.panel_height, self._steering.panel_width = layout.panel, layout.main_width
        chart = self._painted.rows(
            "chart",
            (
                scene,
                answers.points,
                answers.chart_span,
                since_s,
                answers.filter_fault,
                known,
                width,
                layout.chart,
            ),
            lambda: _filled(paint_chart(picture, width, layout.chart), layout.chart),
        )
        return {
            "header": header,
            "chart": chart,
            "bar": self._painted.rows(
                "bar",
                (scene.panel, facts.episodes, answers.dimensions, width, layout.bar),
                lambda: [paint_panel_bar(picture, width)] if layout.bar else (),
            ),
            "panel": self._panel(layout, known, is_help_shown=is_help_shown),
            "footer": self._painted.rows(
                "footer", (scene, message, facts.phase, width), lambda: [paint_footer(picture, width, message)]
            ),
            "question": [] if prompt is None else [_question(prompt, fault, width)],
        }

    def question(self) -> Question:
        """Return what is to be asked for the screen."""
        scene, layout = self._steering.scene, self._layout
        options = self._options
        names = [scene.panel, *(asides(scene.panel) if layout.aside_width else ())]
        span = scene.span
        if span is None and scene.cursor_us is not None:
            span = ViewSpan(scene.cursor_us, scene.cursor_us + scene.column_us)
        now_us = self._steering.frozen_us if scene.is_paused else None
        if scene.panel == "lines" and scene.pinned_us is not None:
            now_us = scene.pinned_us
        return Question(
            scene.filter,
            span,
            options.window_s * US_PER_S,
            AskedChart(self._chart_span(), scene.zoom_s, columns_for(self._width), options.bucket_s),
            tuple(self._table(name) for name in names if BY_NAME[name].is_table),
            layout.panel * 4 if scene.panel == "lines" else 0,
            scene.is_following,
            now_us,
            self._steering.facts.reached_us,
        )

    def scroll_help(self, step: int) -> None:
        """Scroll the help."""
        most = max(0, help_count(self._width) - self._layout.panel)
        self.help_top = max(0, min(self.help_top + step, most))

    def click(self, region: str, x: int, y: int) -> None:
        """Put a cursor where the mouse clicked in a region."""
        if region == "chart":
            columns = columns_for(self._width)
            column = x - (self._width - columns)
            if 0 <= column < columns:
                self._steering.put_cursor(column)
        elif region == "panel" and y >= _TITLES and x < self._layout.main_width:
            self._steering.click_row(y - _TITLES)

    def _panel(self, layout: Layout, known: tuple[object, ...], *, is_help_shown: bool) -> Sequence[Row]:
        """Return the panel and what is beside it; what has not changed of these is not painted again."""
        steering, painted = self._steering, self._painted
        if is_help_shown:
            return painted.rows(
                "help",
                (layout.panel, self._width, self.help_top),
                lambda: _filled(paint_help(self._width, layout.panel, self.help_top), layout.panel),
            )
        parts: list[Sequence[Row]] = []
        upper = layout.panel * 3 // 5
        for name, width, height in (
            (steering.scene.panel, layout.main_width, layout.panel),
            *zip(
                asides(steering.scene.panel) if layout.aside_width else (),
                (layout.aside_width, layout.aside_width),
                (upper, layout.panel - upper),
                strict=False,
            ),
        ):
            picture = steering.picture(name)
            parts.append(
                painted.rows(
                    f"panel {len(parts)}",
                    (steering.scene, name, picture.place, _asked(picture), known, width, height),
                    lambda picture=picture, width=width, height=height: paint_panel(picture, width, height),  # type: ignore[misc]
                )
            )
        return painted.rows(
            "panel", (tuple(parts), layout.main_width, layout.panel), lambda: _beside(parts, layout, upper)
        )

    def _table(self, name: str) -> AskedTable:
        steering = self._steering
        order, is_reverse = steering.scene.sorting(name)
        is_main = name == steering.scene.panel
        rows = self._layout.panel + (steering.cursor_row if is_main else 0)
        # In steps, so that the question changes seldom.
        limit = (rows // _SPARE_ROWS + 2) * _SPARE_ROWS
        if is_main and steering.scene.search:
            limit = _ALL_ROWS
        return AskedTable(name, order, is_reverse, limit, is_main)

    def _chart_span(self) -> ViewSpan | None:
        """Return the span of a chart that does not end now: the cursor or the selection would be left of it."""
        scene, answers = self._steering.scene, self._steering.answers
        wanted_us = scene.cursor_us if scene.span is None else scene.span.start_us
        if wanted_us is None or answers.held.upto_us is None:
            return None
        upto_us = self._steering.now_us
        zoom_us = scene.zoom_s * US_PER_S
        if wanted_us >= upto_us - zoom_us + answers.step_us:
            return None
        # In halves of the chart, so that it stands still while the cursor moves.
        behind_us = (upto_us - wanted_us) // (zoom_us // 2) * (zoom_us // 2)
        end_us = upto_us - behind_us + zoom_us // 2
        return ViewSpan(end_us - zoom_us, end_us)


def _beside(parts: Sequence[Sequence[Row]], layout: Layout, upper: int) -> Sequence[Row]:
    """Return the panel with two tables beside it, if there is room for them."""
    main, *others = parts
    if others:
        main = join_columns(main, layout.main_width, stack(others[0], upper, others[1]), layout.panel)
    return _filled(main, layout.panel)


def _filled(rows: Sequence[Row], height: int) -> list[Row]:
    space: list[Row] = [[] for _ in range(height - len(rows))]
    return [*rows[:height], *space]


def _asked(picture: Picture) -> tuple[object, ...]:
    """Return what the panel shows of the answers."""
    answers, panel = picture.answers, picture.scene.panel
    return (
        answers.tables.get(panel) if BY_NAME[panel].is_table else answers.tables,
        *(answers.lines, answers.filter_fault, answers.dimensions, _seconds(answers.held.since_us)),
        answers.points if panel == "alerts" else None,
        answers.held if panel == "health" else None,
    )


def _known(facts: Facts) -> tuple[object, ...]:
    """Return what is shown of the facts; times to the second."""
    return (
        *(
            facts.report,
            facts.pulse,
            facts.summary,
            facts.episodes,
            facts.notices,
            facts.phase,
            facts.pace,
            facts.is_jumping,
        ),
        *(facts.failure, facts.format, facts.reading_back_to_us, facts.events_dropped),
        *(_seconds(facts.clock_us), _seconds(facts.now_us)),
    )


def _seconds(time_us: int | None) -> int | None:
    return None if time_us is None else time_us // US_PER_S


def _question(prompt: Prompt, fault: str, width: int) -> Row:
    if fault:
        return fit([Cell(fault, "bad")], width)
    return fit([Cell(prompt.label, "dim")], width)
