"""Apache's combined format with a duration behind, whose unit its lines do not say."""

from collections.abc import Callable

from http_monitor.parser.apache import apache_template
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.text import TemplateFormat
from http_monitor.ports import LogFormat

_SOURCE = "https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats"
_COMBINED = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" '
_LINE = b'192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "GET /basket/add?item=7 HTTP/1.1" 200 2326 "-" "curl/8.5.0" '


def _made(name: str, directive: str) -> Callable[[int], LogFormat]:
    return lambda limit: TemplateFormat(name, apache_template(_COMBINED + directive), limit)


TIMED = (
    Preset(
        "apache_combined_d",
        "Apache combined with microseconds (%D) behind",
        _SOURCE,
        (_LINE + b"41873",),
        _made("apache_combined_d", "%D"),
        detected=False,
    ),
    Preset(
        "apache_combined_t",
        "Apache combined with seconds (%T) behind",
        _SOURCE,
        (_LINE + b"3",),
        _made("apache_combined_t", "%T"),
        detected=False,
    ),
)
