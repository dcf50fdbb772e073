"""Every format that has a name reads what its server writes, and any damage to it, as the slow reader does."""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.detect.auto import auto_format
from http_monitor.parser.lines.line_by_line import LinedFormat
from http_monitor.parser.presets import BY_NAME, PRESETS, Preset
from http_monitor.parser.template.matching import Matcher
from tests.agreement import FILLER, check_alike, check_explained, rows_read
from tests.examples import examples, exhaustive, part_of
from tests.reference.presets import read_log
from tests.written.hit import any_hit, some_hit
from tests.written.writers import write

each_preset = pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
START_US = 1_760_097_336_000_000
IS_CALLED = {
    **dict.fromkeys(("gunicorn", "mini_httpd", "morgan", "apache_combined_t", "apache_combined_d"), "combined"),
    "werkzeug": "httpserver",
}
"""Presets that auto does not choose, and what it calls their lines: they do not say of themselves what they are."""

FAMILY = ("vhost_combined", "combined", "vhost_common", "common", "gunicorn", "mini_httpd", "morgan")

SEEDS = st.integers(0, 1 << 32)
EDITS = st.sampled_from(
    [
        *(b"", b'"', b" ", b"  ", b"\\", b'\\"', b"\t", b",", b"[", b"]", b"{", b"}", b"/", b"-", b"+", b":", b"."),
        *(b"0", b"9", b"\r", b"\x00", b"\xff", b'" "', b'} "', b'""', b"?", b"#", b"- ", b" - ", b"http://", b"ms"),
        *(b"CONNECT ", b"Z", b"HTTP/", b"]: ", b"000", b"-1", b"*", b"GET ", b"null", b"\x85", b"1.5"),
    ]
)
DAMAGE = st.tuples(SEEDS, st.lists(st.tuples(st.integers(0, 500), EDITS, st.integers(0, 3)), max_size=3), st.booleans())


def written(name: str, seed: int) -> bytes:
    return write(name, any_hit(random.Random(seed)))[0]


def damaged(name: str, damage: tuple[int, list[tuple[int, bytes, int]], bool]) -> bytes:
    seed, edits, cut = damage
    line = written(name, seed)
    for place, new, gone in edits:
        at = place % (len(line) + 1)
        line = line[:at] + new + line[at + gone :]
    return line[: seed % (len(line) + 1)] if cut and seed % 4 == 0 else line


@each_preset
@settings(max_examples=examples(8), deadline=None)
@given(seeds=st.lists(SEEDS, min_size=1, max_size=5))
def test_what_a_server_writes_is_read_back(preset: Preset, seeds: list[int]) -> None:
    lines, rows = zip(*(write(preset.name, any_hit(random.Random(seed))) for seed in seeds), strict=True)
    data = b"".join(line + b"\n" for line in lines)
    assert rows_read(preset, data, lacks=False) == list(rows)
    assert rows_read(preset, data.replace(b"\n", b"\r\n") + FILLER, lacks=False) == [*rows, None]


@each_preset
@settings(max_examples=examples(8), deadline=None)
@given(damages=st.lists(DAMAGE, min_size=1, max_size=6))
def test_columns_lines_and_the_slow_reader_agree(
    preset: Preset, damages: list[tuple[int, list[tuple[int, bytes, int]], bool]]
) -> None:
    check_alike(preset, [damaged(preset.name, damage) for damage in damages])


@each_preset
@settings(max_examples=examples(6), deadline=None)
@given(lines=st.lists(st.binary(max_size=60).map(lambda text: text.replace(b"\n", b"")), max_size=4))
def test_any_bytes_mean_the_same_to_all_readers(preset: Preset, lines: list[bytes]) -> None:
    check_alike(preset, lines)


@each_preset
@settings(max_examples=examples(8), deadline=None)
@given(damage=DAMAGE)
def test_a_line_is_explained_as_what_it_is_read_as(
    preset: Preset, damage: tuple[int, list[tuple[int, bytes, int]], bool]
) -> None:
    line = damaged(preset.name, damage)
    if line.strip():
        check_explained(preset, [], line)


ODD = (
    b'"',
    b"\\",
    b" ",
    b"\t",
    b"\r",
    b"[",
    b"]",
    b"{",
    b"}",
    b"-",
    b"+",
    b":",
    b"<",
    b"/",
    b"?",
    b"#",
    b".",
    b"0",
    b"\xff",
)
SLOWLY_READ = (*("ingress_nginx", "nginx_upstream", "nginx_main", "nginx_timed", "apache_", "apisix"),)
"""What `find_fields` reads: too slowly for thousands of lines; test_text_formats.py holds them to it."""
QUICKLY_READ = [preset for preset in PRESETS if not preset.name.startswith(SLOWLY_READ)]


