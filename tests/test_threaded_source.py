import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from http_monitor.clock import ManualClock
from http_monitor.health import Health
from http_monitor.ports.source import Chunk, Diagnosing, Resumable, Source
from http_monitor.records import Json
from http_monitor.report import Level, Notice
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.remote.threaded_source import PolledSource

_PATIENCE_S = 60
_CUT = Obstacle("cannot be reached (gone)", "cannot be reached (gone), trying again")
_START_US = 1_700_000_000_000_000


class Remote:
    """A log behind a link: what its readers find, look by look; the test says when a look may end."""

    def __init__(self, data: list[bytes], *, free: bool = True) -> None:
        self.data = data
        """What each look finds."""
        self.may_look = threading.Semaphore(1_000 if free else 0)
        self.looks = 0
        self.made: list[Json | None] = []
        self.open = 0
        self.cut_at: dict[int, str] = {}
        """The looks (from 1) in which the link is cut: before or after the data was read, silently or loudly."""
        self.errors: dict[int, Exception] = {}
        self.tick: Callable[[], None] = lambda: None
        self.stopped = threading.Event()
        self.in_look = threading.Event()
        self._failure: Obstacle | None = None

    def take_failure(self) -> Obstacle | None:
        failure, self._failure = self._failure, None
        return failure

    def stop(self) -> None:
        self.stopped.set()
        self.may_look.release()

    def make(self, resume: Json | None) -> "Reader":
        self.made.append(resume)
        self.open += 1
        return Reader(self, 0 if resume is None else resume["next"])

    def wait_for_look(self) -> None:
        self.in_look.set()
        assert self.may_look.acquire(timeout=_PATIENCE_S)

    def cut(self) -> None:
        self._failure = _CUT


class Reader:
    def __init__(self, remote: Remote, first: int) -> None:
        self._remote = remote
        self._next = first

    def read(self) -> Chunk:
        remote = self._remote
        remote.wait_for_look()
        remote.looks += 1
        remote.tick()
        if remote.looks in remote.errors:
            raise remote.errors[remote.looks]
        data = b"".join(remote.data[self._next : self._next + 1])
        self._next += bool(data)
        if remote.looks in remote.cut_at:
            remote.cut()
            if remote.cut_at[remote.looks] == "loudly":
                raise OSError(None, "gone")
        return Chunk(data, at_end=self._next == len(remote.data))

    def health(self) -> Health:
        return Health(rotations=self._next)

    def position(self) -> Json:
        return {"next": self._next}

    def close(self) -> None:
        self._remote.open -= 1


class Owner:
    """The thread that takes what was found, and waits for it."""

    def __init__(self, remote: Remote, clock: ManualClock | None = None) -> None:
        self.woken = threading.Semaphore(0)
        self.source = PolledSource(
            "web.log",
            remote.make,
            link=remote,
            wake=self.woken.release,
            clock=clock or ManualClock(_START_US),
            least_pause_s=0.001,
        )

    def take(self) -> Chunk:
        assert self.woken.acquire(timeout=_PATIENCE_S)
        return self.source.read()


@pytest.fixture
def own() -> Iterator[Callable[..., Owner]]:
    made: list[Owner] = []

    def begin(remote: Remote, clock: ManualClock | None = None) -> Owner:
        made.append(Owner(remote, clock))
        return made[-1]

    yield begin
    for owner in made:
        owner.source.close()


Own = Callable[..., Owner]


def test_it_is_a_source_that_another_process_can_resume(own: Own) -> None:
    source: Source = own(Remote([])).source
    assert isinstance(source, Resumable)
    assert source.name == "web.log"
    assert source.wants_poll_s() == 0.001


