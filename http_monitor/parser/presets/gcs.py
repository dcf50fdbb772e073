"""The usage logs of Google Cloud Storage."""

from http_monitor.parser.fields.field import Field, Role, Writing
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import Slot
from http_monitor.parser.template.template import Given, Template

_COLUMNS: tuple[tuple[str, Role | None, Writing], ...] = (
    ("time_micros", "time", "epoch_us"),
    ("c_ip", "host", "plain"),
    ("c_ip_type", None, "plain"),
    ("c_ip_region", None, "plain"),
    ("cs_method", "method", "plain"),
    ("cs_uri", "target", "plain"),
    ("sc_status", "status", "plain"),
    ("cs_bytes", "bytes_in", "plain"),
    ("sc_bytes", "size", "plain"),
    ("time_taken_micros", "duration", "us"),
    ("cs_host", "vhost", "plain"),
    ("cs_referer", "referer", "plain"),
    ("cs_user_agent", "agent", "plain"),
    ("s_request_id", "request_id", "plain"),
    ("cs_operation", None, "plain"),
    ("cs_bucket", None, "plain"),
    ("cs_object", None, "plain"),
)
# In CSV a quote within quotes is doubled; it stays doubled, since a key is the bytes of the log.
_PARTS: list[Given] = []
for _name, _role, _writing in _COLUMNS:
    _PARTS += [b"," if _PARTS else b"", Slot(Field(_name, _role, _writing), "doubled")]
_TEMPLATE = Template(_PARTS, exact=True, others=b'"time_micros",')
_HEADING = ",".join(f'"{name}"' for name, _, _ in _COLUMNS).encode()

PRESET = Preset(
    "gcs",
    "Google Cloud Storage, usage logs in CSV",
    "https://cloud.google.com/storage/docs/access-logs",
    (
        _HEADING,
        b'"1760097336500000","192.0.2.7","1","","GET","/basket/add?item=7","200","0","2326","12000",'
        b'"storage.example","","curl/8.5.0","AEnB2UpT","GET_Object","basket","add"',
    ),
    lambda limit: TemplateFormat("gcs", _TEMPLATE, limit, tail_known=True),
)
