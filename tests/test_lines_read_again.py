"""Lines of the recent rows, read again from their logs: the very line, or that it is gone."""

import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from http_monitor.alerts import default_alerts
from http_monitor.clock import ReplayClock
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.log_format import LogFormat
from http_monitor.ports.source import Source
from http_monitor.ports.views import FoundLine, LinesQuery, ViewSpan
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.reread import GONE, NOT_READABLE, LineReader, ParseLine
from http_monitor.recent.views import RecentViews
from http_monitor.records import LogFile
from http_monitor.settings import Settings
from http_monitor.sources.files.access import Listing, LocalFiles
from http_monitor.sources.replay import ReplayFile
from tests.engine_strategies import log_line
from tests.harness import ScriptedSource, put_together
from tests.located import START_S, MakeFormat, container_lines, family, in_wrapper

EVER = ViewSpan(-(1 << 60), 1 << 60)


def parser_of(make_format: MakeFormat) -> Callable[[LogFile], ParseLine]:
    def make(_: LogFile) -> ParseLine:
        log_format = make_format()

        def parse(data: bytes) -> pa.RecordBatch:
            return log_format.parse(data).rows

        return parse

    return make


def found_lines(
    sources: Sequence[Source], make_format: MakeFormat = family, filter: str | None = None, *, keeps_texts: bool = False
) -> list[FoundLine]:
    """Return the lines of a replay, newest first."""
    rows, hub = RecentRows(1 << 60, 1 << 26, 7), Hub()
    hub.join_stream(rows)
    run = Settings(replay=True)
    inputs = [Input(source, make_format(), 60_000_000, explain) for source in sources]
    for each in inputs:
        each.locator.keeps_texts = keeps_texts
    monitor = put_together(run, inputs, default_alerts(run), hub, ReplayClock())
    while not monitor.step():
        pass
    assert hub.failures == 0
    return list(RecentViews(rows).lines(LinesQuery(EVER, filter, 1_000)).lines)


def read(lines: Sequence[FoundLine], make_format: MakeFormat = family) -> list[bytes | str]:
    """Return the text of each line, or why there is none."""
    texts = LineReader(LocalFiles(), parser_of(make_format), 8_192).read(lines)
    return [text.note if text.text is None else text.text for text in texts]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(line + b"\n" for line in written()))
    return path


def written() -> list[bytes]:
    return [log_line(START_S + number, b"h%d" % (number % 4), tail=b' "-" "a%d"' % number) for number in range(30)]


def replayed(path: Path, filter: str | None = None) -> list[FoundLine]:
    return found_lines([ReplayFile(str(path))], filter=filter)


def test_each_line_is_read_as_it_is_in_the_log(log: Path) -> None:
    assert read(replayed(log)) == written()[::-1]
    assert read(replayed(log, 'host == "h2"')) == written()[2::4][::-1]


def test_a_line_of_a_rotated_log_is_read_under_its_new_name(log: Path) -> None:
    lines = replayed(log)
    log.rename(log.with_name("access.log.1"))
    log.write_bytes(log_line(START_S + 99) + b"\n")
    assert read(lines) == written()[::-1]


@pytest.mark.parametrize("way", ["removed", "emptied", "other lines", "other time", "same content, other file"])
def test_a_line_that_is_gone_is_said_to_be(log: Path, way: str) -> None:
    lines = replayed(log)
    content = log.read_bytes()
    if way == "removed":
        log.unlink()
    elif way == "emptied":
        os.truncate(log, 0)
    elif way == "other lines":
        log.write_bytes(content.replace(b"h1 ", b"h9 ").replace(b"h0 ", b"h9 ").replace(b"h2 ", b"h9 "))
    elif way == "other time":
        log.write_bytes(content.replace(b"22:1", b"21:1"))
        assert log.read_bytes() != content
    else:
        other = log.with_name("other")
        other.write_bytes(content)
        other.replace(log)
    expected: list[bytes | str] = [GONE] * 30
    if way == "other lines":
        expected = [line if line.startswith(b"h3") else GONE for line in written()[::-1]]
    assert read(lines) == expected


def test_a_line_in_parts_is_found_by_what_all_of_them_say(tmp_path: Path) -> None:
    path = tmp_path / "container.log"
    parts = container_lines(random.Random(3), 40)
    path.write_bytes(b"".join(parts))
    make_format = in_wrapper("cri")
    lines = found_lines([ReplayFile(str(path))], make_format)
    content = path.read_bytes()
    assert len(lines) > 20
    assert read(lines, make_format) == [content[line.offset :].split(b"\n")[0] for line in lines]


def test_a_line_whose_place_is_not_known_cannot_be_read_again(log: Path) -> None:
    source = ScriptedSource([log.read_bytes()], ends=True)
    assert read(found_lines([source])) == [NOT_READABLE] * 30


@pytest.mark.parametrize("pieces", [1, 2, 50])
def test_a_line_that_is_kept_is_shown_without_its_log(log: Path, pieces: int) -> None:
    data = log.read_bytes().replace(b"\n", b"\n\n", 3)
    step = -(-len(data) // pieces)
    source = ScriptedSource([data[at : at + step] for at in range(0, len(data), step)], ends=True)
    assert read(found_lines([source], keeps_texts=True)) == written()[::-1]


def test_a_line_of_a_file_is_kept_too_where_that_is_wanted(log: Path) -> None:
    lines = found_lines([ReplayFile(str(log))], filter='host == "h1"', keeps_texts=True)
    log.unlink()
    assert [line.offset for line in lines][-1] == len(written()[0]) + 1
    assert read(lines) == written()[1::4][::-1]


def test_a_key_that_was_cut_is_that_of_its_line(tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    lines = [log_line(START_S, request=b"GET /%b HTTP/1.1" % (b"x" * length)) for length in (3_000, 4_000)]
    path.write_bytes(b"".join(line + b"\n" for line in lines))

    def make_format() -> LogFormat:
        return FamilyFormat("auto", 8_192)

    found = found_lines([ReplayFile(str(path))], make_format)
    assert {len(str(line.values["path"])) < 2_200 for line in found} == {True}
    assert read(found, make_format) == lines[::-1]


def test_a_file_that_the_run_cannot_read_again_is_not_opened(log: Path) -> None:
    class NoFiles(LocalFiles):
        def listing(self, directory: str) -> Listing:
            raise AssertionError("it was looked for")

    texts = LineReader(NoFiles(), lambda _: None, 8_192).read(replayed(log))
    assert {(text.text, text.note) for text in texts} == {(None, NOT_READABLE)}
