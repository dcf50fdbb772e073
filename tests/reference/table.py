"""A table with a bounded number of keys, cut at the row that would bring one key too many (DESIGN §3)."""

from dataclasses import dataclass, field


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
    """Hits by key: at most 2 × cap keys."""

    cap: int
    rows: dict[bytes, Tally] = field(default_factory=dict)
    remainder: Tally = field(default_factory=Tally)
    error_bound: int = 0

    def add(self, key: bytes, size_bytes: int, is_error: bool) -> None:
        if key not in self.rows:
            if len(self.rows) == 2 * self.cap:
                self._cut()
            self.rows[key] = Tally()
        self.rows[key].add(size_bytes, is_error)

    def largest(self) -> list[tuple[bytes, Tally]]:
        """Return all rows, by hits down, then key up by bytes."""
        return sorted(self.rows.items(), key=lambda item: (-item[1].hits, item[0]))

    def _cut(self) -> None:
        ordered = self.largest()
        for _, tally in ordered[self.cap :]:
            self.remainder.hits += tally.hits
            self.remainder.size_bytes += tally.size_bytes
            self.remainder.errors += tally.errors
        # A key may be cut in every cut, each time with the greatest count of those that go.
        self.error_bound += ordered[self.cap][1].hits
        self.rows = dict(ordered[: self.cap])
