"""A row of a table, written as a filter, keeps exactly the lines that the row counts."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import all_of
from http_monitor.counting.long_keys import with_short_keys
from http_monitor.dashboard.state.chips import expression_of, quoted
from http_monitor.dashboard.state.scene import Scene
from http_monitor.errors import UsageError
from http_monitor.filtering.derived import DERIVATIONS
from http_monitor.filtering.masks import mask_of
from http_monitor.filtering.reading import read_expression
from http_monitor.filtering.syntax import TextTest
from http_monitor.ports.views import DIMENSIONS, TableQuery, ViewSpan
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.views import RecentViews
from http_monitor.units import visible
from tests import test_filtering
from tests.examples import examples
from tests.recent import frames_of, rows_of
from tests.reference import views as reference
from tests.reference.filtering import Value, holds
from tests.reference.views import Accepted
from tests.test_filtering import trees, written

EVER = ViewSpan(0, 1 << 60)
HOSTILE = (
    *(
        b"",
        b"/",
        b"none",
        b"-",
        b"and",
        b'"',
        b"'",
        b"\\",
        b'\\"',
        b"\\x41",
        b"A",
        b"a b",
        b"(none)",
        b"/a or b",
        b"404",
    ),
    *(b"\x00\n\r\x1b[31m", b"\xff\xfe", b"caf\xe9", "café".encode(), "\u202eabc\u2066".encode(), "e\u0301".encode()),
    *(
        "\u00a0\u3000".encode(),
        "\U000e0041\u200b".encode(),
        b"%22 or 1",
        b"[bold]x",
        "日本".encode(),
        "a\u2028".encode(),
    ),
    *(b"x" * 2_048, b"x" * 2_049, b"x" * 2_050, b"\xe9" * 2_200, b"10.0.0.0/8", b"192.0.2.7", b"::ffff:192.0.2.7"),
)
HOSTS = (
    *(
        b"-",
        b"192.0.2.7",
        b"192.0.2.9",
        b"::ffff:192.0.2.7",
        b"2001:db8::7",
        b"2001:DB8:0::7",
        b"2001:db8:1::7",
        b"fe80::1%a",
    ),
    *(b"::1", b"::ffff:0:1", b"web-1", b"0300.0.0.1"),
)


def texts() -> st.SearchStrategy[bytes]:
    return st.sampled_from(HOSTILE) | st.binary(max_size=6) | st.text(max_size=4).map(lambda text: text.encode("utf-8"))


@st.composite
def logs(draw: st.DrawFn) -> list[Accepted]:
    words = draw(st.lists(texts(), min_size=1, max_size=6))
    word = st.none() | st.sampled_from(words)
    hosts = st.sampled_from(HOSTS) | st.sampled_from(words)
    numbers = st.none() | st.sampled_from((0, 7, 250_000))
    row: dict[str, st.SearchStrategy[Value]] = {
        name: word
        for name in ("path", "method", "user", "agent", "vhost", "cache", "tls", "forwarded", "source", "server")
    }
    row |= {name: numbers for name in ("size_bytes", "duration_us", "upstream_us", "bytes_in")}
    row |= {
        "host": hosts,
        "section": st.sampled_from((b"(none)", b"/", b"/a b", *words)),
        "referer": word | st.sampled_from(test_filtering.REFERERS),
        "status": st.sampled_from((0, 1, 99, 200, 404, 503, 999)),
        "lacks": st.none() | st.sampled_from((1, 2, 3)),
    }
    rows = draw(st.lists(st.fixed_dictionaries(row), min_size=1, max_size=25))
    return [Accepted(1_700_000_000_000_000 + number * 400_000, values) for number, values in enumerate(rows)]


def views_of(rows: list[Accepted], cut: int) -> RecentViews:
    """Return views of rows, which come as an input gives them: with short keys."""
    return views_of_short(short(rows), cut)


def views_of_short(rows: list[Accepted], cut: int) -> RecentViews:
    """Return views of rows whose keys are short already: to shorten them again would change the longest."""
    recent = RecentRows(900_000_000, 1 << 26, 7)
    for frame in frames_of(rows, [cut]):
        recent.frame(frame)
    return RecentViews(recent, reference.family_of)


def short(rows: list[Accepted]) -> list[Accepted]:
    batch = with_short_keys(rows_of(rows))
    names = [name for name in batch.schema.names if name != "time"]
    columns = {name: batch.column(name).to_pylist() for name in names}
    return [Accepted(row.time_us, {name: columns[name][at] for name in names}) for at, row in enumerate(rows)]


@settings(max_examples=examples(150), deadline=None)
@given(logs(), st.data())
def test_a_row_as_a_filter_keeps_what_the_row_counts_and_excluded_all_the_rest(
    rows: list[Accepted], data: st.DataObject
) -> None:
    views = views_of(rows, data.draw(st.integers(0, len(rows))))
    dimension = data.draw(st.sampled_from(DIMENSIONS))
    table = views.table(TableQuery(dimension, EVER, limit=None))
    keys: list[bytes | None] = [None, *(row.key for row in table.rows)]
    counted = sum(row.hits for row in table.rows)
    hits = [table.total.hits - counted, *(row.hits for row in table.rows)]
    if dimension in ("host", "section"):
        # "-" and "(none)" are keys there, which stand for none.
        absent = reference.key_of(Accepted(0, {"host": b"-", "section": b"(none)"}), dimension)
        hits[0] = next((row.hits for row in table.rows if row.key == absent), 0)
    for key, wanted in zip(keys, hits, strict=True):
        text = expression_of(dimension, key)
        assert views.table(TableQuery(dimension, EVER, text)).total.hits == wanted, text
        excluded = expression_of(dimension, key, exclude=True)
        assert views.table(TableQuery(dimension, EVER, excluded)).total.hits == table.total.hits - wanted, excluded
        # --filter, which sees the whole keys, keeps the same lines.
        derivations: Any = {**DERIVATIONS, "agent_family": reference.family_of}
        assert mask_of(read_expression(text), rows_of(rows), derivations).sum() == wanted, text


@settings(max_examples=examples(100), deadline=None)
@given(logs(), trees(), st.data())
def test_chips_of_any_kind_are_all_true_where_they_are_joined(
    rows: list[Accepted], tree: Any, data: st.DataObject
) -> None:
    views = views_of(rows, 3)
    typed = written(tree)
    of_row = data.draw(st.sampled_from(DIMENSIONS))
    table = views.table(TableQuery(of_row, EVER, limit=None))
    key = data.draw(st.sampled_from([None, *(row.key for row in table.rows)]))
    made = expression_of(of_row, key, exclude=data.draw(st.booleans()))
    chips = data.draw(st.permutations([typed, made, "host == web-1 or status >= 500"]))
    by_hand = [
        # `views_of` shortens keys, and a key that is short already would become another.
        row
        for row, known in zip(rows, short(rows), strict=True)
        if holds(tree, known.values) and (known.values["host"] == b"web-1" or int(known.values["status"] or 0) >= 500)
    ]
    wanted = views_of_short(by_hand, 0).table(TableQuery(of_row, EVER, made)).total.hits if by_hand else 0
    joined = Scene(chips=tuple(chips)).filter
    assert joined == all_of(tuple(chips))
    assert views.table(TableQuery(of_row, EVER, joined)).total.hits == wanted


@settings(max_examples=examples(300), deadline=None)
@given(texts())
def test_a_text_in_quotes_is_read_as_the_same_bytes_and_shows_nothing_hidden(text: bytes) -> None:
    written = quoted(text)
    assert written.isprintable()
    assert visible(written.encode("utf-8")) == written
    assert "\u0301" not in written
    read = read_expression(f"path == {written}")
    assert isinstance(read, TextTest)
    assert len(text) > 2_048 or read.values == (text,)


@pytest.mark.parametrize(
    ("dimension", "key", "kept", "excluded"),
    [
        ("endpoint", b"/a b", 'endpoint == "/a b"', 'not endpoint == "/a b"'),
        ("endpoint", b'/"\\\xff\n', r'endpoint == "/\"\\\xff\x0a"', r'not endpoint == "/\"\\\xff\x0a"'),
        ("endpoint", "/café".encode(), 'endpoint == "/café"', 'not endpoint == "/café"'),
        (
            "endpoint",
            "/e\u0301\u00a0".encode(),
            r'endpoint == "/e\xcc\x81\xc2\xa0"',
            r'not endpoint == "/e\xcc\x81\xc2\xa0"',
        ),
        ("status", b"503", "status == 503", "not status == 503"),
        ("status", None, "status == none", "status != none"),
        ("network", b"192.0.2.0/24", "network == 192.0.2.0/24", "not network == 192.0.2.0/24"),
        ("network", b"2001:db8::/48", "network == 2001:db8::/48", "not network == 2001:db8::/48"),
        ("host", b"192.0.2.7", 'host == "192.0.2.7"', 'host != "192.0.2.7"'),
        ("host", b"-", "host == none", "host != none"),
        ("section", b"(none)", "section == none", "section != none"),
        ("section", b"/api", 'section == "/api"', 'section != "/api"'),
        ("user", b"-", 'user == "-"', 'not user == "-"'),
        ("cache", None, "cache == none", "cache != none"),
        ("agent_family", b"Mobile Safari", 'agent_family == "Mobile Safari"', 'not agent_family == "Mobile Safari"'),
    ],
)
def test_a_row_is_written_as_a_user_would_write_it(dimension: str, key: bytes, kept: str, excluded: str) -> None:
    assert expression_of(dimension, key) == kept
    assert expression_of(dimension, key, exclude=True) == excluded


def test_a_fault_of_a_typed_filter_names_its_column() -> None:
    views = views_of([], 0)
    for typed, column in (
        ("status >= 500 status", 15),
        ('endpoint == "/a', 13),
        ("status >= 500) or (status == 1", 14),
        ('path ~ "("', 8),
        ("", 1),
        ("duration > 3", 12),
        ("größe > 3", 3),
        ('user == "\\q"', 10),
        ("network == 10.1.2.3/8", 12),
    ):
        with pytest.raises(UsageError, match=rf"^--filter: column {column}: "):
            views.table(TableQuery("host", EVER, typed))
