"""Removes the wrappers that other programs put around log lines, before the lines are parsed.

Only one level is removed: a client decides what the inner line contains, and it may look like another wrapper.
"""

from importlib import import_module

from http_monitor.choices import UNWRAPS
from http_monitor.unwrap.wrapping import Kind, Wrapping


def kinds() -> list[Kind]:
    """Return all kinds of wrappers, in order of precedence if several match a line equally well."""
    return [import_module(f"{__name__}.programs.{name}").KIND for name in UNWRAPS]


def wrapper(name: str, limit: int) -> Wrapping:
    """Return the named wrapper for one file.

    Args:
        name: One of `choices.UNWRAPS`.
        limit: The longest line, in bytes without its LF.
    """
    return Wrapping(import_module(f"{__name__}.programs.{name}").KIND, limit)


def wrappers(limit: int) -> list[Wrapping]:
    """Return one wrapper of each kind."""
    return [Wrapping(kind, limit) for kind in kinds()]
