"""How a format reads one line, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass

Value = bytes | int | None
"""A field as parsed: text as in the log, a number, None for ``-``. A ``time`` is in microseconds."""


@dataclass(frozen=True, slots=True)
class FoundField:
    """A field and its place in a line."""

    name: str
    """Key in `LineReading.values`; the format's own name if it stands for several keys, or for none."""
    start: int
    """Index of its first byte, from 0."""
    stop: int
    """Index after its last byte."""


@dataclass(frozen=True, slots=True)
class LineReading:
    """How a format reads one line."""

    format: str
    """The name of the format."""
    found: tuple[FoundField, ...]
    """The fields in the order of the line, as far as it fits."""
    values: Mapping[str, Value] | None
    """The values by the names of ``--explain --output ndjson``; None if the line is malformed."""
    column: int | None = None
    """The byte at which a malformed line stops fitting, from 1."""
    expected: str | None = None
    """What was expected there, in a few words."""
    known: int = 0
    """For a malformed line, the number of fields found that have a meaning in the format."""
