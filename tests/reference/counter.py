"""The slow, obvious counter: buckets closed one by one, every window summed from scratch (docs/ARCHITECTURE.md)."""

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from http_monitor.ports.agent import ClassifyAgent
from http_monitor.units import iso_utc, local_time, visible
from tests.reference.details import Details
from tests.reference.distinct import error_of, estimate
from tests.reference.episodes import Episodes
from tests.reference.families import families_of, family_of
from tests.reference.requests import FailingSince, RunRequests, network_of, slow
from tests.reference.shapes import Options, RowLike
from tests.reference.table import BoundedTable, Tally

Json = dict[str, Any]
Subject = bytes | None

_RULES = ("traffic", "error-rate", "ddos", "malformed")


@dataclass
class Health:
    """Counters since the start; the names are those of the NDJSON."""

    lines: int = 0
    accepted: int = 0
    malformed: int = 0
    late: int = 0
    too_late: int = 0
    ahead: int = 0
    held: int = 0
    lag_bytes: int = 0
    lost_bytes: int = 0
    rotations: int = 0
    truncations: int = 0
    oversized: int = 0
    filtered: int = 0
    other: int = 0
    backfilled: int = 0


class Bucket:
    """What a bucket of the window has to know to be judged."""

    def __init__(self, options: Options) -> None:
        self.total = Tally()
        self.hosts = BoundedTable(options.max_keys)
        self.malformed = 0
        """Lines that fit no format, behind lines of this bucket."""
        self.has_status = False

    def add(self, row: RowLike) -> None:
        size_bytes, is_error = _measures(row)
        self.total.add(size_bytes, is_error)
        self.hosts.add(row.host, size_bytes, is_error)
        self.has_status |= bool(row.status)


class Span:
    """The totals and tables of an interval, or of the whole run."""

    def __init__(self, options: Options) -> None:
        cap = 10 * options.max_keys
        self.total = Tally()
        self.status = BoundedTable(cap)
        self.methods = BoundedTable(cap)
        self.sections = BoundedTable(cap)
        self.endpoints = BoundedTable(cap)
        self.hosts = BoundedTable(cap)
        self.every_host: set[bytes] = set()
        self.users = BoundedTable(cap)
        self.agents = BoundedTable(cap)
        self.referers = BoundedTable(cap)
        self.vhosts = BoundedTable(cap)
        self.sources = BoundedTable(cap)
        self.servers = BoundedTable(cap)
        self.rows: list[RowLike] = []
        self.details = Details(cap)
        self.having = dict.fromkeys(("status", "host", "endpoint", "size", "duration", "agent"), 0)

    def add(self, row: RowLike) -> None:
        size_bytes, is_error = _measures(row)
        self.rows.append(row)
        self.total.add(size_bytes, is_error)
        self.details.add(row, is_error)
        for name, is_there in (
            ("status", row.status != 0),
            ("host", row.host != b"-"),
            ("endpoint", row.path is not None),
            ("size", row.lacks not in (1, 3)),
            ("duration", row.duration_us is not None and row.duration_us >= 0),
            ("agent", row.lacks not in (2, 3)),
        ):
            self.having[name] += is_there
        self.every_host.add(row.host)
        for table, key in (
            (self.status, str(row.status).encode() if row.status else None),
            (self.methods, row.method),
            (self.sections, row.section),
            (self.endpoints, row.path),
            (self.hosts, row.host),
            (self.users, row.user),
            (self.agents, row.agent),
            (self.referers, row.referer),
            (self.vhosts, row.vhost),
            (self.sources, row.source),
            (self.servers, row.server),
        ):
            if key is not None:
                table.add(key, size_bytes, is_error)

    @property
    def coverage(self) -> Json:
        """The share of the rows that has each; None without rows."""
        hits = self.total.hits
        return {name: having / hits if hits else None for name, having in self.having.items()}

    def known(self, tally: Tally) -> Json:
        """Bytes and errors, None where no row says any."""
        return {
            "bytes": None if self.coverage["size"] == 0 else tally.size_bytes,
            "errors": None if self.coverage["status"] == 0 else tally.errors,
        }

    @property
    def distinct_hosts(self) -> int:
        """Exact until the first cut, estimated from then on."""
        held = len(self.hosts.rows)
        return max(held, estimate(self.every_host)) if self.hosts.remainder.hits else held


