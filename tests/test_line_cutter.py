from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.sources.files.line_cutter import LineCutter
from tests.examples import examples

_BYTES = st.lists(
    st.sampled_from([b"\n", b"a", b"bc\n", b"\r\n", b"\x00", b"\x00\x00\x00", b"\xef\xbb\xbf", b"defghij", b"x" * 30]),
    max_size=25,
).map(b"".join)


def _oracle(data: bytes, limit: int) -> tuple[bytes, int]:
    """Return the lines and the number of NUL bytes left out, by splitting the whole."""
    *whole, rest = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    lines = [*whole, rest]
    kept = [line.lstrip(b"\x00") for line in lines]
    if not kept[-1]:
        kept.pop()
    return b"".join(line[: limit + 1] + b"\n" for line in kept), sum(map(len, lines)) - sum(map(len, kept))


def _offsets(cutter: LineCutter, lines: bytes, taken: int) -> list[tuple[int, bytes]]:
    """Return where each line that was given last begins in all that was taken, and the line.

    Args:
        cutter: It has given them.
        lines: They.
        taken: Bytes taken before the data that `starts` counts from.
    """
    found, place = [], 0
    for line in lines.split(b"\n")[:-1]:
        begin, origin = [start for start in cutter.starts if start[0] <= place][-1]
        found.append((taken + origin + place - begin, line + b"\n"))
        place += len(line) + 1
    return found


def _expected_offsets(data: bytes, limit: int) -> list[tuple[int, bytes]]:
    """Return where each line begins that counts, behind what is left out in front of it, and the line."""
    found, place = [], 3 * data.startswith(b"\xef\xbb\xbf")
    for line in data[place:].split(b"\n"):
        kept = line.lstrip(b"\0")
        if kept or place + len(line) < len(data):
            found.append((place + len(line) - len(kept), kept[: limit + 1] + b"\n"))
        place += len(line) + 1
    return found


@settings(max_examples=examples(300))
@given(_BYTES, st.lists(st.integers(0, 200), max_size=12), st.integers(0, 12))
def test_every_line_is_where_it_is_said_to_begin(data: bytes, cuts: list[int], limit: int) -> None:
    cutter = LineCutter(limit)
    found, taken = [], 0
    for piece in _pieces(data, cuts):
        found += _offsets(cutter, cutter.feed(piece), taken)
        taken += len(piece)
    found += _offsets(cutter, cutter.finish(), taken)
    assert found == _expected_offsets(data, limit)


def _pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(edges)]


@settings(max_examples=examples(300))
@given(_BYTES, st.lists(st.integers(0, 200), max_size=12), st.integers(0, 12))
def test_any_cuts_give_what_splitting_the_whole_gives(data: bytes, cuts: list[int], limit: int) -> None:
    cutter = LineCutter(limit)
    out = []
    taken = b""
    for piece in _pieces(data, cuts):
        out.append(cutter.feed(piece))
        taken += piece
        unfinished = taken[taken.rfind(b"\n") + 1 :]
        if b"\n" not in taken:
            unfinished = unfinished.removeprefix(b"\xef\xbb\xbf")
        assert cutter.pending == len(unfinished)
        assert out[-1] == b"" or out[-1].endswith(b"\n")
    lines = b"".join(out) + cutter.finish()
    assert (lines, cutter.nul_bytes) == _oracle(data, limit)
    assert cutter.pending == 0


@given(_BYTES, st.integers(0, 200), st.integers(1, 12))
def test_going_on_from_the_beginning_of_the_pending_line_gives_the_same(data: bytes, cut: int, limit: int) -> None:
    first = LineCutter(limit)
    lines = first.feed(data[:cut])
    start = len(data[:cut]) - first.pending
    second = LineCutter(limit, at_start=not start)
    lines += second.feed(data[start:]) + second.finish()
    assert (lines, first.nul_bytes + second.nul_bytes) == _oracle(data, limit)


def test_nul_bytes_at_the_beginning_of_a_line_are_counted_when_the_line_is_given() -> None:
    cutter = LineCutter()
    assert cutter.feed(b"\0" * 5_000) == b""
    assert (cutter.pending, cutter.nul_bytes, len(cutter._held)) == (5_000, 0, 0)
    assert cutter.feed(b"\0a\0b\n\0\0c") == b"a\0b\n"
    assert (cutter.pending, cutter.nul_bytes) == (3, 5_001)


def test_a_half_line_waits_for_its_end() -> None:
    cutter = LineCutter()
    assert cutter.feed(b"one\ntw") == b"one\n"
    assert cutter.pending == 2
    assert cutter.feed(b"o\n") == b"two\n"


def test_a_line_at_the_limit_is_whole_and_one_byte_more_is_cut_to_limit_plus_one() -> None:
    cutter = LineCutter(4)
    assert cutter.feed(b"abcd\nabcde\nabcdef\nabc\n") == b"abcd\nabcde\nabcde\nabc\n"


def test_the_carriage_return_counts_towards_the_length() -> None:
    assert LineCutter(4).feed(b"abcd\r\nabcde\r\n") == b"abcd\r\nabcde\n"


def test_a_line_that_never_ends_is_not_held() -> None:
    cutter = LineCutter(1_000)
    for _ in range(100):
        assert cutter.feed(b"x" * 10_000) == b""
    assert cutter.pending == 1_000_000
    assert len(cutter._held) == 1_001
    assert cutter.feed(b"\nnext\n") == b"x" * 1_001 + b"\nnext\n"


def test_what_is_discarded_is_counted_with_what_was_not_held() -> None:
    cutter = LineCutter(3)
    cutter.feed(b"a\n" + b"x" * 10)
    assert cutter.discard() == 10
    assert cutter.finish() == b""
    assert cutter.feed(b"b\n") == b"b\n"


def test_finishing_without_a_half_line_gives_nothing() -> None:
    cutter = LineCutter()
    cutter.feed(b"whole\n")
    assert cutter.finish() == b""


def test_whole_lines_are_handed_on_as_they_are_without_a_copy() -> None:
    data = b"a line\n" * 1_000
    assert LineCutter().feed(data) is data


def test_bytes_that_are_not_line_feeds_end_no_line() -> None:
    data = b"a\rb\x0bc\x0cd\x85e\xe2\x80\xa8f\x00g\n"
    assert LineCutter().feed(data) == data
