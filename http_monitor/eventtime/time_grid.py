"""The time grid: bucket, interval and window lengths, and the arithmetic that aligns times to them."""

from dataclasses import dataclass
from typing import Self

from http_monitor.settings import Settings
from http_monitor.units import US_PER_S


@dataclass(frozen=True, slots=True)
class TimeGrid:
    """Lengths in microseconds; buckets and intervals are aligned to the epoch."""

    bucket_us: int
    interval_us: int
    window_us: int
    lateness_us: int

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the lengths in the settings."""
        return cls(
            bucket_us=settings.bucket_size_s * US_PER_S,
            interval_us=settings.interval_s * US_PER_S,
            window_us=settings.window_s * US_PER_S,
            lateness_us=settings.bucket_waits_s * US_PER_S,
        )

    def bucket_of(self, time_us: int) -> int:
        """Return the start of the bucket that contains a time."""
        return time_us // self.bucket_us * self.bucket_us

    def interval_of(self, time_us: int) -> int:
        """Return the start of the interval that contains a time."""
        return time_us // self.interval_us * self.interval_us

    def due_at(self, now_us: int) -> int:
        """Return the start of the last bucket that is due to close."""
        return self.bucket_of(now_us - self.lateness_us) - self.bucket_us
