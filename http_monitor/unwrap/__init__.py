"""Takes off what others put around the lines of a log, one step before their format.

One level is taken off, never two: what stands inside is whatever a client made the server write, and may look like
another wrapper.
"""

from importlib import import_module

from http_monitor.choices import UNWRAPS
from http_monitor.unwrap.wrapping import Kind, Wrapping


def kinds() -> list[Kind]:
    """Return the kinds there are; of several that fit a line equally well the earlier is taken."""
    return [import_module(f"{__name__}.programs.{name}").KIND for name in UNWRAPS]


def wrapper(name: str, limit: int) -> Wrapping:
    """Return the wrapper of that name for one file.

    Args:
        name: One of `choices.UNWRAPS`.
        limit: The longest line, in bytes without its LF.
    """
    return Wrapping(import_module(f"{__name__}.programs.{name}").KIND, limit)


def wrappers(limit: int) -> list[Wrapping]:
    """Return one of each kind."""
    return [Wrapping(kind, limit) for kind in kinds()]
