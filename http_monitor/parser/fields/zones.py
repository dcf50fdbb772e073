"""Time zones, and the conversion of local times to instants.

A time without a zone is represented as its local time plus `UNZONED_US` from where its text is parsed to where the
rows of a chunk are complete and `LocalTimes` converts it; nothing outside the parser sees it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pyarrow as pa

from http_monitor.arrow import arrow_of
from http_monitor.errors import UsageError
from http_monitor.explanation import Value
from http_monitor.parser.chunks.arrays import Ints
from http_monitor.ports.log_format import LogFormat
from http_monitor.records import SCHEMA, Json
from http_monitor.units import US_PER_S, visible_text

UNZONED_US = 1 << 61
"""Added to local times: greater than any instant, and the sum fits in 63 bits."""
_DAY_S = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_NAME = 60
_NEAREST = 3


class Zone:
    """The offset of a zone from UTC at any instant.

    Args:
        name: Name for the user.
        offset_s: Returns the seconds ahead of UTC at an instant in seconds since the epoch.
    """

    def __init__(self, name: str, offset_s: Callable[[int], int]) -> None:
        self.name = name
        self.offset_s = lru_cache(maxsize=1 << 14)(offset_s)


def find_zone(name: str) -> Zone:
    """Return the zone for an IANA name, ``UTC``, or ``local`` for that of this process.

    Raises:
        UsageError: there is no such zone.
    """
    if name == "local":
        return LOCAL
    if name == "UTC":
        return UTC_ZONE
    import zoneinfo  # noqa: PLC0415 - most runs name no zone

    try:
        # Some names are files but not zones.
        found = zoneinfo.ZoneInfo(name) if name and not name.startswith((".", "/")) else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        found = None
    if found is None:
        raise UsageError(f"--log-timezone: got {visible_text(name[:_MAX_NAME])}, takes {_nearest(name)}")
    return Zone(name, lambda at_s: _offset_s(at_s, found))


def _offset_s(at_s: int, zone: tzinfo | None) -> int:
    try:
        offset = (_EPOCH + timedelta(seconds=at_s)).astimezone(zone).utcoffset()
    except (OverflowError, OSError, ValueError):  # outside the range of the zone data
        return 0
    return 0 if offset is None else int(offset.total_seconds())


LOCAL = Zone("local", lambda at_s: _offset_s(at_s, None))
"""The zone of this process."""
UTC_ZONE = Zone("UTC", lambda _: 0)


def _nearest(name: str) -> str:
    import difflib  # noqa: PLC0415 - as above
    import zoneinfo  # noqa: PLC0415

    every = {zone.lower(): zone for zone in zoneinfo.available_timezones()}
    wanted = name[:_MAX_NAME].lower().replace(" ", "_")
    if wanted in every:
        return every[wanted]
    ends = [every[zone] for zone in sorted(every) if wanted and zone.rpartition("/")[2] == wanted]
    near = ends or [every[zone] for zone in difflib.get_close_matches(wanted, sorted(every), n=_NEAREST, cutoff=0.7)]
    if not near and every:
        cities = {zone.rpartition("/")[2]: zone for zone in sorted(every)}
        near = [every[cities[it]] for it in difflib.get_close_matches(wanted, cities, n=_NEAREST, cutoff=0.7)]
    return " or ".join(near[:_NEAREST]) or "an IANA name such as Europe/Berlin, UTC or local"


@runtime_checkable
class Zoned(Protocol):
    """A format with times that may have no zone."""

    def set_zone(self, zone: Zone) -> None:
        """Read times without a zone in this one."""
        ...


def in_zone(made: LogFormat, zone: Zone | None) -> LogFormat:
    """Return a format that reads times without a zone in this one; None: in the usual zone of the format."""
    if zone is not None and isinstance(made, Zoned):
        made.set_zone(zone)
    return made


class LocalTimes:
    """Converts the local times of one file to instants.

    In an hour that occurs twice, the instant nearer to the previous line is chosen; without a previous line, the
    earlier one. A time that the zone skips is read with the offset before the change.

    Args:
        zone: The zone of the times.
    """

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self._before_us: int | None = None
        """The instant of the previous line."""

    def save(self) -> Json:
        """Return the state as JSON."""
        return {"before": self._before_us}

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises KeyError or TypeError for anything else."""
        before_us = given["before"]
        if before_us is not None and type(before_us) is not int:
            raise TypeError("no instant")
        self._before_us = before_us

    def read(self, time_us: int) -> int:
        """Return the instant of the next line."""
        return int(self.instants(np.array([time_us], np.int64))[0])

    def resolve_values(self, values: dict[str, Value]) -> dict[str, Value]:
        """Return the values of the next line, with its time as an instant."""
        time_us = values.get("time")
        return values if not isinstance(time_us, int) else {**values, "time": self.read(time_us)}

    def resolve(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Return the next rows, with their times as instants."""
        if not len(rows):
            return rows
        given: Any = rows.column(0)
        times_us = given.view(pa.int64()).to_numpy()
        if int(times_us.max()) < UNZONED_US:
            self._before_us = int(times_us[-1])
            return rows
        time: Any = arrow_of(self.instants(times_us), SCHEMA.field("time").type)
        return pa.RecordBatch.from_arrays([time, *rows.columns[1:]], schema=rows.schema)

    def instants(self, times_us: Ints) -> Ints:
        """Return the instants of the next lines, at least one."""
        local = np.flatnonzero(times_us >= UNZONED_US)
        found = times_us.copy()
        if len(local):
            found[local], ambiguous, later_us = self._first_reading(times_us[local] - UNZONED_US)
            before_us = self._before_us
            for place in np.flatnonzero(ambiguous).tolist():
                index = int(local[place])
                last_us = int(found[index - 1]) if index else before_us
                one_us, other_us = int(found[index]), int(later_us[place])
                if last_us is not None and abs(other_us - last_us) < abs(one_us - last_us):
                    found[index] = other_us
        self._before_us = int(found[-1])
        return found

    def _first_reading(self, local_us: Ints) -> tuple[Ints, Any, Ints]:
        """Return the earlier instant of each local time, which of them have a second one, and that."""
        if self.zone is UTC_ZONE:
            return local_us, np.zeros(len(local_us), np.bool_), local_us
        days, day = np.unique(local_us // (_DAY_S * US_PER_S), return_inverse=True)
        starts = (days * _DAY_S).tolist()
        # A zone is less than a day from UTC, so only offsets from the day before to the day after matter.
        first = np.array([self.zone.offset_s(start - _DAY_S) for start in starts], np.int64)
        last = np.array([self.zone.offset_s(start + 2 * _DAY_S) for start in starts], np.int64)
        earlier_us = local_us - first[day] * US_PER_S
        ambiguous = np.zeros(len(local_us), np.bool_)
        later_us = earlier_us.copy()
        for index in np.flatnonzero(first != last).tolist():
            change_s = self._change_s(starts[index] - _DAY_S, starts[index] + 2 * _DAY_S)
            rows = np.flatnonzero(day == index)
            one_us = local_us[rows] - self.zone.offset_s(change_s - 1) * US_PER_S
            other_us = local_us[rows] - self.zone.offset_s(change_s) * US_PER_S
            is_one, is_other = one_us < change_s * US_PER_S, other_us >= change_s * US_PER_S
            earlier_us[rows] = np.where(is_other & ~is_one, other_us, one_us)
            later_us[rows] = other_us
            ambiguous[rows] = is_one & is_other
        return earlier_us, ambiguous, later_us

    def _change_s(self, low_s: int, high_s: int) -> int:
        """Return the first second with another offset than that at the lower bound."""
        offset_s = self.zone.offset_s(low_s)
        while high_s - low_s > 1:
            middle_s = (low_s + high_s) // 2
            if self.zone.offset_s(middle_s) == offset_s:
                low_s = middle_s
            else:
                high_s = middle_s
        return high_s


class LocallyTimed:
    """Base of formats with times that may have no zone; its only state is the time of the last line."""

    usual_zone = LOCAL
    """The zone of times without one, unless the user gives another."""

    def __init__(self) -> None:
        self._local = LocalTimes(self.usual_zone)

    def set_zone(self, zone: Zone) -> None:
        """Read times without a zone in this one, instead of the usual one."""
        self._local = LocalTimes(zone)

    def save(self) -> Json:
        """Return the time of the last line as JSON."""
        return self._local.save()

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        self._local.load(given)
