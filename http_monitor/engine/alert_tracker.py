"""Tracks which alerts are raised; no other part keeps this state."""

from collections.abc import Iterator

import numpy as np

from http_monitor.codec import checked_list, fields_of, integer, key_of, moment_of, text_of
from http_monitor.ports.alert import Alert, FutureWindows, VectorizedAlert, WindowView
from http_monitor.records import Bools, Json
from http_monitor.report import ActiveAlert, AlertEvent, Rule


class AlertTracker:
    """One state per (alert, subject): raised above the threshold, recovered below it, unchanged at it.

    Owned by the monitor's thread.

    Args:
        recover_percent: Percentage of its threshold at or below which an alert recovers; at 100 only below.
    """

    def __init__(self, recover_percent: float = 100.0) -> None:
        self._recover_percent = recover_percent
        self._alerts: list[Alert] = []
        self._active: dict[str, dict[bytes | None, int]] = {}
        self._foresee: list[bool] = []
        self._raises = 0
        self.rules: tuple[Rule, ...] = ()
        """The registered rules, as reports describe them."""

    @property
    def raises(self) -> int:
        """Number of alerts raised so far."""
        return self._raises

    def register(self, alert: Alert) -> None:
        """Judge by this rule too, after those registered before."""
        if alert.name in self._active:
            raise ValueError(f"an alert named {alert.name} is registered already")
        self._alerts.append(alert)
        # Asked for each rule at every close: a protocol takes long to look for.
        self._foresee.append(isinstance(alert, VectorizedAlert))
        self.rules = (*self.rules, Rule(alert.name, alert.threshold, alert.unit))
        self._active[alert.name] = {}

    @property
    def foresees(self) -> bool:
        """Whether any rule answers `may_change`; rules foresee only the crossing of their threshold."""
        return self._recover_percent == 100 and any(self._foresee)

    @property
    def foresees_all(self) -> bool:
        """Whether every rule answers `may_change`, so that no rule has to judge each close that changed the window."""
        return self._recover_percent == 100 and all(self._foresee)

    def may_change(self, windows: FutureWindows) -> Bools:
        """Return a mask of the closes at which a foreseeing rule may change state; the last one must be judged."""
        may = np.zeros(len(windows.hits) - 1, np.bool_)
        for alert in self._alerts:
            if isinstance(alert, VectorizedAlert):
                may |= alert.may_change(windows)
        return may

    def judge(self, window: WindowView, at_us: int, *, foreseen: bool = False) -> Iterator[AlertEvent]:
        """Yield the events at the close of the bucket that ends at `at_us`.

        Args:
            window: The window at that close.
            at_us: Time of the close.
            foreseen: Foreseeing rules have found no change.
        """
        for alert, foresees in zip(self._alerts, self._foresee, strict=True):
            if foreseen and foresees:
                continue
            active = self._active[alert.name]
            for reading in alert.measure(window, tuple(active)):
                if reading.subject in active:
                    if not self._is_over(reading.value, alert.threshold):
                        continue
                    del active[reading.subject]
                elif reading.value > alert.threshold:
                    active[reading.subject] = at_us
                    self._raises += 1
                else:
                    continue
                yield AlertEvent(
                    state="raised" if reading.subject in active else "recovered",
                    name=alert.name,
                    subject=reading.subject,
                    at_us=at_us,
                    value=reading.value,
                    threshold=alert.threshold,
                    hits=reading.hits,
                    window_s=window.seconds,
                    title=alert.title(reading.subject),
                    reading=alert.reading(reading.value),
                )

    def _is_over(self, value: float, threshold: float) -> bool:
        if self._recover_percent == 100:
            return value < threshold
        return value <= threshold * self._recover_percent / 100

    def save(self) -> Json:
        """Return the state as JSON."""
        active = {
            name: [[None if subject is None else text_of(subject), since_us] for subject, since_us in subjects.items()]
            for name, subjects in self._active.items()
        }
        return {"active": active, "raises": self._raises}

    def load(self, given: Json) -> None:
        """Restore the raised alerts of rules that are registered here too, whatever their current thresholds.

        Raises:
            KeyError, TypeError, ValueError: it is no such state.
        """
        self.load_counters(given)
        for name, subjects in fields_of(given["active"]).items():
            found = {
                None if subject is None else key_of(subject): moment_of(since_us)
                for subject, since_us in checked_list(subjects)
            }
            if name in self._active:
                self._active[name] = found

    def load_counters(self, given: Json) -> None:
        """Resume the count of raises. Raises KeyError, TypeError or ValueError for anything else."""
        self._raises = integer(given["raises"], least=0)

    def active(self) -> tuple[ActiveAlert, ...]:
        """Return the raised alerts, by rule, then by subject."""
        return tuple(
            ActiveAlert(alert.name, subject, since_us)
            for alert in self._alerts
            for subject, since_us in sorted(self._active[alert.name].items(), key=lambda item: item[0] or b"")
        )
