"""Docker's ``json-file`` logs: a text without an LF at its end continues in the next line.

https://docs.docker.com/engine/logging/drivers/json-file/
"""

from http_monitor.unwrap.json_stage import json_stage
from http_monitor.unwrap.wrapping import Kind

KIND = Kind(
    "docker_json",
    "docker's JSON around each line",
    (
        json_stage(
            ("log",),
            sources=("attrs.name", "attrs.tag"),
            origins=("stream",),
            needs=("log", "stream", "time"),
            part="stream",
            times=("time",),
        ),
    ),
)
