"""Checks classes for optional abilities, once each: checking a protocol takes as long as saving an input."""

from functools import cache
from typing import Any


def able(thing: object, ability: Any) -> Any:
    """Return the thing if its class has the ability, else None.

    Args:
        thing: A source or a format; a run may have thousands.
        ability: A runtime-checkable protocol of methods.
    """
    kind: Any = type(thing)
    return thing if _has(kind, ability) else None


@cache
def _has(kind: Any, ability: Any) -> bool:
    return issubclass(kind, ability)
