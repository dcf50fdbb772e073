"""Views that can be asked before there are any rows, and before what answers them is imported."""

from http_monitor.dashboard.state.answers import NOTHING_HELD
from http_monitor.ports.views import (
    Held,
    LinesQuery,
    LinesView,
    SeriesQuery,
    SeriesView,
    TableQuery,
    TableView,
    Totals,
    Views,
)


class LateViews:
    """Implements `ports.views.Views`: nothing is held until `become` was called. May be used in any thread."""

    def __init__(self) -> None:
        self._views: Views | None = None

    def become(self, views: Views) -> None:
        """Answer by these from now on."""
        self._views = views

    def held(self) -> Held:
        """Return what is held."""
        return NOTHING_HELD if self._views is None else self._views.held()

    def dimensions(self) -> frozenset[str]:
        """Return the dimensions for which rows that are held may have a key."""
        return frozenset() if self._views is None else self._views.dimensions()

    def table(self, query: TableQuery) -> TableView:
        """Count by key."""
        if self._views is None:
            return TableView(NOTHING_HELD, is_whole=False, total=Totals(), rows=(), keys=0)
        return self._views.table(query)

    def series(self, query: SeriesQuery) -> SeriesView:
        """Count by time."""
        if self._views is None:
            return SeriesView(NOTHING_HELD, is_whole=False, points=())
        return self._views.series(query)

    def lines(self, query: LinesQuery) -> LinesView:
        """Find the newest lines."""
        if self._views is None:
            return LinesView(NOTHING_HELD, is_whole=False, lines=(), skipped=0)
        return self._views.lines(query)
