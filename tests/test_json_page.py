"""The tables of JSON keys in docs/FORMATS.md are those of the program."""

import re

from http_monitor.parser.jsonl import key_table as table
from http_monitor.parser.jsonl.pairs import MAX_OPEN
from tests.test_formats_page import section

_WORD = re.compile(r"`([^`]+)`")


def rows(first: str) -> list[list[str]]:
    """Return the cells of the table whose head begins with a word."""
    _, _, rest = section("JSON").partition(f"| {first} |")
    lines = rest.partition("\n\n")[0].splitlines()[2:]
    return [line.strip("| ").split(" | ") for line in lines]


def words(text: str) -> list[str]:
    """Return the keys of a text of the program's table, their braces as they are."""
    return re.findall(r"(?:[^ {}]|\{[^}]*\})+", text)


def test_each_key_is_on_the_page_in_its_order() -> None:
    shown = {name: _WORD.findall(keys) for name, keys in rows("what")}
    wanted = {f"`{role}`": words(text) for role, text in table.KEYS.items()}
    wanted["`duration`, with a unit"] = words(table.DURATIONS)
    wanted["`upstream`, with a unit"] = words(table.UPSTREAMS)
    assert shown == wanted


def test_each_family_is_on_the_page() -> None:
    shown = {name: keys for name, keys in rows("family")}
    assert shown == {
        f"`{name}`": f"{least} of " + " ".join(f"`{word}`" for word in words(keys))
        for name, (least, keys) in table.FAMILIES.items()
    }


def test_units_wrappers_headers_and_bounds_are_on_the_page() -> None:
    text = " ".join(section("JSON").split())
    for unit in dict.fromkeys(table.SUFFIXES.values()):
        suffixes = " ".join(f"`{suffix}`" for suffix, of in table.SUFFIXES.items() if of == unit)
        assert f"{unit}: {suffixes}" in text
    assert ", ".join(f"`{word}`" for word in table.WRAPPERS.split()) in text
    assert ", ".join(f"`{word}`" for word in table.HEADERS.split()) in text
    assert f"for the last {MAX_OPEN:,} requests" in text
