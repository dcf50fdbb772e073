"""The list of presets: formats that have a name, in the order in which they are tried and shown."""

from http_monitor.parser.presets.family import FAMILY
from http_monitor.parser.presets.ingress import INGRESS
from http_monitor.parser.presets.nginx import NGINX
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.presets.timed import TIMED

PRESETS: tuple[Preset, ...] = (*INGRESS, *NGINX, *FAMILY, *TIMED)
"""The more a preset asks of a line, the earlier it stands: of two that fit as many lines the first is chosen."""

BY_NAME = {preset.name: preset for preset in PRESETS}
"""Each preset by the name a user gives."""

__all__ = ["BY_NAME", "PRESETS", "Preset"]
