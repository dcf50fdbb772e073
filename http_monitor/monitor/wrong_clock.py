"""Detects that the times of a log differ from this machine's clock, and suggests an option."""

from collections.abc import Iterator, Sequence

import numpy as np

from http_monitor.clock import Clock
from http_monitor.engine.line_counts import LATENESS_STEPS_S
from http_monitor.inputs.input import Input
from http_monitor.parser.fields.zones import find_zone
from http_monitor.report import Notice
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S, local

MIN_LINES = 20
"""Number of lines that arrived while the input was caught up, enough for a judgement."""
WAIT_US = 10 * US_PER_S
"""Longest wait for these lines; afterwards fewer are enough, and a log without new lines counts as not growing."""
_MIN_QUIET_LINES = 5
_NEARLY_ALL = 0.95
_SAME_S = 30
"""Offsets that differ by no more count as equal."""
_MIN_AHEAD_S = 5
_ODD_ZONES = {
    **{-570: "Pacific/Marquesas", -210: "America/St_Johns", 210: "Asia/Tehran", 270: "Asia/Kabul"},
    **{330: "Asia/Kolkata", 345: "Asia/Kathmandu", 390: "Asia/Yangon", 525: "Australia/Eucla", 570: "Australia/Darwin"},
}
"""Zone names by minutes ahead of UTC in winter."""
_QUARTER_S, _NEAR_S, _MAX_ZONE_S = 900, 120, 14 * 3600


class WrongClock:
    """Called once a second; reports once per input by how much its lines are early or late.

    Owned by the monitor's thread. Only lines read as they arrived count.
    """

    def __init__(self, inputs: Sequence[Input], clock: Clock, settings: Settings) -> None:
        self._inputs = inputs
        self._clock = clock
        self._settings = settings
        self._told: set[Input] = set()
        self._seen: dict[Input, tuple[int, int]] = {}
        """(number of lines, running time at which it last grew)"""
        self._judged: dict[Input, int] = {}
        """Number of lines whose offsets were found to be right."""

    def __call__(self) -> Sequence[Notice]:
        """Return new notices."""
        return [*self._check(self._clock.running_us(), self._clock.now_us())]

    def _check(self, running_us: int, wall_us: int) -> Iterator[Notice]:
        for entry in self._inputs:
            if entry in self._told or self._settings.time == "arrival":
                continue
            lines, since_us = self._seen.get(entry, (-1, running_us))
            if entry.lines != lines:
                since_us = running_us
                self._seen[entry] = entry.lines, running_us
            quiet = running_us - since_us >= WAIT_US
            found = self._doubt(entry, quiet, wall_us)
            if found is not None:
                self._told.add(entry)
                name, words = found
                yield Notice(f"{entry.name}: {words}", "warning", name, entry.source.name)

    def _doubt(self, entry: Input, quiet: bool, wall_us: int) -> tuple[str, str] | None:
        count = len(entry.offsets_us)
        if count < (_MIN_QUIET_LINES if quiet else MIN_LINES):
            return self._explain_old_log(entry, wall_us) if quiet and not count else None
        if self._judged.get(entry) == count:
            return None
        self._judged[entry] = count
        offsets = np.array(entry.offsets_us, np.int64) // US_PER_S
        # Rounded to the nearest second: lines are read a moment after they were written.
        offset_s = (int(np.median(np.array(entry.offsets_us, np.int64))) + US_PER_S // 2) // US_PER_S
        is_constant = (np.abs(offsets - offset_s) <= _SAME_S).mean() >= _NEARLY_ALL
        waits_s = self._settings.bucket_waits_s + self._settings.bucket_size_s
        if is_constant and (offset_s > _MIN_AHEAD_S or offset_s < -max(waits_s, _SAME_S)):
            return ("ahead" if offset_s > 0 else "late"), _describe_offset(
                offset_s, wall_us, self._settings.log_timezone
            )
        late = -offsets[-offsets > waits_s]
        if len(late) * 10 > len(offsets):
            needed_s = int(np.quantile(late, 0.99)) + 1
            step_s = next((step for step in LATENESS_STEPS_S if step >= needed_s), None)
            if step_s is not None:
                share = f"{len(late)} of {len(offsets)} lines come more than {waits_s} s after their time"
                why = "a server may stamp the start of a request, or rarely write its log"
                return "late", f"{share} ({why}): --lateness {step_s} waits for them"
        return None

    def _explain_old_log(self, entry: Input, wall_us: int) -> tuple[str, str] | None:
        """Return a notice if a log was read from its start, does not grow and is old."""
        greatest_us = entry.ahead_filter.greatest_us
        age_s = (wall_us - greatest_us) // US_PER_S
        if not (self._settings.from_start and entry.at_end and entry.rows and greatest_us > 0):
            return None
        if age_s <= self._settings.window_s:
            return None
        return "old", f"its last line is {_span(age_s)} old, and no more come: --replay is for old logs"


def _describe_offset(offset_s: int, wall_us: int, log_timezone: str | None) -> str:
    """Return words for an offset shared by nearly all lines.

    Args:
        offset_s: Seconds that lines are ahead of the clock.
        wall_us: The wall clock now.
        log_timezone: The zone assumed for times without one; None: that of this machine, or UTC.
    """
    zone_s = round(offset_s / _QUARTER_S) * _QUARTER_S
    way = "ahead of" if offset_s > 0 else "behind"
    arrival = "--time arrival counts its lines as they come"
    if zone_s and abs(offset_s - zone_s) <= _NEAR_S and abs(zone_s) <= _MAX_ZONE_S:
        span = _span(abs(zone_s))
        here = local(wall_us).utcoffset()
        also = ""
        if here is not None and abs(here.total_seconds()) == abs(zone_s):
            also = f" (this machine's zone is {span} {'ahead of' if here.total_seconds() > 0 else 'behind'} UTC)"
        # It is not known here whether the lines name a zone.
        read_in = find_zone(log_timezone or "local").offset_s(wall_us // US_PER_S)
        name = _zone_that_is(read_in + zone_s)
        such = f" ({name} for lines read in {log_timezone or 'the zone of this machine'})" if name else ""
        return (
            f"nearly all lines come {span} {way} this machine's clock, which looks like another time zone{also}: if"
            f" their times have no zone, set it by --log-timezone{such}; if they have one, the server's zone or clock"
            f" is wrong; {arrival}"
        )
    fast = "fast" if offset_s > 0 else "slow"
    also = ""
    if offset_s < 0:
        step_s = next((step for step in LATENESS_STEPS_S if step > -offset_s), None)
        also = "" if step_s is None else f", --lateness {step_s} waits for them"
    return (
        f"nearly all lines come {_span(abs(offset_s))} {way} this machine's clock: the server's clock looks {fast},"
        f" or this one {'slow' if offset_s > 0 else 'fast'}; {arrival}{also}"
    )


def _zone_that_is(ahead_s: int) -> str | None:
    """Return an IANA name of a zone that is this far ahead of UTC now; None if none is known."""
    hours, rest_s = divmod(ahead_s, 3600)
    if rest_s:
        return _ODD_ZONES.get(ahead_s // 60)
    # The signs of these names are those of POSIX: Etc/GMT+5 is behind UTC.
    return "UTC" if hours == 0 else f"Etc/GMT{-hours:+}" if -12 <= hours <= 14 else None


def _span(seconds: int) -> str:
    """Return a length of time in its two largest units: ``5 h 30 min``."""
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    parts: list[str] = []
    for name, size in units:
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number} {name}")
    return " ".join(parts[:2]) or "0 s"
