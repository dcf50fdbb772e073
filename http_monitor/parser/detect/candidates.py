"""The formats that a file may have, while its format is not known."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.explanation import LineReading
from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.clf.variants import kind_of
from http_monitor.parser.detect.ranking import nearest_first
from http_monitor.parser.fields.zones import Zone, in_zone
from http_monitor.parser.lines.explain import read_line
from http_monitor.parser.presets import Preset
from http_monitor.ports.log_format import Headed, LogFormat, Remembering
from http_monitor.records import Json

FAMILY = "family"
"""Name of the candidate that reads each line as a variant of the Common Log Format family."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A format that a file may have."""

    name: str
    """Name of the preset, or `FAMILY`."""
    make: Callable[[], LogFormat]
    examples: tuple[bytes, ...] = ()

    def make_for(self, head: bytes) -> LogFormat:
        """Return a new format for a file with this head; empty if the head is not known."""
        made = self.make()
        if head and isinstance(made, Headed):
            made.learn(head)
        return made


class Candidates:
    """All formats that may be detected; the family, which stands for all its presets, is the last.

    Args:
        presets: All presets; iterated only when a format besides the family is needed.
        family: The family.
        limit: The longest line, in bytes without its LF.
        zone: The zone of times without one; None: the usual one of each format.
        presets_of: Returns the presets that may fit some lines, judged without making them; None: all may.
        untimed: Lines may have no time, because it is around them.
    """

    def __init__(
        self,
        presets: Iterable[Preset],
        family: FamilyFormat,
        limit: int,
        zone: Zone | None = None,
        presets_of: Callable[[bytes], Iterable[Preset]] | None = None,
        *,
        untimed: bool = False,
    ) -> None:
        self._untimed = untimed
        self._presets = presets
        self._presets_of = presets_of
        self.limit = limit
        """The longest line, in bytes without its LF."""
        self._zone = zone
        self.family = Candidate(FAMILY, lambda: family)

    def __iter__(self) -> Iterator[Candidate]:
        """Yield the candidates in the order in which they are tried."""
        return iter(self._every)

    def find(self, name: str) -> Candidate | None:
        """Return the candidate of that name; None: there is none. Asking for the family imports no preset."""
        if name == FAMILY:
            return self.family
        return next((candidate for candidate in self if candidate.name == name), None)

    def of(self, lines: bytes) -> Iterable[Candidate]:
        """Return the candidates that some lines may fit; the others fit none of them."""
        return self if self._presets_of is None else self._make_candidates(self._presets_of(lines))

    @cached_property
    def _every(self) -> tuple[Candidate, ...]:
        return self._make_candidates(self._presets)

    def _make_candidates(self, presets: Iterable[Preset]) -> tuple[Candidate, ...]:
        def maker(preset: Preset) -> Callable[[], LogFormat]:
            make = preset.make_untimed if self._untimed and preset.make_untimed else preset.make
            return lambda: in_zone(make(self.limit), self._zone)

        others = (
            Candidate(preset.name, maker(preset), preset.examples)
            for preset in presets
            if (preset.detected or (self._untimed and preset.timeless)) and not _is_of_family(preset)
        )
        return (*others, self.family)


@cache
def _is_of_family(preset: Preset) -> bool:
    return isinstance(preset.make(DEFAULT_LINE_BYTES), FamilyFormat)


class Pool:
    """One format of each candidate, reused because making one takes as long as parsing a thousand lines.

    Args:
        candidates: The candidates; iterated on first use.
    """

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._of = candidates
        self._made: dict[str, LogFormat] = {}
        self._nothing: dict[str, Json] = {}
        """State of each format before it has read anything."""

    @cached_property
    def _candidates(self) -> dict[str, Candidate]:
        return {candidate.name: candidate for candidate in self._of}

    def __iter__(self) -> Iterator[str]:
        """Yield the names in the order of the candidates."""
        yield from self._candidates

    def fresh(self, name: str) -> LogFormat:
        """Return the format of that name in its initial state."""
        return self.fresh_of(self._candidates[name])

    def fresh_of(self, candidate: Candidate, head: bytes = b"") -> LogFormat:
        """Return the format of a candidate in its initial state; it need not be one of the candidates.

        Args:
            candidate: The candidate.
            head: The beginning of the file; empty if it is not known.
        """
        name = candidate.name
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = candidate.make()
            if isinstance(made, Remembering):
                self._nothing[name] = made.save()
        elif isinstance(made, Remembering):
            made.load(self._nothing[name])
        if head and isinstance(made, Headed):
            made.learn(head)
        return made

    def give_away(self, name: str) -> None:
        """Give the format of that name to the caller; the pool makes a new one."""
        self._made.pop(name, None)

    def readings(self, line: bytes, head: bytes) -> list[LineReading]:
        """Return the readings of a line by all candidates, the nearest first.

        Args:
            line: The line without its LF.
            head: The beginning of its file.
        """
        found: list[tuple[LogFormat, LineReading]] = []
        for candidate in self._candidates.values():
            made = self.fresh_of(candidate, head)
            found.append((made, rename_reading(read_line(made, line))))
        return nearest_of(line, found)


def nearest_of(line: bytes, readings: list[tuple[LogFormat, LineReading]]) -> list[LineReading]:
    """Return the readings of a line by all candidates, given in their order, the nearest first.

    A line that resembles no format is compared with the most common one, the family.
    """
    return nearest_first(line, readings[-1:] + readings[:-1])


def rename_reading(reading: LineReading) -> LineReading:
    """Return a reading by the family renamed to the variant of the line; for a malformed line, the simplest one."""
    if reading.format != "auto":
        return reading
    values = reading.values or {}
    return replace(reading, format=kind_of("vhost" in values, "agent" in values))
