"""Tracks which alerts are raised; no other part keeps this state."""

from collections.abc import Iterable, Iterator

import numpy as np

from http_monitor.codec import check_list, fields_of, integer, key_of, moment_of, text_of
from http_monitor.engine.episode_log import EpisodeLog
from http_monitor.engine.flapping import Flapping
from http_monitor.engine.onset import began_at
from http_monitor.ports.alert import Alert, DatedAlert, FutureWindows, Peak, VectorizedAlert, WindowHistory
from http_monitor.records import Bools, Json
from http_monitor.report import ActiveAlert, AlertEvent, Rule
from http_monitor.units import US_PER_S


class AlertTracker:
    """One state per (alert, subject): raised above the threshold, recovered below it, unchanged at it.

    Owned by the monitor's thread.

    Args:
        recover_percent: Percentage of its threshold at or below which an alert recovers; at 100 only below.
        for_us: How long the value must have been above the threshold, at every close, before the alert is raised.
        window_us: An alert that is raised again sooner than this after its recovery is the same episode.
    """

    def __init__(self, recover_percent: float = 100.0, for_us: int = 0, window_us: int = 0) -> None:
        self._recover_percent = recover_percent
        self._for_us = for_us
        self._pending: dict[str, dict[bytes | None, int]] = {}
        """Subjects above the threshold that are not raised yet, with the first close that found them there."""
        self._alerts: list[Alert] = []
        self._active: dict[str, dict[bytes | None, int]] = {}
        self._foresee: list[bool] = []
        self._raises = 0
        self.log = EpisodeLog(window_us)
        """The alerts raised so far, as episodes."""
        self.flapping = Flapping(window_us, for_us)
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
        # Needed for each rule at every close, and checking for a protocol is slow.
        self._foresee.append(isinstance(alert, VectorizedAlert))
        self.rules = (*self.rules, Rule(alert.name, alert.threshold, alert.unit))
        self._active[alert.name] = {}
        self._pending[alert.name] = {}

    @property
    def foresees(self) -> bool:
        """Whether any rule answers `foresee`; rules foresee only the crossing of their threshold."""
        return self._foresees_crossings and any(self._foresee)

    @property
    def foresees_all(self) -> bool:
        """Whether every rule answers `foresee`, so that no rule has to judge each close that changed the window."""
        return self._foresees_crossings and all(self._foresee)

    @property
    def _foresees_crossings(self) -> bool:
        """Whether nothing but the crossing of a threshold changes a state."""
        return self._recover_percent == 100 and not self._for_us

    @property
    def due_us(self) -> int | None:
        """The earliest close at which a wait ends, even if the window does not change; None: nothing waits."""
        if not self._for_us:
            return None
        firsts = [min(waits.values()) for waits in self._pending.values() if waits]
        return min(firsts) + self._for_us if firsts else None

    def end_waits(self) -> None:
        """Forget the waits: the clock has been set back."""
        for waits in self._pending.values():
            waits.clear()

    def foresee(self, windows: FutureWindows) -> tuple[Bools, list[tuple[str, Peak]]]:
        """Return the findings of foreseeing rules; the last close must have been judged.

        Returns:
            (mask of the closes at which one may change state, peaks with the name of their rule, in order of time).
        """
        may = np.zeros(len(windows.hits) - 1, np.bool_)
        peaks: list[tuple[str, Peak]] = []
        for alert in self._alerts:
            if isinstance(alert, VectorizedAlert):
                found = alert.foresee(windows)
                may |= found.may_change
                peaks += [(alert.name, peak) for peak in found.peaks]
        return may, sorted(peaks, key=lambda entry: entry[1].window)

    def see(self, peaks: Iterable[tuple[str, Peak]]) -> None:
        """Record foreseen peaks of active alerts."""
        for name, peak in peaks:
            if peak.subject in self._active[name]:
                self.log.see(name, peak.subject, peak.value)

    def judge(self, window: WindowHistory, at_us: int, *, foreseen: bool = False) -> Iterator[AlertEvent]:
        """Yield the events at the close of the bucket that ends at `at_us`.

        Args:
            window: The window at that close.
            at_us: Time of the close.
            foreseen: Foreseeing rules have found no change.
        """
        for alert, foresees in zip(self._alerts, self._foresee, strict=True):
            if foreseen and foresees:
                continue
            active, waits = self._active[alert.name], self._pending[alert.name]
            waiting = {*waits}
            for reading in alert.measure(window, (*active, *waits)):
                subject = reading.subject
                if subject in active:
                    if not self._is_over(reading.value, alert.threshold):
                        self.log.see(alert.name, subject, reading.value)
                        continue
                    del active[subject]
                elif reading.value > alert.threshold:
                    waiting.discard(subject)
                    if at_us - waits.setdefault(subject, at_us) < self._for_us:
                        continue
                    del waits[subject]
                    active[subject] = at_us
                    self._raises += 1
                else:
                    continue
                event = AlertEvent(
                    state="raised" if subject in active else "recovered",
                    name=alert.name,
                    subject=subject,
                    at_us=at_us,
                    value=reading.value,
                    threshold=alert.threshold,
                    hits=reading.hits,
                    window_s=window.seconds,
                    title=alert.title(subject),
                    reading=alert.reading(reading.value),
                    unit=alert.unit,
                    began_us=_began(alert, window, subject) if subject in active else None,
                    looked_us=max(at_us - window.seconds * US_PER_S, window.known_us),
                )
                self.log.note(event)
                self.flapping.note(event, alert, window)
                yield event
            for subject in waiting:
                # No longer above the threshold.
                del waits[subject]

    def _is_over(self, value: float, threshold: float) -> bool:
        if self._recover_percent == 100:
            return value < threshold
        return value <= threshold * self._recover_percent / 100

    def save(self) -> Json:
        """Return the state as JSON."""
        return {
            "active": _save_states(self._active),
            "pending": _save_states(self._pending),
            "raises": self._raises,
            "episodes": self.log.save(),
            "flapping": self.flapping.save(),
        }

    def load(self, given: Json) -> None:
        """Restore the raised alerts of rules that are registered here too, whatever their current thresholds.

        Raises:
            KeyError, TypeError, ValueError: it is no such state.
        """
        self._raises = integer(given["raises"], least=0)
        for states, saved in ((self._active, given["active"]), (self._pending, given.get("pending", {}))):
            for name, subjects in fields_of(saved).items():
                found = {
                    None if subject is None else key_of(subject): moment_of(since_us)
                    for subject, since_us in check_list(subjects)
                }
                if name in states:
                    states[name] = found
        self._load_log(given)
        self.flapping.load(given.get("flapping", []), self._active)

    def load_counters(self, given: Json) -> None:
        """Resume the count of raises and the episodes. Raises KeyError, TypeError or ValueError for anything else."""
        self._raises = integer(given["raises"], least=0)
        self._load_log(given)

    def _load_log(self, given: Json) -> None:
        active = self.active()
        if "episodes" in given:
            self.log.load(given["episodes"], [(alert.name, alert.subject) for alert in active])
        else:
            units = {rule.name: rule.unit for rule in self.rules}
            self.log.begin([(a.name, a.subject, a.since_us, units[a.name]) for a in active], self._raises)

    def active(self) -> tuple[ActiveAlert, ...]:
        """Return the raised alerts, by rule, then by subject."""
        return tuple(
            ActiveAlert(alert.name, subject, since_us)
            for alert in self._alerts
            for subject, since_us in sorted(self._active[alert.name].items(), key=lambda item: item[0] or b"")
        )


def _began(alert: Alert, window: WindowHistory, subject: bytes | None) -> int | None:
    if not isinstance(alert, DatedAlert):
        return None
    return began_at(alert.excess(window, subject), window.end_us, window.bucket_us, window.known_us)


def _save_states(states: dict[str, dict[bytes | None, int]]) -> Json:
    return {
        name: [[None if subject is None else text_of(subject), since_us] for subject, since_us in subjects.items()]
        for name, subjects in states.items()
    }
