"""Answers views of the recent rows."""

from collections.abc import Mapping

from http_monitor.errors import UsageError
from http_monitor.filtering.derived import DERIVATIONS, Derive
from http_monitor.filtering.masks import check_patterns
from http_monitor.filtering.reading import read_expression
from http_monitor.filtering.syntax import Expression
from http_monitor.ports.views import (
    DIMENSIONS,
    Held,
    LinesQuery,
    LinesView,
    SeriesQuery,
    SeriesView,
    TableQuery,
    TableView,
    ViewSpan,
)
from http_monitor.recent.found_lines import find_lines
from http_monitor.recent.keys import has_keys
from http_monitor.recent.recent_rows import RecentRows, Snapshot
from http_monitor.recent.remembered import RememberedSums
from http_monitor.recent.selection import ChosenRows
from http_monitor.recent.series import count_points
from http_monitor.recent.tables import Table
from http_monitor.units import visible_text


class RecentViews:
    """Implements `ports.views.Views`. May be used in any thread.

    Args:
        rows: What is held.
        agent_family: Makes the family of a user agent; None: there are none.
    """

    def __init__(self, rows: RecentRows, agent_family: Derive | None = None) -> None:
        self._rows = rows
        self._remembered = RememberedSums()
        self._derivations: Mapping[str, Derive] = {
            **DERIVATIONS,
            "agent_family": (lambda _: None) if agent_family is None else agent_family,
        }

    def held(self) -> Held:
        """Return what is held."""
        return self._rows.held()

    def dimensions(self) -> frozenset[str]:
        """Return the dimensions for which rows that are held may have a key."""
        chapters = self._rows.snapshot().chapters
        return frozenset(name for name in DIMENSIONS if any(has_keys(chapter, name) for chapter in chapters))

    def table(self, query: TableQuery) -> TableView:
        """Count by key. Raises UsageError for a wrong dimension or filter, ValueError for a limit below 0."""
        _check_limit(query.limit)
        if query.dimension not in DIMENSIONS:
            raise UsageError(f"got '{visible_text(query.dimension)}', takes a dimension: {', '.join(DIMENSIONS)}")
        expression = _expression(query.filter)
        snapshot = self._rows.snapshot()
        pieces = (piece for chapter in snapshot.chapters for piece in chapter.pieces)
        asking = self._remembered.asking(pieces, query.dimension, expression)
        table = Table(self._choose(snapshot, query.span, expression), query.dimension, self._derivations, asking)
        rows = table.rows(query.order, query.limit, reverse=query.reverse, keys=query.keys)
        return TableView(snapshot.held, _is_whole(snapshot.held, query.span), table.totals(), rows, len(table))

    def series(self, query: SeriesQuery) -> SeriesView:
        """Count by time. Raises UsageError for a malformed filter, ValueError for a step below 1."""
        if query.step_us < 1:
            raise ValueError(query.step_us)
        expression = _expression(query.filter)
        snapshot = self._rows.snapshot()
        points = count_points(self._choose(snapshot, query.span, expression), query.step_us)
        return SeriesView(snapshot.held, _is_whole(snapshot.held, query.span), points)

    def lines(self, query: LinesQuery) -> LinesView:
        """Find the newest lines. Raises UsageError for a malformed filter, ValueError for a limit below 0."""
        _check_limit(query.limit)
        expression = _expression(query.filter)
        snapshot = self._rows.snapshot()
        chosen = self._choose(snapshot, query.span, expression)
        lines, skipped = find_lines(chosen, query.limit)
        return LinesView(snapshot.held, _is_whole(snapshot.held, query.span), lines, skipped)

    def _choose(self, snapshot: Snapshot, span: ViewSpan, expression: Expression | None) -> list[ChosenRows]:
        since_us = snapshot.held.since_us
        if since_us is None:
            return []
        held = ViewSpan(max(span.start_us, since_us), span.end_us)
        return [ChosenRows(chapter, held, expression, self._derivations) for chapter in snapshot.chapters]


def _check_limit(limit: int | None) -> None:
    if limit is not None and limit < 0:
        raise ValueError(limit)


def _is_whole(held: Held, span: ViewSpan) -> bool:
    return held.since_us is not None and held.since_us <= span.start_us


def _expression(text: str | None) -> Expression | None:
    if text is None:
        return None
    expression = read_expression(text)
    check_patterns(expression)
    return expression
