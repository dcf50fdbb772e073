"""Expressions of --filter: what they mean, held to the slow oracle, and what is said of wrong ones."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.counting.long_keys import with_short_keys
from http_monitor.errors import UsageError
from http_monitor.filtering.derived import referer_host
from http_monitor.filtering.masks import check_patterns, mask_of
from http_monitor.filtering.reading import read_expression
from http_monitor.filtering.syntax import UNITLESS, NumberTest
from http_monitor.records import SCHEMA
from http_monitor.short_keys import shorten
from tests.examples import examples
from tests.reference.filtering import Tree, Value, holds

TEXTS = ("host", "path", "user", "method", "agent", "referer_host")
NUMBERS = ("status", "size_bytes", "duration_us")
WORDS = (b"", b"/api", b"/api/x", b"GET", b"10.0.0.1", b"10.9.0.1", b"2001:db8::1", b"caf\xe9", b'a"b\\')
PATTERNS = (b"^/api", b"x$", b"[a-c]+", b"", b"0\\.[01]", b"(G|P)E?T", b"/.*/")
REFERERS = (b"/api", b"https://u@GET/x", b"http://10.0.0.1:80?q", b"HTTPS://[2001:DB8::1]:1/", b"http://", b"ftp://a")
AMOUNTS = (0, 1, 200, 404, 500, 1_024, 250_000)
WRITTEN = {250_000: {"duration_us": "250ms"}, 1_024: {"size_bytes": "1k"}}


def quoted(text: bytes) -> str:
    shown = "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in text)
    return f'"{shown}"'


def written(tree: Tree) -> str:
    """Return a tree as the user writes it, with the parentheses that it needs and no others."""
    match tree:
        case ("or", tuple(left), tuple(right)):
            return f"{written(left)} or {inside(right, 'or')}"
        case ("and", tuple(left), tuple(right)):
            return f"{inside(left, 'or')} and {inside(right, 'or', 'and')}"
        case ("not", tuple(inner)):
            return f"not {inside(inner, 'or', 'and')}"
        case (str(field), str(operator), list(literals)):
            texts = [literal_text(field, operator, literal) for literal in literals]
            return f"{field} {operator} " + (f"({', '.join(texts)})" if len(texts) > 1 else texts[0])
    raise ValueError(tree)


def inside(tree: Tree, *weaker: str) -> str:
    return f"({written(tree)})" if tree[0] in weaker else written(tree)


def literal_text(field: str, operator: str, literal: object) -> str:
    if literal is None:
        return "none"
    if isinstance(literal, int) and field in UNITLESS:
        return f"{literal}us"
    if isinstance(literal, int):
        return WRITTEN.get(literal, {}).get(field, str(literal))
    if isinstance(literal, bytes):
        return f'"{literal.decode()}"' if operator in ("~", "!~") else quoted(literal)
    return str(literal)


def leaves() -> st.SearchStrategy[Tree]:
    word, amount = st.sampled_from(WORDS), st.sampled_from(AMOUNTS)
    network = st.sampled_from(["10.0.0.0/15", "10.0.0.1", "2001:db8::/32"])

    def some(literal: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
        return st.lists(literal, min_size=1, max_size=3)

    def one(literal: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
        return literal.map(lambda value: [value])

    text, number = st.sampled_from(TEXTS), st.sampled_from(NUMBERS)
    return st.one_of(
        st.tuples(text, st.sampled_from(["==", "!="]), one(word)),
        st.tuples(text, st.sampled_from(["in", "not in"]), some(word)),
        st.tuples(text, st.sampled_from(["~", "!~"]), one(st.sampled_from(PATTERNS))),
        st.tuples(st.just("host"), st.sampled_from(["in", "not in"]), some(network | word)),
        st.tuples(st.just("network"), st.sampled_from(["==", "!="]), one(network)),
        st.tuples(st.just("network"), st.sampled_from(["in", "not in"]), some(network)),
        st.tuples(text | number | st.just("network"), st.sampled_from(["==", "!="]), st.just([None])),
        st.tuples(number, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), one(amount)),
        st.tuples(number, st.sampled_from(["in", "not in"]), some(amount)),
    )


def trees() -> st.SearchStrategy[Tree]:
    return st.recursive(
        leaves(),
        lambda inner: st.tuples(st.sampled_from(["and", "or"]), inner, inner) | st.tuples(st.just("not"), inner),
        max_leaves=6,
    )


@st.composite
def logs(draw: st.DrawFn) -> list[dict[str, Value]]:
    word, amount = st.sampled_from(WORDS), st.sampled_from(AMOUNTS)
    row: dict[str, st.SearchStrategy[Value]] = {name: st.none() | word for name in TEXTS if name != "referer_host"}
    row["referer"] = st.none() | st.sampled_from(REFERERS)
    row |= {name: st.one_of(st.none(), amount) for name in NUMBERS}
    row |= {"host": word | st.just(b"-"), "status": st.sampled_from([0, 200, 404, 500])}
    return draw(st.lists(st.fixed_dictionaries(row), max_size=8))


def batch_of(rows: list[dict[str, Value]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([{"time": 0, "section": b"/", **row} for row in rows], schema=SCHEMA)


@settings(max_examples=examples(150), deadline=None)
@given(trees(), logs(), st.integers(0, 3))
def test_an_expression_is_true_of_the_rows_that_the_reference_says(
    tree: Tree, rows: list[dict[str, Value]], skipped: int
) -> None:
    expression = read_expression(written(tree))
    check_patterns(expression)
    part = batch_of(rows).slice(min(skipped, len(rows)))
    assert mask_of(expression, part).tolist() == [holds(tree, row) for row in rows[skipped:]]


@settings(max_examples=examples(100), deadline=None)
@given(st.text(max_size=30) | st.text(alphabet="()<>=!~ '\"\\,/x10andor not in host status", max_size=40))
def test_any_text_is_an_expression_or_a_usage_error(text: str) -> None:
    try:
        check_patterns(read_expression(text))
    except UsageError as error:
        assert str(error).startswith("--filter: ")
        assert str(error).isprintable()


def test_absent_values_make_every_comparison_false_and_its_negation_true() -> None:
    absent: dict[str, Value] = {"host": b"h", "status": 0, "path": None}
    rows = batch_of([absent])
    for text in ('path == "x"', 'path != "x"', 'path ~ ""', 'path !~ "x"', 'path not in ("x")', "status != 1"):
        assert mask_of(read_expression(text), rows).tolist() == [False]
        assert mask_of(read_expression(f"not {text}"), rows).tolist() == [True]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("status = 500", "column 8: got '=', expected == for a comparison"),
        ('status == "500"', 'column 11: got "500", expected a whole number'),
        ("status > 1 && status < 3", "column 12: got '&', expected and"),
        ("status > 1 || status < 3", "column 12: got '|', expected or"),
        ("! status > 1", "column 1: got '!', expected not, != or !~"),
        ("status >= x", "column 11: got 'x', expected a whole number"),
        ("duration_us > 1h", "column 15: got '1h', expected a whole number, or one with a unit (us, ms, s, m)"),
        ("duration > 1", "column 12: got '1', expected a number with a unit (us, ms, s, m), such as 250ms"),
        ("upstream in (1s, 1.0)", "column 18: got '1.0', expected a number with a unit (us, ms, s, m), such as 250ms"),
        ("statsu > 1", "column 1: got 'statsu', expected status"),
        ("path ~ /api", "column 8: got '/api', expected a text in quotes"),
        ('path == "/api', 'column 9: expected the text that begins here to end with "'),
        ("status > 1 status", "column 12: got 'status', expected and, or, or the end"),
        ("(status > 1", "column 12: got the end, expected and, or, or )"),
        ("not", "column 4: got the end, expected a field, not or ("),
        ("path > 1", "column 6: got '>', expected ==, !=, ~, !~, in or not in"),
        (
            "host in 10.0.0.300",
            "column 9: got '10.0.0.300', expected a text in quotes, or a network such as 10.0.0.0/8",
        ),
        (r'path == "a\d"', r"""column 11: expected \\, \" or \xhh after a backslash"""),
        ("path == “/login”", "column 9: got '“', expected straight quotes: \" or '"),
        ("path == ‘/login’", "column 9: got '‘', expected straight quotes: \" or '"),
        (
            "path == /login?a",
            "column 15: got '?', expected a field, an operator or a value; a text with it needs quotes",
        ),
        ('agent =~ "curl"', "column 7: got '=~', expected ~ for a regular expression"),
        ("path:/login", "column 1: got 'path:/login', expected path =="),
        ("STATUS >= 500", "column 1: got 'STATUS', expected status"),
        ('url == "/x"', "column 1: got 'url', expected path"),
        ("ip == 192.0.2.1", "column 1: got 'ip', expected host"),
        ("status == 5xx", "column 11: got '5xx', expected a whole number, such as in status >= 500"),
        ("status in 500, 502", "column 14: got ',', expected several values to stand in parentheses"),
        ("referer == -", "column 12: got '-', expected none, or a text in quotes"),
        ("user in none", "column 9: got 'none', expected a text in quotes"),
        ("user == or", "column 9: got 'or', expected a text in quotes"),
        ("agent ~ curl", "column 9: got 'curl', expected a text in quotes"),
        ("host == fe80:x", "column 9: got 'fe80:x', expected a text in quotes, or a network such as 10.0.0.0/8"),
        ("not " * 51 + "status > 1", "column 201: got more than 50 nested not and ("),
    ],
)
def test_a_wrong_expression_is_told_where_and_what_was_expected(text: str, error: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_expression(text)
    assert str(raised.value) == f"--filter: {error}"


@pytest.mark.parametrize(
    ("typed", "quoted"),
    [
        ("section == /api", 'section == "/api"'),
        ("path!=/login and status>=500", 'path != "/login" and status >= 500'),
        ("endpoint in (/a.html, '/b c', /caf%C3%A9)", 'path in ("/a.html", "/b c", "/caf%C3%A9")'),
        ("not method not in POST", 'not method not in ("POST")'),
        ("host == localhost or host in (web-1.example.org, 10.0.0.0/8)", None),
        ("agent_family == Firefox", 'agent_family == "Firefox"'),
        ("user == 404 or user == None", 'user == "404" or user == "None"'),
    ],
)
def test_a_word_without_quotes_is_the_text_where_it_can_be_nothing_else(typed: str, quoted: str | None) -> None:
    quoted = quoted or 'host == "localhost" or host in ("web-1.example.org", 10.0.0.0/8)'
    assert read_expression(typed) == read_expression(quoted)


def test_a_pattern_that_re2_cannot_read_is_refused() -> None:
    with pytest.raises(UsageError) as raised:
        check_patterns(read_expression("status > 1 and not (host !~ '(a')"))
    assert str(raised.value).startswith('--filter: column 29: got "(a", expected a regular expression of RE2 (')


@pytest.mark.parametrize("dimension", ["path", "agent"])
def test_a_long_text_is_compared_whole_or_as_tables_show_it(dimension: str) -> None:
    long, other = b"/a" * 1_500, b"/a" * 1_499 + b"/b"
    shown = shorten(long)
    # A key of the log that looks like what tables show for another one.
    rows: list[dict[str, Value]] = [{"host": b"h", "status": 200, dimension: key} for key in (long, other, shown)]
    for text in (long, shown):
        expression = read_expression(f"{dimension} == {quoted(text)}")
        assert mask_of(expression, batch_of(rows)).tolist() == [True, False, False]
        assert mask_of(expression, with_short_keys(batch_of(rows)), shorten_keys=False).tolist() == [True, False, False]
    negated = read_expression(f"{dimension} not in ({quoted(long)}, {quoted(other)})")
    assert mask_of(negated, batch_of(rows)).tolist() == [False, False, True]
    whole = read_expression(f'{dimension} ~ "(/a){{1000}}.*/b$"')
    assert mask_of(whole, batch_of(rows)).tolist() == [False, True, False]


def test_what_is_derived_from_a_long_text_is_what_tables_derive_from_what_they_show() -> None:
    rows: list[dict[str, Value]] = [{"host": b"h", "status": 200, "referer": b"http://" + b"a" * 3_000 + b"/"}]
    short = with_short_keys(batch_of(rows))
    (referer,) = short.column("referer").to_pylist()
    host = referer_host(referer or b"")
    assert host == b"a" * 2_041 + "…".encode()
    expression = read_expression(f"referer_host == {quoted(host)}")
    assert mask_of(expression, batch_of(rows)).tolist() == [True]
    assert mask_of(expression, short, shorten_keys=False).tolist() == [True]


def test_only_what_is_in_each_other_is_too_deep_not_what_follows_each_other() -> None:
    rows = batch_of([{"host": b"h", "status": 200}, {"host": b"h", "status": 500}])
    assert mask_of(read_expression(" and ".join(["not (status < 300)"] * 60)), rows).tolist() == [False, True]
    assert mask_of(read_expression("not " * 50 + "status < 300"), rows).tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("duration_us > 2m", 120_000_000),
        ("duration_us > 1", 1),
        ("duration > 1s", 1_000_000),
        ("duration > 0", 0),
        ("upstream > 250ms", 250_000),
        ("duration_us > 1.5s", 1_500_000),
        ("upstream_us > 0.5ms", 500),
        ("upstream_us > 7us", 7),
        ("size_bytes > 1.5k", 1_536),
        ("size_bytes > 1K", 1_024),
        ("bytes_in > 3M", 3 << 20),
        ("bytes_in > 2G", 2 << 30),
        ("bytes_in > 8589934591G", (1 << 63) - (1 << 30)),
    ],
)
def test_an_amount_may_have_a_unit(text: str, value: int) -> None:
    expression = read_expression(text)
    assert isinstance(expression, NumberTest)
    assert expression.values == (value,)


@pytest.mark.parametrize("amount", ["8589934592G", "0.5us", "1.0001k", "5x", "-1", "1e3", "9" * 16, "1h"])
def test_an_amount_that_no_column_can_hold_exactly_is_none(amount: str) -> None:
    field = "duration_us" if amount.endswith(("us", "h")) else "size_bytes"
    with pytest.raises(UsageError, match=r"expected a whole number, or one with a unit"):
        read_expression(f"{field} > {amount}")
