"""A replayed file none of whose first thousand lines fits is refused, however its bytes arrive."""

import pytest

from http_monitor.errors import FormatError
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.harness import replay

FITS = log_line(START_S) + b"\n"
WRONG = b"wrong\n"
CHOSEN = Settings(replay=True)


def refusal(*files: list[bytes]) -> str:
    with pytest.raises(FormatError) as caught:
        replay(files, CHOSEN)
    assert caught.value.exit_code == 4
    return str(caught.value)


@pytest.mark.parametrize("pieces", [1, 2, 7, 1_000])
def test_a_thousand_lines_that_do_not_fit_are_enough(pieces: int) -> None:
    lines = [WRONG] * 1_000 + [FITS] * 500
    size = len(lines) // pieces
    chunks = [b"".join(lines[at : at + size]) for at in range(0, len(lines), size)]
    assert refusal(chunks).startswith("0.log: none of its first 1,000 lines fits any format with a name; line 1, ")


def test_the_thousandth_line_is_one_of_the_first_thousand() -> None:
    data = WRONG * 999 + FITS
    for chunks in ([data], [data[:3_000], data[3_000:]]):
        health = replay([chunks], CHOSEN).summary.health
        assert (health.lines, health.accepted, health.malformed) == (1_000, 1, 999)


def test_blank_lines_are_no_lines() -> None:
    health = replay([[b"\n \t\r\n" * 2_000 + WRONG * 999 + b"\n" * 100 + FITS]], CHOSEN).summary.health
    assert (health.lines, health.accepted) == (1_000, 1)
    assert "its first 1,000 lines" in refusal([b"\n" * 2_000 + WRONG * 1_000 + FITS])


def test_a_short_file_in_which_nothing_fits_is_refused_at_its_end() -> None:
    assert "its first line does not fit any format with a name" in refusal([b"wrong"])
    assert "none of its first 3 lines fits" in refusal([WRONG, WRONG + b"wr", b"ong"])


def test_an_empty_file_is_a_log_without_lines() -> None:
    for chunks in ([b""], [b"\n", b" \r\n"], [b"\r"]):
        recorder = replay([chunks], CHOSEN)
        assert recorder.reports == []
        summary = recorder.summary
        assert (summary.hits, summary.health.lines, summary.first_us, summary.last_us) == (0, 0, None, None)


def test_one_file_of_several_in_which_nothing_fits_is_refused_before_anything_is_told() -> None:
    good = b"".join(log_line(START_S + second) + b"\n" for second in range(100))
    for files in ([[good], [WRONG * 1_000, FITS]], [[WRONG], [good]], [[good], [b""], [WRONG] * 5]):
        text = refusal(*files)
        assert text.startswith(f"{[WRONG in b''.join(chunks) for chunks in files].index(True)}.log: ")
    assert replay([[good], [b""]], CHOSEN).summary.hits == 100


def test_what_does_not_fit_is_shown_harmless_and_short() -> None:
    text = refusal([b"\x1b[2J\xff\xe2\x80\xae" + b"x" * 5_000 + b"\n"])
    assert "\\x1b[2J\\xff\\u202exxx" in text
    assert "\x1b" not in text
    assert len(text) < 600
