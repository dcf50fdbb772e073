"""Describes why and where a line does not fit its format."""

from typing import NamedTuple


class Misfit(NamedTuple):
    """The reason why a line is malformed."""

    column: int
    """The byte at which it stops fitting, from 1."""
    reason: str


# What is wrong with a field, and what was expected instead.
_RIGHTED = (
    (" that is neither - nor digits", ": - or digits"),
    (" that is not like ", " like "),
    (" that is not ", " that is "),
    (" not written ", " written "),
    (" that does not exist", " that exists"),
    (" outside ", " within "),
    (" beyond ", " up to "),
)


def describe_expected(reason: str) -> str:
    """Return what was expected at the place of a misfit, given its reason."""
    if reason.startswith("no "):
        return reason.removeprefix("no ")
    for wrong, right in _RIGHTED:
        if wrong in reason:
            return reason.replace(wrong, right, 1)
    return f"something other than {reason}"
