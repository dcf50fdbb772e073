"""Health counters in words: what became of the lines and bytes that are not among the hits."""

from collections.abc import Sequence

from http_monitor.display.columns import shorten
from http_monitor.display.style import Role
from http_monitor.figures import count, exact_span, moment, pluralize, rough_span, size
from http_monitor.health import Health
from http_monitor.report import Mode
from http_monitor.units import visible_text

_MANY = 10
_MANY_OF = 100
_NAMED = 3
"""Number of unreadable inputs that are named."""
_NAME_COLUMNS = 120


def short_words(health: Health, now_us: int = 0) -> list[tuple[str, Role]]:
    """Return a short phrase for each counter that is not zero, and for inputs that cannot be read.

    How the window was filled was reported at the start.

    Args:
        health: The counters.
        now_us: Times on another date than this are shown with their date.
    """
    words: list[tuple[int, str, Role]] = [
        (health.malformed, f"{count(health.malformed)} malformed", "warn"),
        (health.oversized, f"{count(health.oversized)} oversized", "warn"),
        (health.filtered, f"{count(health.filtered)} filtered out", "plain"),
        (health.other, f"{count(health.other)} other", "plain"),
        (health.late, f"{count(health.late)} late", "warn"),
        (health.too_late, f"{count(health.too_late)} too late", "warn"),
        (health.ahead, f"{count(health.ahead)} ahead", "warn"),
        (health.held, f"{count(health.held)} held", "plain"),
        (health.lag_bytes or health.lag_s, behind(health.lag_bytes, health.lag_s), "warn"),
        (health.lost_bytes or health.maybe_lost, _describe_lost(health), "bad"),
        (health.nul_bytes, f"{size(health.nul_bytes)} NUL", "plain"),
        (health.incomplete, f"{count(health.incomplete)} incomplete", "warn"),
        (health.rotations, pluralize(health.rotations, "rotation"), "plain"),
        (health.truncations, pluralize(health.truncations, "truncation"), "warn"),
        (health.clock_steps, pluralize(health.clock_steps, "clock step"), "warn"),
        (health.observer_restarts, pluralize(health.observer_restarts, "observer restart"), "warn"),
        (health.listener_failures, pluralize(health.listener_failures, "failed listener"), "bad"),
        (bool(health.waiting_for), f"waiting: {_describe_waiting(health, now_us)}", "warn"),
    ]
    return [(text, role) for number, text, role in words if number]


def sentences(health: Health) -> list[tuple[str, Role]]:
    """Return a sentence for each counter that is not zero."""
    return [(text, role) for number, text, role in (*_of_lines(health), *_of_reading(health)) if number]


def _of_lines(health: Health) -> Sequence[tuple[int, str, Role]]:
    """Return the counters of lines, each with its sentence."""
    return [
        (
            health.malformed,
            f"{_lines(health.malformed)} {_does(health.malformed, 'fits', 'fit')} no format (malformed).",
            "warn",
        ),
        (
            health.oversized,
            f"{count(health.oversized)} of them {_does(health.oversized, 'is', 'are')} longer than a line may be"
            " (oversized).",
            "warn",
        ),
        (
            health.filtered,
            f"{_lines(health.filtered)} {_does(health.filtered, 'is', 'are')} filtered out.",
            "plain",
        ),
        (
            health.other,
            f"{_lines(health.other)} {_does(health.other, 'records', 'record')} no finished request (other).",
            "plain",
        ),
        (
            health.late,
            f"{_lines(health.late)} came after the bucket had closed, and {_does(health.late, 'is', 'are')} counted"
            " (late).",
            "warn",
        ),
        (
            health.too_late,
            f"{count(health.too_late)} of them came after the window had passed: no alert has seen"
            f" {_does(health.too_late, 'it', 'them')} (too late).",
            "warn",
        ),
        (
            health.ahead,
            f"{_lines(health.ahead)} {_does(health.ahead, 'is', 'are')} too far in the future, and not counted"
            " (ahead).",
            "warn",
        ),
        (
            health.held,
            f"{_lines(health.held)} {_does(health.held, 'waits', 'wait')} for another line that confirms"
            f" {_does(health.held, 'its', 'their')} time (held).",
            "plain",
        ),
        (
            health.backfilled,
            f"{_lines(health.backfilled)} from before the start filled the window, and"
            f" {_does(health.backfilled, 'is', 'are')} in no total (backfilled).",
            "plain",
        ),
    ]


