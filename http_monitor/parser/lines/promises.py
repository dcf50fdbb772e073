"""Tells which fields the lines of a format must have."""

from http_monitor.ports.log_format import Promising


def promises_of(made: object) -> frozenset[str]:
    """Return the columns that a format promises; none if it promises nothing, or if there is no format."""
    return made.promised if isinstance(made, Promising) else frozenset()
