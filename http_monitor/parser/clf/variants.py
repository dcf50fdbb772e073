"""What a format of the Common Log Format family holds, beyond what all of them have."""

from dataclasses import dataclass
from typing import Literal

from http_monitor.choices import MAX_LINE_BYTES


@dataclass(frozen=True, slots=True)
class Shape:
    """One format of the family."""

    name: str
    vhost: Literal["auto", "always", "never"]
    """Whether a vhost stands in front; auto decides for each line by its fields."""
    pair: bool
    """Whether a referer and an agent are read where they stand."""
    limit: int = MAX_LINE_BYTES
    """The longest line, in bytes without its LF; a longer one is malformed and oversized."""


def kind_of(vhost: bool, pair: bool) -> str:
    """Return what a line is called that has these parts."""
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
"""Every format of the family by the name a user gives."""
