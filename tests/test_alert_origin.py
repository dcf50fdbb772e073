"""The file and the server of an alert are named where there is one of them, and null where there are several."""

from pathlib import Path

import pytest

from tests.engine_strategies import START_S, log_line
from tests.program import run

FLOOD = b"".join(log_line(START_S + second) + b"\n" for second in range(30) for _ in range(30))


def _origin(folder: Path, *files: str) -> tuple[str | None, str | None]:
    """Return file and server of the alerts of a replay of logs, which are all the same."""
    options: list[str] = []
    for file in files:
        server, _, name = file.rpartition("=")
        path = folder / name
        path.write_bytes(FLOOD)
        options += ["--file", f"{server}={path}" if server else str(path)]
    outcome = run("--replay", "--output", "ndjson", "--window", "10s", *options)
    found = {(thing["file"], thing["server"]) for thing in outcome.objects if thing["type"] == "alert"}
    assert len(found) == 1
    ((file, server),) = found
    return None if file is None else str(Path(file).relative_to(folder)), server


@pytest.mark.parametrize(
    ("files", "file", "server"),
    [
        (["a.log"], "a.log", None),
        (["web1=a.log"], "a.log", "web1"),
        (["a.log", "b.log"], None, None),
        # Several files of one server.
        (["web1=a.log", "web1=b.log"], None, "web1"),
        (["web1=a.log", "web2=b.log"], None, None),
        # Whose the other is, nobody said.
        (["web1=a.log", "b.log"], None, None),
    ],
)
def test_file_and_server_are_named_where_there_is_one(
    tmp_path: Path, files: list[str], file: str | None, server: str | None
) -> None:
    assert _origin(tmp_path, *files) == (file, server)
