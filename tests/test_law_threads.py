"""No result depends on whether the next lines are read and parsed beside the counting of those before."""

import gzip
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings

from http_monitor.clock import ReplayClock
from http_monitor.errors import FormatError
from http_monitor.eventtime.merge import Merge
from http_monitor.health import Health
from http_monitor.inputs.input import Input
from http_monitor.inputs.readahead.process import ProcessAhead
from http_monitor.inputs.readahead.thread import ThreadAhead
from http_monitor.parser.detect.auto import auto_format
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.log_format import LogFormat
from http_monitor.ports.source import Chunk
from http_monitor.settings import Settings
from http_monitor.sources.replay import ReplayFile
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import MakeAhead, Recorder, ScriptedSource, make_monitor, replay, settings_of
from tests.program import lines_at, run
from tests.reference.engine import Options
from tests.test_law_cuts import cut_logs

_JSON = b'{"time":"2024-01-01T00:00:%02dZ","remote_addr":"h","request":"GET /x HTTP/1.1","status":200}\n'


# Unlike the program, these tests fork where other threads are, those of who runs the tests; Python 3.12 tells.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def _thread(inputs: Sequence[Input]) -> ThreadAhead:
    return ThreadAhead()


def _in_turn(inputs: Sequence[Input]) -> None:
    return None


WAYS: dict[str, MakeAhead] = {"in turn": _in_turn, "thread": _thread, "process": ProcessAhead}
if not hasattr(os, "memfd_create"):
    del WAYS["process"]
ways = pytest.mark.parametrize("way", WAYS)


@settings(max_examples=examples(25), deadline=None)
@given(cut_logs())
def test_small_chunks_of_any_logs_give_the_same_messages(
    case: tuple[list[bytes], list[list[bytes]], Options],
) -> None:
    _, pieces, options = case
    chosen = settings_of(options, replay=True)
    in_turn, *beside = (replay(pieces, chosen, make_ahead=way).messages for way in WAYS.values())
    assert all(messages == in_turn for messages in beside)


def log(seconds: Sequence[int], host: bytes = b"a") -> bytes:
    return b"".join(log_line(START_S + second, host) + b"\n" for second in seconds)


