"""What a format makes of one line, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass

Value = bytes | int | None
"""A field as it was read: text as the log has it, a number, None for ``-``. A ``time`` is in microseconds."""


@dataclass(frozen=True, slots=True)
class FoundField:
    """Where a field was found in a line."""

    name: str
    """As in `LineReading.values`; what the format calls it where it is several of them, or none."""
    start: int
    """Its first byte, from 0."""
    stop: int
    """The byte after its last."""


@dataclass(frozen=True, slots=True)
class LineReading:
    """What a format makes of one line."""

    format: str
    """The name of the format."""
    found: tuple[FoundField, ...]
    """The fields in the order of the line, as far as it fits."""
    values: Mapping[str, Value] | None
    """What they say, by the names of ``--explain --output ndjson``; None where the line is malformed."""
    column: int | None = None
    """The byte at which a malformed line stops to fit, from 1."""
    expected: str | None = None
    """What should stand there, in a few words."""
    known: int = 0
    """Of a malformed line, how many of the fields found mean something to the format."""