def test_why_no_lines_come_is_said_by_the_position_that_was_taken() -> None:
    remote = Remote([b"a\n"])
    woken = threading.Semaphore(0)

    def explain(position: Json | None) -> str:
        return f"nothing after {position}"

    source = PolledSource(
        "web.log", remote.make, link=remote, wake=woken.release, clock=ManualClock(_START_US), explain=explain
    )
    assert isinstance(source, Diagnosing)
    assert woken.acquire(timeout=_PATIENCE_S)
    source.read()
    assert source.diagnose() == "nothing after {'next': 1}"
    source.close()


def test_without_an_explanation_the_state_is_one(own: Own) -> None:
    owner = own(Remote([b"a\n"]))
    owner.take()
    assert owner.source.diagnose() == "it is there and readable: no traffic, or its writer writes elsewhere"


def test_nothing_is_known_before_the_first_look_has_ended_and_nothing_waits_for_it(own: Own) -> None:
    remote = Remote([b"a\n"], free=False)
    owner = own(remote)
    assert owner.source.read() == Chunk(b"", at_end=False)
    assert owner.source.health() == Health()
    assert owner.source.position() == {"next": 0}
    remote.may_look.release()
    assert owner.take() == Chunk(b"a\n", at_end=True)
    assert owner.source.read() == Chunk(b"", at_end=True)


def test_health_and_position_are_those_of_the_data_that_was_taken(own: Own) -> None:
    remote = Remote([b"a\n", b"b\n", b"c\n"])
    owner = own(remote)
    seen = []
    for _ in remote.data:
        chunk = owner.take()
        seen.append((chunk.data, chunk.at_end, owner.source.health().rotations, owner.source.position()))
    assert seen == [
        (b"a\n", False, 1, {"next": 1}),
        (b"b\n", False, 2, {"next": 2}),
        (b"c\n", True, 3, {"next": 3}),
    ]


def test_while_a_look_is_not_taken_the_next_is_not_handed_over_and_there_is_no_third(own: Own) -> None:
    remote = Remote([b"%d\n" % number for number in range(100)], free=False)
    owner = own(remote)
    remote.may_look.release(2)
    assert owner.woken.acquire(timeout=_PATIENCE_S)
    remote.may_look.release(98)
    assert not owner.woken.acquire(blocking=False)
    assert remote.looks <= 2
    assert owner.source.position() == {"next": 0}
    assert owner.source.read().data == b"0\n"
    assert owner.source.position() == {"next": 1}
    rest = b"".join(owner.take().data for _ in range(99))
    assert rest == b"".join(remote.data[1:])
    assert remote.looks == 100


def test_a_look_without_news_does_not_wake_the_monitor(own: Own) -> None:
    remote = Remote([b"a\n"])
    twenty = threading.Event()
    remote.tick = lambda: twenty.set() if remote.looks == 20 else None
    owner = own(remote)
    assert owner.take().data == b"a\n"
    assert twenty.wait(_PATIENCE_S)
    assert not owner.woken.acquire(blocking=False)


def notice(words: str, name: str, level: Level = "info") -> Notice:
    return Notice(f"web.log: {words}", level, name, "web.log")


@pytest.mark.parametrize("how", ["silently", "loudly"])
def test_a_look_in_which_the_link_was_cut_counts_for_nothing_and_nothing_is_lost(own: Own, how: str) -> None:
    remote = Remote([b"a\n", b"b\n", b"c\n"])
    remote.cut_at = {2: how, 3: how}
    clock = ManualClock(_START_US)
    owner = own(remote, clock)
    assert owner.take().data == b"a\n"
    cut = owner.take()
    assert cut == Chunk(b"", at_end=True, notices=(notice(_CUT.notice, "unreadable", "warning"),))
    assert owner.source.health() == Health(
        rotations=1, waiting_for="web.log cannot be reached (gone)", waiting_since_us=_START_US
    )
    assert owner.source.position() == {"next": 1}
    assert owner.take() == Chunk(b"b\n", at_end=False, notices=(notice("reached again", "readable"),))
    assert owner.source.health() == Health(rotations=2)
    assert owner.take().data == b"c\n"
    assert remote.made == [None, {"next": 1}, {"next": 1}]
    assert remote.open == 1


