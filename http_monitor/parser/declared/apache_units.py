"""LogFormats whose ``%D`` is in microseconds, as in Apache, or in milliseconds, as in old Tomcats."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from http_monitor.arrow import fill_nulls
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
"""Maximum difference of a duration in milliseconds and the same in seconds with as many decimals."""
_WORDS: dict[Unit, str] = {"us": "microseconds", "ms": "milliseconds"}


class UnitFormat:
    """Determines the unit of ``%D`` from the seconds beside it (``%T``), at the first line that only one unit fits.

    Until then the unit is unknown, and lines have no duration.

    Args:
        seconds: The format in which only ``%T`` is a duration.
        microseconds: The same with ``%D`` in microseconds.
        milliseconds: The same with ``%D`` in milliseconds.
    """

    def __init__(self, seconds: TemplateFormat, microseconds: TemplateFormat, milliseconds: TemplateFormat) -> None:
        self._seconds = seconds
        self._in: dict[Unit, TemplateFormat] = {"us": microseconds, "ms": milliseconds}
        self._unit: Unit | None = None

    @property
    def name(self) -> str:
        """Its name for the user."""
        return self._seconds.name

    def set_zone(self, zone: Zone) -> None:
        """Read times without a zone in this one."""
        for made in (self._seconds, *self._in.values()):
            made.set_zone(zone)

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; text after the last LF is a line too."""
        if self._unit is not None:
            return self._in[self._unit].parse(data)
        kept = self._seconds.save()
        batch = self._seconds.parse(data)
        first = self._decide(batch, self._in["us"].parse(data))
        if first is None:
            return _without_durations(batch, len(batch.line_nos))
        made = self._format()
        made.load(kept)
        return _without_durations(made.parse(data), first)

    def _format(self) -> TemplateFormat:
        return self._seconds if self._unit is None else self._in[self._unit]

    def _decide(self, by_seconds: Batch, counted: Batch) -> int | None:
        """Choose the unit at the first row that only one unit fits; return the index of that row, None without one.

        Args:
            by_seconds: Rows with the durations of ``%T``.
            counted: The same rows with those of ``%D``.
        """
        unit, row = _find_unit(by_seconds, counted)
        self._unit = unit or self._unit
        return row

    def read_line(self, line: bytes) -> LineReading:
        """Return the fields of one line, or the place at which it stops fitting."""
        reading = self._format().read_line(line)
        if self._unit is not None or reading.values is None:
            return reading
        if self._decide(self._seconds.parse(line), self._in["us"].parse(line)) is None:
            return replace(reading, values={**reading.values, "duration_us": None})
        return self._format().read_line(line)

    def explain(self, line: bytes) -> str:
        """Return a short phrase on why a line does not fit; empty if it fits."""
        return self._seconds.explain(line)

    def save(self) -> Json:
        """Return the unit, and the time of the last line."""
        return {"unit": self._unit, **self._format().save()}

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        unit = given["unit"]
        if unit not in (None, *_US_IN):
            raise ValueError("no unit")
        for made in (self._seconds, *self._in.values()):
            made.load(given)
        self._unit = unit

    def remarks(self, line: bytes) -> Iterator[Remark]:
        """Yield remarks on a line."""
        kept = self._seconds.save(), self._in["us"].save()
        unit = _find_unit(self._seconds.parse(line), self._in["us"].parse(line))[0]
        self._seconds.load(kept[0])
        self._in["us"].load(kept[1])
        # The remark must not depend on earlier lines.
        if unit is None:
            what = "%D is microseconds in Apache and milliseconds in old Tomcats; until %T shows which"
            yield Remark("unit", f"{what}, lines have no duration (%{{us}}T or %{{ms}}T states the unit)")
        else:
            yield Remark("unit", f"%D is read as {_WORDS[unit]}, as %T beside it shows")
        yield from self._seconds.remarks(line)


def _find_unit(by_seconds: Batch, counted: Batch) -> tuple[Unit | None, int | None]:
    """Return the unit shown by the first row that only one unit fits, and the index of that row."""
    seconds_us, number = _durations(by_seconds), _durations(counted)
    can_be = {unit: _agree(number * _US_IN[unit], seconds_us) for unit in _US_IN}
    decided = np.flatnonzero(can_be["us"] != can_be["ms"]).tolist()
    if not decided:
        return None, None
    return ("us" if can_be["us"][decided[0]] else "ms"), decided[0]


def _durations(batch: Batch) -> Any:
    """Return the durations of rows, -1 if there is none."""
    return fill_nulls(batch.rows.column(_DURATION), -1)


def _agree(duration_us: Any, seconds_us: Any) -> Bools:
    """Return a mask of the durations that agree with the seconds beside them, which are rounded or truncated."""
    there = (duration_us >= 0) & (seconds_us >= 0)
    apart = np.abs(duration_us - seconds_us)
    # Whole seconds are truncated or rounded.
    agree: Bools = there & (apart < np.where(seconds_us % US_PER_S == 0, US_PER_S, _NEAR_US))
    return agree


def _without_durations(batch: Batch, rows: int) -> Batch:
    """Return a batch without durations in its first rows."""
    if not rows:
        return batch
    column: Any = batch.rows.column(_DURATION)
    columns: list[Any] = batch.rows.columns
    columns[_DURATION] = pa.concat_arrays([pa.nulls(rows, column.type), column[rows:]])
    return replace(batch, rows=pa.RecordBatch.from_arrays(columns, schema=batch.rows.schema))
