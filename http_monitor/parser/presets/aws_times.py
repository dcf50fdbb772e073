"""The times in the logs of Amazon's load balancers."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import spaced
from http_monitor.parser.template.slot import ISO_UTC, Slot

TIME = Slot(Field("time", "time", "iso"), "typed", ISO_UTC)
"""ISO 8601, in UTC."""
TIMES = spaced(
    Slot(Field("request_processing_time", None, "s", adds_up=True), "word"),
    Slot(Field("target_processing_time", "upstream", "s", adds_up=True), "word"),
    Slot(Field("response_processing_time", None, "s", adds_up=True), "word"),
)
"""The duration of each part; one of the three is -1 if nothing came back, and then there is no total."""
