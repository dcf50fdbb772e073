"""Renders spans of text in the colours and characters that a stream supports."""

import codecs
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from http_monitor.display.columns import char_columns, clip, columns
from http_monitor.units import visible, visible_text

Role = Literal["plain", "bold", "dim", "accent", "good", "warn", "bad", "raised", "recovered"]
Palette = Mapping[Role, str]
Span = tuple[str, Role]
"""A text without control characters, and its role."""
Line = list[Span]

RESET = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters besides words."""

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
    """By height, from zero to the greatest."""
    bar: str
    """From the thinnest slice to the full cell."""


UNICODE = Glyphs("─", "–", "…", "×", "│", "±", " ▁▂▃▄▅▆▇█", "▏▎▍▌▋▊▉█")
ASCII = Glyphs("-", "-", "...", "x", "|", "+-", " .:-=+*#@", "#")


@dataclass(frozen=True, slots=True)
class Style:
    """The colours and characters that a stream supports."""

    palette: Palette
    glyphs: Glyphs
    encoding: str = "utf-8"

    def key(self, raw: bytes) -> str:
        """Return log text as the stream can show it, not shortened."""
        return self.encodable(visible(raw))

    def text(self, text: str) -> str:
        """Return a sentence as the stream can show it, without control characters."""
        return self.encodable(visible_text(text))

    def encodable(self, text: str) -> str:
        """Return the text with escapes for characters that the stream's encoding lacks."""
        if self.encoding == "utf-8":
            return text
        return text.encode(self.encoding, "backslashreplace").decode(self.encoding)

    def line(self, spans: Iterable[Span], width: int) -> str:
        """Return the spans as one line of at most `width` columns, without trailing spaces."""
        fitted = fit(spans, width, self.glyphs.ellipsis)
        while fitted and not (stripped := fitted[-1][0].rstrip(" ")):
            fitted.pop()
        if fitted:
            fitted[-1] = (stripped, fitted[-1][1])
        return "".join(self.paint(text, role) for text, role in fitted)

    def paint(self, text: str, role: Role) -> str:
        """Return the text in the colour of its role."""
        code = self.palette.get(role, "")
        return f"{code}{text}{RESET}" if code and text else text


def style_for(encoding: str | None, palette: Palette | None = None) -> Style:
    """Return the style for a stream: ASCII if its encoding lacks the block characters.

    Args:
        encoding: the stream's ``encoding``; None (memory) is UTF-8.
        palette: `colours.COLOURS`, or None for no colour.
    """
    name = codecs.lookup(encoding or "utf-8").name
    wanted = "".join(getattr(UNICODE, slot) for slot in Glyphs.__slots__)
    try:
        wanted.encode(name)
    except UnicodeEncodeError:
        return Style(palette or {}, ASCII, name)
    return Style(palette or {}, UNICODE, name)


def line_columns(spans: Iterable[Span]) -> int:
    """Return the width of the spans in columns."""
    return columns("".join([text for text, _ in spans]))


def fit(spans: Iterable[Span], width: int, ellipsis: str) -> Line:
    """Return the spans, cut with an ellipsis if they take more than `width` columns."""
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


def pad(spans: Iterable[Span], width: int, ellipsis: str) -> Line:
    """Return the spans cut or filled to exactly `width` columns."""
    line = fit(spans, width, ellipsis)
    return [*line, (" " * (width - line_columns(line)), "plain")]


def wrap(pieces: Iterable[Line], width: int, gap: str = "   ") -> list[Line]:
    """Return the pieces on as few lines as possible; no piece is broken."""
    lines: list[Line] = []
    for piece in pieces:
        if lines and line_columns(lines[-1]) + len(gap) + line_columns(piece) <= width:
            lines[-1] += [(gap, "plain"), *piece]
        else:
            lines.append(list(piece))
    return lines


def wrap_words(text: str, width: int, role: Role = "plain") -> list[Line]:
    """Return a sentence wrapped to the width; only words longer than a line are broken."""
    lines = wrap(([(part, role)] for word in text.split(" ") for part in _break_word(word, width)), width, " ")
    return [[("".join(part for part, _ in line), role)] for line in lines]


def add_label(label: Span, lines: Sequence[Line]) -> list[Line]:
    """Return the lines with a label before the first, and the others indented by its width."""
    space: Span = (" " * len(label[0]), "plain")
    return [[label if index == 0 else space, *line] for index, line in enumerate(lines)]


def _break_word(word: str, width: int) -> Iterable[str]:
    while columns(word) > width:
        head = clip(word, width) or word[0]
        end = len(head)
        while end < len(word) and char_columns(word[end]) == 0:
            end += 1
        yield word[:end]
        word = word[end:]
    yield word