def _broken_archive() -> bytes:
    whole = gzip.compress(log(range(0, 3_000)))
    return whole[: len(whole) // 2]


CASES: dict[str, tuple[dict[str, bytes], tuple[str, ...], int]] = {
    "one file": ({"a.log": log(range(0, 900, 3))}, (), 0),
    "several files": ({"a.log": log(range(0, 900, 3)), "b.log": log(range(5, 600, 2), b"b"), "c.log": b""}, (), 0),
    "archives": ({"a.log.gz": gzip.compress(log(range(500))), "b.log": log(range(200, 700), b"b")}, (), 0),
    "a broken archive": ({"a.log": log(range(100)), "b.log.gz": _broken_archive()}, (), 3),
    "malformed lines": ({"a.log": b"bad\n\n" + log(range(30)) + b"bad\n" * 5 + log(range(30, 60)) + b"bad"}, (), 0),
    "no access log": ({"a.log": log(range(20)), "b.log": b"bad line\n" * 2_000}, (), 4),
    "NUL bytes": ({"a.log": log(range(30)) + b"\0" * 99 + log(range(30, 60))}, (), 0),
    "lines in JSON": ({"a.log": b"".join(_JSON % second for second in range(60))}, (), 0),
    "some lines only": ({"a.log": log(range(90)) + log(range(90, 200), b"b")}, ("--exclude-host", "b"), 0),
    "text": ({"a.log": log(range(90)), "b.log": log(range(90, 200), b"b")}, ("--output", "text"), 0),
}


@pytest.mark.parametrize("name", CASES)
def test_the_program_says_the_same_bytes(name: str, tmp_path: Path) -> None:
    files, options, code = CASES[name]
    arguments: list[str | Path] = ["--replay", "--output", "ndjson", *options]
    for file, content in files.items():
        (tmp_path / file).write_bytes(content)
        arguments += ["--file", tmp_path / file]
    in_turn, beside = (run(*arguments, "--threads", threads) for threads in ("1", "2"))
    assert beside == in_turn
    assert run(*arguments, "--threads", "2", threads_only=True) == in_turn
    assert beside.code == code
    assert beside.out or code == 4


def test_standard_input_is_the_same(tmp_path: Path) -> None:
    data = lines_at(range(START_S, START_S + 500))
    arguments = ["--replay", "--output", "ndjson", "--file", "-", "--threads"]
    in_turn, beside = (run(*arguments, threads, stdin=data) for threads in ("1", "2"))
    assert beside == in_turn
    assert run(*arguments, "2", stdin=data, threads_only=True) == in_turn
    assert sum(thing["hits"] for thing in beside.objects if thing["type"] == "report") == 500


@ways
def test_health_knows_of_no_nul_bytes_that_were_only_read_ahead(tmp_path: Path, way: str) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(log(range(25)) + b"\0" * 7 + log(range(25, 45)))
    source = ReplayFile(str(path), read_bytes=len(log([0])))
    monitor, _ = make_monitor(Settings(replay=True), [source], ReplayClock(), make_ahead=WAYS[way])
    counted_of_nul_bytes: dict[int, list[int]] = {0: [], 7: []}
    finished = False
    while not finished:
        finished = monitor.step()
        health = monitor.health()
        counted_of_nul_bytes[health.nul_bytes].append(health.lines)
    monitor.close_inputs()
    assert max(counted_of_nul_bytes[0]) == min(counted_of_nul_bytes[7]) == 25


@ways
def test_a_file_in_which_nothing_fits_is_refused_in_its_turn(way: str) -> None:
    def make(name: str) -> LogFormat:
        return auto_format() if name == "auto" else get_format(name)

    with pytest.raises(FormatError) as refusal:
        # That the third chunk fits something is no news: by then the first thousand lines have decided.
        replay([[b"bad\n" * 600, b"bad\n" * 600, log([1])]], Settings(replay=True), make, make_ahead=WAYS[way])
    assert str(refusal.value).startswith("0.log: none of its first 1,000 lines fits any format with a name; line 1,")


class _Waiting:
    """A source that gives its lines when it is told to."""

    name = "waiting.log"

    def __init__(self) -> None:
        self.may_read = threading.Event()
        self.reads = 0

    def read(self) -> Chunk:
        self.may_read.wait(60)
        self.reads += 1
        return Chunk(log([1]), finished=True)

    def health(self) -> Health:
        return Health()

    def wants_poll_s(self) -> float:
        return 0.0

    def close(self) -> None:
        pass


def _input(source: _Waiting | ScriptedSource) -> Input:
    return Input(source, get_format("auto"), 0, explain)


def test_who_counts_waits_a_moment_at_a_time_and_the_look_is_made_once() -> None:
    source, ahead = _Waiting(), ThreadAhead()
    entry = _input(source)
    ahead.begin(entry)
    assert ahead.next_look(entry) is None
    source.may_read.set()
    look = None
    while look is None:
        look = ahead.next_look(entry)
    assert (look.batch.lines, look.finished, source.reads) == (1, True, 1)
    ahead.close()


def test_looks_that_were_not_begun_are_not_made_at_the_end_and_the_thread_is_gone() -> None:
    before, switch_s = threading.active_count(), sys.getswitchinterval()
    first, second, ahead = _Waiting(), _Waiting(), ThreadAhead()
    for source in (first, second):
        ahead.begin(_input(source))
    assert threading.active_count() == before + 1
    closing = threading.Thread(target=ahead.close)
    closing.start()
    while _second_is_waiting(ahead):
        pass
    first.may_read.set()
    closing.join(60)
    assert (first.reads, second.reads) == (1, 0)
    assert (threading.active_count(), sys.getswitchinterval()) == (before, switch_s)


def _second_is_waiting(ahead: ThreadAhead) -> bool:
    return not all(look.cancelled() or look.running() for look in ahead.pending)


def test_the_file_that_is_wanted_next_is_known_while_the_others_are_counted() -> None:
    pieces = [[log(range(0, 10)), log(range(10, 20))], [log(range(0, 30), b"b")], [log(range(0, 15), b"c")]]
    asked: list[tuple[int | None, int | None]] = []

    class Watched(Merge):
        foreseen: int | None = None

        def wants(self) -> int | None:
            index = super().wants()
            if index is not None:
                asked.append((self.foreseen, index))
            return index

        def upcoming(self) -> int | None:
            self.foreseen = super().upcoming()
            return self.foreseen

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("http_monitor.monitor.replay_turns.Merge", Watched)
        recorder: Recorder = replay(pieces, Settings(replay=True), make_ahead=_thread)
    assert recorder.summary.hits == 65
    first, *others = [pair for at, pair in enumerate(asked) if not at or pair != asked[at - 1]]
    assert first == (None, 0)
    assert all(foreseen == wanted for foreseen, wanted in others)
