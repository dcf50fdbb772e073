"""Knows the most usual lines of the Common Log Format family at first sight."""

import re

# Narrower than the family, so that no other preset can read them, whatever stands between the quotes: others begin with
# a brace, a bracket or a time that has a T in it, have a time, a number or a bracket where the dash or the user stands,
# or want something behind the last quote.
_HOST, _USER = rb"[0-9a-z.:_-]+", rb"[0-9A-Za-z.@_-]+"
_TIME = rb"\[[0-9A-Za-z/:+ -]{26}\]"
# Of what is escaped only bytes that end no field, whether or not somebody takes the backslash for one that escapes.
_QUOTED = rb'"(?:[^"\\\x00-\x1f]++|\\[0-9A-Za-z])*+"'
_COMMON = _HOST + rb" - " + _USER + rb" " + _TIME + rb" " + _QUOTED + rb" [0-9]{3} (?:[0-9]+|-)"
_PLAIN = re.compile(rb"(?:" + _COMMON + rb"(?: " + _QUOTED + rb" " + _QUOTED + rb")?\n)*+")


def is_usual(lines: bytes) -> bool:
    """Tell whether all of some whole lines are common or combined, written as most servers write them.

    Whatever else may be wrong with such a line, it is of no other preset that can be found out by its lines.
    """
    return _PLAIN.fullmatch(lines) is not None
