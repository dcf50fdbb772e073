"""Reads back, beside a run, what its logs hold of the last minutes before it."""

import threading
from collections import deque
from collections.abc import Sequence

from http_monitor.clock import Clock
from http_monitor.eventtime.rows import Rows
from http_monitor.monitor.past.past_log import PastLog
from http_monitor.recent.columns import NewRows
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.report import Notice
from http_monitor.units import US_PER_S, visible_text


class ReadBack:
    """Puts rows of before a run in front of the recent rows, the newest first, in a thread of its own.

    It rests after each piece for as long as that took, so that it takes half of one core at most.

    Args:
        rows: Receives the rows.
        logs: The logs, at least one; owned by the thread once it runs.
        clock: Measures how long a piece takes.
    """

    def __init__(self, rows: RecentRows, logs: Sequence[PastLog], clock: Clock) -> None:
        self._rows = rows
        self._logs = logs
        self._clock = clock
        self._stopping = threading.Event()
        self._notices: deque[Notice] = deque()
        self._reading_to_us: int | None = None
        self._thread = threading.Thread(target=self._run, name="read back", daemon=True)

    @property
    def reading_to_us(self) -> int | None:
        """The time from which on all is read so far; None: it has ended, or not begun."""
        return self._reading_to_us

    def start(self) -> None:
        """Begin."""
        self._reading_to_us = self._reached_us()
        self._thread.start()

    def stop(self) -> None:
        """End it early, and wait for that; does nothing when it has ended, or never began."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def drain_notices(self) -> Sequence[Notice]:
        """Return new notices for the user."""
        return [self._notices.popleft() for _ in range(len(self._notices))]

    def _run(self) -> None:
        try:
            self._read()
        except Exception as error:  # noqa: BLE001 - the top of a thread, which must not end the run
            self._notify(f"ended, {type(error).__name__}: {error}", None)
        finally:
            for log in self._logs:
                log.close()
            self._rows.end_back()
            self._reading_to_us = None

    def _read(self) -> None:
        while not self._stopping.is_set():
            log = max(self._logs, key=lambda log: log.reached_us)
            if log.is_over:
                # Of the times before it not everything can be known.
                return
            began_us = self._clock.running_us()
            if not self._step(log):
                return
            self._reading_to_us = self._reached_us()
            self._stopping.wait((self._clock.running_us() - began_us) / US_PER_S)

    def _step(self, log: PastLog) -> bool:
        """Read a piece of a log; return whether it is of use to go on."""
        before_us = log.reached_us
        found = log.step()
        if log.failure is not None:
            self._notify(f"{log.failure.strerror or type(log.failure).__name__}", log.path)
        if found is None and log.reached_us == before_us:
            return True
        return self._rows.fill_back([_new_rows(rows) for rows in found or ()], self._reached_us())

    def _reached_us(self) -> int:
        return max(log.reached_us for log in self._logs)

    def _notify(self, what: str, path: str | None) -> None:
        where = "" if path is None else f"{visible_text(path)}: "
        self._notices.append(Notice(f"{where}reading back: {visible_text(what)}", "warning", "read-back", path))


def _new_rows(rows: Rows) -> NewRows:
    assert rows.offsets is not None
    return NewRows(rows.batch, rows.time_us, rows.offsets.resolve())
