"""Measures texts in terminal columns, and shortens them."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def char_columns(char: str) -> int:
    """Return the width of one visible character: 0, 1 or 2 columns (Unicode Standard Annex 11)."""
    if char.isascii():
        return 1
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def columns(text: str) -> int:
    """Return the width of a text without control characters, in columns."""
    if text.isascii():
        return len(text)
    return sum(map(char_columns, text))


def clip(text: str, limit: int) -> str:
    """Return the longest prefix of the text that fits in `limit` columns."""
    if text.isascii():
        return text[: max(0, limit)]
    used = 0
    for index, char in enumerate(text):
        used += char_columns(char)
        if used > limit:
            return text[:index]
    return text


def shorten(text: str, limit: int, ellipsis: str) -> str:
    """Return the text, with its middle replaced by the ellipsis if it takes more than `limit` columns.

    A text with hundreds of combining marks is shortened too, even if its columns fit: terminals would draw the stacked
    marks over the lines above.
    """
    if columns(text) <= limit and len(text) <= 2 * limit:
        return text
    room = limit - columns(ellipsis)
    if room <= 0:
        return clip(ellipsis, limit)
    head = clip(text[:limit], (room + 1) // 2)
    tail = _last(text[-limit:], room - columns(head))
    return head + ellipsis + tail


def _last(text: str, limit: int) -> str:
    used = 0
    start = len(text)
    for index in range(len(text) - 1, -1, -1):
        used += char_columns(text[index])
        if used > limit:
            break
        start = index
    # A mark without its base character would combine with the ellipsis.
    while start < len(text) and char_columns(text[start]) == 0:
        start += 1
    return text[start:]
