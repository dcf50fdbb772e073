"""Syslog: RFC 3164, RFC 5424 and rsyslog's ISO time, with or without a priority; or a priority alone.

https://www.rfc-editor.org/rfc/rfc3164, https://www.rfc-editor.org/rfc/rfc5424, https://www.rfc-editor.org/rfc/rfc6587
(with the length before the message).
"""

import re
from collections.abc import Sequence

from http_monitor.unwrap.patterns import BSD, HOST, ISO, MARK, TAG
from http_monitor.unwrap.stage import front, mask_digits
from http_monitor.unwrap.wrapping import Inner, Kind

_PRIORITY = front(
    r"(?:[0-9]{1,5} )?<[0-9]{1,3}>", begins=(b"<0", b"0 <0", b"00 <0", b"000 <0", b"0000 <0", b"00000 <0"), has=b"<"
)
_STRUCTURED = r'(?:-|(?:\[[^ =\]"]{1,128}+(?: [^ =\]"]{1,128}+="[^"\\]*+(?:\\.[^"\\]*+)*+")*+\])++)'
_WORD = "[^ ]{1,128}+"
_NEW = rf"[0-9] (?:-|(?P<time>{ISO})) (?P<source>[^ ]{{1,255}}+) (?P<origin>{_WORD}) {_WORD} {_WORD} {_STRUCTURED} "
_REPEATED = rf"(?P<time>{BSD}|{ISO}) {HOST} (?P<origin>last message repeated) [0-9]{{1,9}}+ "
_HEADER = front(
    rf"(?P<time>{BSD}|{ISO}) (?:{HOST} )?{TAG}: ",
    _NEW,
    _REPEATED,
    MARK,
    shapes=(b"Aaa ", b"0000-", b"0 0000-", b"0 - ", b"-- "),
)
# RFC 5424 marks UTF-8 with a byte order mark.
_MARK = front("\\xef\\xbb\\xbf", begins=(b"\xef\xbb\xbf",), has=b"\xef\xbb\xbf")

_AGAIN = b": message repeated "
_SEVERAL = re.compile(
    rf"(?:(?:[0-9]{{1,5}} )?<[0-9]{{1,3}}>)?(?P<time>{BSD}|{ISO}) (?:{HOST} )?{TAG}"
    rf": message repeated (?P<times>[0-9]{{1,4}}) times: \[ ?(?P<text>.*)\]".encode(),
    re.DOTALL,
)
_MAX_TIMES = 1_000
"""Lines with a greater count are malformed: a line of 60 bytes must not expand to gigabytes."""


def _repeat(line: bytes) -> Sequence[Inner] | None:
    """Return the message that rsyslog says was repeated, as many times as it says."""
    match = _SEVERAL.fullmatch(line) if _AGAIN in line else None
    if match is None or not 1 <= int(match["times"]) <= _MAX_TIMES:
        return None
    return [Inner(match["text"], match["source"], mask_digits(match["origin"]), match["time"])] * int(match["times"])


KIND = Kind("syslog", "syslog in front of each line", (_PRIORITY, _HEADER), behind=_MARK, explode=_repeat, mark=_AGAIN)
