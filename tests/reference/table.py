"""A table with a bounded number of keys, cut at the row that would bring one key too many."""

import hashlib
from dataclasses import dataclass, field


def shortened(key: bytes) -> bytes:
    """Return a key as tables have it: of a long one the beginning, and what tells it from others."""
    return key if len(key) <= 2048 else key[:2048] + b"\xe2\x80\xa6#" + hashlib.sha256(key).hexdigest()[:16].encode()


def room_of(key: bytes) -> int:
    """Return for how many keys one counts."""
    return 1 if len(key) <= 256 else (len(key) + 31) // 32


@dataclass
class Tally:
    """Hits, with their bytes and errors."""

    hits: int = 0
    size_bytes: int = 0
    errors: int = 0

    def add(self, size_bytes: int, is_error: bool) -> None:
        self.hits += 1
        self.size_bytes += size_bytes
        self.errors += int(is_error)


@dataclass
class BoundedTable:
    """Hits by key: at most 2 × cap keys, where a long one counts for several."""

    cap: int
    rows: dict[bytes, Tally] = field(default_factory=dict)
    remainder: Tally = field(default_factory=Tally)
    error_bound: int = 0

    def add(self, key: bytes, size_bytes: int, is_error: bool) -> None:
        key = shortened(key)
        if key not in self.rows:
            if sum(map(room_of, self.rows)) + room_of(key) > 2 * self.cap:
                self._cut()
            self.rows[key] = Tally()
        self.rows[key].add(size_bytes, is_error)

    def largest(self) -> list[tuple[bytes, Tally]]:
        """Return all rows, by hits down, then key up by bytes."""
        return sorted(self.rows.items(), key=lambda item: (-item[1].hits, item[0]))

    def _cut(self) -> None:
        ordered, kept, room = self.largest(), 0, 0
        for key, _ in ordered:
            room += room_of(key)
            if room > self.cap:
                break
            kept += 1
        for _, tally in ordered[kept:]:
            self.remainder.hits += tally.hits
            self.remainder.size_bytes += tally.size_bytes
            self.remainder.errors += tally.errors
        # A key may be cut in every cut, each time with the greatest count of those that go.
        self.error_bound += max((tally.hits for _, tally in ordered[kept:]), default=0)
        self.rows = dict(ordered[:kept])