class Counter:
    """Counts rows that passed the gate, closes buckets when told what time it is, and says what comes of it."""

    def __init__(self, options: Options, mode: str, classify: ClassifyAgent = family_of) -> None:
        self._classify = classify
        self.out: list[Json] = []
        self.accepted: list[tuple[RowLike, bool]] = []
        """Every accepted row in order, with whether its bucket had closed."""
        self.health = Health()
        self.closed_us: int | None = None
        """Start of the last bucket that closed."""
        self.known_us: int | None = None
        """From when on what happened is known; None: all along."""
        self._options = options
        self._mode = mode
        self._buckets: dict[int, Bucket] = {}
        self._intervals: dict[int, Span] = {}
        self._run = Span(options)
        self._run_requests = RunRequests(10 * options.max_keys)
        self._passed_late = Tally()
        self._late_rows: list[RowLike] = []
        self._active: dict[tuple[str, Subject], int] = {}
        self._pending: dict[tuple[str, Subject], int] = {}
        """What is above its threshold and waits, with the close that first found it there."""
        self._episodes = Episodes(options.window_us, most=100)
        self._failing = FailingSince(10 * options.max_keys, options.window_us)
        self._filled: list[RowLike] = []
        self._event_times_us: list[int] = []
        self._raises = 0
        self._reports = 0
        self._first_us: int | None = None
        self._last_us: int | None = None

    def count(self, row: RowLike, was_held: bool = False) -> None:
        """Count a row that its file's gate let through, at once or after it was held."""
        o = self._options
        t = row.time_us
        bucket_us = t // o.bucket_us * o.bucket_us
        interval_us = t // o.interval_us * o.interval_us
        if was_held:
            self.health.held -= 1
        else:
            self.health.lines += 1
        self.health.accepted += 1
        is_late = self.closed_us is not None and bucket_us <= self.closed_us
        # Before the window of the last close: no window has such a line, and no alert sees it.
        is_too_late = self.closed_us is not None and bucket_us < self.closed_us + o.bucket_us - o.window_us
        self.accepted.append((row, is_late))
        self.health.late += int(is_late)
        self.health.too_late += int(is_too_late)
        self._first_us = t if self._first_us is None else min(self._first_us, t)
        self._last_us = t if self._last_us is None else max(self._last_us, t)
        if not is_too_late:
            self._buckets.setdefault(bucket_us, Bucket(o)).add(row)
        self._run.add(row)
        self._run_requests.add(row)
        if self.closed_us is not None and interval_us + o.interval_us <= self.closed_us + o.bucket_us:
            self._passed_late.add(*_measures(row))
            self._late_rows.append(row)
        else:
            self._intervals.setdefault(interval_us, Span(o)).add(row)

    def backfill(self, row: RowLike) -> None:
        """Count a row of before the beginning in its bucket alone, where the window of the beginning has that."""
        o = self._options
        assert self.closed_us is not None
        bucket_us = row.time_us // o.bucket_us * o.bucket_us
        if bucket_us >= self.closed_us + o.bucket_us - o.window_us:
            self._buckets.setdefault(bucket_us, Bucket(o)).add(row)
            self._filled.append(row)
            self.health.backfilled += 1

    def end_backfill(self) -> None:
        """Note since when endpoints fail: that begins in the window of the beginning."""
        self._failing.told(self._filled, 0, 0)
        self.known_us = None

    def count_malformed(self, previous_us: int | None) -> None:
        """Count a malformed line in the bucket of the line accepted before it in its file, if there is one."""
        if previous_us is not None:
            bucket = self._buckets.get(previous_us // self._options.bucket_us * self._options.bucket_us)
            if bucket is not None:
                bucket.malformed += 1

    def close_due(self, now_us: int, health: Health, every_interval: bool = False) -> None:
        """Close what is due at that time; the reports say that health, and leave out empty intervals unless told."""
        self._close_through(self._due_us(now_us), health, every_interval)

    def _due_us(self, now_us: int) -> int:
        o = self._options
        return (now_us - o.bucket_us - o.lateness_us) // o.bucket_us * o.bucket_us

    @property
    def has_seen_nothing(self) -> bool:
        """Whether no bucket has a row, or has closed."""
        return self.closed_us is None and not self._buckets

    def let_close_in_silence(self, now_us: int) -> None:
        """Let every bucket that is due at that time count as closed."""
        self.closed_us = self._due_us(now_us)
        self.known_us = self.closed_us + self._options.bucket_us

    def end_replay(self) -> None:
        """Close the buckets up to that of the greatest time, report what is open, and sum up."""
        o = self._options
        if self._last_us is not None:
            self._close_through(self._last_us // o.bucket_us * o.bucket_us, self.health, False)
            assert self.closed_us is not None
            open_us = self.closed_us // o.interval_us * o.interval_us
            # The interval that ends with the last bucket has been reported at the close of that bucket.
            if open_us + o.interval_us > self.closed_us + o.bucket_us and self._has_something(open_us):
                self._report(open_us, self.health)
        self._sum_up()

    def stop(self, now_us: int | None) -> None:
        """Report every open interval as partial, close nothing, and sum up."""
        o = self._options
        every: list[int] = []
        if now_us is not None:
            starts = [now_us]
            if self.closed_us is not None:
                starts.append(self.closed_us + o.bucket_us)
            elif self._intervals:
                starts.append(min(self._intervals))
            first_us = min(starts) // o.interval_us * o.interval_us
            every = list(range(first_us, now_us + 1, o.interval_us))
        later = [start_us for start_us in self._intervals if start_us not in every]
        for start_us in sorted(every + later):
            self._report(start_us, self.health, partial=True)
        self._sum_up()

    def _close_through(self, due_us: int, health: Health, every_interval: bool) -> None:
        o = self._options
        while True:
            if self.closed_us is not None:
                next_us = self.closed_us + o.bucket_us
            elif self._buckets:
                next_us = min(self._buckets)
            else:
                return
            if next_us > due_us:
                return
            if self.closed_us is None:
                self.known_us = next_us
            if not every_interval and self._nothing_can_happen(next_us):
                # Every bucket before the next one with hits closes without a word.
                upcoming = [start_us for start_us in self._buckets if start_us >= next_us]
                self.closed_us = min([*upcoming, due_us + o.bucket_us]) - o.bucket_us
                continue
            self._close(next_us, health, every_interval)

    def _nothing_can_happen(self, next_us: int) -> bool:
        """Return whether closing that bucket, or an empty one after it, changes no state and says nothing."""
        interval_us = next_us // self._options.interval_us * self._options.interval_us
        waits = self._active or self._pending
        return not waits and not self._window(next_us) and not self._has_something(interval_us)

    def _close(self, start_us: int, health: Health, every_interval: bool) -> None:
        o = self._options
        end_us = start_us + o.bucket_us
        self.closed_us = start_us
        # A line for a bucket before this window enters none from now on.
        self._buckets = {s: bucket for s, bucket in self._buckets.items() if s >= end_us - o.window_us}
        self._judge(start_us)
        if end_us % o.interval_us == 0:
            interval_us = end_us - o.interval_us
            if every_interval or self._has_something(interval_us):
                self._report(interval_us, health)

    def _window(self, closed_us: int) -> list[Bucket]:
        o = self._options
        starts = range(closed_us + o.bucket_us - o.window_us, closed_us + o.bucket_us, o.bucket_us)
        return [self._buckets[start_us] for start_us in starts if start_us in self._buckets]

    def _judge(self, closed_us: int) -> None:
        o = self._options
        window = self._window(closed_us)
        hits = sum(bucket.total.hits for bucket in window)
        errors = sum(bucket.total.errors for bucket in window)
        host_hits: dict[bytes, int] = {}
        for bucket in window:
            for host, tally in bucket.hosts.rows.items():
                if host == b"-":
                    continue  # lines without a client are no flood
                host_hits[host] = host_hits.get(host, 0) + tally.hits
        at_us = closed_us + o.bucket_us
        self._track("traffic", None, hits / o.window_s, o.alert_threshold, hits, at_us)
        error_rate = (100 * errors) / hits if hits and hits >= o.alert_min_hits else 0.0
        self._track("error-rate", None, error_rate, o.alert_error_rate, hits, at_us)
        known = (*self._active, *self._pending)
        for host in {subject for name, subject in known if name == "ddos" and subject is not None}:
            host_hits.setdefault(host, 0)
        for host in sorted(host_hits):
            self._track("ddos", host, host_hits[host] / o.window_s, o.ddos_threshold, host_hits[host], at_us)
        if o.alert_malformed is not None:
            malformed = sum(bucket.malformed for bucket in window)
            lines = hits + malformed
            share = (100 * malformed) / lines if lines and lines >= o.alert_min_hits else 0.0
            self._track("malformed", None, share, o.alert_malformed, hits, at_us)

    def _track(self, name: str, subject: Subject, value: float, threshold: float, hits: int, at_us: int) -> None:
        active = (name, subject) in self._active
        recover_at = self._options.alert_recover_at
        began_us = None
        if not active and value > threshold:
            waits_since_us = self._pending.setdefault((name, subject), at_us)
            if at_us - waits_since_us < self._options.alert_for_s * 1_000_000:
                return
            del self._pending[name, subject]
            began_us = self._began(name, subject, threshold)
            state = "raised"
            self._active[name, subject] = at_us
            self._raises += 1
            self._episodes.raised(name, subject, at_us)
            self._episodes.is_at(name, subject, value)
        elif active and (value < threshold if recover_at == 100 else value <= threshold * recover_at / 100):
            state = "recovered"
            del self._active[name, subject]
            self._episodes.recovered(name, subject, at_us)
        else:
            if active:
                self._episodes.is_at(name, subject, value)
            self._pending.pop((name, subject), None)
            return
        self._event_times_us.append(at_us)
        self.out.append(
            {
                "type": "alert",
                "state": state,
                "name": name,
                "subject": _text(subject),
                "at": iso_utc(at_us),
                "value": value,
                "threshold": threshold,
                "hits": hits,
                "window_s": self._options.window_s,
                "unit": "/s" if name in ("traffic", "ddos") else "%",
                "began": None if began_us is None else iso_utc(began_us),
                "message": _message(state, name, subject, value, at_us),
            }
        )

    def _began(self, name: str, subject: Subject, threshold: float) -> int | None:
        """Return the first start in the window with the least of what lies before it: that, less what may lie there.

        None where the square of that is less than three variances, as chance may have it.
        """
        assert self.closed_us is not None
        o = self._options
        window = range(self.closed_us + o.bucket_us - o.window_us, self.closed_us + o.bucket_us, o.bucket_us)
        starts = [start_us for start_us in window if self.known_us is None or start_us >= self.known_us]
        parts = [self._part(name, subject, self._buckets.get(start_us)) for start_us in starts]
        per = o.bucket_us // 1_000_000 if name in ("traffic", "ddos") else Fraction(1, 100)
        least, first, sum_before, allowed, allowed_before = Fraction(0), 0, Fraction(0), Fraction(0), Fraction(0)
        for index, (part, whole) in enumerate(parts[:-1], start=1):
            allowed += Fraction(threshold) * per * whole
            sum_before += part - Fraction(threshold) * per * whole
            if sum_before < least:
                least, first, allowed_before = sum_before, index, allowed
        return starts[first] if first and least**2 >= 3 * allowed_before else None

    def _part(self, name: str, subject: Subject, bucket: Bucket | None) -> tuple[int, int]:
        """Return what a rule counts in a bucket, and of what."""
        hits = bucket.total.hits if bucket else 0
        malformed = bucket.malformed if bucket else 0
        if name == "traffic":
            return hits, 1
        if name == "error-rate":
            return bucket.total.errors if bucket else 0, hits
        if name == "malformed":
            return malformed, malformed + hits
        tally = bucket.hosts.rows.get(subject or b"") if bucket else None
        return tally.hits if tally else 0, 1

    def _has_something(self, interval_us: int) -> bool:
        """Return whether the interval has hits or alert events, or late hits wait for a report."""
        return (
            interval_us in self._intervals
            or self._passed_late.hits > 0
            or any(interval_us < at_us <= interval_us + self._options.interval_us for at_us in self._event_times_us)
        )

    def _report(self, start_us: int, health: Health, partial: bool = False) -> None:
        o = self._options
        end_us = start_us + o.interval_us
        span = self._intervals.pop(start_us, Span(o))
        total, late, late_rows = span.total, self._passed_late, self._late_rows
        self._passed_late, self._late_rows = Tally(), []
        self._event_times_us = [at_us for at_us in self._event_times_us if at_us > end_us]
        self._reports += 1
        window = [] if self.closed_us is None else self._window(self.closed_us)
        window_hits = sum(bucket.total.hits for bucket in window)
        error_rate: float | None = (100 * total.errors) / total.hits if total.hits else 0.0
        if span.known(total)["errors"] is None:
            error_rate = None
        report = {
            "type": "report",
            "schema": 2,
            "seq": self._reports,
            "mode": self._mode,
            "start": iso_utc(start_us),
            "end": iso_utc(end_us),
            "hits": total.hits,
            "late_hits": late.hits,
            "late_bytes": None if late_rows and all(row.lacks in (1, 3) for row in late_rows) else late.size_bytes,
            "late_errors": None if late_rows and not any(row.status for row in late_rows) else late.errors,
            "hits_per_s": total.hits / o.interval_s,
            **span.known(total),
            "error_rate": error_rate,
            "distinct_hosts": span.distinct_hosts,
            "status": _hits_by_key(span.status),
            "methods": _hits_by_key(span.methods),
            "sections": self._top(span, span.sections),
            "endpoints": self._top(span, span.endpoints),
            "hosts": self._top(span, span.hosts),
            "users": self._top(span, span.users),
            "agents": self._top(span, span.agents),
            "referers": self._top(span, span.referers),
            "window": {
                "seconds": o.window_s,
                "hits": window_hits,
                "errors": None
                if window_hits and not any(bucket.has_status for bucket in window)
                else sum(bucket.total.errors for bucket in window),
                "hits_per_s": window_hits / o.window_s,
            },
            "active": self._active_now(),
            "health": asdict(health),
            "failing": self._failing.told(span.rows, start_us, o.top),
            "slow": slow(span.rows, 10 * o.max_keys, o.top),
            "networks": self._networks(span),
            **self._details(span),
        }
        if span.hosts.remainder.hits:
            report["distinct_hosts_error"] = error_of(span.distinct_hosts)
        if partial:
            report["partial"] = True
        self.out.append(report)

    def _sum_up(self) -> None:
        run = self._run
        self.out.append(
            {
                "type": "summary",
                "schema": 2,
                "mode": self._mode,
                "first": None if self._first_us is None else iso_utc(self._first_us),
                "last": None if self._last_us is None else iso_utc(self._last_us),
                "hits": run.total.hits,
                **run.known(run.total),
                "status": _hits_by_key(run.status),
                "sections": self._top(run, run.sections),
                "endpoints": self._top(run, run.endpoints),
                "hosts": self._top(run, run.hosts),
                "alerts": self._raises,
                "active": self._active_now(),
                "health": asdict(self.health),
                "failing": self._run_requests.failing(self._options.top),
                "slow": self._run_requests.slow(self._options.top),
                "networks": self._networks(run),
                **self._details(run),
                **self._episodes.told(),
            }
        )

    def _details(self, span: Span) -> Json:
        families = families_of(span.agents, span.total.hits, self._options.top, self._classify, span.known)
        names = ("vhosts", "sources", "servers")
        tables = {name: self._top(span, getattr(span, name)) for name in names}
        return {"coverage": span.coverage, **tables, **span.details.told(self._options.top), **families}

    def _networks(self, span: Span) -> list[Json]:
        sums: dict[bytes, Tally] = {}
        for host, tally in span.hosts.rows.items():
            network = network_of(host)
            if network is not None:
                found = sums.setdefault(network, Tally())
                found.hits += tally.hits
                found.size_bytes += tally.size_bytes
                found.errors += tally.errors
        ranked = sorted(sums.items(), key=lambda item: (-item[1].hits, item[0]))[: self._options.top]
        return [{"key": visible(key), "hits": tally.hits, **span.known(tally)} for key, tally in ranked]

    def _top(self, span: Span, table: BoundedTable) -> list[Json]:
        return [
            {"key": visible(key), "hits": tally.hits, **span.known(tally)}
            for key, tally in table.largest()[: self._options.top]
        ]

    def _active_now(self) -> list[Json]:
        """Return what is active in the order of the rules, then of the subjects by bytes."""
        ordered = sorted(self._active.items(), key=lambda item: (_RULES.index(item[0][0]), item[0][1] or b""))
        return [
            {"name": name, "subject": _text(subject), "since": iso_utc(since_us)}
            for (name, subject), since_us in ordered
        ]


def _measures(row: RowLike) -> tuple[int, bool]:
    return row.size_bytes or 0, 500 <= row.status <= 599


def _hits_by_key(table: BoundedTable) -> dict[str, int]:
    return {visible(key): table.rows[key].hits for key in sorted(table.rows)}


def _text(subject: Subject) -> str | None:
    return None if subject is None else visible(subject)


def _message(state: str, name: str, subject: Subject, value: float, at_us: int) -> str:
    title, reading = {
        "traffic": ("High traffic", f"hits = {value:.2f}"),
        "error-rate": ("High error rate", f"errors = {value:.2f} %"),
        "ddos": (f"Flood from {_text(subject)}", f"hits = {value:.2f}"),
        "malformed": ("Many unreadable lines", f"malformed = {value:.2f} %"),
    }[name]
    if state == "raised":
        return f"{title} generated an alert - {reading}, triggered at {local_time(at_us)}"
    return f"{title} alert recovered - {reading}, recovered at {local_time(at_us)}"
