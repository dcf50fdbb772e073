"""Parses the digits of many fields at once."""

import numpy as np

from http_monitor.parser.chunks.arrays import Bools, Ints, Words
from http_monitor.parser.chunks.chunk import WORD_BYTES, Chunk, word, words_at
from http_monitor.parser.chunks.spans import Span

# Eight ASCII digits become a number in three steps that each combine neighbours (pairs, fours, eights).
_STEPS = tuple(
    (np.uint64(factor), np.uint64(shift), np.uint64(mask))
    for factor, shift, mask in (
        (10, 8, 0x00FF00FF00FF00FF),
        (100, 16, 0x0000FFFF0000FFFF),
        (10_000, 32, 0x00000000FFFFFFFF),
    )
)


_ZEROS = word(b"0" * WORD_BYTES)


_HIGH = word(b"\xf0" * WORD_BYTES)


_SIXES = word(b"\x06" * WORD_BYTES)


_THREES = word(b"\x33" * WORD_BYTES)


_ALL = word(b"\xff" * WORD_BYTES)


def numbers(chunk: Chunk, digits: Span) -> tuple[Ints, Bools]:
    """Return the values of fields of 1 to 16 digits, and a mask of the fields that are."""
    return numbers_in(chunk.words, digits)


def numbers_in(words: Words, digits: Span) -> tuple[Ints, Bools]:
    """Return the same for fields of another text, given its words (`words_of`)."""
    length = digits.stop - digits.start
    value, good = _last_eight(_words_before(words, digits.stop), length)
    good &= (length >= 1) & (length <= 2 * WORD_BYTES)
    if (length > WORD_BYTES).any():
        upper, upper_good = _last_eight(_words_before(words, digits.stop - WORD_BYTES), length - WORD_BYTES)
        value += upper * 10**WORD_BYTES
        good &= upper_good
    return value, good


def _words_before(every: Words, stop: Ints) -> Words:
    """Return the eight bytes before each position, padded with zeros before the start of the text."""
    words = words_at(every, stop - WORD_BYTES)
    early = np.flatnonzero(stop < WORD_BYTES)
    if len(early):
        missing = (WORD_BYTES - np.clip(stop[early], 0, WORD_BYTES)).astype(np.uint64) * np.uint64(4)
        # A shift by 64 is undefined, so it is done in two halves.
        words[early] = (words[early] << missing) << missing
    return words


def _last_eight(text: Words, length: Ints) -> tuple[Ints, Bools]:
    """Return the numbers in the last `length` (at most eight) bytes of each word, and which of them are digits."""
    cut = np.clip(WORD_BYTES - length, 0, WORD_BYTES).astype(np.uint64) * np.uint64(8)
    # A shift by 64 is undefined, so it is done in two halves.
    keep = (_ALL << (cut >> np.uint64(1))) << (cut - (cut >> np.uint64(1)))
    text = (text & keep) | (_ZEROS & ~keep)
    good: Bools = ((text & _HIGH) | (((text + _SIXES) & _HIGH) >> np.uint64(4))) == _THREES
    text = text - _ZEROS
    for factor, shift, mask in _STEPS:
        text = (text * factor + (text >> shift)) & mask
    return text.astype(np.int64), good
