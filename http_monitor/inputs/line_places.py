"""Finds the places of an input's lines in their files."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from http_monitor.codec import check_list, decode_file, encode_file, fields_of, integer
from http_monitor.ports.ability import able
from http_monitor.ports.log_format import Holding, LogFormat
from http_monitor.ports.source import Stretch
from http_monitor.records import Batch, FileOffsets, Int64s, Json, LogFile, RowOffsets

Places = Mapping[int, tuple[LogFile, int]]
"""Files and offsets at which incomplete lines begin, by the number of bytes read since."""


class Locator:
    """Finds the places of an input's lines, and remembers the starts of lines that its format holds in part.

    Args:
        log_format: The format of the input.
    """

    def __init__(self, log_format: LogFormat) -> None:
        self._holding: Holding | None = able(log_format, Holding)
        self._held: Places = {}
        self.at_once = False
        """Work the offsets of rows out at once, in a replay: rows may wait long there, which would keep the data."""

    def offsets(self, data: bytes, stretches: Sequence[Stretch], batch: Batch, line_nos: Int64s) -> RowOffsets | None:
        """Return the offsets of the rows that were read next; None if they are not known.

        Args:
            data: The lines that were read.
            stretches: Their places.
            batch: The batch that the format made of them.
            line_nos: For each row the number of its line in the batch.
        """
        if not (stretches or self._held):
            return None
        places = LinePlaces(data, stretches, batch, self._held)
        self._held = {} if self._holding is None else places.of_held(self._holding.find_held_back())
        return places.of_lines(line_nos) if self.at_once else UnresolvedOffsets(places, line_nos)

    def save(self) -> list[Json]:
        """Return the state as JSON."""
        return [{**encode_file(file), "offset": offset, "back": back} for back, (file, offset) in self._held.items()]

    def load(self, given: Any) -> None:
        """Restore a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        self._held = decode_places(given)


class LinePlaces:
    """The places of a batch's lines, computed on request.

    Args:
        data: The lines.
        stretches: Their places.
        batch: The lines, parsed.
        before: The starts of lines that were read before.
    """

    def __init__(self, data: bytes, stretches: Sequence[Stretch], batch: Batch, before: Places) -> None:
        self._data = data
        self._stretches = stretches
        self._batch = batch
        self._before = before
        self._begins: Int64s | None = None

    def of_lines(self, line_nos: Int64s) -> FileOffsets:
        """Return the places of lines, given by their numbers in the batch."""
        if self._begins is None:
            self._begins = self._batch.line_begins(self._data)
        return self._locate(self._begins[line_nos - 1])

    def of_held(self, held: Sequence[int]) -> Places:
        """Return the places of the starts of lines, as far as they are known.

        Args:
            held: The number of bytes from each of them to the end of the data.
        """
        if not held:
            return {}
        found = self._locate(len(self._data) - np.array(held, np.int64))
        places = zip(held, found.file.tolist(), found.offset.tolist(), strict=True)
        return {back: (found.files[file], offset) for back, file, offset in places if file >= 0}

    def _locate(self, begins: Int64s) -> FileOffsets:
        """Return the places of lines, given by their offsets in the data; below 0: before it."""
        files: dict[LogFile, int] = {}
        numbers = np.array([files.setdefault(one.file, len(files)) for one in self._stretches], np.int32)
        shifts = np.array([one.offset - one.start for one in self._stretches], np.int64)
        if len(self._stretches) > 1:
            at = np.searchsorted(np.array([one.start for one in self._stretches]), begins, "right") - 1
            file, offset = numbers[at], begins + shifts[at]
        elif self._stretches:
            file, offset = np.zeros(len(begins), np.int32), begins + shifts[0]
        else:
            file, offset = np.full(len(begins), -1, np.int32), np.full(len(begins), -1, np.int64)
        for index in np.flatnonzero(begins < 0).tolist():
            known = self._before.get(-int(begins[index]))
            file[index] = -1 if known is None else files.setdefault(known[0], len(files))
            offset[index] = -1 if known is None else known[1]
        return FileOffsets(tuple(files), file, offset)


class UnresolvedOffsets:
    """Implements `records.RowOffsets` for rows of a batch.

    Args:
        places: The places of the batch's lines.
        line_nos: For each row the number of its line.
    """

    def __init__(self, places: LinePlaces, line_nos: Int64s) -> None:
        self._places = places
        self._line_nos = line_nos

    def take(self, index: slice | Int64s) -> "UnresolvedOffsets":
        """Return the offsets of the selected rows."""
        return UnresolvedOffsets(self._places, self._line_nos[index])

    def resolve(self) -> FileOffsets:
        """Return the files and offsets."""
        return self._places.of_lines(self._line_nos)


def decode_places(given: Any) -> Places:
    """Return the places that `Locator.save` gave. Raises KeyError, TypeError or ValueError for anything else."""
    places = [fields_of(place) for place in check_list(given)]
    return {integer(place["back"], 1): (decode_file(place), integer(place["offset"], 0)) for place in places}
