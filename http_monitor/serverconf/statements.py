"""Splits the text of an nginx configuration into statements, words and blocks.

The rules are those of ``ngx_conf_read_token``: a word ends at a space, a semicolon or a brace; in quotes, which only
begin a word, a backslash escapes the next character; ``${`` begins no block.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

# Possessive, so that megabytes of one word take neither their square in time nor a stack of their length.
_BLANK = re.compile(r"\s*+(?:#[^\n]*+\s*+)*+")
_QUOTED = {quote: re.compile(rf"{quote}((?:[^{quote}\\]++|\\.)*+){quote}", re.DOTALL) for quote in ('"', "'")}
_WORD = re.compile(r"(?:\\.|\$\{[^}]{0,256}\}|[^\s;{}\\$]++|\$)++", re.DOTALL)
_LUA = re.compile(r"--[^\n]*+|\"(?:[^\"\\\n]++|\\.)*+\"|'(?:[^'\\\n]++|\\.)*+'|[^\"'{}-]++|.", re.DOTALL)
_LUA_BLOCK = "_by_lua_block"


class SyntaxFault(Exception):
    """The text is no nginx configuration.

    Args:
        reason: The reason, in a few words.
        line: The line, from 1.
    """

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


class Statement(NamedTuple):
    """A directive with its arguments, or a block's name and arguments."""

    words: tuple[str, ...]
    line: int
    """Its first line, from 1."""
    depth: int
    """Number of enclosing blocks."""


def statements(text: str) -> Iterator[Statement]:
    """Yield the statements of a file, each block before its contents. Raises SyntaxFault."""
    at, line, depth = 0, 1, 0
    words: list[str] = []
    begun = 1
    while True:
        blank = _BLANK.match(text, at)
        assert blank is not None, "nothing is blank enough"
        line += text.count("\n", at, blank.end())
        at = blank.end()
        if at >= len(text):
            break
        char = text[at]
        if char in ";{":
            if not words:
                raise SyntaxFault(f'unexpected "{char}"', line)
            yield Statement(tuple(words), begun, depth)
            at += 1
            if char == "{" and words[0].endswith(_LUA_BLOCK):
                end = _behind_lua(text, at, line)
                line += text.count("\n", at, end)
                at = end
            elif char == "{":
                depth += 1
            words = []
        elif char == "}":
            if words or not depth:
                raise SyntaxFault('unexpected "}"', line)
            depth -= 1
            at += 1
        else:
            begun = begun if words else line
            pattern = _QUOTED.get(char, _WORD)
            match = pattern.match(text, at)
            if match is None:
                raise SyntaxFault(f"unexpected end of file, expecting {char}", line)
            # The reader of the format interprets other backslashes.
            words.append(match[1].replace("\\" + char, char) if char in _QUOTED else match[0])
            line += match[0].count("\n")
            at = match.end()
    if words or depth:
        wanted = "}" if depth and not words else ";"
        raise SyntaxFault(f'unexpected end of file, expecting "{wanted}"', 1 + text.rstrip().count("\n"))


def _behind_lua(text: str, at: int, line: int) -> int:
    """Return the end of a block of Lua, with braces balanced outside of its strings and comments."""
    depth = 1
    last_close = text.rfind("]]")
    while depth:
        if at < last_close and text.startswith("--[[", at):
            at = text.index("]]", at) + len("]]")
            continue
        match = _LUA.match(text, at)
        if match is None:
            raise SyntaxFault('unexpected end of file, expecting "}"', line)
        depth += (match[0] == "{") - (match[0] == "}")
        at = match.end()
    return at
