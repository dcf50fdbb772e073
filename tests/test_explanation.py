"""What is shown of what a format makes of one line."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.display.columns import clip, columns
from http_monitor.display.readings.ndjson import reading_line
from http_monitor.display.readings.text import render_formats, render_reading
from http_monitor.display.style import UNICODE, Style
from http_monitor.explanation import FoundField, LineReading
from http_monitor.parser.lines.explain import read_line
from http_monitor.parser.presets import PRESETS
from http_monitor.units import iso_utc_fraction
from tests.display_samples import EXPLAINED, STATUS_AT, reading
from tests.examples import examples
from tests.toy_formats import COMMON, PIPED, Toy

STYLE = Style({}, UNICODE)


def caret_column(lines: list[str]) -> tuple[int, str]:
    """Return where the caret stands, and the line above it."""
    (index,) = (index for index, line in enumerate(lines) if line.strip().endswith("^") or "^ " in line)
    return lines[index].index("^"), lines[index - 1]


@settings(max_examples=examples(100), deadline=None)
@given(st.binary(max_size=120), st.integers(1, 130), st.integers(3, 90))
def test_what_is_shown_of_any_line_is_printable_and_fits(line: bytes, column: int, width: int) -> None:
    found = (FoundField("a", 0, min(3, len(line))), FoundField("b\x1b", min(5, len(line)), len(line)))
    for one in (LineReading("f", found, None, column, "x\x1b"), LineReading("f", found, {"a": line[:3], "c": line})):
        lines = render_reading("line 1", line, one, width, STYLE)
        assert all(text.isprintable() for text in lines)
        assert all(columns(text) <= max(width, 4) for text in lines)
        json.loads(reading_line(1, one))


def test_the_caret_stands_under_the_byte_at_which_the_line_stops_to_fit() -> None:
    at, above = caret_column(render_reading("line 1", EXPLAINED, reading(STATUS_AT), 140, STYLE))
    assert above[len(clip(above, at)) :] == "503 - 17"


def test_the_caret_of_a_line_that_is_too_short_stands_behind_its_end() -> None:
    at, above = caret_column(render_reading("line 1", b"abc", LineReading("f", (), None, 4, "more"), 80, STYLE))
    assert (at, above) == (5, "  abc")


def test_every_field_is_shown_in_the_colour_it_has_in_the_line() -> None:
    style = Style({"accent": "<a>", "good": "<g>"}, UNICODE)
    text = "\n".join(
        render_reading(
            "",
            b"v1 v2",
            LineReading("f", (FoundField("n", 0, 2), FoundField("m", 3, 5)), {"n": b"v1", "m": b"v2"}),
            80,
            style,
        )
    )
    assert text.count("<a>v1") == 2
    assert text.count("<g>v2") == 2


def test_a_line_that_counts_as_nothing_is_called_that_and_fits_no_format_in_particular() -> None:
    lines = render_reading("line 1", b"#Version: 1.0", LineReading("cloudfront", (), {}), 80, STYLE)
    assert lines == ["line 1 is a header or a comment, and is not counted", "", "  #Version: 1.0", ""]


def test_the_object_of_a_line_has_the_keys_in_their_order() -> None:
    assert reading_line(3, reading()) == (
        '{"line":3,"format":"made_up","valid":true,"fields":{"host":"203.0.113.9","ident":null,"user":"anna",'
        '"time":"2025-10-10T11:55:36.250Z","method":"GET","target":"/basket/add?item=7&地=\\\\x1b[2J","section":"/basket",'
        '"status":503,"size_bytes":null,"a_directive_with_a_long_name":"17"},"column":null,"expected":null}'
    )
    assert reading_line(1, LineReading("f", (), {"a": b"\xff\xc3\xa9"}), "x.log") == (
        '{"line":1,"format":"f","valid":true,"fields":{"a":"\\\\xffé"},"column":null,"expected":null,"file":"x.log"}'
    )
    assert reading_line(1, LineReading("f", (), None, 7, "a time")) == (
        '{"line":1,"format":"f","valid":false,"fields":null,"column":7,"expected":"a time"}'
    )


@pytest.mark.parametrize(
    ("at_us", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_500_000, "1970-01-01T00:00:01.500Z"),
        (1_000_001, "1970-01-01T00:00:01.000001Z"),
    ],
)
def test_a_time_has_the_fraction_that_the_log_has(at_us: int, text: str) -> None:
    assert iso_utc_fraction(at_us) == text


def test_every_format_that_has_a_name_is_listed_within_80_columns() -> None:
    shown = [(preset.name, preset.what, preset.source, preset.examples[-1]) for preset in PRESETS]
    lines = render_formats(shown, 80, STYLE)
    assert max(map(columns, lines)) <= 80
    assert [line.split()[0] for line in lines if line and not line.startswith(" ")] == [p.name for p in PRESETS]


class Plain:
    """A format that only makes rows."""

    name = "plain"
    parse = Toy("plain", b"p i p [e ").parse

    def explain(self, line: bytes) -> str:
        return "" if line == PIPED else "column 3: not this"


def test_a_format_that_explains_nothing_is_still_read_by_its_rows() -> None:
    read = read_line(Plain(), PIPED)
    assert read.values is not None
    assert (read.format, read.values["host"], read.values["status"]) == ("plain", b"192.0.2.7", 200)
    assert read_line(Plain(), COMMON) == LineReading("plain", (), None, 3, "not this")
