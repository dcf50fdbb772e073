"""How text is measured and shortened."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.display.columns import clip, columns, shorten
from http_monitor.units import visible
from tests.examples import examples


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("abc", 3), ("é", 1), ("e\u0301", 1), ("宽", 2), ("ｆ", 2), ("a宽b", 4), ("\u20dd", 0), ("🐇", 2)],
)
def test_wide_characters_take_two_columns_and_marks_none(text: str, expected: int) -> None:
    assert columns(text) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("/api/users", 10, "/api/users"),
        ("/api/users/17", 10, "/api/…s/17"),
        ("/api/users/17", 9, "/api…s/17"),
        ("abc", 2, "a…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("宽宽宽宽", 6, "宽…宽"),
        ("宽宽宽宽", 5, "宽…宽"),
        ("宽宽宽宽", 4, "宽…"),
    ],
)
def test_a_long_text_loses_its_middle(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit, "…") == expected


def test_an_ascii_ellipsis_is_counted_with_its_three_columns() -> None:
    assert shorten("/api/users/17", 10, "...") == "/api.../17"


def test_a_stack_of_marks_is_cut_although_it_takes_one_column() -> None:
    shown = shorten("/e" + "\u0301" * 500, 10, "…")

    assert len(shown) <= 20
    assert columns(shown) <= 10


def test_a_tail_never_begins_with_a_mark_that_lost_its_base() -> None:
    assert shorten("abcdefgh" + "\u0301", 4, "…") == "ab…h\u0301"
    assert shorten("abcdefg宽" + "\u0301", 4, "…") == "ab…"


def test_clip_keeps_no_half_of_a_wide_character() -> None:
    assert clip("宽宽", 3) == "宽"


@settings(max_examples=examples(200), deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode), st.integers(0, 40))
def test_any_key_is_shortened_to_the_limit(raw: bytes, limit: int) -> None:
    assert columns(shorten(visible(raw), limit, "…")) <= limit