@exhaustive
@pytest.mark.parametrize("preset", QUICKLY_READ, ids=lambda preset: preset.name)
def test_every_odd_byte_in_every_place_is_read_alike(preset: Preset) -> None:
    plain = some_hit(random.Random(1), START_US)
    tunnel = replace(plain, method=b"HEAD", cache=b"HIT", agent=b"curl/8", referer=b"http://h/x", user=None)
    page = replace(plain, method=b"GET", cache=b"MISS", agent=None, referer=None, user=b"anna", status=404)
    line, other = (write(preset.name, hit)[0] for hit in (tunnel, page))
    step = 4 if preset.name.endswith("json") else 1
    replaced = [line[:at] + odd + line[at + 1 :] for at in range(0, len(line), step) for odd in ODD]
    added = [other[:at] + odd + other[at:] for at in range(0, len(other) + 1, 3 * step) for odd in ODD]
    cut = [line[:at] for at in range(1, len(line))]
    for whole in (replaced, added, cut):
        lines = part_of(whole, 211)
        rows = rows_read(preset, b"".join(one + b"\n" for one in lines) + FILLER)
        assert rows == [*read_log(preset.name, lines), None]


# The columns of the family have tests of their own.
@pytest.mark.parametrize("preset", [it for it in PRESETS if it.name not in FAMILY], ids=lambda preset: preset.name)
def test_plain_lines_are_read_by_columns(preset: Preset) -> None:
    source = random.Random(3)
    lines = [write(preset.name, some_hit(source, START_US + second * 1_000_000))[0] for second in range(1_000)]
    with pytest.MonkeyPatch.context() as patch:
        for kind, name in ((Matcher, "match"), (LinedFormat, "_read_each")):
            patch.setattr(kind, name, _counting(getattr(kind, name)))
        _counted.clear()
        rows = rows_read(preset, b"".join(line + b"\n" for line in lines))
    assert len(rows) == 1_000
    # Escaped quotes, and lists of several upstream servers, are for the reader of single lines.
    assert sum(_counted) <= 250


_counted: list[int] = []


def _counting(read: Callable[..., Any]) -> Callable[..., Any]:
    def counted(self: object, lines: Iterable[Any]) -> Any:
        given = [*lines]
        _counted.append(len(given))
        return read(self, given)

    return counted


@each_preset
def test_a_log_is_recognised_as_what_its_server_writes(preset: Preset) -> None:
    source = random.Random(7)
    lines = [write(preset.name, some_hit(source, START_US + second * 1_000_000))[0] for second in range(40)]
    for sample in (list(preset.examples), lines, [lines[0]]):
        found = auto_format(DEFAULT_LINE_BYTES)
        choice = found.choose(b"".join(line + b"\n" for line in sample))
        if preset.timeless:
            assert choice is None
            continue
        assert choice is not None
        assert choice.name == IS_CALLED.get(preset.name, preset.name)
        assert choice.fits == choice.lines


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("aws_elb", b'"GET https://shop.example:443/basket/add?item=7 HTTP/1.1" ', b"-x "),
        ("aws_elb", b'"GET https://shop.example:443/basket/add?item=7 HTTP/1.1" ', b"- "),
        ("aws_elb", b' "curl/8.5.0" ', b" -x "),
        ("aws_alb", b"0.001 0.010 0.001", b"0.001 -1 0.001"),
        ("aws_alb", b"192.0.2.7:50123", b"a:b:1:"),
        ("aws_s3", b'"-" "curl/8.5.0"', b'"a" b" "c"d'),
        ("combined", b"192.0.2.7 ", b",192.0.2.7 "),
        ("envoy", b"2025-10-10", b"2025-0<-10"),
        ("aws_elb", b"36.186641Z", b"36,186641Z"),
        ("envoy", b"36.500Z", b"36.1234567891Z"),
        ("envoy", b"36.500Z", b"36,500Z"),
        ("gcs", b'"basket","add"', b'"basket","add"",'),
        ("haproxy_http", b"{shop.example} {}", b"{a} {b} {c}"),
        ("haproxy_http", b"{shop.example} {}", b"{a"),
        ("haproxy_http", b"lb haproxy[14389]: ", b"lb: haproxy[14389]: "),
        ("squid", b"1760097336.500", b"00000000009.500"),
        ("squid", b"     12 ", b" " * 40 + b"12 "),
        ("squid", b"GET http://shop.example/", b"CONNECT /"),
        ("traefik_clf", b"- - [", b"- a[b c [x] ["),
        ("uvicorn", b" OK", b" OK!"),
    ],
)
def test_what_is_rare_is_read_alike(name: str, old: bytes, new: bytes) -> None:
    example = BY_NAME[name].examples[-1]
    assert old in example
    check_alike(BY_NAME[name], [example.replace(old, new), example, example.replace(old, new) + b"\r"])
