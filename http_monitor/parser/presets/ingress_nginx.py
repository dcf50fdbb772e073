"""The access log of the nginx ingress controller of Kubernetes."""

from http_monitor.parser.declared.nginx import nginx_template
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat

_TEXT = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" '
    "$request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr "
    "$upstream_response_length $upstream_response_time $upstream_status $req_id"
)

PRESET = Preset(
    "ingress_nginx",
    "Kubernetes ingress-nginx, its default",
    "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/log-format/",
    (
        b'192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "GET /basket/add?item=7 HTTP/1.1" 200 2326 "-" "curl/8.5.0" '
        b"312 0.042 [default-shop-80] [] 10.244.0.9:8080 2326 0.041 200 0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        b'192.0.2.7 - - [10/Oct/2025:13:55:37 +0000] "GET /basket HTTP/1.1" 200 17 "-" "curl/8.5.0" '
        b"298 5.003 [default-shop-80] [] 10.244.0.9:8080, 10.244.1.4:8080 0, 17 5.000, 0.003 504, 200 "
        b"1a1b2c3d4e5f60718293a4b5c6d7e8f9",
    ),
    lambda limit: TemplateFormat("ingress_nginx", nginx_template(_TEXT), limit),
)
