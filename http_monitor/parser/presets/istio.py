"""The default text access log of Istio's sidecars and gateways."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import ENVOY_ANSWERED, ENVOY_ASKED, client, loose, spaced, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import Slot
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(
    spaced(
        ENVOY_ASKED,
        word("response_code_details"),
        Slot(Field("connection_termination_details"), "until", ends=(b' "',)),
        loose("upstream_transport_failure_reason"),
        ENVOY_ANSWERED,
        word("upstream_cluster"),
        word("upstream_local_address"),
        word("downstream_local_address"),
        client("downstream_remote_address", "downstream_remote_port"),
        word("requested_server_name"),
        word("route_name"),
    ),
    exact=True,
)

PRESET = Preset(
    "istio",
    "Istio, its default format as text",
    "https://istio.io/latest/docs/tasks/observability/logs/access-log/#default-access-log-format",
    (
        b'[2025-10-10T11:55:36.500Z] "GET /basket/add?item=7 HTTP/1.1" 200 - via_upstream - "-" 421 2326 12 11 "-" '
        b'"curl/8.5.0" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "shop.example" "198.51.100.1:8080" '
        b"outbound|8080||shop.default.svc.cluster.local 10.0.0.1:44854 10.0.0.2:8080 192.0.2.7:50123 - default",
    ),
    lambda limit: TemplateFormat("istio", _TEMPLATE, limit),
)
