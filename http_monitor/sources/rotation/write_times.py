"""Compares the times at which files were written last, as far as they are known and exact."""

NS_PER_S = 1_000_000_000


def as_exact(time_ns: int, as_ns: int) -> int:
    """Return a time cut to whole seconds if the other time was cut (by a copy or an archive)."""
    return time_ns if as_ns % NS_PER_S else time_ns - time_ns % NS_PER_S


def is_same_time(one_ns: int | None, other_ns: int | None) -> bool:
    """Return whether two times are equal as far as both are known: compressing preserves a time, or its seconds."""
    if one_ns is None or other_ns is None:
        return False
    return as_exact(one_ns, other_ns) == other_ns


def is_unchanged(now_ns: int | None, then_ns: int | None) -> bool:
    """Return whether a file was not written since; True if times are not known."""
    return now_ns is None or then_ns is None or now_ns == then_ns


def may_be_later(written_ns: int | None, time_ns: int | None) -> bool:
    """Return whether a file was written at that time or later; True if times are not known."""
    return written_ns is None or time_ns is None or written_ns >= as_exact(time_ns, written_ns)


def was_written_before(written_ns: int | None, time_ns: int | None) -> bool:
    """Return whether a file was certainly not written at that time or later."""
    return written_ns is not None and time_ns is not None and written_ns < as_exact(time_ns, written_ns)
