"""Records which programs of a shared log write lines that fit."""

from typing import Self

import numpy as np

from http_monitor.ports.wrapper import Unwrapped
from http_monitor.records import Batch, Int64s

_MAX_ORIGINS = 1_000
"""Maximum number of recorded programs; lines of further ones are malformed if they do not fit."""


class Origins:
    """The programs, containers or streams with at least one line that fitted.

    As soon as there is one, lines of others are *other* instead of malformed, since they are not meant for the format.
    """

    def __init__(self) -> None:
        self._fitting: set[bytes] = set()
        self.judges_earlier = False
        """The next lines are the first of the log and one of them fits; lines before it are judged by it too."""

    def take(self, batch: Batch, inside: Unwrapped, place: Int64s) -> Int64s:
        """Record the next lines; return the numbers of those that do not fit and whose program has had none that did.

        Args:
            batch: The batch made of the lines.
            inside: The inner lines.
            place: For each line of the batch, its index among the inner lines.
        """
        fits = np.zeros(batch.lines, np.bool_)
        fits[batch.line_nos - 1] = True
        origin = inside.origin[place]
        misfits = ~fits & (origin >= 0)
        misfits[batch.oversized_nos - 1] = False
        misfits[batch.other_nos - 1] = False
        first = np.full(len(inside.origins), batch.lines, np.int64)
        fitting = np.flatnonzero(fits & (origin >= 0))
        # The last value written to an item is that of the first line.
        first[origin[fitting[::-1]]] = fitting[::-1]
        for index, name in enumerate(inside.origins):
            if name in self._fitting or (len(self._fitting) >= _MAX_ORIGINS and first[index] == batch.lines):
                first[index] = -1
        begun = 0 if self._fitting else int(fitting[0]) if len(fitting) else batch.lines
        added = np.flatnonzero((first >= 0) & (first < batch.lines)).tolist()
        every = np.flatnonzero(fits)
        if self.judges_earlier and len(every) and origin[every[0]] >= 0:
            # Lines of that program before the first line that fits are judged like those after it.
            begun, first[origin[fitting[0]]] = 0, -1
        self.judges_earlier = False
        at = np.flatnonzero(misfits)
        at = at[at >= begun]
        other: Int64s = at[at < first[origin[at]]] + 1
        for index in added:
            if len(self._fitting) < _MAX_ORIGINS:
                self._fitting.add(inside.origins[index])
        return other

    def save(self) -> list[str]:
        """Return the state as JSON."""
        return sorted(name.decode("latin-1") for name in self._fitting)

    @classmethod
    def load(cls, given: object) -> Self:
        """Return a saved state. Raises TypeError or ValueError for anything else."""
        if not isinstance(given, list) or len(given) > _MAX_ORIGINS or not all(isinstance(name, str) for name in given):
            raise TypeError("no programs")
        origins = cls()
        origins._fitting = {name.encode("latin-1") for name in given}
        return origins
