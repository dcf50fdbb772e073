"""Has a format that may hold lines read a log in pieces, and checks where it says that they begin."""

import json
from dataclasses import replace

from http_monitor.parser.detect.batch_pieces import join_batches
from http_monitor.parser.wrapped.format import WrappedFormat
from http_monitor.records import Batch


class ParsedInPieces:
    """A format that is given a log in pieces, with what it makes of them; it may be saved between two."""

    def __init__(self, made: WrappedFormat) -> None:
        self.made = made
        self._batches: list[Batch] = []
        self._done = 0

    def parse(self, data: bytes, *, last: bool = False) -> None:
        held = {*self.made.find_held_back()}
        batch = self.made.parse_last(data) if last else self.made.parse(data)
        begins = batch.line_begins(data)
        assert len(begins) == batch.lines
        assert {-begin for begin in begins.tolist() if begin < 0} <= held
        self._batches.append(replace(batch, begins=begins + self._done))
        self._done += len(data)

    def restart(self, made: WrappedFormat) -> None:
        made.load(json.loads(json.dumps(self.made.save())))
        self.made = made

    def whole(self) -> Batch:
        """Return what was made of all pieces, with where the lines begin in the log."""
        return join_batches(self._batches)
