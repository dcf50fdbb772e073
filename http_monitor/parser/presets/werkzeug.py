"""The log of Werkzeug, Flask's development server."""

from dataclasses import replace

from http_monitor.parser.presets import httpserver

PRESET = replace(
    httpserver.PRESET,
    name="werkzeug",
    what="Werkzeug (the development server of Flask), found as httpserver",
    source="https://werkzeug.palletsprojects.com/en/stable/serving/",
    examples=(
        *httpserver.PRESET.examples,
        b'192.0.2.7 - - [10/Oct/2025 11:55:37] "\x1b[33mGET /basket/add?item=7 HTTP/1.1\x1b[0m" 404 -',
    ),
    detected=False,
)
