"""What a report shows of single requests of its interval: failures and durations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from http_monitor.codec import fields_of
from http_monitor.counting.failing import FailingKey, FailingRows, Seen
from http_monitor.counting.frame import Frame
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

    def add(self, frame: Frame, rows: slice) -> None:
        """Add rows of a frame."""
        self.add_failing(frame, rows)
        if frame.durations_us is not None:
            self.slow.add(frame.columns["endpoints"].take(rows), frame.durations_us[rows])

    def add_failing(self, frame: Frame, rows: slice) -> None:
        """Add only what failed of rows of a frame."""
        errors = np.flatnonzero(frame.measures.errors[rows])
        if len(errors):
            assert frame.times_us is not None
            self.failing.add(frame, frame.times_us, errors + rows.start)

    def merge(self, sums: RequestSums) -> None:
        """Add the counts of another engine."""
        self.failing.merge(sums.failing)
        self.slow.merge(sums.times)

    def sums(self) -> RequestSums:
        """Return the counts, which must not change afterwards."""
        return RequestSums(self.failing.seen(), self.slow.times())

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
