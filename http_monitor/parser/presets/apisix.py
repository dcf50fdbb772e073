"""The default access log of Apache APISIX."""

from http_monitor.parser.nginx import nginx_template
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.text import TemplateFormat

# Newer ones write the upstream's address behind, which is ignored as all is that stands there.
_TEXT = (
    '$remote_addr - $remote_user [$time_local] $http_host "$request" $status $body_bytes_sent $request_time '
    '"$http_referer" "$http_user_agent" $upstream_addr $upstream_status $upstream_response_time'
)

PRESET = Preset(
    "apisix",
    "Apache APISIX, its default",
    "https://github.com/apache/apisix/blob/master/apisix/cli/config.lua",
    (
        b'192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] shop.example "GET /basket/add?item=7 HTTP/2.0" 200 2326 0.012 '
        b'"-" "curl/8.5.0" 198.51.100.1:8080 200 0.011 "http://shop.example"',
    ),
    lambda limit: TemplateFormat("apisix", nginx_template(_TEXT), limit),
)