def test_a_link_that_is_dead_at_the_start_is_a_state_and_begins_from_the_beginning_when_it_lives(own: Own) -> None:
    remote = Remote([b"a\n"])
    remote.cut_at = {1: "loudly"}
    owner = own(remote)
    assert owner.take().at_end
    assert owner.source.health().waiting_for == "web.log cannot be reached (gone)"
    assert owner.take().data == b"a\n"
    assert remote.made == [None, None]


def test_an_error_of_the_system_that_no_link_has_caused_is_a_state_too(own: Own) -> None:
    remote = Remote([b"a\n"])
    remote.errors = {1: OSError(5, "Input/output error")}
    owner = own(remote)
    assert owner.take().notices == (
        notice("cannot be read (Input/output error), trying again", "unreadable", "warning"),
    )
    assert owner.take().data == b"a\n"


def test_an_error_of_the_program_ends_it_with_a_word(own: Own, caplog: pytest.LogCaptureFixture) -> None:
    remote = Remote([b"a\n", b"b\n"])
    remote.errors = {2: ZeroDivisionError("by \x1b[31mzero")}
    with caplog.at_level(logging.CRITICAL):
        owner = own(remote)
        assert owner.take().data == b"a\n"
        last = owner.take()
    what = "ZeroDivisionError: by \\x1b[31mzero"
    words = f"no longer followed because of an error in this program ({what})"
    assert last == Chunk(b"", at_end=True, notices=(notice(words, "failed", "warning"),))
    assert owner.source.health() == Health(
        rotations=1, waiting_for=f"web.log is no longer followed ({what})", waiting_since_us=_START_US
    )
    assert owner.source.failures == 1
    assert owner.source.position() == {"next": 1}
    owner.source.close()
    assert remote.open == 0


def test_closing_ends_what_is_being_waited_for_and_the_thread(own: Own) -> None:
    remote = Remote([b"a\n"], free=False)
    owner = own(remote)
    assert remote.in_look.wait(_PATIENCE_S)
    owner.source.close()
    assert remote.stopped.is_set()
    assert remote.open == 0
    assert owner.source.read() == Chunk(b"", at_end=False)


def test_closing_does_not_wait_for_what_was_not_taken(own: Own) -> None:
    remote = Remote([b"a\n", b"b\n", b"c\n"])
    owner = own(remote)
    assert owner.woken.acquire(timeout=_PATIENCE_S)
    owner.source.close()
    assert owner.source.position() == {"next": 0}
    assert remote.open == 0


@pytest.mark.parametrize(("took_s", "pause_s"), [(0.0, 1.0), (0.3, 1.0), (2.0, 6.0), (10.0, 30.0), (60.0, 30.0)])
def test_the_pause_is_three_times_a_look_but_not_too_short_nor_too_long(
    took_s: float, pause_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock(_START_US)
    pauses: list[float] = []
    paused = threading.Event()

    def pause(source: PolledSource, seconds: float) -> None:
        pauses.append(seconds)
        paused.set()
        with source._condition:
            source._condition.wait_for(lambda: source._closed)

    monkeypatch.setattr(PolledSource, "_pause", pause)
    remote = Remote([b"a\n", b"b\n"])
    remote.tick = lambda: clock.advance(took_s)
    woken = threading.Semaphore(0)
    source = PolledSource("web.log", remote.make, link=remote, wake=woken.release, clock=clock)
    for _ in remote.data:
        assert woken.acquire(timeout=_PATIENCE_S)
        source.read()
    assert paused.wait(_PATIENCE_S)
    source.close()
    # After the first look, which did not reach the end, there was none.
    assert pauses == [pause_s]


def test_a_state_of_the_reader_is_handed_on(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reader, "health", lambda reader: Health(waiting_for="web.log is missing"))
    owner = own(Remote([]))
    assert owner.take() == Chunk()
    assert owner.source.health() == replace(Health(), waiting_for="web.log is missing")
