"""Records the changes made to the engine since the last checkpoint, so that another engine can repeat them."""

import json
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Protocol

from http_monitor.codec import check_list, fields_of, integer
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.eventtime.row_codec import decode_rows, encode_rows
from http_monitor.eventtime.rows import Rows
from http_monitor.records import Json

_LENGTH = struct.Struct("<Q")
_ROW_BYTES = 64
"""Approximate upper limit of the journal bytes per row."""


class CountingEngine(Protocol):
    """The engine as live turns use it."""

    @property
    def now_us(self) -> int:
        """The greatest time passed in."""
        ...

    def catch_up(self, is_behind: bool) -> None:
        """Set whether the next rows are a backlog."""
        ...

    def add(self, rows: Rows, *, greatest_us: int, cap_us: int) -> None:
        """Count rows, and after each of them close the buckets that are due."""
        ...

    def advance(self, now_us: int) -> None:
        """Advance now, and close the buckets that are due."""
        ...

    def restart_at(self, now_us: int) -> None:
        """Follow a wall clock that was set back by more than the window."""
        ...


class JournalledEngine:
    """An engine for live turns that records every change until the record is drained.

    The engine is deterministic: the same changes bring another engine with the same saved state to the same state.
    Owned by the monitor's thread.

    Args:
        engine: The engine to change.
        most_bytes: Approximate limit of the record; beyond it the record is dropped, and only a snapshot can follow.
    """

    def __init__(self, engine: MetricsAggregator, most_bytes: int) -> None:
        self._engine = engine
        self._most_bytes = most_bytes
        self._changes: list[tuple[Json, Rows | None]] = []
        self._bytes = 0
        self._mergeable = False
        """The last change may be merged with the next `advance`: it did not make the engine begin."""
        self.has_rows = False
        """Rows were added since the last `drain` or `forget`."""
        self.overflown = False
        """The record exceeded its limit and was dropped."""

    @property
    def now_us(self) -> int:
        """The greatest time passed to the engine."""
        return self._engine.now_us

    def catch_up(self, is_behind: bool) -> None:
        """Set whether the next rows are a backlog."""
        self._engine.catch_up(is_behind)

    def add(self, rows: Rows, *, greatest_us: int, cap_us: int) -> None:
        """Count rows."""
        self._engine.add(rows, greatest_us=greatest_us, cap_us=cap_us)
        self.has_rows = True
        self._bytes += len(rows) * _ROW_BYTES
        if self._bytes > self._most_bytes:
            self.overflown = True
            self._changes.clear()
        # A repeated change has no listener.
        kept = rows if rows.offsets is None else replace(rows, offsets=None)
        self._note({"do": "add", "greatest": greatest_us, "cap": cap_us}, kept)

    def advance(self, now_us: int) -> None:
        """Advance now."""
        if now_us > self._engine.now_us:
            change = self._add_stamp({"do": "advance", "now": now_us})
            had_begun = self._engine.has_begun
            self._engine.advance(now_us)
            last = self._changes[-1][0] if self._changes else None
            if last is not None and last["do"] == "advance" and last["empty"] == change["empty"] and self._mergeable:
                self._changes.pop()  # closing in two steps closes the same as closing in one
            self._append(change, None)
            # But if this call makes the engine begin, it has begun at that time.
            self._mergeable = had_begun

    def restart_at(self, now_us: int) -> None:
        """Follow a wall clock that was set back."""
        self._engine.restart_at(now_us)
        self._note({"do": "restart_at", "now": now_us}, None)

    def drain(self, besides: Json) -> bytes:
        """Return the recorded changes together with `besides`, and clear the record."""
        changes = self._changes
        self.forget()
        blocks = [b"" if rows is None else encode_rows(rows) for _, rows in changes]
        head = {"changes": [change for change, _ in changes], "sizes": [len(block) for block in blocks], **besides}
        text = json.dumps(head).encode()
        return b"".join((_LENGTH.pack(len(text)), text, *blocks))

    def forget(self) -> None:
        """Clear the record: a snapshot contains everything."""
        self._changes = []
        self._bytes = 0
        self.has_rows = self.overflown = False

    def _note(self, change: Json, rows: Rows | None) -> None:
        self._append(self._add_stamp(change), rows)

    def _add_stamp(self, change: Json) -> Json:
        return change | {"empty": self._engine.report_empty}

    def _append(self, change: Json, rows: Rows | None) -> None:
        if not self.overflown:
            self._changes.append((change, rows))


def replay(increment: bytes, engine: MetricsAggregator) -> Json:
    """Apply an increment to an engine; return the value stored with it.

    Raises:
        KeyError, TypeError, ValueError: the increment is malformed.
    """
    head, blocks = _split(increment)
    changes = check_list(head.pop("changes"))
    for change, block in zip(changes, blocks, strict=True):
        engine.catch_up(not change["empty"])
        if change["do"] == "add":
            rows = decode_rows(block)
            engine.add(rows, greatest_us=integer(change["greatest"]), cap_us=integer(change["cap"]))
        elif change["do"] == "advance":
            engine.advance(integer(change["now"]))
        elif change["do"] == "restart_at":
            engine.restart_at(integer(change["now"]))
        else:
            raise ValueError("an unknown change")
    return head


def _split(increment: bytes) -> tuple[dict[str, Any], list[bytes]]:
    if len(increment) < _LENGTH.size:
        raise ValueError("an increment that is cut off")
    (length,) = _LENGTH.unpack_from(increment)
    body = _LENGTH.size + length
    head = fields_of(json.loads(increment[_LENGTH.size : body]))
    return head, list(_blocks(increment, body, head.pop("sizes")))


def _blocks(increment: bytes, start: int, sizes: Any) -> Iterator[bytes]:
    for size in check_list(sizes):
        stop = start + integer(size, least=0)
        if stop > len(increment):
            raise ValueError("an increment that is cut off")
        yield increment[start:stop]
        start = stop
