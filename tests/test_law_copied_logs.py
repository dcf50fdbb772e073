"""However a log is copied, truncated and replaced, and whenever that is noticed, every line is counted once."""

import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass

from http_monitor.clock import ManualClock
from http_monitor.sources.known.position import TailPosition
from http_monitor.sources.tail.tail import FileTail, TailLimits
from tests.examples import examples
from tests.following import GRACE_S, line
from tests.reference.copied_logs import wrong_counts
from tests.simulated_files import SimulatedFiles

LOG = "/logs/access.log"
TICK_NS = 1_000_000


@dataclass(frozen=True)
class Kind:
    """What happens to a log, and how fast."""

    rotations: tuple[str, ...]
    eagerness: float
    """How likely a step of the writer is between two calls of the reader to the system."""
    ticks: tuple[int, ...] = (0, 0, TICK_NS)
    """By how much the clock may move at each step: in coarse ones files have the same time."""
    kills: bool = False


class History:
    """A writer and what rotates its log; each step is one call to the system."""

    def __init__(self, seed: int, kind: Kind) -> None:
        self.chance = random.Random(seed)
        self.written: list[bytes] = []
        self.files = SimulatedFiles(self.between)
        self.files.create(LOG)
        self.eagerness = 0.0
        self.ended = False
        self._kind = kind
        self._steps = self._run()

    def between(self) -> None:
        """Let the writer take some steps, or none."""
        while not self.ended and self.chance.random() < self.eagerness:
            self.step()

    def step(self) -> None:
        """Let the writer take a step."""
        self.ended = next(self._steps, None) is None
        self.files.now_ns += self.chance.choice(self._kind.ticks)

    def kept(self) -> Iterator[bytes]:
        """Yield the contents of all files."""
        for name, file in self.files.names.items():
            yield gzip.decompress(file.data) if name.endswith(".gz") else bytes(file.data)

    def _lines(self, most: int) -> bytes:
        first = len(self.written) + 1
        lines = [line(first + number) for number in range(self.chance.randint(1, most))]
        self.written += lines
        return b"".join(lines)

    def _run(self) -> Iterator[str]:
        if self._kind.rotations != ("replace",):  # an empty log is let go, and its inode used again
            yield self._write(12)
        rotations = {"copytruncate": self._copytruncate, "replace": self._replace}
        for _ in range(self.chance.randint(2, 6)):
            rotation = self.chance.choice(self._kind.rotations)
            for step in rotations[rotation]():
                yield step
                while rotation == "copytruncate" and self.chance.random() < 0.3:
                    yield self._write(3)
            for _ in range(self.chance.choice((0, 1, 5)) if rotation == "copytruncate" else 0):
                yield self._write(12)

    def _write(self, most: int) -> str:
        self.files.append(LOG, self._lines(most))
        return "write"

    def _copytruncate(self) -> Iterator[str]:
        """Do what logrotate does."""
        compresses, delays = self.chance.random() < 0.4, self.chance.random() < 0.5
        if compresses and delays and f"{LOG}.1" in self.files.names:
            yield from self._compress(f"{LOG}.1")
        for number in range(9, 0, -1):
            for ending in ("", ".gz"):
                if f"{LOG}.{number}{ending}" in self.files.names:
                    self.files.rename(f"{LOG}.{number}{ending}", f"{LOG}.{number + 1}{ending}")
                    yield "rename"
        self.files.create(f"{LOG}.1")
        yield "create"
        block, offset = self.chance.choice((250, 1_000, 4_096)), 0
        while data := bytes(self.files.names[LOG].data[offset : offset + block]):
            self.files.append(f"{LOG}.1", data)
            offset += len(data)
            block += block // 4  # it is faster than the writer in the end
            yield "copy"
        # Within one tick of the clock nobody copies and truncates a log twice.
        self.files.now_ns += TICK_NS
        self.files.truncate(LOG)
        yield "truncate"
        if compresses and not delays:
            yield from self._compress(f"{LOG}.1")

    def _compress(self, name: str) -> Iterator[str]:
        plain, archive = self.files.names[name], self.files.create(f"{name}.gz")
        yield "create"
        data = gzip.compress(plain.data)
        cut = self.chance.randrange(len(data))
        for part in (data[:cut], data[cut:]):
            self.files.append(f"{name}.gz", part)
            yield "compress"
        archive.mtime_ns = plain.mtime_ns
        yield "stamp"
        self.files.unlink(name)
        yield "unlink"

    def _replace(self) -> Iterator[str]:
        """Replace the log by grown copies of itself, as rsync does."""
        for _ in range(self.chance.choice((1, 10, 60))):
            content = bytes(self.files.names[LOG].data)
            self.files.create(f"{LOG}.tmp")
            yield "create"
            self.files.append(f"{LOG}.tmp", content + self._lines(12))
            yield "copy"
            self.files.rename(f"{LOG}.tmp", LOG)
            yield "rename"


