"""The formats that a file may have, as long as nobody knows which."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property

from http_monitor.choices import MAX_LINE_BYTES
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
"""What the choice is called that reads every line as what it is of the Common Log Format family."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A format that a file may have."""

    name: str
    """Of the preset, or `FAMILY`."""
    make: Callable[[], LogFormat]
    examples: tuple[bytes, ...] = ()

    def make_for(self, head: bytes) -> LogFormat:
        """Return a new one for a file that begins with these lines; empty where they are not known."""
        made = self.make()
        if head and isinstance(made, Headed):
            made.learn(head)
        return made


class Candidates:
    """What a file may be found to be; the family, which all presets of it mean, is the last.

    Args:
        presets: The formats there are; they are asked for when somebody wants more than the family.
        family: The family.
        limit: The longest line, in bytes without its LF.
        zone: Of times that name none; None: that which is usual for each format.
        presets_of: Of the presets those that some lines may be of, as far as that can be seen without them; None: all.
        untimed: Lines may have no time, which stands around them.
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
        self._limit = limit
        self._zone = zone
        self.family = Candidate(FAMILY, lambda: family)

    def __iter__(self) -> Iterator[Candidate]:
        """Yield them, in the order in which they are tried."""
        return iter(self._every)

    def named(self, name: str) -> Candidate | None:
        """Return the one of that name; None: there is none. To ask for the family costs no preset."""
        if name == FAMILY:
            return self.family
        return next((candidate for candidate in self if candidate.name == name), None)

    def of(self, lines: bytes) -> Iterable[Candidate]:
        """Return those that some lines may be of; the others fit none of them."""
        return self if self._presets_of is None else self._made_of(self._presets_of(lines))

    @cached_property
    def _every(self) -> tuple[Candidate, ...]:
        return self._made_of(self._presets)

    def _made_of(self, presets: Iterable[Preset]) -> tuple[Candidate, ...]:
        def maker(preset: Preset) -> Callable[[], LogFormat]:
            make = preset.make_untimed if self._untimed and preset.make_untimed else preset.make
            return lambda: in_zone(make(self._limit), self._zone)

        others = (
            Candidate(preset.name, maker(preset), preset.examples)
            for preset in presets
            if (preset.detected or (self._untimed and preset.timeless)) and not _is_of_family(preset)
        )
        return (*others, self.family)


@cache
def _is_of_family(preset: Preset) -> bool:
    return isinstance(preset.make(MAX_LINE_BYTES), FamilyFormat)


class Pool:
    """One format of each candidate, used again and again: to make one takes as long as to read a thousand lines.

    Args:
        candidates: What there is; asked for with the first format.
    """

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._of = candidates
        self._made: dict[str, LogFormat] = {}
        self._nothing: dict[str, Json] = {}
        """What each one remembers that has read nothing."""

    @cached_property
    def _candidates(self) -> dict[str, Candidate]:
        return {candidate.name: candidate for candidate in self._of}

    def __iter__(self) -> Iterator[str]:
        """Yield the names, in their order."""
        yield from self._candidates

    def fresh(self, name: str) -> LogFormat:
        """Return the format of that name as if it had read nothing."""
        return self.fresh_of(self._candidates[name])

    def fresh_of(self, candidate: Candidate, head: bytes = b"") -> LogFormat:
        """Return likewise the format of a candidate, which need not be among those that there are.

        Args:
            candidate: It.
            head: What the file begins with; empty where that is not known.
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
        """Let somebody keep the format of that name; the next is another one."""
        self._made.pop(name, None)

    def readings(self, line: bytes, head: bytes) -> list[LineReading]:
        """Return what every format makes of a line, the nearest first.

        Args:
            line: Without its LF.
            head: What its file begins with.
        """
        found: list[tuple[LogFormat, LineReading]] = []
        for candidate in self._candidates.values():
            made = self.fresh_of(candidate, head)
            found.append((made, called(read_line(made, line))))
        return nearest_of(line, found)


def nearest_of(line: bytes, readings: list[tuple[LogFormat, LineReading]]) -> list[LineReading]:
    """Return what all candidates, in their order, make of a line, the nearest first.

    What is like nothing is held to what is most common, which is the family.
    """
    return nearest_first(line, readings[-1:] + readings[:-1])


def called(reading: LineReading) -> LineReading:
    """Return a reading of the family under the name of what the line is, of a malformed one that of the least."""
    if reading.format != "auto":
        return reading
    values = reading.values or {}
    return replace(reading, format=kind_of("vhost" in values, "agent" in values))
