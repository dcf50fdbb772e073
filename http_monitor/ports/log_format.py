"""A reader of the lines of one kind of log, and what a format may be able to do besides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from http_monitor.explanation import LineReading
from http_monitor.records import Batch, Json


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that the user should know of how the lines of a log are read."""

    name: str
    """What kind it is: ``unread``, ``unit``, ``client``, ``host``, ``zone``."""
    text: str
    """One line, log text in it sanitised already."""
    settled_by: str = ""
    """The option with which there is nothing to say any more."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that an option asks of the lines of a log, which a format may not have."""

    column: str
    """Of `records.SCHEMA`, null where a line has none."""
    what: str
    """What the user calls it: ``a user agent``."""
    consequence: str
    """What follows where no line has one: ``--ignore-bots leaves out nobody``."""


class LogFormat(Protocol):
    """Reads the lines of one kind of log; each file has one of its own."""

    @property
    def name(self) -> str:
        """What the user calls it: ``auto``, ``combined``, or the LogFormat string."""
        ...

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; never raises for what the bytes are."""
        ...


@runtime_checkable
class Ending(Protocol):
    """A format that may hold a part of a line until the rest comes."""

    def parse_last(self, data: bytes) -> Batch:
        """Return the rows of whole lines, and of what it holds, since nothing will come any more."""
        ...


@runtime_checkable
class Telling(Protocol):
    """A format that has something to say to the user of the lines it read."""

    def take_told(self) -> Sequence[tuple[int, str]]:
        """Return what it has to say since this was asked the last time, without the name of the file.

        Returns:
            For each the line that showed it, by its number among the non-blank lines of what was parsed, from 1.
        """
        ...


@runtime_checkable
class Explaining(Protocol):
    """A format that says of one line what it makes of it."""

    def read_line(self, line: bytes) -> LineReading:
        """Return field by field what one line says, or where it stops to fit.

        Args:
            line: Without its LF; a CR at its end belongs to the line end.
        """
        ...


@runtime_checkable
class Remembering(Protocol):
    """A format in which earlier lines of a file say how later ones are read; each file has one of its own."""

    def save(self) -> Json:
        """Return what it remembers."""
        ...

    def load(self, given: Json) -> None:
        """Go on with what was saved. Raises KeyError, TypeError or ValueError for anything else."""
        ...


@dataclass(frozen=True, slots=True)
class FormatChange:
    """From some line on a file has another format."""

    line_no: int
    """The line that showed it, by its number among the non-blank lines of what was parsed, from 1."""
    kind: str
    """What the lines behind it are."""


@runtime_checkable
class Changing(Protocol):
    """A format that may find out that the lines of its file have become others."""

    def take_changes(self) -> Sequence[FormatChange]:
        """Return what was found in the lines parsed since this was asked the last time."""
        ...


@runtime_checkable
class Headed(Protocol):
    """A format whose files begin with lines that say how the others are read."""

    def learn(self, head: bytes) -> None:
        """Take what a file begins with, where reading begins later in it; what is no header there means nothing."""
        ...
