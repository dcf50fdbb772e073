"""Explains the inner text of a line, with columns counted in the whole line."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from http_monitor.explanation import FoundField, LineReading
from http_monitor.ports.wrapper import Peeled, Wrapper

Read = Callable[[bytes], Sequence[LineReading]]
"""Returns a format's reading of a text."""
TimeOf = Callable[[bytes], int | None]
"""Returns the instant of a time in a wrapper."""


def explain_inner(line: bytes, wrapper: Wrapper, read: Read, time_of: TimeOf) -> list[LineReading]:
    """Return the reading of the inner text of a line.

    Args:
        line: The line without its LF.
        wrapper: The wrapper that the line may have.
        read: Reads the inner text, or the line if it is not wrapped.
        time_of: Reads the time of the wrapper, for a text without one.
    """
    inside = wrapper.peel(line)
    if not inside:
        return list(read(line))
    first = inside[0]
    front = _front(first, wrapper.name)
    if first.text is None:
        return [LineReading(f"{wrapper.name}, a part of a line", tuple(front), {})]
    return [_with_time(_move_columns(reading, first, front), first, time_of) for reading in read(first.text)]


def _front(first: Peeled, name: str) -> list[FoundField]:
    """Return the fields of the wrapper."""
    end = max(first.places[0], 0)
    marks = [FoundField(name, 0, end)]
    if first.source is not None:
        _, begin, stop = first.source
        named = FoundField("source", begin, stop)
        # The name may precede or follow the text.
        cut = (FoundField(name, 0, begin), named, FoundField(name, stop, end))
        marks = [*cut] if begin < end else [*marks, named]
    return [mark for mark in marks if mark.start < mark.stop]


def _with_time(reading: LineReading, first: Peeled, time_of: TimeOf) -> LineReading:
    """Return a reading of a text, with the time of the wrapper if the text has none."""
    values = reading.values
    if not values or values.get("time") is not None or first.time is None:
        return reading
    text, begin, stop = first.time
    found = [*reading.found, *([FoundField("time", begin, stop)] if begin >= 0 else ())]
    found.sort(key=lambda field: field.start)
    return replace(reading, found=tuple(found), values={**values, "time": time_of(text)})


def _move_columns(reading: LineReading, first: Peeled, front: Sequence[FoundField]) -> LineReading:
    """Return the reading of a text with its columns moved to the whole line."""
    found = [*front]
    for field in reading.found:
        begin, stop = first.places[field.start], first.places[field.stop]
        if begin >= 0:
            found.append(FoundField(field.name, begin, stop))
    values = reading.values
    if values and first.source is not None:
        values = {**values, "source": first.source[0]}
    column = reading.column
    if column is not None:
        column = 1 + max(0, first.places[min(column - 1, len(first.places) - 1)])
    found.sort(key=lambda field: field.start)
    return replace(reading, found=tuple(found), values=values, column=column)
