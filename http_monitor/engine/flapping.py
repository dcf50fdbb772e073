"""Finds alerts that are raised again and again, and the option that prevents it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from http_monitor.codec import check_list, flag, integer, key_of, moment_of, text_of
from http_monitor.ports.alert import Alert, BoundedAlert, WindowHistory
from http_monitor.records import Json
from http_monitor.report import AlertEvent, Notice
from http_monitor.units import US_PER_S, visible

RAISES = 6
WINDOWS = 10
"""A subject flaps with its sixth raise within ten windows."""
_MAX_SUBJECTS = 2_000
"""Maximum number of subjects; their keys are text of the log and may be long, and thousands of hosts may flood in
turn."""
_STEP_PERCENT = 5
_HALF_PERCENT = 50
"""An alert that recovers only below half its threshold is coarse: --alert-for is better, unless it must be long."""

_Key = tuple[str, bytes | None]


@dataclass(slots=True)
class _Raise:
    """A raise of a subject."""

    at_us: int
    low: float
    """Lower bound of its value since the previous recovery; 0.0: not known."""
    recovered_us: int | None = None


@dataclass(slots=True)
class _Subject:
    """The last raises of a subject."""

    raises: list[_Raise] = field(default_factory=list)
    hits: int = 0
    """The hits at its last recovery."""
    said: bool = False


class Flapping:
    """Watches the raises of each subject; forgets a subject that was not raised for ten windows.

    Owned by the monitor's thread.

    Args:
        window_us: Length of the window.
        for_us: How long a value must have been above its threshold before a raise.
    """

    def __init__(self, window_us: int, for_us: int = 0) -> None:
        self._window_us = window_us
        self._for_us = for_us
        self._subjects: dict[_Key, _Subject] = {}
        """In the order of their last raises."""
        self._notices: list[Notice] = []

    def note(self, event: AlertEvent, alert: Alert, window: WindowHistory) -> None:
        """Record a raise or a recovery at the close of a window."""
        if event.state == "raised":
            self._raise(event, alert, window)
            return
        subject = self._subjects.get((event.name, event.subject))
        if subject is not None:
            subject.raises[-1].recovered_us, subject.hits = event.at_us, event.hits

    def drain(self) -> list[Notice]:
        """Return notices about subjects that have begun to flap since the last call."""
        notices, self._notices = self._notices, []
        return notices

    def save(self) -> list[Json]:
        """Return the state as JSON."""
        return [
            {
                "name": name,
                "subject": None if key is None else text_of(key),
                "raises": [[one.at_us, one.low, one.recovered_us] for one in subject.raises],
                "hits": subject.hits,
                "said": subject.said,
            }
            for (name, key), subject in self._subjects.items()
        ]

    def load(self, given: Any, names: Iterable[str]) -> None:
        """Restore a state, as far as its rules exist.

        Raises:
            KeyError, TypeError, ValueError: It is no such state.
        """
        known = {*names}
        for saved in check_list(given):
            key = saved["name"], None if saved["subject"] is None else key_of(saved["subject"])
            raises = [_decode_raise(one) for one in check_list(saved["raises"])]
            if not 0 < len(raises) <= RAISES:
                raise ValueError("raises that cannot be")
            if key[0] in known:
                self._subjects[key] = _Subject(raises, integer(saved["hits"], 0), flag(saved["said"]))

    def _raise(self, event: AlertEvent, alert: Alert, window: WindowHistory) -> None:
        key = event.name, event.subject
        self._forget(event.at_us)
        subject = self._subjects.pop(key, None) or _Subject()
        low = 0.0
        if subject.raises and not subject.said:
            low = _lowest(subject, alert, window, event.subject)
        subject.raises = [*subject.raises[1 - RAISES :], _Raise(event.at_us, low)]
        self._subjects[key] = subject
        if len(self._subjects) > _MAX_SUBJECTS:
            del self._subjects[next(iter(self._subjects))]
        span_us = event.at_us - subject.raises[0].at_us
        if len(subject.raises) == RAISES and span_us <= WINDOWS * self._window_us and not subject.said:
            subject.said = True
            self._notices.append(self._notice(event, subject, span_us))

    def _forget(self, now_us: int) -> None:
        while self._subjects:
            key, subject = next(iter(self._subjects.items()))
            # The clock may have been set back.
            if 0 <= now_us - subject.raises[-1].at_us <= WINDOWS * self._window_us:
                return
            del self._subjects[key]

    def _notice(self, event: AlertEvent, subject: _Subject, span_us: int) -> Notice:
        of = "" if event.subject is None else f" {visible(event.subject)}"
        text = (
            f"{event.name}{of} flaps: it was raised {RAISES} times in {_span(span_us)}."
            f" {self._advice(subject.raises, event.threshold)}"
        )
        return Notice(text, "warning", "flapping", at_us=event.at_us)

    def _advice(self, raises: list[_Raise], threshold: float) -> str:
        longest_us = max((one.recovered_us or one.at_us) - one.at_us for one in raises[:-1])
        wait_s = -(-(self._for_us + longest_us) // US_PER_S)
        low = min(one.low for one in raises[1:])
        percent = next((some for some in range(95, 0, -_STEP_PERCENT) if low > threshold * some / 100), 0)
        if percent >= _HALF_PERCENT or (percent and wait_s * US_PER_S > self._window_us):
            return f"--alert-recover-at {percent} would have kept it raised."
        return f"--alert-for {wait_s}s would have raised none of the first {RAISES - 1}."


def _lowest(subject: _Subject, alert: Alert, window: WindowHistory, key: bytes | None) -> float:
    recovered_us = subject.raises[-1].recovered_us
    if recovered_us is None or not isinstance(alert, BoundedAlert):
        return 0.0
    return alert.lowest(window, key, recovered_us, subject.hits)


def _decode_raise(given: Any) -> _Raise:
    at_us, low, recovered_us = check_list(given)
    if not isinstance(low, float) or not isfinite(low):
        raise TypeError("a value that is no number")
    return _Raise(moment_of(at_us), low, None if recovered_us is None else moment_of(recovered_us))


def _span(span_us: int) -> str:
    minutes, seconds = divmod(span_us // US_PER_S, 60)
    if not minutes:
        return f"{seconds} s"
    return f"{minutes} min" if not seconds or minutes >= 10 else f"{minutes} min {seconds} s"
