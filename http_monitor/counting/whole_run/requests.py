"""The figures of single requests in the summary: failures and durations of the whole run."""

from collections.abc import Sequence

from http_monitor.codec import MAX_HITS, check_list, fields_of, integer
from http_monitor.counting.failing.failed_rows import FailedRows
from http_monitor.counting.frame import Frame
from http_monitor.counting.interval_requests import RequestSums
from http_monitor.counting.whole_run.failures import RunFailures
from http_monitor.counting.whole_run.times import RunTimes
from http_monitor.records import Json
from http_monitor.report_tables import FailingEndpoint, LostRequests, SlowRequests


class RunRequests:
    """Failures and durations of a run, by endpoint. Owned by the monitor's thread.

    Args:
        cap: The number of rows to which each of the two is cut when it has twice as many.
    """

    __slots__ = ("_failures", "_times")

    def __init__(self, cap: int) -> None:
        self._failures = RunFailures(cap)
        self._times = RunTimes(cap)

    def add(self, frame: Frame, failed: FailedRows) -> None:
        """Count the rows of a frame, and the failed ones among them, in the order in which they came."""
        self._failures.add(failed)
        if frame.durations_us is not None:
            self._times.add(frame.columns["endpoints"], frame.durations_us)

    def merge(self, sums: RequestSums) -> None:
        """Add the counts of another engine."""
        self._failures.merge(sums.failing)
        self._times.merge(sums.times)

    def rank_failing(self) -> Sequence[FailingEndpoint]:
        """Return the failing endpoints, most hits first, then by key."""
        return self._failures.rank()

    def slow(self) -> SlowRequests:
        """Return the endpoints whose 95th percentile is at least a millisecond."""
        return self._times.slow()

    @property
    def lost(self) -> LostRequests:
        """The remainders of the tables."""
        self._failures.count_waiting()
        self._times.count_waiting()
        return LostRequests(self._failures.lost, self._times.lost)

    def save(self) -> Json:
        """Return the counts as JSON."""
        lost = self.lost
        return {
            "failing": self._failures.save(),
            "slow": self._times.save(),
            "lost": [lost.failures, lost.spent_us],
        }

    def load(self, given: Json) -> None:
        """Restore saved counts; this object must be new. Raises KeyError, TypeError or ValueError for anything else."""
        fields = fields_of(given)
        self._failures.load(fields["failing"])
        self._times.load(fields["slow"])
        failures, spent_us = check_list(fields.get("lost", [0, 0]))
        self._failures.lost, self._times.lost = integer(failures, 0, MAX_HITS), integer(spent_us, 0, 1 << 90)
