"""A LogFormat whose ``%D`` may count microseconds, as Apache's does, or milliseconds, as that of old Tomcats."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from http_monitor.explanation import LineReading
from http_monitor.parser.fields.zones import Zone
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.ports.log_format import Remark
from http_monitor.records import SCHEMA, Batch, Bools, Json
from http_monitor.units import US_PER_S

Unit = Literal["us", "ms"]

_US_IN: dict[Unit, int] = {"us": 1, "ms": 1_000}
_DURATION = SCHEMA.get_field_index("duration_us")
_NEAR_US = 2_000
"""So far apart are the same duration in milliseconds and in seconds with as many decimals, at the most."""
_WORDS: dict[Unit, str] = {"us": "microseconds", "ms": "milliseconds"}


class UnitFormat:
    """Finds out the unit of ``%D`` by the seconds beside it (``%T``): from the first line on in which only one can be.

    Before that line nobody knows, and the lines have no duration.

    Args:
        seconds: The format in which ``%T`` alone is the duration.
        microseconds: The same lines, ``%D`` in microseconds.
        milliseconds: Likewise.
    """

    def __init__(self, seconds: TemplateFormat, microseconds: TemplateFormat, milliseconds: TemplateFormat) -> None:
        self._seconds = seconds
        self._in: dict[Unit, TemplateFormat] = {"us": microseconds, "ms": milliseconds}
        self._unit: Unit | None = None

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self._seconds.name

    def set_zone(self, zone: Zone) -> None:
        """Read times without a zone in that one."""
        for made in (self._seconds, *self._in.values()):
            made.set_zone(zone)

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; what follows the last LF is a line too."""
        if self._unit is not None:
            return self._in[self._unit].parse(data)
        kept = self._seconds.save()
        batch = self._seconds.parse(data)
        first = self._decide(batch, self._in["us"].parse(data))
        if first is None:
            return _without_durations(batch, len(batch.line_nos))
        made = self._decided()
        made.load(kept)
        return _without_durations(made.parse(data), first)

    def _decided(self) -> TemplateFormat:
        return self._seconds if self._unit is None else self._in[self._unit]

    def _decide(self, by_seconds: Batch, counted: Batch) -> int | None:
        """Decide by the first row of which only one unit can be, and return which row that is; None where none is.

        Args:
            by_seconds: Rows whose duration is that of ``%T``.
            counted: The same with that of ``%D``, one for one.
        """
        unit, row = _unit_shown(by_seconds, counted)
        self._unit = unit or self._unit
        return row

    def read_line(self, line: bytes) -> LineReading:
        """Return field by field what one line says, or where it stops to fit."""
        reading = self._decided().read_line(line)
        if self._unit is not None or reading.values is None:
            return reading
        if self._decide(self._seconds.parse(line), self._in["us"].parse(line)) is None:
            return replace(reading, values={**reading.values, "duration_us": None})
        return self._decided().read_line(line)

    def explain(self, line: bytes) -> str:
        """Return in one short phrase why a line does not fit; empty when it does."""
        return self._seconds.explain(line)

    def save(self) -> Json:
        """Return the unit, and when the last line was."""
        return {"unit": self._unit, **self._decided().save()}

    def load(self, given: Json) -> None:
        """Go on with what was saved. Raises KeyError, TypeError or ValueError for anything else."""
        unit = given["unit"]
        if unit not in (None, *_US_IN):
            raise ValueError("no unit")
        for made in (self._seconds, *self._in.values()):
            made.load(given)
        self._unit = unit

    def remarks(self, line: bytes) -> Iterator[Remark]:
        """Yield what is to be said of a line."""
        kept = self._seconds.save(), self._in["us"].save()
        unit = _unit_shown(self._seconds.parse(line), self._in["us"].parse(line))[0]
        self._seconds.load(kept[0])
        self._in["us"].load(kept[1])
        # What lines before it have shown does not change what is said of it.
        if unit is None:
            what = "%D is microseconds in Apache and milliseconds in old Tomcats; until %T shows which"
            yield Remark("unit", f"{what}, lines have no duration (%{{us}}T or %{{ms}}T says it)")
        else:
            yield Remark("unit", f"%D is taken for {_WORDS[unit]}, as %T beside it shows")
        yield from self._seconds.remarks(line)


def _unit_shown(by_seconds: Batch, counted: Batch) -> tuple[Unit | None, int | None]:
    """Return the unit that the first row shows of which only one can be, and which row that is."""
    seconds_us, number = _durations(by_seconds), _durations(counted)
    can_be = {unit: _agree(number * _US_IN[unit], seconds_us) for unit in _US_IN}
    decided = np.flatnonzero(can_be["us"] != can_be["ms"]).tolist()
    if not decided:
        return None, None
    return ("us" if can_be["us"][decided[0]] else "ms"), decided[0]


def _durations(batch: Batch) -> Any:
    """Return the durations of rows, -1 where there is none."""
    column: Any = batch.rows.column(_DURATION)
    return pc.fill_null(column, -1).to_numpy(zero_copy_only=False)


def _agree(duration_us: Any, seconds_us: Any) -> Bools:
    """Return which durations may be those that were rounded to the seconds beside them, or cut to them."""
    there = (duration_us >= 0) & (seconds_us >= 0)
    apart = np.abs(duration_us - seconds_us)
    # Whole seconds are cut, or rounded.
    agree: Bools = there & (apart < np.where(seconds_us % US_PER_S == 0, US_PER_S, _NEAR_US))
    return agree


def _without_durations(batch: Batch, rows: int) -> Batch:
    """Return a batch whose first rows have no duration."""
    if not rows:
        return batch
    column: Any = batch.rows.column(_DURATION)
    columns: list[Any] = batch.rows.columns
    columns[_DURATION] = pa.concat_arrays([pa.nulls(rows, column.type), column[rows:]])
    return replace(batch, rows=pa.RecordBatch.from_arrays(columns, schema=batch.rows.schema))
