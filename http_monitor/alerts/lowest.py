"""Bounds how low a value can have been since an alert recovered, by the contents of its window."""

from http_monitor.ports.alert import WindowHistory
from http_monitor.records import Int64s


def sum_before(history: Int64s, window: WindowHistory, since_us: int) -> int:
    """Return the sum of the buckets of a window that closed up to a time.

    Each window that ended since then, and not later than this one, has all of these buckets.

    Args:
        history: The counts of a rule, by bucket, oldest first.
        window: The window.
        since_us: End of a bucket.
    """
    later = (window.end_us - since_us) // window.bucket_us
    return int(history[: max(0, len(history) - max(0, later))].sum())
