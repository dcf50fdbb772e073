"""Joins the raises and recoveries of alerts into episodes."""

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from itertools import chain
from math import isfinite
from typing import Any

from http_monitor.codec import check_list, integer, key_of, moment_of, text_of
from http_monitor.episodes import Episode, Episodes, EpisodeSums, add_up, sums_of
from http_monitor.records import Json
from http_monitor.report import AlertEvent

MAX_KEPT = 100
"""Maximum number of episodes of the whole site, and of single hosts, that are kept one by one."""

_Key = tuple[str, bytes | None]


@dataclass(slots=True)
class _Running:
    """An episode that is active, or may continue."""

    start_us: int
    raises: int
    peak: float | None
    unit: str


class EpisodeLog:
    """The episodes of a run. Owned by the monitor's thread.

    The longest finished episodes are kept, and the others are counted. Episodes of single hosts cannot displace those
    of the whole site, however many hosts take part in a flood. The number of episodes that are active, or ended within
    the last window, is bounded by the hosts that the window can hold.

    Args:
        window_us: An alert that is raised again sooner than this after its recovery continues its episode.
        max_kept: Maximum number of finished episodes kept of either kind.
    """

    def __init__(self, window_us: int, max_kept: int = MAX_KEPT) -> None:
        self._window_us = window_us
        self._max_kept = max_kept
        self._active: dict[str, dict[bytes | None, _Running]] = {}
        self._recent: dict[_Key, tuple[_Running, int]] = {}
        """Episodes that have ended and may continue, with their ends, in the order of the ends."""
        self._longest: tuple[list[Episode], list[Episode]] = ([], [])
        """Finished episodes, the longest first: of the whole site, and of single subjects."""
        self._more = self._more_raises = 0
        self._rest: dict[str, EpisodeSums] = {}
        """Sums of the others whose ends are known, by rule."""

    def note(self, event: AlertEvent) -> None:
        """Count a raise or a recovery."""
        self._end_recent(event.at_us)
        key = event.name, event.subject
        active = self._active.setdefault(event.name, {})
        if event.state == "raised":
            recent = self._recent.pop(key, None)
            running = _Running(event.at_us, 0, event.value, event.unit) if recent is None else recent[0]
            running.raises += 1
            active[event.subject] = running
            self.see(event.name, event.subject, event.value)
        else:
            self._recent[key] = active.pop(event.subject), event.at_us

    def see(self, name: str, subject: bytes | None, value: float) -> None:
        """Record the value of an active alert."""
        running = self._active[name][subject]
        if running.peak is not None and value > running.peak:
            running.peak = value

    def episodes(self) -> Episodes:
        """Return all episodes so far."""
        rows: list[Episode] = []
        of_kinds: tuple[list[Episode], list[Episode]] = ([], [])
        for episode in chain(self._iter_active(), self._iter_recent()):
            of_kinds[episode.subject is not None].append(episode)
        more, more_raises = self._more, self._more_raises
        rest = [*self._rest.values()]
        for unsorted, longest in zip(of_kinds, self._longest, strict=True):
            ranked = sorted((*unsorted, *longest), key=_rank)
            rows += ranked[: self._max_kept]
            others = ranked[self._max_kept :]
            more += len(others)
            more_raises += sum(episode.raises for episode in others)
            rest += map(sums_of, others)
        return Episodes(tuple(sorted(rows, key=_order)), more, more_raises, add_up(rest))

    def save(self) -> Json:
        """Return the state as JSON."""
        return {
            "active": [_encode(episode) for episode in sorted(self._iter_active(), key=_order)],
            "recent": [_encode(episode) for episode in self._iter_recent()],
            "longest": [_encode(episode) for episode in chain(*self._longest)],
            "more": [self._more, self._more_raises],
            "others": [list(astuple(sums)) for sums in add_up(self._rest.values())],
        }

    def load(self, given: Json, active: Iterable[_Key]) -> None:
        """Restore a state.

        Args:
            given: The state.
            active: The alerts that are raised now; other episodes that were active have lost their rule or their
                window, so their ends are not known. They are only counted.

        Raises:
            KeyError, TypeError, ValueError: It is no such state.
        """
        self._more, self._more_raises = (integer(value, 0) for value in check_list(given["more"]))
        self._rest = {sums.name: sums for sums in map(_decode_sums, check_list(given.get("others", [])))}
        found = {(episode.name, episode.subject): episode for episode in _decode_all(given["active"])}
        for name, subject in active:
            episode = found.pop((name, subject))
            self._active.setdefault(name, {})[subject] = _running_of(episode)
        for episode in found.values():
            self._count(episode)
        for episode in _decode_all(given["longest"]):
            if episode.end_us is None:
                raise ValueError("an episode without an end")
            self._keep(episode)
        for episode in _decode_all(given["recent"]):
            if episode.subject in self._active.get(episode.name, {}):
                raise ValueError("an episode that is active and over")
            if episode.end_us is None:
                raise ValueError("an episode without an end")
            self._recent[episode.name, episode.subject] = _running_of(episode), episode.end_us

    def begin(self, active: Iterable[tuple[str, bytes | None, int, str]], raises: int) -> None:
        """Begin with alerts of which only the time is known, as in a checkpoint of an older version.

        Args:
            active: The alerts that are raised: (name, subject, `at`, unit).
            raises: Number of all raises so far.
        """
        known = 0
        for name, subject, since_us, unit in active:
            self._active.setdefault(name, {})[subject] = _Running(since_us, 1, None, unit)
            known += 1
        # Each may have been an episode.
        self._more = self._more_raises = max(0, raises - known)

    def _end_recent(self, now_us: int) -> None:
        """Close the episodes that can no longer continue, in the order of their ends."""
        while self._recent:
            key, (running, end_us) = next(iter(self._recent.items()))
            # The clock may have been set back, by more than a window.
            if 0 <= now_us - end_us < self._window_us:
                return
            del self._recent[key]
            self._keep(_episode(key, running, end_us))

    def _keep(self, episode: Episode) -> None:
        longest = self._longest[episode.subject is not None]
        insort(longest, episode, key=_rank)
        if len(longest) > self._max_kept:
            shortest = longest.pop()
            self._count(shortest)
            sums = sums_of(shortest)
            self._rest[sums.name] = self._rest[sums.name].plus(sums) if sums.name in self._rest else sums

    def _count(self, episode: Episode) -> None:
        self._more += 1
        self._more_raises += episode.raises

    def _iter_active(self) -> Iterator[Episode]:
        for name, subjects in self._active.items():
            for subject, running in subjects.items():
                yield _episode((name, subject), running, None)

    def _iter_recent(self) -> Iterator[Episode]:
        for key, (running, end_us) in self._recent.items():
            yield _episode(key, running, end_us)


