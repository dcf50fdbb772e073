"""Recognises the most common lines of the Common Log Format family."""

import re

# Stricter than the family, so that no other preset can read a matching line, whatever its quotes contain. Lines of the
# others begin with a brace, a bracket or an ISO time, have a time, a number or a bracket in the place of the dash or
# the user, or need something after the last quote.
_HOST, _USER = rb"[0-9a-z.:_-]+", rb"[0-9A-Za-z.@_-]+"
_TIME = rb"\[[0-9A-Za-z/:+ -]{26}\]"
# Only escapes of bytes that end no field, however a format interprets the backslash.
_QUOTED = rb'"(?:[^"\\\x00-\x1f]++|\\[0-9A-Za-z])*+"'
_COMMON = _HOST + rb" - " + _USER + rb" " + _TIME + rb" " + _QUOTED + rb" [0-9]{3} (?:[0-9]+|-)"
_PLAIN = re.compile(rb"(?:" + _COMMON + rb"(?: " + _QUOTED + rb" " + _QUOTED + rb")?\n)*+")


def is_usual(lines: bytes) -> bool:
    """Return whether all of some whole lines are common or combined, in the form that most servers write.

    Even if such a line is malformed, it belongs to no other preset that can be detected.
    """
    return _PLAIN.fullmatch(lines) is not None