class Follower:
    """A tail that looks now and then, and what it has given."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._clock = ManualClock(1_700_000_000_000_000)
        read_bytes = history.chance.choice((150, 500, 100_000))
        self._limits = TailLimits(1_000, read_bytes, GRACE_S)
        self.tail = self._new(None)
        self.data = b""
        self.notices: list[str] = []

    def _new(self, resume: TailPosition | None) -> FileTail:
        files, clock, limits = self._history.files, self._clock, self._limits
        return FileTail(LOG, files=files, clock=clock, from_start=True, limits=limits, resume=resume)

    def look(self) -> bool:
        """Look once; return whether the end was reached."""
        chunk = self.tail.read()
        self.notices += [notice.name for notice in chunk.notices]
        self.data += chunk.data
        return chunk.at_end

    def kill(self) -> None:
        """Go on as another process does, from the position of this one."""
        position = self.tail.position()
        self.tail.close()
        assert position is not None
        self.tail = self._new(TailPosition.from_json(position))

    def follow(self, kind: Kind) -> None:
        """Look while the history goes on, and until nothing comes any more."""
        history, chance = self._history, self._history.chance
        self.look()  # what is copied away before anything was seen of a log is an old file to everybody
        while not history.ended:
            history.eagerness = kind.eagerness
            self.look()
            history.eagerness = 0.0
            for _ in range(chance.choice((0, 0, 1, 3, 30))):
                if not history.ended:
                    history.step()
            self._clock.advance(chance.choice((0, 0, 0, 1, 3)))
            if kind.kills and chance.random() < 0.1:
                self.kill()
        for _ in range(4):
            while not self.look():
                pass
            self._clock.advance(GRACE_S + 1)


def _wrong(seed: int, kind: Kind, *, in_storm: bool = False) -> list[str]:
    """Return what was wrong with what was counted of one history."""
    history = History(seed, kind)
    follower = Follower(history)
    follower.follow(kind)
    health = follower.tail.health()
    told = health.maybe_lost or health.lost_bytes > 0
    counted = follower.data.splitlines(keepends=True)
    # More than is told in a storm nobody knows of what is left in files.
    wrong = wrong_counts(history.written, () if in_storm else history.kept(), counted, told=told)
    if "counted-again" in follower.notices:
        wrong = [words for words in wrong if not words.endswith("times")]
    return wrong


def _check(number: int, kind: Kind, *, in_storm: bool = False) -> None:
    wrong = {seed: words for seed in range(examples(number)) if (words := _wrong(seed, kind, in_storm=in_storm))}
    assert not wrong


def test_a_log_that_is_copied_and_truncated_is_counted_once_whenever_it_is_looked_at() -> None:
    _check(400, Kind(("copytruncate",), eagerness=0.0))


def test_a_log_that_is_copied_and_truncated_at_any_moment_is_counted_once() -> None:
    _check(400, Kind(("copytruncate",), eagerness=0.02))


def test_a_log_that_is_copied_and_truncated_is_counted_once_whenever_the_reader_is_killed() -> None:
    _check(400, Kind(("copytruncate",), eagerness=0.0, kills=True))


def test_a_log_that_is_replaced_by_grown_copies_at_any_moment_is_counted_once() -> None:
    _check(100, Kind(("replace",), eagerness=0.0))
    _check(100, Kind(("replace",), eagerness=0.05))


def test_in_a_storm_of_rotations_nothing_is_counted_twice_or_lost_without_a_word() -> None:
    _check(200, Kind(("copytruncate",), eagerness=0.1, ticks=(TICK_NS,)), in_storm=True)
    _check(200, Kind(("copytruncate",), eagerness=0.3, ticks=(TICK_NS,)), in_storm=True)
