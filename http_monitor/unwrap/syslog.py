"""Syslog: RFC 3164, RFC 5424 and the ISO time of rsyslog, each with its priority or without, and a priority alone.

https://www.rfc-editor.org/rfc/rfc3164, https://www.rfc-editor.org/rfc/rfc5424, https://www.rfc-editor.org/rfc/rfc6587
(the length in front).
"""

from http_monitor.unwrap.patterns import BSD, HOST, ISO, MARK, TAG
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_PRIORITY = front(
    r"(?:[0-9]{1,5} )?<[0-9]{1,3}>", begins=(b"<0", b"0 <0", b"00 <0", b"000 <0", b"0000 <0", b"00000 <0")
)
_STRUCTURED = r'(?:-|(?:\[[^ =\]"]{1,128}+(?: [^ =\]"]{1,128}+="[^"\\]*+(?:\\.[^"\\]*+)*+")*+\])++)'
_NEW = (
    rf"1 (?:-|{ISO}) (?P<source>[^ ]{{1,255}}+) (?P<origin>[^ ]{{1,128}}+) [^ ]{{1,128}}+ [^ ]{{1,128}}+ {_STRUCTURED} "
)
_REPEATED = rf"(?:{BSD}|{ISO}) {HOST} (?P<origin>last message repeated) [0-9]{{1,9}}+ "
_HEADER = front(rf"(?:{BSD}|{ISO}) (?:{HOST} )?{TAG}: ", _NEW, _REPEATED, MARK)
# What RFC 5424 puts in front of UTF-8.
_MARK = front("\\xef\\xbb\\xbf", begins=(b"\xef\xbb\xbf",))

KIND = Kind("syslog", "syslog in front of each line", (_PRIORITY, _HEADER), behind=_MARK)
