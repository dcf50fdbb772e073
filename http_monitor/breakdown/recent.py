"""Keeps the last accepted rows, and breaks down those of an alert."""

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import arrow_of, encode, fill_nulls, place_of, take
from http_monitor.counting.long_keys import rooms_of_rows
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.ports.stream import RowFrame
from http_monitor.records import Int64s
from http_monitor.report import AlertEvent
from http_monitor.report_tables import Breakdown, Share
from http_monitor.units import US_PER_S

MAX_ROWS = 1 << 14
"""Maximum number of an alert's rows that are counted, which is enough for shares."""
KEPT_LIVE = 1 << 14
KEPT_IN_REPLAY = 1 << 18
"""Number of rows kept, of which one with long keys is several; in a replay, buckets close a minute after their rows."""
MAX_AT_ONCE = 10
"""Maximum number of alerts of one rule at one time that are broken down; more are shown in one line."""
_DIMENSIONS = {"method": "method", "endpoint": "path", "host": "host", "agent": "agent"}
_COLUMNS = (*_DIMENSIONS.values(), "status")
_KEPT = {"traffic": "all", "ddos": "of a host", "error-rate": "errors"}
"""The rules whose alerts are about rows, and about which rows."""
_SUBJECT_OF = {"ddos": "host"}


class RecentRequests:
    """A `WindowListener` that keeps the last accepted rows. Owned by the monitor's thread.

    When an alert is published, the rows that precede it in the stream are kept, so its breakdown does not depend on how
    the input was cut into batches.
    """

    def __init__(self, kept: int) -> None:
        """Set the number of rows to keep, of which one with long keys takes the room of several."""
        self._kept = kept
        self._frames: deque[_Frame] = deque()
        self._room = 0
        self._upto_us = NEVER_US
        """The greatest bucket of all rows so far."""
        self._gone_us = NEVER_US
        """The greatest bucket of rows that are no longer kept, or never were."""
        self._moment: tuple[str, int] | None = None
        self._told = 0

    def frame(self, frame: RowFrame) -> None:
        """Keep the columns that breakdowns need."""
        batch, bucket_us = frame.batch, frame.bucket_us
        columns = {name: batch.column(name) for name in _COLUMNS}
        last_us = int(bucket_us.max())
        self._upto_us = max(self._upto_us, last_us)
        rooms = rooms_of_rows([columns[name] for name in _DIMENSIONS.values()])
        room = len(batch) if rooms is None else int(rooms.sum())
        self._frames.append(_Frame(bucket_us, int(bucket_us.min()), last_us, self._upto_us, columns, room, rooms))
        self._room += room
        while self._room - self._frames[0].room >= self._kept:
            gone = self._frames.popleft()
            self._room -= gone.room
            self._gone_us = max(self._gone_us, gone.last_us)

    def backfill(self, frame: RowFrame) -> None:
        """Also keep rows from before the run: they are in the window, and come file by file, not by time."""
        self.frame(frame)

    def begin_behind(self, time_us: int) -> None:
        """Note that rows up to a time were counted before the run resumed, and are in the window without being kept."""
        self._gone_us = time_us

    def of(self, event: AlertEvent) -> Breakdown | None:
        """Return the breakdown of a raised alert; None if it is about no rows, or one of too many at once."""
        about = _KEPT.get(event.name)
        if event.state != "raised" or about is None:
            return None
        moment = event.name, event.at_us
        self._told = self._told + 1 if moment == self._moment else 1
        self._moment = moment
        if self._told > MAX_AT_ONCE:
            return None
        window_us = event.at_us - event.window_s * US_PER_S
        first_us = window_us if event.began_us is None else event.began_us
        names = [name for name in _DIMENSIONS if _SUBJECT_OF.get(event.name) != name]
        found: dict[str, list[Any]] = {name: [] for name in (*names, "status")}
        hits, left = 0, self._kept
        for frame in reversed(self._frames):
            if frame.upto_us < first_us:
                break
            # Only the last rows of the oldest frame count.
            start = frame.first_within(left)
            left -= frame.room
            if frame.first_us >= event.at_us or frame.last_us < first_us or hits >= MAX_ROWS:
                continue
            bucket_us = frame.bucket_us
            chosen = _rows_of(about, frame.columns, event.subject)
            chosen = chosen[(chosen >= start) & (bucket_us[chosen] >= first_us) & (bucket_us[chosen] < event.at_us)]
            chosen = chosen[max(0, len(chosen) - (MAX_ROWS - hits)) :]
            hits += len(chosen)
            if len(chosen):
                places = arrow_of(chosen, pa.int64())
                for name in names:
                    column = frame.columns[_DIMENSIONS[name]]
                    found[name].append(take(column.dictionary, take(column.indices, places)))
                found["status"].append(frame.columns["status"].to_numpy()[chosen])
        if not hits:
            return None
        shares = [Share(name, *_most(found[name])) for name in names]
        shares.append(Share("status", *_most_statuses(found["status"])))
        return Breakdown(hits, tuple(shares), is_whole=hits < MAX_ROWS and self._reaches(first_us))

    def _reaches(self, first_us: int) -> bool:
        """Return whether all rows since a time are still kept."""
        # Only the last rows of the oldest frame count.
        oldest = self._frames[0]
        gone_us = oldest.bucket_us[: oldest.first_within(self._kept - (self._room - oldest.room))]
        return int(gone_us.max(initial=self._gone_us)) < first_us


@dataclass(frozen=True, slots=True)
class _Frame:
    """The columns of some rows that are counted."""

    bucket_us: Int64s
    first_us: int
    """The least of them."""
    last_us: int
    upto_us: int
    """The greatest of this and all earlier frames."""
    columns: dict[str, Any]
    room: int
    """The room that the rows take."""
    rooms: Int64s | None
    """The room of each; None if each takes one."""

    def first_within(self, room: int) -> int:
        """Return the index of the first of the last rows that fit into some room."""
        if self.room <= room:
            return 0
        if self.rooms is None:
            return len(self.bucket_us) - room
        return int(np.count_nonzero(np.cumsum(self.rooms[::-1])[::-1] > room))


def _rows_of(about: str, columns: dict[str, Any], subject: bytes | None) -> Int64s:
    """Return the indices of the rows that an alert is about."""
    status, host = columns["status"], columns["host"]
    if about == "all":
        return np.arange(len(status))
    if about == "errors":
        codes = status.to_numpy()
        return np.flatnonzero((codes >= 500) & (codes <= 599))
    code = -1 if subject is None else place_of(subject, host.dictionary)
    return np.flatnonzero(host.indices.to_numpy() == code) if code >= 0 else np.empty(0, np.int64)


def _most(texts: list[Any]) -> tuple[bytes | None, int]:
    """Return the text that is most frequent in some arrays, the first of several or None, and how often it occurs."""
    # Any: the stubs of pyarrow do not describe arrays of binary.
    whole = encode(texts[0] if len(texts) == 1 else pa.concat_arrays(texts))
    hits = np.bincount(fill_nulls(whole.indices, -1) + 1)
    most = int(hits.max())
    if hits[0] == most:
        return None, most
    keys: list[bytes] = take(whole.dictionary, np.flatnonzero(hits == most) - 1).to_pylist()
    return min(keys), most


def _most_statuses(statuses: list[Any]) -> tuple[bytes | None, int]:
    """Return the most frequent status as text, None for 0, and how often it occurs."""
    hits = np.bincount(np.concatenate(statuses))
    most = int(hits.max())
    if hits[0] == most:
        return None, most
    return min(b"%d" % code for code in np.flatnonzero(hits == most).tolist()), most
