"""The default request log of uWSGI."""

from http_monitor.parser.fields.field import Field, Writing
from http_monitor.parser.presets.parts import digits, status
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import DIGITS, SIGNED, STATUS_OR_NONE, Slot
from http_monitor.parser.template.template import Given, Maybe, Template


def _took(unit: bytes, writing: Writing) -> Maybe:
    slot = Slot(Field(unit.decode(), "duration", writing), "typed", DIGITS, ends=(b" " + unit,))
    return Maybe((slot, b" " + unit))


def _anything(name: str, *ends: bytes) -> Slot:
    return Slot(Field(name), "until", empty=True, ends=ends)


_TIME = Slot(Field("time", "time", "asctime"), "typed", "[A-Za-z]{3} [A-Za-z]{3} [ 0-9][0-9] [0-9:]{8} [0-9]{4}", 24)
# The protocol is what the client sent after the target, including spaces.
_PROTOCOL = Slot(
    *(Field("proto", "protocol"), "until"),
    empty=True,
    ends=(b" ",),
    then=rf" {STATUS_OR_NONE}\) [0-9]++ headers in ",
)
_WORKER: tuple[Given, ...] = (
    *(b"[pid: ", digits("pid"), b"|app: ", Slot(Field("app"), "typed", SIGNED)),
    *(b"|req: ", digits("req"), b"/", digits("reqs"), b"] "),
)
_TEMPLATE = Template(
    (
        *_WORKER,
        *(
            Slot(Field("addr", "host"), "word", empty=True),
            b" (",
            Slot(Field("user", "user"), "until", empty=True, ends=(b") {",)),
            b") {",
        ),
        *(digits("vars"), b" vars in ", digits("pktsize"), b" bytes} [", _TIME, b"] "),
        *(Slot(Field("method", "method"), "word", empty=True), b" "),
        *(Slot(Field("uri", "target"), "until", empty=True, ends=(b" => generated ",)), b" => generated "),
        *(digits("rsize", "size"), b" bytes in ", _took(b"msecs", "ms"), _took(b"micros", "us")),
        *(_anything("via", b" ("), b" (", _PROTOCOL, b" ", status("status"), b") ", digits("headers")),
        *(b" headers in ", digits("hsize"), b" bytes ("),
    ),
    exact=True,
    others=rb"[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4} - |\*\*\* |spawned uWSGI |mapped [0-9]+ bytes|"
    rb"worker [0-9]+ buried |SIG[A-Z]+/SIG[A-Z]+ received|goodbye to uWSGI|invalid HTTP request size|\[uwsgi-",
)

PRESET = Preset(
    "uwsgi",
    "uWSGI, its default",
    "https://uwsgi-docs.readthedocs.io/en/latest/LogFormat.html",
    (
        b"[pid: 8903|app: 0|req: 1/1] 192.0.2.7 () {24 vars in 256 bytes} [Fri Oct 10 11:55:36 2025] "
        b"GET /basket/add?item=7 => generated 2326 bytes in 12 msecs (HTTP/1.1 200) 3 headers in 76 bytes "
        b"(1 switches on core 0)",
    ),
    lambda limit: TemplateFormat("uwsgi", _TEMPLATE, limit, tail_known=True),
)
