"""Tells which fields a format says that its lines have."""

from http_monitor.ports.log_format import Promising


def promises_of(made: object) -> frozenset[str]:
    """Return the columns that a format promises; none for one that says nothing of them, or where there is none."""
    return made.promised if isinstance(made, Promising) else frozenset()
