"""Writes rows of tables as expressions of ``--filter``."""

import unicodedata

from http_monitor.units import visible_text

_ABSENT = {"host": b"-", "section": b"(none)"}
"""The key that means absence, in dimensions in which every line has one."""
_BARE = ("status", "network")
"""Dimensions whose keys stand without quotes."""


def expression_of(dimension: str, key: bytes | None, *, exclude: bool = False) -> str:
    r"""Return an expression that is true of exactly the lines that a row of a table counts: ``endpoint == "/a b"``.

    It is true also where it is joined with others by ``and``, ``or``, ``not`` without parentheses.

    Args:
        dimension: One of `ports.views.DIMENSIONS`.
        key: Of the row, as the table has it, so a long one is shortened; None: the lines without one.
        exclude: Return one that is true of exactly the other lines, those without a key among them.
    """
    if key is None or key == _ABSENT.get(dimension):
        return f"{dimension} {'!=' if exclude else '=='} none"
    value = key.decode("ascii") if dimension in _BARE else quoted(key)
    if exclude and dimension not in _ABSENT:
        # A line without a key fails every comparison, != too.
        return f"not {dimension} == {value}"
    return f"{dimension} {'!=' if exclude else '=='} {value}"


def quoted(text: bytes) -> str:
    r"""Return a text in quotes: what cannot be seen or is not UTF-8 as ``\xhh``, quotes and backslashes escaped."""
    return f'"{"".join(map(_written, text.decode("utf-8", "surrogateescape")))}"'


def _written(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    # A mark that stands on another character, or a blank that is no space, cannot be told from what it looks like.
    is_plain = char == " " or not (char.isspace() or unicodedata.combining(char))
    if is_plain and visible_text(char) == char:
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))


def fault_of(error: Exception) -> str:
    """Return why an expression cannot be answered, as the screen says it: there it is no option."""
    return visible_text(str(error)).removeprefix("--filter: ")
