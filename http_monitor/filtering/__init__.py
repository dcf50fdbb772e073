"""Takes out of batches the rows that the user does not want counted."""

from http_monitor.filtering.selection import RowSelection, selection_for

__all__ = ["RowSelection", "selection_for"]
