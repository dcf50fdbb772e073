"""Splits the text of an Apache configuration into lines, words and variables.

The rules are those of https://httpd.apache.org/docs/2.4/configuring.html#syntax.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_WORD = re.compile(r'"((?:[^"\\]++|\\.)*+)"?|\'((?:[^\'\\]++|\\.)*+)\'?|(\S+)', re.DOTALL)
_ESCAPED = {
    '"': re.compile(r'\\(["\\])'),
    "'": re.compile(r"\\(['\\])"),
}
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)")
_SHELL_REFERENCE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")


class Line(NamedTuple):
    """One line of a configuration, joined with its continuation lines."""

    number: int
    """Number of its first line in the file, from 1."""
    text: str


def logical_lines(text: str) -> Iterator[Line]:
    """Yield the lines that are neither blank nor comments."""
    number, held = 0, ""
    for index, raw in enumerate(text.split("\n"), 1):
        number = number if held else index
        raw = raw.removesuffix("\r")
        if raw.endswith("\\"):
            held += raw[:-1] or " "
            continue
        joined, held = (held + raw).strip(), ""
        if joined and not joined.startswith("#"):
            yield Line(number, joined)
    if held.strip() and not held.lstrip().startswith("#"):
        yield Line(number, held.strip())


def words_of(text: str) -> list[str]:
    """Return the words of a line; in quotes a backslash escapes the quote and itself."""
    words = []
    for match in _WORD.finditer(text):
        if match[3] is not None:
            words.append(match[3])
            continue
        quote = match[0][0]
        words.append(_ESCAPED[quote].sub(r"\1", match[1] if quote == '"' else match[2]))
    return words


def substitute(text: str, variables: Mapping[str, str], most: int) -> str | None:
    """Return the text with known ``${NAME}`` variables replaced by their values; None if it were longer than `most`."""
    length = 0
    parts: list[str] = []
    place = 0
    for match in _REFERENCE.finditer(text):
        parts += text[place : match.start()], variables.get(match[1], match[0])
        place = match.end()
        length += len(parts[-2]) + len(parts[-1])
        if length > most:
            return None
    return "".join(parts) + text[place:] if length + len(text) - place <= most else None


def read_envvars(text: str) -> dict[str, str]:
    """Return the variables set in Debian's ``envvars``; only plain assignments of this shell script are understood."""
    values: dict[str, str] = {}
    for raw in text.split("\n"):
        match = _ASSIGNMENT.fullmatch(raw)
        if match is None or "##" in match[2] or "$(" in match[2] or "`" in match[2]:
            continue
        value = match[2].strip().replace('"', "").replace("'", "")
        values[match[1]] = _SHELL_REFERENCE.sub(lambda name: values.get(name[1] or name[2], ""), value)
    return values
