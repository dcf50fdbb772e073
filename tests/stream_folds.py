"""What the tests make of the stream of accepted rows."""

from collections import Counter
from collections.abc import Iterable

from http_monitor.ports.stream import KeySums, RowFrame
from http_monitor.report import Mark, Message
from tests.reference.shapes import RowLike

Cell = tuple[int, str, bytes]
"""Bucket, dimension, key."""
KEYS = {
    **{"hosts": "host", "sections": "section", "endpoints": "path", "methods": "method", "users": "user"},
    **{"agents": "agent", "referers": "referer", "vhosts": "vhost"},
}
"""Dimension: field of a row of the reference."""


class Fold:
    """Sums by bucket and key, and checks what the stream promises."""

    def __init__(self, bucket_us: int) -> None:
        self._bucket_us = bucket_us
        self.hits: Counter[Cell] = Counter()
        self.sizes: Counter[Cell] = Counter()
        self.errors: Counter[Cell] = Counter()
        self.rows: list[tuple[int, bool]] = []
        """(time, late) of every row, in order."""
        self.marks: list[Mark] = []
        self.order: list[object] = []
        """Rows and messages, in order."""

    def frame(self, frame: RowFrame) -> None:
        rows = list(zip(frame.time_us.tolist(), frame.late.tolist(), strict=True))
        assert rows
        assert frame.batch.num_rows == len(rows)
        assert frame.bucket_us.tolist() == [time_us // self._bucket_us * self._bucket_us for time_us, _ in rows]
        before_us = self.marks[-1].before_us if self.marks else None
        assert before_us is None or all(late or time_us >= before_us for time_us, late in rows)
        self.rows += rows
        self.order += rows
        self._add(frame)

    def _add(self, frame: RowFrame) -> None:
        total = 0
        for late in (True, False):
            sums = frame.sums(self._bucket_us, late=late)
            assert frame.sums(self._bucket_us, late=late) is sums, "it is worked out once"
            assert sum(sums.hits) == frame.late.tolist().count(late)
            for index, start_us in enumerate(sums.starts_us.tolist()):
                total += sums.hits[index]
                for dimension in frame.dimensions & {*KEYS, "status"}:
                    self._add_keys(start_us, dimension, sums.by_key(dimension, index))
        assert total == sum(frame.sums(self._bucket_us).hits) == frame.batch.num_rows

    def _add_keys(self, start_us: int, dimension: str, found: KeySums) -> None:
        names, hits, sizes, errors = found.names(), found.hits, found.sizes, found.errors
        for name, some, size, bad in zip(names, hits.tolist(), sizes.tolist(), errors.tolist(), strict=True):
            cell = start_us, dimension, name
            self.hits[cell] += some
            self.sizes[cell] += size
            self.errors[cell] += bad

    def mark(self, mark: Mark) -> None:
        assert not self.marks or mark.number == self.marks[-1].number + 1
        self.marks.append(mark)

    def publish(self, message: Message) -> None:
        self.order.append(message)


def expected_sums(rows: Iterable[RowLike], bucket_us: int) -> tuple[Counter[Cell], Counter[Cell], Counter[Cell]]:
    """Return hits, bytes and errors by bucket and key, counted one by one."""
    hits: Counter[Cell] = Counter()
    sizes: Counter[Cell] = Counter()
    errors: Counter[Cell] = Counter()
    for row in rows:
        keys = {dimension: getattr(row, field) for dimension, field in KEYS.items()}
        keys["status"] = b"%d" % row.status if row.status else None
        for dimension, key in keys.items():
            if key is not None:
                cell = row.time_us // bucket_us * bucket_us, dimension, key
                hits[cell] += 1
                sizes[cell] += row.size_bytes or 0
                errors[cell] += 500 <= row.status <= 599
    return hits, sizes, errors
