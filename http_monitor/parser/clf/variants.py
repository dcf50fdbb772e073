"""The variants of the Common Log Format family."""

from dataclasses import dataclass
from typing import Literal

from http_monitor.choices import DEFAULT_LINE_BYTES


@dataclass(frozen=True, slots=True)
class Shape:
    """A variant of the family."""

    name: str
    vhost: Literal["auto", "always", "never"]
    """Whether lines begin with a vhost; auto decides for each line by its fields."""
    pair: bool
    """Whether a referer and an agent are read if they are present."""
    limit: int = DEFAULT_LINE_BYTES
    """Maximum length of a line in bytes, without its LF; longer lines are malformed and oversized."""


def kind_of(vhost: bool, pair: bool) -> str:
    """Return the name of a variant with these parts."""
    return ("vhost_" if vhost else "") + ("combined" if pair else "common")


SHAPES = {
    shape.name: shape
    for shape in (
        Shape("auto", "auto", True),
        Shape("common", "never", False),
        Shape("combined", "never", True),
        Shape("vhost_common", "always", False),
        Shape("vhost_combined", "always", True),
    )
}
"""All variants by their names for the user."""
