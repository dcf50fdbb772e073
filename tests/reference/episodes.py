"""The slow, obvious episodes: every value and every crossing is kept, and joined at the end."""

from dataclasses import dataclass, field
from typing import Any

from http_monitor.units import iso_utc, visible

Subject = bytes | None


@dataclass
class _Episode:
    start_us: int
    end_us: int | None = None
    values: list[float] = field(default_factory=list)
    raises: int = 1


class Episodes:
    """All that was raised in a run."""

    def __init__(self, window_us: int, most: int) -> None:
        self._window_us = window_us
        self._most = most
        self._of: dict[tuple[str, Subject], list[_Episode]] = {}

    def raised(self, name: str, subject: Subject, at_us: int) -> None:
        found = self._of.setdefault((name, subject), [])
        if found and found[-1].end_us is not None and at_us - found[-1].end_us < self._window_us:
            found[-1].end_us = None
            found[-1].raises += 1
        else:
            found.append(_Episode(at_us))

    def is_at(self, name: str, subject: Subject, value: float) -> None:
        """Note the value at a close at which it is raised."""
        self._of[name, subject][-1].values.append(value)

    def recovered(self, name: str, subject: Subject, at_us: int) -> None:
        self._of[name, subject][-1].end_us = at_us

    def told(self) -> dict[str, Any]:
        """Return what the summary says: of the site and of hosts as many as are told, the longest ones."""
        rows = [(name, subject, episode) for (name, subject), found in self._of.items() for episode in found]
        by_start = sorted(rows, key=lambda row: (row[2].start_us, row[0], row[1] or b""))
        chosen = []
        for is_host in (False, True):
            some = [row for row in by_start if (row[1] is not None) == is_host]
            active = [row for row in some if row[2].end_us is None]
            over = [row for row in some if row[2].end_us is not None]
            over.sort(key=lambda row: row[2].start_us - (row[2].end_us or 0))
            chosen += [*active, *over][: self._most]
        return {
            "episodes": [
                {
                    "name": name,
                    "subject": None if subject is None else visible(subject),
                    "start": iso_utc(episode.start_us),
                    "end": None if episode.end_us is None else iso_utc(episode.end_us),
                    "length_s": None if episode.end_us is None else (episode.end_us - episode.start_us) // 1_000_000,
                    "raises": episode.raises,
                    "peak": max(episode.values),
                    "unit": "/s" if name in ("traffic", "ddos") else "%",
                }
                for name, subject, episode in by_start
                if any(episode is other for _, _, other in chosen)
            ],
            "more_episodes": {
                "episodes": len(rows) - len(chosen),
                "raises": sum(row[2].raises for row in rows) - sum(row[2].raises for row in chosen),
            },
        }
