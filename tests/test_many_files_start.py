"""A start of thousands of files takes time in proportion to their number, and a signal ends it at once."""

from pathlib import Path

import pytest

from http_monitor.arguments import parse_arguments
from http_monitor.cli.formats import Formats
from http_monitor.errors import UsageError
from http_monitor.parser.detect.auto import auto_format, auto_formats
from http_monitor.parser.detect.candidates import Candidate
from http_monitor.parser.presets import PRESETS
from http_monitor.settings import Settings

_NO_LOG = b"2026-12-01 03:00:00 ERROR something went wrong\n"
_COMMON = b'192.0.2.7 - - [01/Dec/2026:03:00:00 +0000] "GET /a HTTP/1.1" 200 12\n'
_FIELDS = b"#Fields: date time c-ip cs-method cs-uri-stem sc-status\n"


def _none_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(candidate: Candidate, head: bytes) -> None:
        raise AssertionError(f"{candidate.name} was made for {head!r}")

    monkeypatch.setattr(Candidate, "make_for", refuse)


@pytest.mark.parametrize("sample", [b"", _NO_LOG], ids=["nothing read", "nothing fits"])
def test_saving_an_unread_input_makes_no_formats(monkeypatch: pytest.MonkeyPatch, sample: bytes) -> None:
    made = auto_format()
    if sample:
        assert made.choose(sample, sample) is None
    _none_is_made(monkeypatch)
    saved = made.save()
    assert saved == {"chosen": None, "kept": {}}
    again = auto_format()
    again.load(saved)
    assert again.save() == saved


def test_a_format_that_has_tried_lines_goes_back_to_where_it_had_tried_none() -> None:
    made = auto_format()
    before = made.save()
    made.parse(_FIELDS)
    assert made.save() != before
    made.load(before)
    assert made.save() == before
    assert len(made.parse(_COMMON).line_nos) == 1


def test_the_header_lines_of_a_file_are_saved_though_nothing_was_tried() -> None:
    made = auto_format()
    assert made.choose(b"", _FIELDS) is None
    again = auto_format()
    again.load(made.save())
    assert len(again.parse(b"2026-12-01 03:00:00 192.0.2.7 GET /a 200\n").line_nos) == 1


def test_samples_of_many_files_are_read_by_the_same_formats_and_none_learns_from_another() -> None:
    samples = [b"\n".join(preset.examples) + b"\n" for preset in PRESETS if preset.detected]
    make = auto_formats()
    expected = [auto_format().choose(sample) for sample in samples]
    assert [make().choose(sample) for sample in samples] == expected
    assert [make().choose(sample) for sample in reversed(samples)] == expected[::-1]


def test_after_a_signal_few_more_samples_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [str(tmp_path / f"{number}.log") for number in range(20)]
    for path in paths:
        Path(path).write_bytes(_NO_LOG)
    formats = Formats(Settings(files=tuple(paths)))
    formats.check(paths, lambda: True)
    sampled: list[str] = []

    def sample(formats: Formats, path: str, *, from_start: bool) -> tuple[bytes, bytes]:
        del formats, from_start
        sampled.append(path)
        return b"", b""

    monkeypatch.setattr(Formats, "_sample", sample)
    formats.look(paths)
    assert sampled == paths[:8]


@pytest.mark.parametrize("count", [255, 256, 257, 1_500])
def test_thousands_of_arguments_are_read_like_few(count: int) -> None:
    paths = tuple(f"{number}.log" for number in range(count))
    apart = [argument for path in paths for argument in ("--file", path)]
    for arguments in (
        ["--top", "3", *apart],
        [*apart, "--top", "3"],
        [f"--file={path}" for path in paths] + ["--top=3"],
    ):
        settings = parse_arguments(arguments)
        assert (settings.files, settings.top) == (paths, 3)


@pytest.mark.parametrize("behind", [["--top"], ["--nothing"], ["--top=x"]])
def test_what_is_wrong_behind_thousands_of_arguments_is_said_as_behind_few(behind: list[str]) -> None:
    words = []
    for count in (1, 300):
        with pytest.raises(UsageError) as refused:
            parse_arguments([f"--file={number}.log" for number in range(count)] + behind)
        words.append(str(refused.value))
    assert words[0] == words[1]
