"""How pieces of a line become the characters that a stream can show."""

import codecs
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from http_monitor.display.columns import char_columns, clip, columns
from http_monitor.units import visible, visible_text

Role = Literal["plain", "bold", "dim", "accent", "good", "warn", "bad", "raised", "recovered"]
Palette = Mapping[Role, str]
Span = tuple[str, Role]
"""A text without control characters, and what it is."""
Line = list[Span]

RESET = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters that are not words."""

    rule: str
    dash: str
    """Between two times."""
    ellipsis: str
    times: str
    """Between a status code and its hits."""
    between: str
    """Between groups in a line."""
    plus_minus: str
    spark: str
    """From nothing to the greatest, by height."""
    bar: str
    """From the thinnest slice to the full cell."""


UNICODE = Glyphs("─", "–", "…", "×", "│", "±", " ▁▂▃▄▅▆▇█", "▏▎▍▌▋▊▉█")
ASCII = Glyphs("-", "-", "...", "x", "|", "+-", " .:-=+*#@", "#")


@dataclass(frozen=True, slots=True)
class Style:
    """What a stream can show: its colours and its characters."""

    palette: Palette
    glyphs: Glyphs
    encoding: str = "utf-8"

    def key(self, raw: bytes) -> str:
        """Return log text as this stream shows it, not shortened."""
        return self.encodable(visible(raw))

    def text(self, text: str) -> str:
        """Return a sentence as this stream shows it; nothing in it can move the cursor."""
        return self.encodable(visible_text(text))

    def encodable(self, text: str) -> str:
        """Return the text with an escape for each character that the stream's encoding lacks."""
        if self.encoding == "utf-8":
            return text
        return text.encode(self.encoding, "backslashreplace").decode(self.encoding)

    def line(self, spans: Iterable[Span], width: int) -> str:
        """Return the spans as one line of at most `width` columns, without spaces at its end."""
        fitted = fit(spans, width, self.glyphs.ellipsis)
        while fitted and not (stripped := fitted[-1][0].rstrip(" ")):
            fitted.pop()
        if fitted:
            fitted[-1] = (stripped, fitted[-1][1])
        return "".join(self.paint(text, role) for text, role in fitted)

    def paint(self, text: str, role: Role) -> str:
        """Return the text between the codes of its role."""
        code = self.palette.get(role, "")
        return f"{code}{text}{RESET}" if code and text else text


def style_for(encoding: str | None, palette: Palette | None = None) -> Style:
    """Return the style for a stream: ASCII where its encoding lacks the block characters.

    Args:
        encoding: the stream's ``encoding``; None (memory) is UTF-8.
        palette: `ansi.COLOURS`, or None for no colour.
    """
    name = codecs.lookup(encoding or "utf-8").name
    wanted = "".join(getattr(UNICODE, slot) for slot in Glyphs.__slots__)
    try:
        wanted.encode(name)
    except UnicodeEncodeError:
        return Style(palette or {}, ASCII, name)
    return Style(palette or {}, UNICODE, name)


def line_columns(spans: Iterable[Span]) -> int:
    """Return the columns that the spans take."""
    return columns("".join([text for text, _ in spans]))


def fit(spans: Iterable[Span], width: int, ellipsis: str) -> Line:
    """Return the spans, cut with an ellipsis where they take more than `width` columns."""
    line = list(spans)
    if line_columns(line) <= width:
        return line
    room = max(0, width - columns(ellipsis))
    kept: Line = []
    for text, role in line:
        part = clip(text, room)
        kept.append((part, role))
        room -= columns(part)
        if len(part) < len(text):
            break
    kept.append((clip(ellipsis, width), "dim"))
    return kept


def padded(spans: Iterable[Span], width: int, ellipsis: str) -> Line:
    """Return the spans as exactly `width` columns."""
    line = fit(spans, width, ellipsis)
    return [*line, (" " * (width - line_columns(line)), "plain")]


def wrapped(pieces: Iterable[Line], width: int, gap: str = "   ") -> list[Line]:
    """Return the pieces in as few lines as they fit in, none of them broken."""
    lines: list[Line] = []
    for piece in pieces:
        if lines and line_columns(lines[-1]) + len(gap) + line_columns(piece) <= width:
            lines[-1] += [(gap, "plain"), *piece]
        else:
            lines.append(list(piece))
    return lines


def wrapped_words(text: str, width: int, role: Role = "plain") -> list[Line]:
    """Return a sentence in as many lines as it needs; a word longer than a line is broken."""
    lines = wrapped(([(part, role)] for word in text.split(" ") for part in _broken(word, width)), width, " ")
    return [[("".join(part for part, _ in line), role)] for line in lines]


def labelled(label: Span, lines: Sequence[Line]) -> list[Line]:
    """Return the lines behind a label, the second and later ones under the first."""
    space: Span = (" " * len(label[0]), "plain")
    return [[label if index == 0 else space, *line] for index, line in enumerate(lines)]


def _broken(word: str, width: int) -> Iterable[str]:
    while columns(word) > width:
        head = clip(word, width) or word[0]
        end = len(head)
        while end < len(word) and char_columns(word[end]) == 0:
            end += 1
        yield word[:end]
        word = word[end:]
    yield word
