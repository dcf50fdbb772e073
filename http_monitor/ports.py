"""The protocols that parts meet at; each has two implementations or more."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from http_monitor.errors import InputError
from http_monitor.records import Batch, Bools, Int64s
from http_monitor.report import BucketStats, Message, Notice

Json = dict[str, Any]
"""A JSON object: what state becomes before it is written, and what it is read back as. Any: its values are checked
by whoever made it, not by who carries it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a source had to give at one look."""

    data: bytes = b""
    """Whole lines, each with its LF (a source adds the one that a last line lacks). A line longer than the
    limit is cut to limit + 1 bytes before its LF."""
    at_end: bool = True
    """No complete line is left unread."""
    finished: bool = False
    """Nothing will ever come again (end of a replay, end of standard input); implies `at_end`."""
    notices: tuple[Notice, ...] = ()
    """What happened to the input since the last look."""


UNCHANGED = Chunk()
"""What a source returns, this very object, if all is as it was at the last look: its health and its position too."""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """Counters of one source since its start, and its state now."""

    lag_bytes: int = 0
    """Bytes known to exist beyond what was read."""
    lost_bytes: int = 0
    """Bytes that were seen to exist, and went before they could be read."""
    maybe_lost: bool = False
    """More may have been written and gone between two looks; nobody can know."""
    nul_bytes: int = 0
    """NUL bytes at the beginning of lines, which a truncated writer leaves; skipped."""
    rotations: int = 0
    truncations: int = 0
    observer_restarts: int = 0
    waiting_for: str = ""
    """Why nothing can be read now, in words; empty when readable."""
    waiting_since_us: int | None = None
    """When that was first seen, by the wall clock; None when readable."""


class Source(Protocol):
    """An input of log lines. One thread owns it; `read` never waits (in a replay it may)."""

    @property
    def name(self) -> str:
        """What the user calls it (a path, ``-``)."""
        ...

    def read(self) -> Chunk:
        """Return what is there, at most about 1 to 4 MiB."""
        ...

    def health(self) -> SourceHealth:
        """Return the counters."""
        ...

    def wants_poll_s(self) -> float:
        """Return after how many seconds it wants to be looked at again, whatever wakes the monitor before."""
        ...

    def close(self) -> None:
        """Let go of descriptors and threads."""
        ...


@runtime_checkable
class Resumable(Protocol):
    """A source that can go on in another process where this one stopped."""

    def position(self) -> Json | None:
        """Return where it stands after the last `read`, with what it has lost and counted; None: not begun yet."""
        ...


@runtime_checkable
class Failing(Protocol):
    """A source of a replay that may end before its input does."""

    @property
    def failure(self) -> InputError | None:
        """Why it could not be read to its end; None: nothing went wrong so far."""
        ...


@runtime_checkable
class Diagnosing(Protocol):
    """A source that can find out why it has nothing to give."""

    def diagnose(self) -> str:
        """Return why no lines come, as the end of a sentence; it may take some milliseconds."""
        ...


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint as it was found."""

    snapshot: bytes
    increments: tuple[bytes, ...]
    """What was appended after it, in order, up to the first that is not whole."""


class CheckpointStore(Protocol):
    """Keeps one snapshot and what was appended to it, each whole or not at all, for the next process."""

    def snapshot(self, parts: Iterable[bytes]) -> None:
        """Replace everything by these parts, one after the other. Raises OSError, and then the old is still there."""
        ...

    def append(self, increment: bytes) -> None:
        """Add to the snapshot. Raises OSError, and then only a new snapshot may follow."""
        ...

    def close(self) -> None:
        """Let another process have it."""
        ...


Value = bytes | int | None
"""A field as it was read: text as the log has it, a number, None for ``-``. A ``time`` is in microseconds."""


@dataclass(frozen=True, slots=True)
class FoundField:
    """Where a field was found in a line."""

    name: str
    """As in `LineReading.values`; what the format calls it where it is several of them, or none."""
    start: int
    """Its first byte, from 0."""
    stop: int
    """The byte after its last."""


@dataclass(frozen=True, slots=True)
class LineReading:
    """What a format makes of one line."""

    format: str
    """The name of the format."""
    found: tuple[FoundField, ...]
    """The fields in the order of the line, as far as it fits."""
    values: Mapping[str, Value] | None
    """What they say, by the names of ``--explain --output ndjson``; None where the line is malformed."""
    column: int | None = None
    """The byte at which a malformed line stops to fit, from 1."""
    expected: str | None = None
    """What should stand there, in a few words."""
    known: int = 0
    """Of a malformed line, how many of the fields found mean something to the format."""


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


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The lines that stand inside the lines of a chunk."""

    data: bytes
    """Whole lines, each with its LF: what was inside, and as it was each line that is none of the wrapper's."""
    wrapped: Bools
    """For each of them whether it was inside."""
    source: Int64s
    """For each of them the index of the name of its container, pod or host among `sources`; -1: none is known."""
    sources: tuple[bytes, ...]
    origin: Int64s
    """For each of them the index of what wrote it among `origins`; -1 where it was not inside."""
    origins: tuple[bytes, ...]
    """Programs, streams or containers, each digit as 0."""

    @property
    def lines(self) -> int:
        """How many lines there are, blank ones too."""
        return len(self.wrapped)


@dataclass(frozen=True, slots=True)
class Peeled:
    """What one line has inside, as far as its own bytes show it."""

    text: bytes | None
    """The line inside; None: a part of one that is not complete."""
    places: Sequence[int]
    """For each byte of the text where it stands in the line, one more for where the text ends; -1: in an earlier."""
    source: tuple[bytes, int, int] | None = None
    """The name of the container, pod or host, and where it stands."""


