"""A line that is a usual one at first sight is of the Common Log Format family and of nothing else."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.parser.clf.common_shortcut import is_usual
from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.detect.auto import AutoFormat, auto_format
from http_monitor.parser.presets import BY_NAME, PRESETS, Preset
from tests.examples import examples

LIMIT = 10_000
COMMON = b'192.0.2.7 - anna [10/Oct/2025:13:55:36 +0200] "GET /basket/add HTTP/1.1" 200 2326'
COMBINED = COMMON + b' "-" "curl/8.5.0"'
FOUND = [p for p in PRESETS if p.detected and not isinstance(p.make(LIMIT), FamilyFormat)]
"""What `auto` may choose besides the family."""

_HOSTS = ["192.0.2.7", "2001:db8::1", "1760097336.500", "shop.example:443", "2025-10-10", "12", "-"]
_USERS = ["-", "anna", "1760097336.500", "2025-10-10", "200", "192.0.2.7"]
_PIECES = [
    *("GET /a HTTP/1.1", "-", "", "{", "#Fields: date", "a, b", "rt=0.1", " ", "] [", "é", "1 2 3", r"\x16\x03"),
    *("80 u 192.0.2.7 - - 200 0", "x 200 200 421 2326 -", "0 0 200 2326"),
    *(piece for preset in PRESETS for example in preset.examples for piece in example.decode().split('"')),
]
_hosts = st.one_of(st.sampled_from(_HOSTS), st.from_regex(r"[0-9a-z.:_-]{1,9}", fullmatch=True))
_users = st.one_of(st.sampled_from(_USERS), st.from_regex(r"[0-9A-Za-z.@_-]{1,9}", fullmatch=True))
_times = st.one_of(
    st.just("10/Oct/2025:13:55:36 +0200"),
    st.just("2025-10-10T13:55:36 +02:00"),
    st.from_regex(r"[0-9A-Za-z/:+ -]{26}", fullmatch=True),
)
_quoted = st.one_of(
    st.lists(st.sampled_from([it for it in _PIECES if not re.search(r"[\x00-\x1f]|\\\W", it)]), max_size=6).map(
        " ".join
    ),
    st.text(max_size=9).map(lambda text: re.sub(r'["\\\x00-\x1f]', "", text)),
)
_sizes = st.sampled_from(["-", "0", "2326", "9" * 20])
_heads = st.tuples(_hosts, _users, _times, _quoted, st.integers(0, 999), _sizes).map(
    lambda it: '{} - {} [{}] "{}" {:03} {}'.format(*it)
)
_behind = st.one_of(st.just(""), st.tuples(_quoted, _quoted).map(lambda pair: ' "{}" "{}"'.format(*pair)))
usual_lines = st.tuples(_heads, _behind).map(lambda parts: "".join(parts).encode())


@settings(max_examples=examples(200), deadline=None)
@given(usual_lines)
def test_no_preset_that_can_be_found_reads_a_usual_line_but_the_family(line: bytes) -> None:
    assert is_usual(line + b"\n")
    for preset in FOUND:
        batch = preset.make(LIMIT).parse(line + b"\n")
        assert (batch.lines, batch.malformed_lines) == (1, 1), preset.name


@pytest.mark.parametrize("preset", FOUND, ids=lambda preset: preset.name)
def test_a_line_of_another_preset_is_no_usual_one(preset: Preset) -> None:
    lines = b"\n".join((COMMON, *preset.examples)) + b"\n"

    assert not is_usual(lines)
    assert is_usual(COMMON + b"\n" + COMBINED + b"\n")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xe2\x80\x8b" + COMMON,
        COMMON + b" ",
        COMMON + b"\r",
        COMMON + b" 17",
        COMBINED + b" 0.042",
        COMBINED + b' "-"',
        COMMON + b' "-"',
        COMMON.replace(b"/basket", rb"/\"basket"),
        COMMON.replace(b"/basket", rb"/\\basket"),
        COMMON.replace(b"/basket", b"/\tbasket"),
        COMMON.replace(b" - ", b"  - "),
        COMMON.replace(b" - ", b" 11:55:36 "),
        COMMON.replace(b"192.0.2.7", b"2025-10-10T11:55:36.186641Z"),
        COMMON.replace(b"anna", b"192.0.2.7:80"),
        COMMON.replace(b"- anna ", b"- "),
        b"#Fields: x\n" + COMMON,
    ],
)
def test_what_is_written_in_any_other_way_is_no_usual_one(line: bytes) -> None:
    assert not is_usual(COMMON + b"\n" + line + b"\n")


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.one_of(usual_lines, st.sampled_from([p.examples[-1] for p in PRESETS])), max_size=4))
def test_the_choice_is_the_one_made_by_asking_every_preset(lines: list[bytes]) -> None:
    sample = b"".join(line + b"\n" for line in lines)
    at_sight, asking = auto_format(LIMIT), AutoFormat(PRESETS, LIMIT, is_usual=lambda lines: False)

    assert at_sight.choose(sample) == asking.choose(sample)
    assert at_sight.chosen == asking.chosen
    assert at_sight.save() == asking.save()


def test_every_preset_is_asked_only_where_lines_or_the_head_of_the_file_are_not_usual() -> None:
    asked: list[str] = []

    def presets() -> Iterator[Preset]:
        for preset in PRESETS:
            asked.append(preset.name)
            yield preset

    AutoFormat(presets(), LIMIT, is_usual).choose(COMMON + b"\n")
    AutoFormat(presets(), LIMIT, is_usual).choose(COMMON + b"\n", head=COMBINED + b"\n" + COMBINED[:20])
    assert not asked
    AutoFormat(presets(), LIMIT, is_usual).choose(COMMON + b"\n", head=b"#Fields: x\n")
    assert asked == [preset.name for preset in PRESETS]
    asked.clear()
    AutoFormat(presets(), LIMIT, is_usual).choose(COMMON + b" 17\n")
    assert asked == [preset.name for preset in PRESETS]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("iis", b'2025-10-10 11:55:36 ::1 [10/Oct/2025:13:55:36 +0200] "q 80 u 192.0.2.7 - - 200 0" 200 2326'),
        ("aws_elb", b'2025-10-10T11:55:36Z - c:1 [10/Oct/2025:13:55:36 +0200] "GET /x 200 200 421 2326 - " 200 5'),
    ],
)
def test_a_line_of_the_family_that_another_preset_reads_too_is_no_usual_one(name: str, line: bytes) -> None:
    for of in (name, "common"):
        assert BY_NAME[of].make(LIMIT).parse(line).malformed_lines == 0
    assert not is_usual(line + b"\n")