def _order(episode: Episode) -> tuple[int, str, bytes]:
    return episode.start_us, episode.name, episode.subject or b""


def _rank(episode: Episode) -> tuple[bool, int, tuple[int, str, bytes]]:
    """Return a sort key: active episodes first, the oldest before the others, then the longest."""
    length_us = episode.length_us
    return length_us is not None, -(length_us or 0), _order(episode)


def _episode(key: _Key, running: _Running, end_us: int | None) -> Episode:
    return Episode(*key, running.start_us, end_us, running.raises, running.peak, running.unit)


def _running_of(episode: Episode) -> _Running:
    return _Running(episode.start_us, episode.raises, episode.peak, episode.unit)


def _encode(episode: Episode) -> list[Any]:
    subject = None if episode.subject is None else text_of(episode.subject)
    return [episode.name, subject, episode.start_us, episode.end_us, episode.raises, episode.peak, episode.unit]


def _decode_sums(given: Any) -> EpisodeSums:
    name, unit, episodes, raises, start_us, last_start_us, first_end_us, end_us, active, longest_us, peak = check_list(
        given
    )
    if not isinstance(name, str) or not isinstance(unit, str):
        raise TypeError("a name that is no text")
    return EpisodeSums(
        name=name,
        unit=unit,
        episodes=integer(episodes, 1),
        raises=integer(raises, 1),
        start_us=moment_of(start_us),
        last_start_us=moment_of(last_start_us),
        first_end_us=moment_of(first_end_us),
        end_us=moment_of(end_us),
        active=integer(active, 0),
        longest_us=integer(longest_us, 0),
        peak=_peak_of(peak),
    )


def _peak_of(given: Any) -> float | None:
    if given is not None and (not isinstance(given, float) or not isfinite(given)):
        raise TypeError("a peak that is no number")
    return given


def _decode_all(given: Any) -> Iterator[Episode]:
    for fields in check_list(given):
        name, subject, start_us, end_us, raises, peak, unit = check_list(fields)
        if not isinstance(name, str) or not isinstance(unit, str):
            raise TypeError("a name that is no text")
        yield Episode(
            name,
            None if subject is None else key_of(subject),
            moment_of(start_us),
            None if end_us is None else moment_of(end_us),
            integer(raises, 1),
            peak,
            unit,
        )
