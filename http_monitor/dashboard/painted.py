"""Remembers what was painted, and from what."""

from collections.abc import Callable, Hashable, Sequence

from http_monitor.dashboard.drawing.cells import Row

Inputs = tuple[object, ...]


class Painted:
    """The rows of each region as they were painted last. What has not changed is not painted again."""

    def __init__(self) -> None:
        self._rows: dict[Hashable, tuple[Inputs, Sequence[Row]]] = {}

    def rows(self, region: str, inputs: Inputs, paint: Callable[[], Sequence[Row]]) -> Sequence[Row]:
        """Return the rows of a region.

        Args:
            region: Its name.
            inputs: All that its rows depend on: frozen objects, which are others where they have changed, numbers and
                texts.
            paint: Makes the rows.
        """
        before = self._rows.get(region)
        if before is not None and _are_same(before[0], inputs):
            return before[1]
        rows = paint()
        self._rows[region] = inputs, rows
        return rows


def _are_same(before: Inputs, now: Inputs) -> bool:
    return len(before) == len(now) and all(map(_is_same, before, now))


def _is_same(before: object, now: object) -> bool:
    if before is now:
        return True
    if isinstance(before, tuple) and isinstance(now, tuple):
        return _are_same(before, now)
    return isinstance(now, int | str) and before == now
