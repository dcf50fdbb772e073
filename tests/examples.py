"""How many examples the property tests try: few in the usual run, more of them for `scripts/laws`."""

import os

_TIMES = int(os.environ.get("HTTP_MONITOR_EXAMPLES") or "1")


def examples(usual: int) -> int:
    """Return how many examples to try of a test that usually tries so many."""
    return usual * _TIMES
