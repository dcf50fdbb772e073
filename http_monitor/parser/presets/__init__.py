"""The list of presets: formats that have a name, in the order in which they are tried and shown."""

from http_monitor.parser.presets.amazon import AMAZON
from http_monitor.parser.presets.family import FAMILY
from http_monitor.parser.presets.gcs import GCS
from http_monitor.parser.presets.ingress import INGRESS
from http_monitor.parser.presets.jsonlines import JSON
from http_monitor.parser.presets.nginx import NGINX
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.presets.proxies import PROXIES
from http_monitor.parser.presets.python import GUNICORN, UVICORN
from http_monitor.parser.presets.timed import TIMED
from http_monitor.parser.presets.w3c import W3C

PRESETS: tuple[Preset, ...] = (
    *JSON,
    *W3C,
    *AMAZON,
    *GCS,
    *PROXIES,
    *UVICORN,
    *INGRESS,
    *NGINX,
    *FAMILY,
    *GUNICORN,
    *TIMED,
)
"""The more a preset asks of a line, the earlier it stands: of two that fit as many lines the first is chosen."""

BY_NAME = {preset.name: preset for preset in PRESETS}
"""Each preset by the name a user gives."""

__all__ = ["BY_NAME", "PRESETS", "Preset"]
