"""Reads lines in which one part follows the other, each found where the one before it ended.

No part is ever tried in a second way, so the time is linear in the line, and where a line stops to fit is exact.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from http_monitor.parser.field import Field
from http_monitor.parser.line import Misfit
from http_monitor.parser.lined import LinedFormat, Outside, Span, Texts, values_of, with_status
from http_monitor.parser.meaning import Meaning
from http_monitor.ports import Value
from http_monitor.settings import MAX_LINE_BYTES

_NO_TIME = Field("", "time", "epoch")
_ARRIVED = b"0"


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a line."""

    pattern: str
    """What it looks like, an ASCII expression, with a group for each of its fields; nothing in it repeats a
    repetition."""
    fields: tuple[Field, ...]
    """What its groups are; a group that takes no part has no text."""
    expected: str
    """What should stand there, in a few words."""


class StepsFormat(LinedFormat):
    """A text format. It has no state: a line means the same in any chunk; what follows the last part is ignored."""

    def __init__(
        self,
        name: str,
        steps: Sequence[Step],
        limit: int = MAX_LINE_BYTES,
        *,
        tail: Sequence[Step] = (),
        heading: bytes | None = None,
        timeless: bool = False,
    ) -> None:
        """Take the parts of a line.

        Args:
            name: What a user calls it.
            steps: The parts that every line has.
            limit: The longest line, in bytes without its LF.
            tail: Parts that newer servers write behind; the first that does not fit ends the line.
            heading: How a line begins that names the columns, and counts as nothing.
            timeless: Lines have no time; that of their rows is 0, the epoch.
        """
        super().__init__(name, limit)
        self._steps = tuple(steps)
        self._tail = tuple(tail)
        self._heading = heading
        self._timeless = timeless
        self._shown = tuple(field for step in (*steps, *tail) for field in step.fields)
        self._fields = (*self._shown, _NO_TIME) if timeless else self._shown
        self._meaning = Meaning(self._fields, name)
        behind = ""
        for step in reversed(self._tail):
            behind = f"(?:(?>{step.pattern}){behind})?"
        atoms = "".join(f"(?>{step.pattern})" for step in self._steps)
        self._whole = re.compile((atoms + behind).encode(), re.DOTALL)
        self._each = tuple(re.compile(step.pattern.encode(), re.DOTALL) for step in self._steps)

    def _read(self, line: bytes) -> Texts | Misfit | Outside:
        if self._heading is not None and line.startswith(self._heading):
            return Outside()
        match = self._whole.match(line)
        if match is None:
            return self._misfit(line)
        texts: list[bytes | None] = [*match.groups()]
        if self._timeless:
            texts.append(_ARRIVED)
        return Texts(self._meaning, self._fields, with_status(self._fields, texts))

    def _misfit(self, line: bytes) -> Misfit:
        at = 0
        for step, pattern in zip(self._steps, self._each, strict=True):
            match = pattern.match(line, at)
            if match is None:
                return Misfit(at + 1, step.expected)
            at = match.end()
        return Misfit(at + 1, self._steps[-1].expected)

    def _spans(self, line: bytes, read: Texts | None) -> Sequence[tuple[str, Span]]:
        spans: list[tuple[str, Span]] = []
        if read is not None:
            match = self._whole.match(line)
            groups = [match.span(number + 1) for number in range(len(self._shown))] if match else []
            spans = [(field.name, span) for field, span in zip(self._shown, groups, strict=True)]
        else:
            at = 0
            for step, pattern in zip(self._steps, self._each, strict=True):
                match = pattern.match(line, at)
                if match is None:
                    break
                spans += [(field.name, match.span(number + 1)) for number, field in enumerate(step.fields)]
                at = match.end()
        return [(name, span) for name, span in spans if span[0] >= 0]

    def _explained(self, line: bytes, read: Texts) -> dict[str, Value]:
        del line
        values = values_of(read)
        if self._timeless:
            values.pop("time", None)
        return values
