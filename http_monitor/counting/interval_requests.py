"""The figures of single requests of an interval: failures and durations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from http_monitor.codec import fields_of
from http_monitor.counting.failing.interval_rows import FailingKey, FailingRows, Seen
from http_monitor.counting.groups import FrameGroups
from http_monitor.counting.slow import SlowRows, Times
from http_monitor.records import Json


@dataclass(frozen=True, slots=True)
class RequestSums:
    """The counts in the form in which a delta carries them."""

    failing: Mapping[FailingKey, Seen] = field(default_factory=dict)
    times: Times = field(default_factory=dict)


class IntervalRequests:
    """Failures and durations of an interval, by endpoint.

    Args:
        cap: The number of rows that each of the two keeps.
    """

    __slots__ = ("failing", "slow")

    def __init__(self, cap: int) -> None:
        self.failing = FailingRows(cap)
        self.slow = SlowRows(cap)

    def add(self, groups: FrameGroups, index: int) -> None:
        """Add the rows of one group of a frame."""
        self.add_failing(groups, index)
        frame, rows = groups.part(index)
        if frame.durations_us is not None:
            self.slow.add(frame.columns["endpoints"].take(rows), frame.durations_us[rows])

    def add_failing(self, groups: FrameGroups, index: int) -> None:
        """Add only the failed rows of one group."""
        if groups.errors[index]:
            self.failing.add(groups.find_failed(index))

    def merge(self, sums: RequestSums) -> None:
        """Add the counts of another engine."""
        self.failing.merge(sums.failing)
        self.slow.merge(sums.times)

    def sums(self) -> RequestSums:
        """Return the counts, which must not change afterwards."""
        return RequestSums(self.failing.count(), self.slow.times())

    def save(self) -> Json:
        """Return the counts as JSON."""
        return {"failing": self.failing.save(), "slow": self.slow.save()}

    @classmethod
    def load(cls, given: Json, cap: int) -> Self:
        """Return saved counts. Raises KeyError, TypeError or ValueError for anything else."""
        fields = fields_of(given)
        requests = cls(cap)
        requests.failing = FailingRows.load(fields["failing"], cap)
        requests.slow = SlowRows.load(fields["slow"], cap)
        return requests
