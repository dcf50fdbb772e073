"""No result may depend on where the reader happened to stop: any cuts of any log give the same messages."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.settings import Settings
from tests import engine_strategies, strategies
from tests.examples import examples
from tests.harness import Recorder, ndjson, replay, settings_of
from tests.reference.engine import Options

_BAD_FIRST = b'not a line\r\n"\n\n'


def said(files: Sequence[Sequence[bytes]], options: Options) -> tuple[str, Recorder]:
    """Return the NDJSON bytes, and all that was published: sinks see more than the NDJSON says."""
    chosen: Settings = settings_of(options, replay=True)
    recorder = replay(files, chosen)
    return ndjson(recorder.messages), recorder


def assert_same(whole: Sequence[bytes], pieces: Sequence[Sequence[bytes]], options: Options) -> None:
    expected_bytes, expected = said([[data] for data in whole], options)
    found_bytes, found = said(pieces, options)
    assert found_bytes == expected_bytes
    assert found.messages == expected.messages


def any_logs() -> st.SearchStrategy[bytes]:
    """Return a log of one kind or another; some begin with lines that do not fit."""
    return st.one_of(
        engine_strategies.logs(),
        engine_strategies.many_key_logs(),
        strategies.timed_logs().filter(engine_strategies.has_known_format),
        engine_strategies.logs(most_lines=10).map(lambda data: _BAD_FIRST + data if data.strip() else data),
    )


@st.composite
def cut_logs(draw: st.DrawFn) -> tuple[list[bytes], list[list[bytes]], Options]:
    """Return logs, each with its chunks, and options."""
    files = draw(st.one_of(st.lists(any_logs(), min_size=1, max_size=1), st.lists(any_logs(), min_size=2, max_size=3)))
    pieces = [draw(st.one_of(strategies.cuts(data, 12), strategies.line_cuts(data, 30))) for data in files]
    return files, pieces, draw(engine_strategies.options(max_keys=(1, 2, 1_000)))


@settings(max_examples=examples(20), deadline=None)
@given(cut_logs())
def test_any_cuts_of_any_logs_give_the_same_messages(case: tuple[list[bytes], list[list[bytes]], Options]) -> None:
    files, pieces, options = case
    assert_same(files, pieces, options)


@settings(max_examples=examples(5), deadline=None)
@given(engine_strategies.logs(most_lines=12), engine_strategies.logs(most_lines=5), engine_strategies.options())
def test_logs_in_single_bytes_give_the_same_messages(first: bytes, second: bytes, options: Options) -> None:
    pieces = [[data[at : at + 1] for at in range(len(data))] for data in (first, second)]
    assert_same([first, second], pieces, options)


@settings(max_examples=examples(10), deadline=None)
@given(engine_strategies.logs(), engine_strategies.options())
def test_a_chunk_for_each_line_gives_the_same_messages(data: bytes, options: Options) -> None:
    assert_same([data], [data.splitlines(keepends=True)], options)


def test_a_cut_between_cr_and_lf_makes_no_line_and_leaves_no_cr_behind() -> None:
    line = engine_strategies.log_line(engine_strategies.START_S, tail=b' "-" "agent"')
    data = line + b"\r\n" + line + b"\r\n\r\n" + line + b"\r"
    everywhere = [data[at : at + 1] for at in range(len(data))]
    for pieces in ([line + b"\r", b"\n" + line + b"\r\n\r", b"\n" + line, b"\r"], everywhere):
        messages = replay([pieces], Settings(replay=True)).messages
        assert messages == replay([[data]], Settings(replay=True)).messages
        assert '"agents":[{"key":"agent","hits":3,' in ndjson(messages)


def test_the_advice_on_lateness_is_over_the_lines_before_the_report() -> None:
    seconds = [0, 10, 4, 11, 12, 1, 30, 31]
    lines = [engine_strategies.log_line(engine_strategies.START_S + second) + b"\n" for second in seconds]
    for pieces in ([b"".join(lines)], lines):
        recorder = replay([pieces], Settings(replay=True, lateness_s=1))
        # The line of 11 closes the first interval; the advice knows the late line of 4, and not yet that of 1.
        assert [report.health.lateness_advice_s for report in recorder.reports] == [10, 15, 15]


def test_a_quiet_log_that_spans_thousands_of_buckets_is_the_same_in_one_batch_and_in_many() -> None:
    seconds = [engine_strategies.START_S + 7 * number - 30 * (number % 5 == 3) for number in range(1_000)]
    lines = [engine_strategies.log_line(second, b"h%d" % (second % 40)) + b"\n" for second in seconds]
    options = Options(alert_threshold=1 / 7, ddos_threshold=1 / 60, max_keys=2)
    assert_same([b"".join(lines)], [[b"".join(lines[at : at + 170]) for at in range(0, 1_000, 170)]], options)