class Wrapper(Protocol):
    """Takes off what somebody put around each line of a log; each file has one of its own."""

    @property
    def name(self) -> str:
        """What ``--unwrap`` calls it."""
        ...

    @property
    def words(self) -> str:
        """What it is, before ``, taken off``: ``syslog in front of each line``."""
        ...

    def front(self, line: bytes) -> bytes | None:
        """Return what stands before the text of a line, without its LF; None where it is not wrapped.

        Nothing is remembered. Of a text that is quoted in the midst of others it is empty.
        """
        ...

    def unwrap(self, data: bytes) -> Unwrapped:
        """Return what stands inside whole lines; never raises for what the bytes are."""
        ...

    def peel(self, line: bytes) -> Sequence[Peeled]:
        """Return what stands inside one line, without its LF; nothing where it is not wrapped."""
        ...

    def end(self) -> bytes:
        """Return the lines that were not complete when the input ended, each with its LF."""
        ...

    def save(self) -> Json:
        """Return the parts of lines that are not complete."""
        ...

    def load(self, given: Json) -> None:
        """Go on with what was saved. Raises KeyError, TypeError or ValueError for anything else."""
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


AgentKind = Literal["person", "bot", "library", "unknown"]
"""Who is behind a user agent, as far as it says."""


@dataclass(frozen=True, slots=True)
class AgentFamily:
    """What a user agent belongs to."""

    browser: bytes | None
    """Family of the browser or program, ``Firefox``; may be text of the log. None: not known."""
    system: bytes | None
    """Family of the operating system, ``Windows``; likewise."""
    kind: AgentKind


ClassifyAgent = Callable[[bytes], AgentFamily]
"""Tells the families of an agent; the same agent always has the same."""


@runtime_checkable
class Headed(Protocol):
    """A format whose files begin with lines that say how the others are read."""

    def learn(self, head: bytes) -> None:
        """Take what a file begins with, where reading begins later in it; what is no header there means nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of a rule for one subject."""

    subject: bytes | None
    value: float
    hits: int
    """The window's hits, or the subject's."""


class WindowView(Protocol):
    """The sliding window as a rule may look at it, at the close of a bucket."""

    @property
    def seconds(self) -> int:
        """Its length."""
        ...

    @property
    def hits(self) -> int:
        """Hits in it."""
        ...

    @property
    def size_bytes(self) -> int:
        """Bytes in it, ``-`` as 0."""
        ...

    @property
    def errors(self) -> int:
        """Hits with status 500–599."""
        ...

    @property
    def malformed(self) -> int:
        """Lines that fit no format, each in the bucket of the line accepted before it in its file.

        They are counted where `Settings.alert_malformed` is given.
        """
        ...

    def hosts_above(self, hits: float) -> Iterator[tuple[bytes, int]]:
        """Yield (host, hits) for each host with more hits than that."""
        ...

    def host_hits(self, host: bytes) -> int:
        """Return the hits of one host; 0 where it has none."""
        ...

    def hits_by(self, dimension: str) -> dict[bytes, int]:
        """Return the hits by key of ``status``, ``hosts``, ``sections`` or ``endpoints``; made when asked for."""
        ...


class Alert(Protocol):
    """A pure measure of the window, with its threshold and its words."""

    @property
    def name(self) -> str:
        """Its name in NDJSON."""
        ...

    @property
    def threshold(self) -> float:
        """Raised above, recovered below, unchanged at it."""
        ...

    def measure(self, window: WindowView, active: Collection[bytes | None]) -> Iterable[Reading]:
        """Return the value for every subject above the threshold and for every subject in `active`."""
        ...

    def title(self, subject: bytes | None) -> str:
        """Return how the message begins: ``High traffic``."""
        ...

    def reading(self, value: float) -> str:
        """Return the value in the message's words, two decimals: ``hits = 12.00``."""
        ...


class FutureWindows(Protocol):
    """The sliding window at the last close and at each of the closes to come, as far as lines have come."""

    @property
    def seconds(self) -> int:
        """Its length."""
        ...

    @property
    def hits(self) -> Int64s:
        """Hits in each; the first is the window at the last close."""
        ...

    @property
    def errors(self) -> Int64s:
        """Hits with status 500–599 in each."""
        ...

    @property
    def malformed(self) -> Int64s:
        """Lines that fit no format in each, as `WindowView.malformed` counts them."""
        ...

    def hosts_above(self, hits: float) -> tuple[list[bytes], Int64s] | None:
        """Return all hosts that have more hits than that in any of the windows, and maybe others, with their hits.

        Returns:
            (hosts, hits of each host in each window, shape (hosts, windows)), or None where it takes too long to
            find out.
        """
        ...


@runtime_checkable
class VectorizedAlert(Protocol):
    """An alert that tells at which closes nothing can change; then it need not be asked at every close."""

    def may_change(self, windows: FutureWindows) -> Bools:
        """Return False for each close to come that neither raises it nor lets it recover, for any subject.

        At the last close every subject above the threshold is raised and none below it.
        """
        ...


class ReportSink(Protocol):
    """Takes what the monitor says, in order; may ignore kinds of messages it has no use for."""

    def publish(self, message: Message) -> None:
        """Take one message. Raises BrokenPipeError when its reader is gone."""
        ...


@runtime_checkable
class Settling(Protocol):
    """A `ReportSink` that may keep messages back for a moment, to tell several in one."""

    def settle(self) -> None:
        """Let go of them: the turn that made them is over. Raises BrokenPipeError when its reader is gone."""
        ...


class BucketSink(Protocol):
    """Takes closed buckets, in order."""

    def bucket(self, stats: BucketStats) -> None:
        """Take one closed bucket."""
        ...
