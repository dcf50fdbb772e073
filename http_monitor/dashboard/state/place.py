"""The place of a panel's cursor in its rows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """The cursor of a list that may be longer than its panel."""

    cursor: int = 0
    """The row of the cursor, from 0."""
    top: int = 0
    """The first row that is shown."""

    def moved(self, step: int, count: int, height: int) -> "Place":
        """Return the place with the cursor moved by some rows, kept inside `count` rows and visible in `height`."""
        return self.at(self.cursor + step, count, height)

    def at(self, cursor: int, count: int, height: int) -> "Place":
        """Return the place with the cursor at a row, kept inside `count` rows and visible in `height`."""
        cursor = max(0, min(cursor, count - 1))
        top = max(0, min(self.top, count - height))
        top = min(top, cursor)
        return Place(cursor, max(top, cursor - max(1, height) + 1))
