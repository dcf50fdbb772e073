"""Why and where a line does not fit its format."""

from typing import NamedTuple


class Misfit(NamedTuple):
    """Why a line is malformed."""

    column: int
    """The byte at which it stops to fit, from 1."""
    reason: str


# What is wrong with a field, and what would be right.
_RIGHTED = (
    (" that is neither - nor digits", ": - or digits"),
    (" that is not like ", " like "),
    (" that is not ", " that is "),
    (" not written ", " written "),
    (" that does not exist", " that exists"),
    (" outside ", " within "),
    (" beyond ", " up to "),
)


def expected_of(reason: str) -> str:
    """Return what should stand where a line stops to fit for that reason."""
    if reason.startswith("no "):
        return reason.removeprefix("no ")
    for wrong, right in _RIGHTED:
        if wrong in reason:
            return reason.replace(wrong, right, 1)
    return f"something else than {reason}"
