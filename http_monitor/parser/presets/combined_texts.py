"""The combined format as the configurations of Apache and nginx spell it."""

APACHE = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'
NGINX = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
)
NGINX_MAIN = NGINX + ' "$http_x_forwarded_for"'
"""The format called main in nginx's own configuration."""
