"""A live run on a log in memory, that can be killed at any point and begun again from its checkpoint."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from http_monitor.agents import is_bot
from http_monitor.alerts import default_alerts
from http_monitor.breakdown.recent import RecentRequests
from http_monitor.checkpoint.file_format import Saved
from http_monitor.checkpoint.restore import places_only, resume
from http_monitor.checkpoint.session import Session
from http_monitor.choices import GivenFile
from http_monitor.cli.run import engine_maker, live_run
from http_monitor.clock import ManualClock
from http_monitor.codec import integer
from http_monitor.filtering import selection_for
from http_monitor.health import Health
from http_monitor.hub.every_mailbox import EveryMailbox
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.source import Chunk
from http_monitor.records import Json
from http_monitor.report import Message
from http_monitor.settings import Settings
from http_monitor.sources.files.line_cutter import LineCutter
from tests.engine_strategies import START_S
from tests.harness import Recorder

START_US = START_S * 1_000_000


class Killed(BaseException):
    """What kill -9 does: nothing after it happens."""


@dataclass
class Fate:
    """Counts the points at which a run could be killed, and kills it at one of them."""

    at: int | None = None
    points: int = 0

    def point(self) -> None:
        self.points += 1
        if self.at is not None and self.points == self.at:
            raise Killed


@dataclass
class MemoryStore:
    """A checkpoint in memory; a write is whole or not at all."""

    fate: Fate
    saved: Saved | None = None
    error: OSError | None = None
    error_after: int = 0
    """Number of parts of a snapshot that are read before the error."""
    writes: list[str] = field(default_factory=list)

    def snapshot(self, parts: Iterable[bytes]) -> None:
        state = b"".join(parts if self.error is None else islice(parts, self.error_after))
        self.fate.point()
        if self.error is not None:
            raise self.error
        self.saved = Saved(state, ())
        self.writes.append("snapshot")
        self.fate.point()

    def append(self, increment: bytes) -> None:
        self.fate.point()
        if self.error is not None:
            raise self.error
        assert self.saved is not None, "there must be a snapshot to append to"
        self.saved = Saved(self.saved.snapshot, (*self.saved.increments, increment))
        self.writes.append("append")
        self.fate.point()

    def close(self) -> None:
        pass


class MemoryLog:
    """A source over bytes that grow."""

    def __init__(self, name: str, content: bytearray, fate: Fate, position: Json | None, most: int) -> None:
        self._name = name
        self._content = content
        self._fate = fate
        self._offset = 0 if position is None else integer(position["offset"])
        self._cutter = LineCutter()
        self._most = most
        self.observer_restarts = 0

    @property
    def name(self) -> str:
        return self._name

    def read(self) -> Chunk:
        self._fate.point()
        data = bytes(self._content[self._offset : self._offset + self._most])
        self._offset += len(data)
        chunk = Chunk(self._cutter.feed(data), at_end=self._offset == len(self._content))
        self._fate.point()
        return chunk

    def health(self) -> Health:
        return Health(lag_bytes=len(self._content) - self._offset, observer_restarts=self.observer_restarts)

    def position(self) -> Json:
        return {"offset": self._offset - self._cutter.pending}

    def wants_poll_s(self) -> float:
        return 1.0

    def close(self) -> None:
        pass


class _Sink(Recorder):
    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self._fate = fate

    def publish(self, message: Message) -> None:
        self._fate.point()
        super().publish(message)
        self._fate.point()


@dataclass
class Life:
    """A log, a clock and a checkpoint that outlive the runs."""

    settings: Settings
    content: bytearray = field(default_factory=bytearray)
    clock: ManualClock = field(default_factory=lambda: ManualClock(START_US))
    store: MemoryStore = field(default_factory=lambda: MemoryStore(Fate()))
    most: int = 1_000_000
    name: str = "memory.log"
    runs: list[Recorder] = field(default_factory=list)
    sources: list[MemoryLog] = field(default_factory=list)
    make_box: Callable[[], EveryMailbox] | None = None
    breaks_down: bool = False
    """Alerts have a breakdown, which is of rows since the restart only."""
    of_another_run: bool = False
    """The checkpoint is another run's, of which only the positions are taken."""

    def begin(self, fate: Fate | None = None, settings: Settings | None = None) -> HTTPMonitor:
        """Begin a run, from the checkpoint if there is one."""
        fate = fate or Fate()
        self.store.fate = fate
        self.settings = settings or self.settings
        resumed = None
        make_engine = engine_maker(default_alerts)
        if self.store.saved is not None:
            resumed = resume(self.store.saved, self.settings, make_engine)
            if self.of_another_run:
                resumed = places_only(resumed.inputs, self.settings, make_engine)
        position = None if resumed is None else resumed.position_of(self.name)
        source = MemoryLog(self.name, self.content, fate, position, self.most)
        self.sources.append(source)
        select = selection_for(self.settings, is_bot, lambda agent: None)
        entry = Input(source, get_format("auto"), self.settings.max_ahead_s * 1_000_000, explain, select=select)
        sink = _Sink(fate)
        self.runs.append(sink)
        hub = Hub([sink])
        if self.make_box is not None:
            hub.record(self.make_box())
        recent = RecentRequests(1_000) if self.breaks_down else None
        if recent is not None:
            hub.join_rows(recent)
        session = Session(self.store, resumed)
        run = live_run(self.settings, [entry], hub, self.clock, session, make_engine, breakdown=recent)
        return HTTPMonitor(run, self.clock)

    def messages(self) -> list[Message]:
        return [message for run in self.runs for message in run.messages]


def here(*paths: str) -> list[GivenFile]:
    """Return paths of this machine as the user gave them."""
    return [GivenFile(path, path) for path in paths]


def at(via: str, *paths: str) -> list[GivenFile]:
    """Return paths that a command leads to."""
    return [GivenFile(path, path, None, via) for path in paths]
