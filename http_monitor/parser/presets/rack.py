"""Lines of Rack's CommonLogger (Puma and others): common, followed by seconds to four decimals."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import clf_time, count, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import Slot
from http_monitor.parser.template.template import Template

# X-Forwarded-For as received. If it is not a list of addresses, or if user or request contain spaces, the line is left
# to the family: such a header could be made to look like the rest of a line.
_CLIENT = r"(?:[0-9A-Fa-f:.]+, ?)*[^ ,\"]+"
_TEMPLATE = Template(
    (
        *(
            Slot(Field("client", "host"), "typed", _CLIENT, ends=(b" - ",)),
            b" - ",
            word("user", "user"),
            b" ",
            *clf_time(),
            b' "',
        ),
        *(word("method", "method"), b" ", word("target", "target"), b" "),
        *(Slot(Field("protocol", "protocol"), "typed", "HTTP/[0-9.]+", ends=(b'" ',)), b'" '),
        *(status("status"), b" ", count("size", "size"), b" "),
        Slot(Field("took", "duration", "s"), "typed", r"[0-9]+\.[0-9]{4}"),
    ),
    exact=True,
    whole=True,
)

PRESET = Preset(
    "rack",
    "Rack's CommonLogger (Puma, Thin, …), followed by seconds",
    "https://github.com/rack/rack/blob/main/lib/rack/common_logger.rb",
    (b'192.0.2.7 - - [10/Oct/2025:11:55:36 +0000] "GET /basket/add?item=7 HTTP/1.1" 200 2326 0.0120',),
    lambda limit: TemplateFormat("rack", _TEMPLATE, limit),
    family="common",
)
