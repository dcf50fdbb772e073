"""Events of Filebeat and Elastic Agent, with the line as ``message``.

https://www.elastic.co/docs/reference/beats/filebeat/exported-fields
"""

from http_monitor.unwrap.json_stage import json_stage
from http_monitor.unwrap.wrapping import Kind

KIND = Kind(
    "filebeat",
    "Filebeat's JSON around each line",
    (
        json_stage(
            ("message", "event.original"),
            sources=("kubernetes.pod.name", "container.name", "host.name", "host.hostname", "agent.name", "beat.name"),
            origins=("kubernetes.container.name", "container.name", "log.file.path", "stream"),
            times=("@timestamp",),
            needs=(
                "@timestamp",
                "agent.type|agent.version|beat.version|beat.name|@metadata.beat|@metadata.version|ecs.version",
            ),
        ),
    ),
)
