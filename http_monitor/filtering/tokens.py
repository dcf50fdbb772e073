"""Splits an expression of ``--filter`` into words, texts and signs."""

import re
from dataclasses import dataclass
from typing import Literal

from http_monitor.errors import UsageError
from http_monitor.units import visible_text

Kind = Literal["word", "text", "sign", "end"]
_TOKEN = re.compile(
    r"""(?P<word>[A-Za-z0-9_.:/%-]+)"""
    r"""|"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'"""
    r"""|(?P<sign>==|!=|!~|<=|>=|[<>~(),])""",
    re.DOTALL,
)
_WORDS = {"&": "and", "|": "or", "!": "not, != or !~"}
_CURLY = "“”„‟‘’‚‛«»`´"
"""Quotes of word processors, chats and shells."""
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Token:
    """A token of an expression."""

    kind: Kind
    value: str
    """For a text, the content between its quotes, backslashes unchanged."""
    column: int
    """Its first column, from 1."""

    @property
    def description(self) -> str:
        """Its description in errors."""
        if self.kind == "end":
            return "the end"
        quote = '"' if self.kind == "text" else "'"
        return f"{quote}{visible_text(self.value[:_SHOWN])}{quote}"


def failure(column: int, text: str) -> UsageError:
    """Return an error at a column."""
    return UsageError(f"--filter: column {column}: {text}")


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of an expression, and an end token. Raises UsageError for a character that begins no token."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = _TOKEN.match(text, place)
        if match is None:
            raise failure(place + 1, _wrong(text[place : place + 2]))
        kind: Kind = "word" if match["word"] else "sign" if match["sign"] else "text"
        value = match["word"] or match["sign"] or match["double"] or match["single"] or ""
        found.append(Token(kind, value, place + 1))
        place = match.end()
    found.append(Token("end", "", len(text) + 1))
    return found


def _wrong(rest: str) -> str:
    character = rest[0]
    if rest == "=~":
        return "got '=~', expected ~ for a regular expression"
    if character in _CURLY:
        return f"got '{character}', expected straight quotes: \" or '"
    if character in "\"'":
        return f"expected the text that begins here to end with {character}"
    if character == "=":
        return "got '=', expected == for a comparison"
    if character in _WORDS:
        return f"got '{character}', expected {_WORDS[character]}"
    return f"got '{visible_text(character)}', expected a field, an operator or a value; a text with it needs quotes"
