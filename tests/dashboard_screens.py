"""The whole screen of the dashboard, as the app composes it from the samples, and the golden files of it."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from unittest.mock import patch

from rich.cells import cell_len
from rich.style import Style
from textual.pilot import Pilot
from textual.strip import Strip

from http_monitor.cli.dashboard.late_views import LateViews
from http_monitor.dashboard import screen_app
from http_monitor.dashboard.app import DashboardApp
from http_monitor.dashboard.controls import Player
from http_monitor.dashboard.drawing.cells import Role
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.options import AppOptions
from http_monitor.dashboard.palettes import DARK, Palette
from http_monitor.dashboard.state.answers import Answers, ShownLine
from http_monitor.dashboard.state.chart_time import chart_span
from http_monitor.dashboard.state.facts import Facts
from http_monitor.dashboard.state.question import Question, lines_key, table_key
from http_monitor.filtering.masks import check_patterns
from http_monitor.filtering.reading import read_expression
from http_monitor.ports.views import FoundLine, ViewSpan
from tests import dashboard_samples as samples
from tests.display_samples import CENTRAL_EUROPE, GOLDEN, time_zone

SIZES = ((60, 15), (80, 24), (120, 40), (200, 60))
FOLDER = GOLDEN / "dashboard"
KEYS: dict[str, tuple[str, tuple[str, ...]]] = {
    "quiet": ("quiet", ()),
    "busy": ("busy", ()),
    "alerting": ("alerting", ()),
    "filtered": ("filtered", ()),
    "past": ("past", ()),
    "selected": ("selected", ()),
    "hostile": ("hostile", ()),
    "hostile-lines": ("hostile", ("l",)),
    "waiting": ("waiting", ()),
    "replay": ("replay", ("down",)),
    "help": ("busy", ("?",)),
    "fault": ("busy", ("f", *"status >", "enter")),
    "lines": ("busy", ("l", "down")),
    "line": ("busy", ("l", "down", "down", "enter")),
    "alerts": ("alerting", ("a",)),
    "alert": ("alerting", ("a", "enter")),
    "health": ("alerting", ("h",)),
}
"""The sample of each screen, and the keys pressed."""
_PEAKS_US = {"alerting": samples.NOW_US - 60 * samples.S, "past": samples.NOW_US - 380 * samples.S}
LETTERS: dict[str | None, str] = {
    **{"plain": ".", "bold": "B", "dim": "d", "accent": "a", "title": "T", "chip": "c", "key": "k", "raised": "R"},
    **{"good": "g", "warn": "w", "bad": "b", "ok": "o", "client_error": "x", "server_error": "X", "other_status": "q"},
    **{"threshold": "t", "marker": "m", "cursor": "C", "selected": "S"},
    **{"field_time": "D", "field_host": "h", "field_method": "M", "field_path": "p", "field_agent": "u"},
    None: "_",
}
"""The letter of each role; ``_`` is what is no cell of ours, the line that the user edits."""
_NAMED_KEYS = {"?": "question_mark", " ": "space", ">": "greater_than_sign"}


class _Run:
    """A run of which the same is known for ever."""

    is_ended = False

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    @property
    def player(self) -> Player | None:
        return None

    def facts(self) -> Facts:
        return self._facts

    def read_lines(self, rows: Sequence[FoundLine]) -> list[ShownLine]:
        raise AssertionError(rows)

    def check_filter(self, expression: str) -> None:
        check_patterns(read_expression(expression))

    def stop(self) -> None:
        pass


class _StillAsker:
    """Answers each question at once with the sample, its chart in the columns of the screen."""

    failure = None
    is_idle = True

    def __init__(self, app: DashboardApp, picture: Picture, peak_us: int | None) -> None:
        self._app = app
        self._answers = picture.answers
        self._peak_us = peak_us

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def ask(self, question: Question) -> None:
        steering = self._app.steering
        answers = self._with_chart(question)
        scene = steering.scene
        if scene.cursor_us is not None:
            # The cursor is a column, and columns are as long as the screen is wide.
            step_us = answers.step_us
            scene = replace(scene, cursor_us=scene.cursor_us // step_us * step_us, column_us=step_us)
            steering.scene = scene
        if not scene.is_now:
            span = scene.asked_span(samples.NOW_US, 120 * samples.S)
            tables = {name: replace(table, span=span) for name, table in answers.tables.items()}
            answers = replace(answers, tables=tables)
        tables = {
            asked.dimension: replace(answers.tables[asked.dimension], key=table_key(asked, question))
            for asked in question.tables
            if asked.dimension in answers.tables
        }
        lines = None if answers.lines is None else replace(answers.lines, key=lines_key(question))
        steering.receive(replace(answers, tables={**answers.tables, **tables}, lines=lines))

    def _with_chart(self, question: Question) -> Answers:
        answers = self._answers
        if answers.held.upto_us is None:
            return answers
        asked = question.chart
        end_us = answers.held.upto_us if asked.span is None else asked.span.end_us - 1
        span, step_us = chart_span(end_us, asked.zoom_s, asked.columns, asked.bucket_s)
        points = samples.points(span, step_us, self._peak_us) if answers.points else {}
        last_us = samples.NOW_US // step_us * step_us
        if last_us in points:
            # Only a second of the column of now has begun.
            second = samples.points(ViewSpan(last_us, last_us + samples.S), samples.S, self._peak_us)[last_us]
            points[last_us] = second
        return replace(answers, chart_span=span, step_us=step_us, points=points)


class RolePalette(Palette):
    """Gives each cell its role and ground instead of colours."""

    def style(self, role: Role, ground: Role | None) -> Style:
        return DARK.style(role, ground) + Style.from_meta({"role": role, "ground": ground})


def app_of(name: str) -> DashboardApp:
    """Return the app for a screen, before any key is pressed."""
    sample, _ = KEYS[name]
    picture = samples.PICTURES[sample]()
    options = AppOptions(lambda: 0, lambda: 0)
    app = DashboardApp(_Run(picture.facts), LateViews(), options)
    # Where a span is selected there is no cursor any more.
    cursor_us = None if picture.scene.span else picture.scene.cursor_us
    app.steering.scene = replace(picture.scene, panel="endpoint", cursor_us=cursor_us)
    app.asker = _StillAsker(app, picture, _PEAKS_US.get(sample))  # type: ignore[assignment]
    return app


async def press(pilot: Pilot[None], name: str) -> None:
    """Press the keys of a screen, after its first frame."""
    app = pilot.app
    assert isinstance(app, DashboardApp)
    app.frame()
    for key in KEYS[name][1]:
        await pilot.press(_NAMED_KEYS.get(key, key))
    app.frame()
    await pilot.pause()


@contextmanager
def roles_for_colours() -> Iterator[None]:
    """Let the app show roles instead of colours, in the zone of the golden files."""
    palette = RolePalette(DARK.text, DARK.ground, DARK.roles)
    with time_zone(CENTRAL_EUROPE), patch.object(screen_app, "choose_palette", lambda *_: (palette, False)):
        yield


async def screens_of(name: str, sizes: Iterable[tuple[int, int]] = SIZES) -> dict[tuple[int, int], list[Strip]]:
    """Return the rows of a screen at each size."""
    found: dict[tuple[int, int], list[Strip]] = {}
    with roles_for_colours():
        for width, height in sizes:
            app = app_of(name)
            async with app.run_test(size=(width, height)) as pilot:
                await press(pilot, name)
                found[width, height] = app.screen._compositor.render_strips()
    return found


def golden_path(name: str, size: tuple[int, int]) -> Path:
    """Return where a screen is kept."""
    return FOLDER / f"{name}-{size[0]}x{size[1]}.txt"


def golden_text(rows: Iterable[Strip]) -> str:
    """Return a screen as it is kept: its text, the roles of its columns, the grounds of those rows that have any.

    Of both, ``12d`` stands for twelve columns of one kind; what is plain at the end of a row is left out.
    """
    texts, roles, grounds = [], [], []
    for y, row in enumerate(rows):
        texts.append(row.text.rstrip(" "))
        roles.append(_runs(_letters(row, "role")))
        if ground := _runs(_letters(row, "ground")):
            grounds.append(f"{y + 1:2}: {ground}")
    return "\n".join([*texts, "---- roles", *roles, "---- grounds", *grounds, ""])


def _letters(row: Strip, part: str) -> str:
    letters = []
    for segment in row:
        meta = segment.style.meta if segment.style else {}
        meant = meta.get(part)
        letter = LETTERS["plain" if meant is None and (part == "ground" or not segment.text.strip()) else meant]
        letters.append(letter * cell_len(segment.text))
    return "".join(letters)


def _runs(letters: str) -> str:
    return " ".join(f"{len([*run])}{letter}" for letter, run in groupby(letters.rstrip(".")))


def golden_files() -> dict[Path, bytes]:
    """Return all golden files of the dashboard."""
    legend = "".join(f"{letter} {'not ours' if role is None else role}\n" for role, letter in LETTERS.items())
    files = {FOLDER / "LEGEND.txt": legend.encode()}
    for name in KEYS:
        screens = asyncio.run(screens_of(name))
        files |= {golden_path(name, size): golden_text(rows).encode() for size, rows in screens.items()}
    return files
