"""The short forms of journalctl: short, short-precise, short-full, short-iso, short-unix, short-monotonic, with-unit.

https://www.freedesktop.org/software/systemd/man/latest/journalctl.html#-o
"""

from http_monitor.unwrap.patterns import BSD, HOST, ISO, MARK, TAG
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_FULL = (
    r"[A-Z][a-z]{2} [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
    r" (?:[A-Z]{2,5}|[+-][0-9]{2}(?::?[0-9]{2})?)"
)
_SINCE_BOOT = r"\[ *[0-9]+\.[0-9]+(?: < *[0-9]+\.[0-9]+ *>)?\]"
_SECONDS = r"[0-9]{9,}\.[0-9]{6}"

KIND = Kind(
    "journald",
    "the journal's prefix in front of each line",
    (front(rf"(?:(?P<time>{BSD}|{_FULL}|{ISO}|{_SECONDS})|{_SINCE_BOOT}) (?:{HOST} )?{TAG}: ", MARK),),
)
