"""Tries all wrappers on the lines of a file, each with an inner format, until one is decided."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from http_monitor.parser.clf.common_shortcut import is_usual
from http_monitor.parser.detect.batch_pieces import whole_lines
from http_monitor.parser.wrapped.timing import Timing, try_inside
from http_monitor.parser.wrapped.well_read import is_well_read
from http_monitor.ports.log_format import LogFormat, Remembering
from http_monitor.ports.wrapper import Wrapper
from http_monitor.records import Batch, Json

Make = Callable[[], LogFormat]


@dataclass(frozen=True, slots=True)
class Makes:
    """Make the format of the lines of one file."""

    bare: Make
    """For unwrapped lines."""
    inside: Make
    """For inner lines, which may get their time from the wrapper."""


Wrappers = Callable[[], Sequence[Wrapper]]
"""Makes one of each wrapper, when they are needed."""
Found = tuple[Wrapper, LogFormat]
"""A wrapper, and a format that has read its inner lines."""
Kept = tuple[Json | None, Mapping[str, tuple[Wrapper, Json, Json | None]]]
"""State of the plain format and of the trials."""


class Trials:
    """Wrappers that matched some line, each with a format that has read the inner lines.

    Args:
        make: Makes the format of the inner lines.
        wrappers: Makes one of each wrapper.
        limit: The longest line, in bytes without its LF.
        timing: Determines times that are not in the lines themselves.
    """

    def __init__(self, make: Make, wrappers: Wrappers, limit: int, timing: Timing) -> None:
        self._make = make
        self._wrappers = wrappers
        self._limit = limit
        self._timing = timing
        self._of: dict[str, tuple[Wrapper, LogFormat]] = {}
        self._untried: dict[str, Wrapper] | None = None
        """One of each wrapper that has matched no line; None: not made yet, since making them takes longer than
        checking the lines."""
        self.fit = False
        """Some line fitted inside a wrapper in the last trial."""

    def forget(self) -> None:
        """Drop the wrappers that were tried."""
        self._of, self._untried, self.fit = {}, None, False

    def may_wrap(self, lines: Collection[bytes]) -> bool:
        """Return whether some line may be wrapped, and if so prepare the wrappers.

        Args:
            lines: The lines, with or without their LFs.
        """
        odd = [line for line in (line.removesuffix(b"\n") for line in lines) if may_be_wrapped(line)]
        if odd and self._untried is None:
            self._untried = {wrapper.name: wrapper for wrapper in self._wrappers() if wrapper.name not in self._of}
        for name, wrapper in list((self._untried or {}).items()) if odd else ():
            if any(wrapper.front(line) is not None for line in odd):
                self._of[name] = wrapper, self._make()
                assert self._untried is not None
                del self._untried[name]
        return any(wrapper.front(line) is not None for wrapper, _ in self._of.values() for line in odd)

    def read(self, plain: LogFormat, piece: bytes, at: int) -> Batch:
        """Return the batch of unwrapped lines, after trying them inside the wrappers too."""
        self.fit = False
        for wrapper, made in self._of.values():
            self.fit |= bool(try_inside(made, wrapper, piece, self._limit, at)[0])
        return self._timing.read_bare(plain, piece, self._limit, at)

    def first_wrapped(self, piece: bytes) -> int | None:
        """Return the start of the first line that may be wrapped, without changing any state."""
        kinds: Sequence[Wrapper] = ()
        start = 0
        for line in whole_lines(piece):
            if may_be_wrapped(line[:-1]):
                kinds = kinds or self._wrappers()
                if any(wrapper.front(line[:-1]) is not None for wrapper in kinds):
                    return start
            start += len(line)
        return None

    def decide(self, plain: LogFormat, piece: bytes, at: int, parts: list[Batch]) -> tuple[int | None, Found | None]:
        """Read lines unwrapped, up to the one that decides.

        Args:
            plain: The format of unwrapped lines.
            piece: The lines.
            at: Their offset in all data.
            parts: Receives the batches.

        Returns:
            The number of bytes read if it is decided, else None; and the wrapper of the next line with its inner
            format, None if it is not wrapped.
        """
        kept = self.keep(plain) if self.may_wrap(whole_lines(piece)) else None
        batch = self.read(plain, piece, at)
        if kept is None or not (self.fit or len(batch.line_nos)):
            # A line that no wrapper matches can only show that the log is not wrapped.
            parts.append(batch)
            return len(piece) if len(batch.line_nos) else None, None
        self.go_back(plain, kept)
        done = 0
        for line in whole_lines(piece):
            found = self.around(plain, line[:-1], at + done)
            if found is not None:
                return done, found
            parts.append(self.read(plain, line, at + done))
            done += len(line)
            if len(parts[-1].line_nos):
                return done, None
        return None, None

    def find_fitting(self, plain: LogFormat, data: bytes, at: int) -> tuple[bool, Wrapper | None]:
        """Find the first line that fits, unwrapped or inside a wrapper.

        Args:
            plain: The format of unwrapped lines.
            data: The lines.
            at: Their offset in all data.

        Returns:
            Whether there is one, and its wrapper.
        """
        for line in whole_lines(data) if data else ():
            self.may_wrap((line,))
            found = self.around(plain, line[:-1], at)
            if found is not None or len(self.read(plain, line, at).line_nos):
                return True, None if found is None else found[0]
            at += len(line)
        return False, None

    def try_inside(self, line: bytes) -> None:
        """Let the inner formats read the possible inner lines of a line, which may determine how others are read."""
        for wrapper, made in self._of.values():
            made.parse(wrapper.unwrap(line + b"\n").data)

    def around(self, plain: LogFormat, line: bytes, at: int = 0) -> Found | None:
        """Return the wrapper inside which a line fits, if the line does not fit, or not well, unwrapped; else None.

        Args:
            plain: The format of unwrapped lines.
            line: The line without its LF.
            at: Its offset in all data.
        """
        fitting = [wrapper for wrapper, _ in self._of.values() if wrapper.front(line) is not None]
        if not fitting or is_well_read(plain, line, fitting):
            return None
        kept = self.keep(plain)
        fits: str | None = None
        for name, (wrapper, made) in self._of.items():
            if fits is None and wrapper in fitting:
                fits = name if try_inside(made, wrapper, line + b"\n", self._limit, at)[0] else None
        self.go_back(plain, kept)
        return None if fits is None else self._of[fits]

    def keep(self, plain: LogFormat) -> Kept:
        """Return the state of a format and of the trials."""
        trials = {name: (wrapper, wrapper.save(), memory_of(made)) for name, (wrapper, made) in self._of.items()}
        return memory_of(plain), trials

    def go_back(self, plain: LogFormat, kept: Kept) -> None:
        """Restore the state of a format and of the trials."""
        memory, trials = kept
        remind(plain, memory)
        for name, (wrapper, parts, remembered) in trials.items():
            wrapper.load(parts)
            remind(self._of[name][1], remembered)

    def find_begun(self) -> list[int]:
        """Return the offsets of the incomplete lines that a wrapper holds."""
        return [begin for wrapper, _ in self._of.values() for begin in wrapper.find_begun()]

    def save(self) -> Json:
        """Return the state as JSON."""
        return {name: [wrapper.save(), memory_of(made)] for name, (wrapper, made) in self._of.items()}

    def load(self, given: object) -> None:
        """Restore a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        if not isinstance(given, dict):
            raise TypeError("no trials")
        self._of, self._untried = {}, None
        for wrapper in self._wrappers() if given else ():
            if wrapper.name in given:
                parts, memory = given[wrapper.name]
                wrapper.load(parts)
                made = self._make()
                remind(made, memory)
                self._of[wrapper.name] = wrapper, made


def may_be_wrapped(line: bytes) -> bool:
    """Return whether a line, given without its LF, may be wrapped, judging by its first bytes."""
    return bool(line) and not is_usual(line.removesuffix(b"\r") + b"\n")


def memory_of(made: LogFormat) -> Json | None:
    """Return the state of a format; None if it has none."""
    return made.save() if isinstance(made, Remembering) else None


def remind(made: LogFormat, memory: Json | None) -> None:
    """Restore a state returned by `memory_of`."""
    if isinstance(made, Remembering) and memory is not None:
        made.load(memory)
