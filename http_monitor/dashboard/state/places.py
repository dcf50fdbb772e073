"""Where the cursors of the panels are."""

from collections.abc import Sequence

from http_monitor.dashboard.state.place import Place
from http_monitor.ports.views import ViewRow

_START = Place()


class Places:
    """The cursor of each panel. That of a table stays at the key that it was moved to, wherever that is ranked."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        self._keys: dict[str, bytes] = {}

    def of(self, panel: str) -> Place:
        """Return the place of a panel."""
        return self._places.get(panel, _START)

    def put(self, panel: str, cursor: int, count: int, height: int) -> Place:
        """Move the cursor of a panel to one of its rows, of which some are visible, and return its place."""
        place = self._places[panel] = self.of(panel).at(cursor, count, height)
        return place

    def stay_at(self, panel: str, key: bytes | None) -> None:
        """Let the cursor stay at this key from now on; None, or the first row: it stays at its place."""
        if key is None or self.of(panel).cursor == 0:
            self._keys.pop(panel, None)
        else:
            self._keys[panel] = key

    def found(self, panel: str, rows: Sequence[ViewRow]) -> int | None:
        """Return where the key is at which the cursor stays; None: it stays at none of these."""
        key = self._keys.get(panel)
        return None if key is None else next((at for at, row in enumerate(rows) if row.key == key), None)

    def clear(self) -> None:
        """Put all cursors to the first rows: their rows are others now."""
        self._places.clear()
        self._keys.clear()
