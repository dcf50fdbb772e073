"""Removes from batches the rows that the user excludes from counting."""

from http_monitor.filtering.selection import RowSelection, selection_for

__all__ = ["RowSelection", "selection_for"]
