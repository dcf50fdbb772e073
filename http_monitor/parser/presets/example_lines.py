"""Common and combined lines with which the examples of several presets begin."""

COMMON = b'192.0.2.7 - anna [10/Oct/2025:13:55:36 +0200] "GET /basket/add?item=7 HTTP/1.1" 200 2326'
COMBINED = COMMON + b' "https://shop.example/" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"'
OF_CURL = b'192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "GET /basket/add?item=7 HTTP/1.1" 200 2326 "-" "curl/8.5.0"'
"""Combined, from a client that sends neither user nor referrer."""