def _of_reading(health: Health) -> Sequence[tuple[int, str, Role]]:
    """Return the counters of inputs and of the machine, each with its sentence."""
    return [
        (
            health.lag_bytes or health.lag_s,
            f"Some lines are not read yet ({behind(health.lag_bytes, health.lag_s)}).",
            "warn",
        ),
        (health.lost_bytes, f"{size(health.lost_bytes)} were lost before they could be read.", "bad"),
        (health.maybe_lost, "Lines may have been written and removed between two reads; that cannot be known.", "bad"),
        (health.nul_bytes, f"{size(health.nul_bytes)} of NUL at the beginning of lines were skipped.", "plain"),
        (
            health.incomplete,
            f"{_lines(health.incomplete)} in parts {_does(health.incomplete, 'was', 'were')} given up before the last"
            f" part, and {_does(health.incomplete, 'counts as it is', 'count as they are')} (incomplete).",
            "warn",
        ),
        (health.rotations, f"The log was rotated {_times(health.rotations)}.", "plain"),
        (health.truncations, f"The log was truncated {_times(health.truncations)}.", "warn"),
        (health.clock_steps, f"The clock of this machine was set {_times(health.clock_steps)}.", "warn"),
        (
            health.observer_restarts,
            f"The file observer was restarted {_times(health.observer_restarts)}.",
            "warn",
        ),
        (bool(health.waiting_for), f"Not read at the end: {_describe_waiting(health)}.", "warn"),
        (
            health.listener_failures,
            f"{pluralize(health.listener_failures, 'listener')} failed, and"
            f" {_does(health.listener_failures, 'is', 'are')} released.",
            "bad",
        ),
    ]


def behind(lag_bytes: int, lag_s: int) -> str:
    """Return how far reading is behind the log: ``1.2 MiB, 14 s behind``."""
    parts = [size(lag_bytes)] if lag_bytes else []
    parts += [rough_span(lag_s)] if lag_s else []
    return ", ".join(parts) + " behind"


def advice(health: Health, mode: Mode) -> str:
    """Return advice if many lines are late or ahead; empty if there is nothing to do.

    Many means more than 1 % of all lines, and at least 10 (ahead: more than 10).
    """
    # Only a live run compares lines with this machine's clock and has times of arrival.
    if mode == "live" and health.ahead > _MANY and health.ahead * _MANY_OF > health.lines:
        return (
            "Many lines are ahead of this machine's clock: is the server's clock or time zone right? "
            "--time arrival counts them as they come."
        )
    if health.late < _MANY or health.late * _MANY_OF <= health.lines:
        return ""
    if health.lateness_advice_s is None:
        return "Many lines come late, and no --lateness up to 1 h would have caught them: are the lines in order?"
    wait = health.lateness_advice_s
    shown = f"{wait}" if wait < 60 or wait % 60 else f"{wait} ({exact_span(wait)})"
    return f"Many lines come late: --lateness {shown} would have caught nearly all of them."


def unread_advice(health: Health, mode: Mode) -> str:
    """Return a warning if many lines of a replay could not be read; else an empty text."""
    if mode != "replay" or health.malformed < _MANY or health.malformed * _MANY_OF <= health.lines:
        return ""
    return "More than 1 % of the lines fit no format, and are in no figure: --explain shows where each stops fitting."


def _describe_waiting(health: Health, now_us: int = 0) -> str:
    """Return the first unreadable inputs, and since when they are: ``a.log is missing since 14:03:10``."""
    names = [shorten(name, _NAME_COLUMNS, "...") for name in visible_text(health.waiting_for).split("; ")]
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    since = "" if health.waiting_since_us is None else f" since {moment(health.waiting_since_us, now_us)}"
    return f"{'; '.join(names[:_NAMED])}{more}{since}"


def _describe_lost(health: Health) -> str:
    if not health.lost_bytes:
        return "perhaps lines lost"
    return f"{size(health.lost_bytes)} lost" + (", perhaps more" if health.maybe_lost else "")


def _lines(number: int) -> str:
    return pluralize(number, "line")


def _does(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def _times(number: int) -> str:
    return "once" if number == 1 else f"{count(number)} times"
