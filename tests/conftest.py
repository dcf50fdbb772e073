"""What all tests share: no test fails for the time it takes; fixtures of those that follow a log on every reader."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from http_monitor.hub import hub
from http_monitor.report import Notice
from http_monitor.sources.files.access import Files
from tests.examples import ALWAYS_THE_SAME, examples
from tests.following import WAYS, Follow, Following, lines
from tests.slow_files import SlowFiles

settings.register_profile(
    "busy",
    max_examples=examples(100),
    derandomize=ALWAYS_THE_SAME,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("busy")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(SlowFiles())
    for number in ("SIGINT", "SIGTERM", "SIGHUP"):
        if signal.getsignal(getattr(signal, number)) is signal.SIG_IGN:
            # Under nohup and in the background of a script signals are ignored. A program that is started inherits
            # that, but not a handler, so it is started as the tests expect.
            signal.signal(getattr(signal, number), lambda *_: None)


@pytest.fixture(autouse=True, scope="session")
def no_assertion_is_lost_in_a_listener() -> Iterator[None]:
    """Let what a test asserts in a listener fail the test, although the hub releases a listener that raises."""
    notice_of = hub._notice_of

    def raise_or_tell(name: str, error: Exception) -> Notice:
        if isinstance(error, AssertionError):
            raise error
        return notice_of(name, error)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hub, "_notice_of", raise_or_tell)
        yield


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """Return the name of each reader in turn."""
    return str(request.param)


@pytest.fixture
def files(way: str) -> Files:
    """Return the way of that reader to files."""
    return WAYS[way]()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return a log of three lines."""
    path = tmp_path / "access.log"
    path.write_bytes(lines(1, 3))
    return path


@pytest.fixture
def follow(files: Files) -> Iterator[Follow]:
    """Return what begins to follow a path, to the end of the test."""
    made: list[Following] = []

    def begin(path: Path, **options: object) -> Following:
        made.append(Following(path, options.pop("files", files), **options))  # type: ignore[arg-type]
        return made[-1]

    yield begin
    for following in made:
        following.close()
