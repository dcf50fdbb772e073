"""The protocol of a log format, and the optional abilities of formats."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from http_monitor.explanation import LineReading
from http_monitor.records import Batch, Json


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark for the user on how a log is read."""

    name: str
    """Its kind: ``unread``, ``unit``, ``client``, ``host``, ``zone``, ``json-keys``, ``several-lines``."""
    text: str
    """One line, with log text in it sanitised already."""
    settled_by: str = ""
    """The option that makes the remark unnecessary."""
    advice: str = ""
    """Advice, with the punctuation before it; it ends the text the first time that a run gives it."""


@dataclass(frozen=True, slots=True)
class Need:
    """A column that an option needs, which a format may not have."""

    column: str
    """Column of `records.SCHEMA`, null if a line has no value."""
    what: str
    """Its name for the user: ``a user agent``."""
    consequence: str
    """Consequence if no line has one: ``--ignore-bots excludes no line``."""


class LogFormat(Protocol):
    """Parses the lines of one kind of log; each file has its own object."""

    @property
    def name(self) -> str:
        """Its name for the user: ``auto``, ``combined``, or the LogFormat string."""
        ...

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; never raises, whatever the bytes."""
        ...


@runtime_checkable
class Promising(Protocol):
    """A format that may promise fields that not every log has."""

    @property
    def promised(self) -> frozenset[str]:
        """Which of the columns ``duration_us`` and ``agent`` its lines have."""
        ...


@runtime_checkable
class Ending(Protocol):
    """A format that may hold a part of a line until the rest comes."""

    def parse_last(self, data: bytes) -> Batch:
        """Return the rows of whole lines and of the part it holds, because no more lines will come."""
        ...


@runtime_checkable
class Telling(Protocol):
    """A format that has messages for the user about the lines it read."""

    def drain_messages(self) -> Sequence[tuple[int, str]]:
        """Return the messages since the last call, without the name of the file.

        Returns:
            (line number, message): the line that caused it, among the non-blank lines parsed last, from 1.
        """
        ...


@runtime_checkable
class Explaining(Protocol):
    """A format that explains how it reads a line."""

    def read_line(self, line: bytes) -> LineReading:
        """Return how a line is read, field by field, or where it stops fitting.

        Args:
            line: The line without its LF; a CR at its end belongs to the line end.
        """
        ...


@runtime_checkable
class Remembering(Protocol):
    """A format whose reading of a line depends on earlier lines of the file; each file has its own object."""

    def save(self) -> Json:
        """Return its memory of earlier lines."""
        ...

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        ...


@runtime_checkable
class Holding(Protocol):
    """A format whose rows may belong to lines that began in data parsed earlier."""

    def find_held_back(self) -> Sequence[int]:
        """Return the start of each incomplete line, in bytes before the end of the data parsed last."""
        ...


@dataclass(frozen=True, slots=True)
class FormatChange:
    """From some line on a file has another format."""

    line_no: int
    """The line that showed it: its number among the non-blank lines parsed last, from 1."""
    kind: str
    """The kind of the lines after it."""


@runtime_checkable
class Changing(Protocol):
    """A format that may detect a change of its file's format."""

    def drain_changes(self) -> Sequence[FormatChange]:
        """Return the changes in the lines parsed since the last call."""
        ...


@runtime_checkable
class Headed(Protocol):
    """A format whose files begin with header lines that describe the others."""

    def learn(self, head: bytes) -> None:
        """Process the beginning of a file that is read from a later position; other lines than headers are ignored."""
        ...
